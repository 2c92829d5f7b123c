/** An invitation: to whom, for which role; and then the link, this once. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, api, ok, type Schemas } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { Dialog } from "../../../components/Dialog.tsx";
import { TextField } from "../../../components/Field.tsx";
import { ErrorBox } from "../../../components/States.tsx";
import { useLanguage, useWords } from "../../../lib/language.ts";
import { HandOver } from "./HandOver.tsx";
import { type Role, RoleSelect } from "./RoleSelect.tsx";

export function Invite({ onClose }: { onClose: () => void }) {
  const t = useWords();
  const [link, setLink] = useState<Schemas["LinkOut"]>();
  if (link) return <HandOver link={link} onClose={onClose} />;
  return (
    <Dialog open onClose={onClose} title={t("people.invite")}>
      <Wish onInvited={setLink} onClose={onClose} />
    </Dialog>
  );
}

function Wish({ onInvited, onClose }: { onInvited: (link: Schemas["LinkOut"]) => void; onClose: () => void }) {
  const t = useWords();
  const language = useLanguage();
  const client = useQueryClient();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("marketer");
  const inviting = useMutation({
    meta: { quiet: true },
    mutationFn: () => ok(api.POST("/api/v1/users", { body: { email: email.trim(), role, language } })),
    onSuccess: ({ link }) => {
      onInvited(link);
      void client.invalidateQueries({ queryKey: ["users"] });
    },
  });
  const error = inviting.error;
  const wrong =
    error instanceof ApiError
      ? error.code === "taken"
        ? t("people.taken")
        : error.errors.email?.join(" ")
      : undefined;
  return (
    <form
      className="mt-3 grid grid-cols-1 gap-3"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        inviting.mutate();
      }}
    >
      <TextField
        type="email"
        label={t("people.email")}
        autoFocus
        autoComplete="off"
        value={email}
        onChange={setEmail}
        error={wrong}
      />
      <RoleSelect value={role} onChange={setRole} />
      {error && !wrong && <ErrorBox error={error} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onPress={onClose}>{t("common.cancel")}</Button>
        <Button type="submit" tone="primary" isDisabled={!email.trim() || inviting.isPending}>
          {t("people.sendInvitation")}
        </Button>
      </div>
    </form>
  );
}
