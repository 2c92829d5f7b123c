/** Another password. The sessions in other browsers end with it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, api, ok } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { TextField } from "../../../components/Field.tsx";
import { Card } from "../../../components/Page.tsx";
import { ErrorBox } from "../../../components/States.tsx";
import { toast } from "../../../components/Toast.tsx";
import { useWords } from "../../../lib/language.ts";

export function Password() {
  const t = useWords();
  const client = useQueryClient();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const saving = useMutation({
    meta: { quiet: true },
    mutationFn: () => ok(api.PUT("/api/v1/account/password", { body: { current, new: next } })),
    onSuccess: () => {
      setCurrent("");
      setNext("");
      toast(t("account.passwordSaved"));
      void client.invalidateQueries({ queryKey: ["account", "sessions"] });
    },
  });
  const errors = saving.error instanceof ApiError ? saving.error.errors : {};
  const told = Boolean(errors.current || errors.new);
  return (
    <Card title={t("account.password")}>
      <form
        className="grid grid-cols-1 gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate();
        }}
      >
        <TextField
          type="password"
          label={t("account.currentPassword")}
          autoComplete="current-password"
          value={current}
          onChange={setCurrent}
          error={errors.current?.join(" ")}
        />
        <TextField
          type="password"
          label={t("account.newPassword")}
          hint={t("account.passwordHint")}
          autoComplete="new-password"
          value={next}
          onChange={setNext}
          error={errors.new?.join(" ")}
        />
        {saving.error && !told && <ErrorBox error={saving.error} />}
        <div>
          <Button type="submit" isDisabled={!current || !next || saving.isPending}>
            {t("account.changePassword")}
          </Button>
        </div>
      </form>
    </Card>
  );
}
