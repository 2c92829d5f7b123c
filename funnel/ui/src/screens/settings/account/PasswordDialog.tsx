/** Asks again who it is, before something that a stranger at an open browser must not do. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { Dialog } from "../../../components/Dialog.tsx";
import { TextField } from "../../../components/Field.tsx";
import { ErrorBox } from "../../../components/States.tsx";
import { useWords } from "../../../lib/language.ts";

export function PasswordDialog({
  title,
  needed,
  onGiven,
  onClose,
}: {
  title: string;
  /** who signs in at the identity provider alone has no password to ask for */
  needed: boolean;
  onGiven: (password: string) => Promise<void>;
  onClose: () => void;
}) {
  const t = useWords();
  const [password, setPassword] = useState("");
  const giving = useMutation({ mutationFn: () => onGiven(password), onSuccess: onClose, meta: { quiet: true } });
  const wrong = giving.error instanceof ApiError ? giving.error.errors.password?.join(" ") : undefined;
  return (
    <Dialog open onClose={onClose} title={title}>
      <form
        className="mt-3 grid grid-cols-1 gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          giving.mutate();
        }}
      >
        {needed && (
          <TextField
            type="password"
            label={t("account.currentPassword")}
            hint={t("factor.whyPassword")}
            autoComplete="current-password"
            autoFocus
            value={password}
            onChange={setPassword}
            error={wrong}
          />
        )}
        {giving.error && !wrong && <ErrorBox error={giving.error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" tone="primary" isDisabled={(needed && !password) || giving.isPending}>
            {t("factor.goOn")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
