/** Name and language; what only an admin changes is told beside them. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, api, ok, type Schemas } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { Fact, Facts } from "../../../components/Facts.tsx";
import { Select, TextField } from "../../../components/Field.tsx";
import { Card } from "../../../components/Page.tsx";
import { ErrorBox } from "../../../components/States.tsx";
import { toast } from "../../../components/Toast.tsx";
import { language, useWords } from "../../../lib/language.ts";

const LANGUAGES = [
  { value: "en", label: "English" },
  { value: "fr", label: "Français" },
] as const;

export function Who({ account }: { account: Schemas["AccountOut"] }) {
  const t = useWords();
  const client = useQueryClient();
  const [name, setName] = useState(account.name);
  const [spoken, setSpoken] = useState<"en" | "fr">(account.language ?? language.get());
  const saving = useMutation({
    meta: { quiet: true },
    mutationFn: () => ok(api.PATCH("/api/v1/account", { body: { name, language: spoken } })),
    onSuccess: (saved) => {
      setName(saved.name);
      language.set(spoken);
      toast(t("account.saved"));
      void client.invalidateQueries({ queryKey: ["account"] });
      void client.invalidateQueries({ queryKey: ["users"] });
      void client.invalidateQueries({ queryKey: ["session"] });
    },
  });
  const wrong = saving.error instanceof ApiError ? saving.error.errors.name?.join(" ") : undefined;
  return (
    <Card title={t("account.who")}>
      <form
        className="grid grid-cols-1 gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate();
        }}
      >
        <Facts>
          <Fact name={t("people.email")}>{account.email}</Fact>
          <Fact name={t("people.role")}>{t(`people.role.${account.role}`)}</Fact>
        </Facts>
        <TextField
          label={t("people.name")}
          hint={t("account.nameHint")}
          autoComplete="name"
          value={name}
          onChange={setName}
          error={wrong}
        />
        <Select
          label={t("account.language")}
          hint={t("account.languageHint")}
          value={spoken}
          onChange={(value) => setSpoken(value as "en" | "fr")}
          choices={LANGUAGES}
        />
        {saving.error && !wrong && <ErrorBox error={saving.error} />}
        <div>
          <Button type="submit" tone="primary" isDisabled={saving.isPending}>
            {t("account.save")}
          </Button>
        </div>
      </form>
    </Card>
  );
}
