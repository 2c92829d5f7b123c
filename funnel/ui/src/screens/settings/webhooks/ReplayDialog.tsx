/** All facts since a time, told again. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { Dialog } from "../../../components/Dialog.tsx";
import { Select } from "../../../components/Field.tsx";
import { ErrorBox } from "../../../components/States.tsx";
import { toast } from "../../../components/Toast.tsx";
import { useWords } from "../../../lib/language.ts";
import type { Webhook } from "./useVerbs.ts";
import "../../../words/webhooks.ts";

const HOURS = { hour: 1, day: 24, week: 168 } as const;
type Span = keyof typeof HOURS;

export function ReplayDialog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const t = useWords();
  const client = useQueryClient();
  const [span, setSpan] = useState<Span>("day");
  const replaying = useMutation({
    mutationFn: async () => {
      // Facts bear the engine's time.
      const { now } = await ok(api.GET("/api/v1/installation"));
      const since = new Date(Date.parse(now) - HOURS[span] * 3_600_000).toISOString();
      const params = { path: { webhook_id: webhook.id } };
      return ok(api.POST("/api/v1/webhooks/{webhook_id}/replay", { params, body: { since } }));
    },
    onSuccess: ({ facts }) => {
      toast(t("webhooks.replayed", { n: facts }));
      void client.invalidateQueries({ queryKey: ["webhooks"] });
      onClose();
    },
  });
  return (
    <Dialog open onClose={onClose} title={t("webhooks.replay")}>
      <div className="mt-3 grid grid-cols-1 gap-4">
        <p>{t("webhooks.replayText")}</p>
        <Select
          label={t("webhooks.since")}
          value={span}
          onChange={(value) => setSpan(value as Span)}
          choices={(Object.keys(HOURS) as Span[]).map((value) => ({ value, label: t(`webhooks.${value}`) }))}
        />
        {replaying.error && <ErrorBox error={replaying.error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button tone="primary" isDisabled={replaying.isPending} onPress={() => replaying.mutate()}>
            {t("webhooks.replay")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
