/** How far it is, what came of it, and a way to stop it. It goes on when this is closed. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, ok, type Schemas } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { Dialog } from "../../../components/Dialog.tsx";
import { Fact, Facts } from "../../../components/Facts.tsx";
import { ErrorBox, Loaded } from "../../../components/States.tsx";
import { useLocale, useWords } from "../../../lib/language.ts";
import { isKey } from "../../../words/words.ts";

type Job = Schemas["JobOut"];
/** milliseconds between two looks */
const SOON = 1_000;
const isOver = (job: Job | undefined): boolean => job !== undefined && !["waiting", "running"].includes(job.status);

export function BulkProgress({ id, onClose }: { id: number; onClose: () => void }) {
  const t = useWords();
  const client = useQueryClient();
  const path = { job_id: id };
  const query = useQuery({
    queryKey: ["job", id],
    queryFn: () => ok(api.GET("/api/v1/jobs/{job_id}", { params: { path } })),
    refetchInterval: (asked) => (isOver(asked.state.data) ? false : SOON),
  });
  const cancel = useMutation({
    mutationFn: () => ok(api.POST("/api/v1/jobs/{job_id}/cancel", { params: { path } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["job", id] }),
  });
  const over = isOver(query.data);
  useEffect(() => {
    if (over) void client.invalidateQueries({ queryKey: ["leads"] });
  }, [over, client]);
  return (
    <Dialog open onClose={onClose} title={t("bulk.bar")}>
      <div className="mt-3 grid gap-3">
        <Loaded query={query} lines={2}>
          {(job) => <Told job={job} />}
        </Loaded>
        {cancel.error && <ErrorBox error={cancel.error} />}
        <div className="flex justify-end gap-2">
          {!over && (
            <Button isDisabled={cancel.isPending} onPress={() => cancel.mutate()}>
              {t("bulk.stop")}
            </Button>
          )}
          <Button tone="primary" onPress={onClose}>
            {t("common.close")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Told({ job }: { job: Job }) {
  const t = useWords();
  const says = {
    waiting: t("bulk.waiting"),
    running: t("bulk.running"),
    done: t("bulk.done"),
    cancelled: t("bulk.cancelled"),
    failed: t("bulk.failed", { reason: job.reason ?? "" }),
  }[job.status as "waiting" | "running" | "done" | "cancelled" | "failed"];
  return (
    <>
      <p role="status">{says}</p>
      <progress
        className="w-full accent-brand-fill"
        aria-label={t("bulk.bar")}
        max={job.total ?? 1}
        value={job.total === 0 ? 1 : job.done}
      />
      <p className="text-xs text-mute">{t("bulk.progress", { done: job.done, total: job.total ?? 0 })}</p>
      <Result result={job.result as { changed?: number; unchanged?: number; refused?: Record<string, number> }} />
    </>
  );
}

function Result({ result }: { result: { changed?: number; unchanged?: number; refused?: Record<string, number> } }) {
  const t = useWords();
  const locale = useLocale();
  if (result.changed === undefined) return null;
  return (
    <Facts>
      <Fact name={t("bulk.changed")}>{result.changed.toLocaleString(locale)}</Fact>
      {Boolean(result.unchanged) && (
        <Fact name={t("bulk.unchanged")}>{(result.unchanged ?? 0).toLocaleString(locale)}</Fact>
      )}
      {Object.entries(result.refused ?? {}).map(([reason, number]) => {
        const key = `refused.${reason}`;
        return (
          <Fact key={reason} name={t("bulk.refused")}>
            {number.toLocaleString(locale)}: {isKey(key) ? t(key) : reason}
          </Fact>
        );
      })}
    </Facts>
  );
}
