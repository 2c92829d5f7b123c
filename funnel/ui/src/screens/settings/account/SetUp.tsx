/** A QR code for the authenticator app, and a code of the app to confirm that it has it. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, api, ok, type Schemas } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { Dialog } from "../../../components/Dialog.tsx";
import { TextField } from "../../../components/Field.tsx";
import { ErrorBox } from "../../../components/States.tsx";
import { useWords } from "../../../lib/language.ts";

export type Started = Schemas["FactorStartedOut"];

export function SetUp({
  started,
  onDone,
  onClose,
}: {
  started: Started;
  onDone: (codes: readonly string[]) => void;
  onClose: () => void;
}) {
  const t = useWords();
  const [code, setCode] = useState("");
  const confirming = useMutation({
    meta: { quiet: true },
    mutationFn: () => ok(api.POST("/api/v1/account/second-factor/confirm", { body: { code } })),
    onSuccess: ({ recovery_codes: codes }) => onDone(codes),
  });
  const wrong = confirming.error instanceof ApiError ? confirming.error.errors.code?.join(" ") : undefined;
  return (
    <Dialog open onClose={onClose} title={t("factor.setUp")}>
      <form
        className="mt-3 grid grid-cols-1 gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          confirming.mutate();
        }}
      >
        <p>{t("factor.scan")}</p>
        <img src={started.qr} alt={t("factor.qr")} className="mx-auto size-52 rounded-md bg-white p-2" />
        <p className="text-mute">{t("factor.byHand")}</p>
        <code className="rounded-md border border-line bg-raised p-2 break-all select-all">{started.secret}</code>
        <TextField
          label={t("factor.code")}
          hint={t("factor.codeHint")}
          autoComplete="one-time-code"
          inputMode="numeric"
          value={code}
          onChange={setCode}
          error={wrong}
        />
        {confirming.error && !wrong && <ErrorBox error={confirming.error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" tone="primary" isDisabled={!code.trim() || confirming.isPending}>
            {t("factor.confirm")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
