/** A person puts a lead on a rung, and says how long rules leave it there. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { Select } from "../../components/Field.tsx";
import { ErrorBox } from "../../components/States.tsx";
import { toast } from "../../components/Toast.tsx";
import { stage as nameOf } from "../../lib/facts.ts";
import { useWords } from "../../lib/language.ts";
import { useNow } from "../../lib/session.ts";

/** days of engine time */
const HOLDS = ["0", "7", "30", "90", "365"] as const;
const DAY = 86_400_000;

export function MoveDialog({ id, stage, onClose }: { id: number; stage: string; onClose: () => void }) {
  const t = useWords();
  const now = useNow();
  const client = useQueryClient();
  const [to, setTo] = useState(stage);
  const [hold, setHold] = useState("30");
  const ladder = useQuery({ queryKey: ["stages"], queryFn: () => ok(api.GET("/api/v1/stages")) });
  const move = useMutation({
    mutationFn: () =>
      ok(
        api.PUT("/api/v1/leads/{lead_id}/stage", {
          params: { path: { lead_id: id } },
          body: { stage: to, hold_until: new Date(now + Number(hold) * DAY).toISOString() },
        }),
      ),
    onSuccess: async () => {
      toast(t("stageOf.done", { stage: nameOf(to, t) }));
      onClose();
      await client.invalidateQueries({ queryKey: ["lead", id] });
    },
  });
  const rungs = ladder.data?.items ?? [{ key: stage }];
  return (
    <Dialog open onClose={onClose} title={t("stageOf.move")}>
      <div className="mt-3 grid gap-3">
        <Select
          label={t("stageOf.moveTo")}
          value={to}
          onChange={setTo}
          choices={rungs.map(({ key }) => ({ value: key, label: nameOf(key, t) }))}
        />
        <Select
          label={t("stageOf.hold")}
          value={hold}
          onChange={setHold}
          choices={HOLDS.map((days) => ({ value: days, label: t(`stageOf.hold.${days}`) }))}
        />
        {move.error && <ErrorBox error={move.error} />}
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button tone="primary" isDisabled={move.isPending} onPress={() => move.mutate()}>
            {t("stageOf.do")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
