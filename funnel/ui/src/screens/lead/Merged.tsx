/** A person who is here twice: merged with the other lead, or parted again. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { Confirm } from "../../components/Dialog.tsx";
import { Moment } from "../../components/Moment.tsx";
import { Card } from "../../components/Page.tsx";
import { ErrorBox } from "../../components/States.tsx";
import { toast } from "../../components/Toast.tsx";
import { useColleagues } from "../../lib/colleagues.ts";
import { useWords } from "../../lib/language.ts";
import { useMay } from "../../lib/may.ts";
import { MergeDialog } from "./MergeDialog.tsx";

type Merged = Schemas["MergedLeadOut"];

export function MergedLeads({ lead }: { lead: Schemas["LeadOut"] }) {
  const t = useWords();
  const may = useMay();
  const [merging, setMerging] = useState(false);
  const { data } = useQuery({
    queryKey: ["lead", lead.id, "merged"],
    queryFn: () => ok(api.GET("/api/v1/leads/{lead_id}/merged", { params: { path: { lead_id: lead.id } } })),
  });
  const parts = data?.items ?? [];
  if (!may("leads:write") && parts.length === 0) return null;
  return (
    <Card title={t(parts.length ? "merge.merged" : "merge.title")}>
      {parts.length > 0 && (
        <ul className="mb-3 grid gap-3">
          {parts.map((one) => (
            <Part key={one.id} lead={lead.id} merged={one} />
          ))}
        </ul>
      )}
      {may("leads:write") && <Button onPress={() => setMerging(true)}>{t("merge.do")}</Button>}
      {merging && <MergeDialog lead={lead} onClose={() => setMerging(false)} />}
    </Card>
  );
}

function Part({ lead, merged }: { lead: number; merged: Merged }) {
  const t = useWords();
  const may = useMay();
  const client = useQueryClient();
  const { caller } = useColleagues();
  const [asking, setAsking] = useState(false);
  const part = useMutation({
    mutationFn: () =>
      ok(
        api.POST("/api/v1/leads/{lead_id}/unmerge", {
          params: { path: { lead_id: lead } },
          body: { lead: merged.id },
        }),
      ),
    onSuccess: async () => {
      toast(t("merge.undone"));
      await client.invalidateQueries();
    },
  });
  return (
    <li>
      <p className="break-all">{merged.email}</p>
      <p className="text-xs text-mute">
        {caller(merged.by)}, <Moment at={merged.at} />
      </p>
      {part.error && <ErrorBox error={part.error} />}
      {may("leads:write") && (
        <Button className="mt-1" isDisabled={part.isPending} onPress={() => setAsking(true)}>
          {t("merge.undo")}
        </Button>
      )}
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={t("merge.undo")}
        action={t("merge.undo")}
        tone="primary"
        onYes={() => part.mutate()}
      >
        {t("merge.undoAsk", { email: merged.email })}
      </Confirm>
    </li>
  );
}
