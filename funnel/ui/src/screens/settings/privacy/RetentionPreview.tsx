/** What the policy would delete now, counted by a job; and the yes that is given to what was seen. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok, type Schemas } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { Confirm } from "../../../components/Dialog.tsx";
import { ErrorBox } from "../../../components/States.tsx";
import { toast } from "../../../components/Toast.tsx";
import { useWords } from "../../../lib/language.ts";
import { useMay } from "../../../lib/may.ts";
import "../../../words/privacy.ts";

type Job = Schemas["JobOut"];
/** milliseconds between two looks at a job under way */
const LOOK = 1000;

export function RetentionPreview({ policy, changed }: { policy: Schemas["RetentionOut"]; changed: boolean }) {
  const t = useWords();
  const client = useQueryClient();
  const may = useMay()("privacy:write");
  const [asking, ask] = useState(false);
  const counting = useMutation({ mutationFn: () => ok(api.POST("/api/v1/privacy/retention/preview")) });
  const job = useJob(counting.data);
  const confirming = useMutation({
    mutationFn: () => ok(api.POST("/api/v1/privacy/retention/confirm", { body: { revision: policy.revision } })),
    onSuccess: (confirmed) => {
      toast(t("retention.confirmed"));
      client.setQueryData(["retention"], confirmed);
    },
  });
  return (
    <div className="mt-3 grid grid-cols-1 gap-3">
      <div className="flex flex-wrap gap-2">
        <Button onPress={() => counting.mutate()} isDisabled={changed || counting.isPending}>
          {t("retention.preview")}
        </Button>
        {may && !policy.confirmed_at && job?.status === "done" && (
          <Button tone="danger" onPress={() => ask(true)} isDisabled={changed || confirming.isPending}>
            {t("retention.confirm")}
          </Button>
        )}
      </div>
      {job && <Count job={job} />}
      {counting.error && <ErrorBox error={counting.error} />}
      {confirming.error && <ErrorBox error={confirming.error} />}
      <Confirm
        open={asking}
        onClose={() => ask(false)}
        title={t("retention.confirmTitle")}
        action={t("retention.confirm")}
        onYes={() => confirming.mutate()}
      >
        {t("retention.confirmText")}
      </Confirm>
    </div>
  );
}

function useJob(asked: Job | undefined): Job | undefined {
  const query = useQuery({
    queryKey: ["job", asked?.id],
    queryFn: () => ok(api.GET("/api/v1/jobs/{job_id}", { params: { path: { job_id: asked?.id ?? 0 } } })),
    enabled: asked !== undefined,
    refetchInterval: ({ state }) => (state.data?.ended_at ? false : LOOK),
  });
  return query.data ?? asked;
}

function Count({ job }: { job: Job }) {
  const t = useWords();
  if (job.status === "failed" || job.status === "cancelled")
    return <p role="alert">{t("retention.failed", { why: job.reason ?? job.status })}</p>;
  if (job.status !== "done") return <p role="status">{t("retention.counting", { n: job.done })}</p>;
  const found = (key: string) => Number(job.result[key] ?? 0);
  return (
    <p role="status">
      {t("retention.wouldGo", {
        leads: found("no_contact"),
        unconfirmed: found("unconfirmed"),
        spam: found("spam"),
        audit: found("audit"),
      })}{" "}
      <a href={`/api/v1/privacy/retention/preview/${job.id}.csv`} download className="text-brand underline">
        {t("retention.list")}
      </a>
    </p>
  );
}
