/** A new webhook: which address, which facts; and then its secret, this once. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, api, ok } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { Dialog } from "../../../components/Dialog.tsx";
import { Checkbox, TextField } from "../../../components/Field.tsx";
import { ShownOnce } from "../../../components/ShownOnce.tsx";
import { ErrorBox } from "../../../components/States.tsx";
import { useWords } from "../../../lib/language.ts";
import "../../../words/webhooks.ts";

export function NewWebhook({ onClose }: { onClose: () => void }) {
  const t = useWords();
  const [secret, tell] = useState<string>();
  return (
    <Dialog open onClose={onClose} title={t(secret ? "webhooks.secret" : "webhooks.new")} wide role="alertdialog">
      {secret ? (
        <ShownOnce said={t("webhooks.secretOnce")} text={secret} onClose={onClose} />
      ) : (
        <Wish onMade={tell} onClose={onClose} />
      )}
    </Dialog>
  );
}

function Wish({ onMade, onClose }: { onMade: (secret: string) => void; onClose: () => void }) {
  const t = useWords();
  const client = useQueryClient();
  const [url, setUrl] = useState("");
  const [kinds, setKinds] = useState("");
  const [lead, setLead] = useState(false);
  const adding = useMutation({
    mutationFn: () =>
      ok(api.POST("/api/v1/webhooks", { body: { url: url.trim(), kinds: wordsOf(kinds), include_lead: lead } })),
    onSuccess: (made) => {
      onMade(made.secret);
      void client.invalidateQueries({ queryKey: ["webhooks"] });
    },
  });
  // A field that was refused may be sent again once it is changed: the browser sends no form with a wrong field.
  const typing = (set: (text: string) => void) => (text: string) => {
    adding.reset();
    set(text);
  };
  const errors = adding.error instanceof ApiError ? adding.error.errors : {};
  const ofKinds = Object.entries(errors).find(([field]) => field.startsWith("kinds"))?.[1];
  return (
    <form
      className="mt-3 grid grid-cols-1 gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        adding.mutate();
      }}
    >
      <TextField
        label={t("webhooks.url")}
        hint={t("webhooks.urlHint")}
        value={url}
        onChange={typing(setUrl)}
        maxLength={2000}
        autoFocus
        error={errors.url?.join(" ")}
      />
      <TextField
        label={t("webhooks.kinds")}
        hint={t("webhooks.kindsHint")}
        value={kinds}
        onChange={typing(setKinds)}
        error={ofKinds?.join(" ")}
      />
      <Checkbox isSelected={lead} onChange={setLead}>
        <span>
          {t("webhooks.lead")} <span className="text-xs text-mute">{t("webhooks.leadHint")}</span>
        </span>
      </Checkbox>
      {adding.error && Object.keys(errors).length === 0 && <ErrorBox error={adding.error} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onPress={onClose}>{t("common.cancel")}</Button>
        <Button tone="primary" type="submit" isDisabled={!url.trim() || adding.isPending}>
          {t("webhooks.add")}
        </Button>
      </div>
    </form>
  );
}

function wordsOf(text: string): string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);
}
