/** Who takes care of this lead. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Select } from "../../components/Field.tsx";
import { Card } from "../../components/Page.tsx";
import { ErrorBox } from "../../components/States.tsx";
import { toast } from "../../components/Toast.tsx";
import { useColleagues } from "../../lib/colleagues.ts";
import { useWords } from "../../lib/language.ts";
import { useMay } from "../../lib/may.ts";

export function Owner({ lead }: { lead: Schemas["LeadOut"] }) {
  const t = useWords();
  const may = useMay();
  const client = useQueryClient();
  const { name, choices } = useColleagues();
  const assign = useMutation({
    mutationFn: (owner: number | null) =>
      ok(api.PUT("/api/v1/leads/{lead_id}/owner", { params: { path: { lead_id: lead.id } }, body: { owner } })),
    onSuccess: async ({ owner }) => {
      toast(owner === null ? t("owner.none") : t("owner.done", { name: name(owner) }));
      await client.invalidateQueries({ queryKey: ["lead", lead.id] });
    },
  });
  return (
    <Card title={t("owner.title")}>
      <Select
        hidden
        label={t("owner.title")}
        value={String(lead.owner ?? "")}
        disabled={!may("leads:write") || assign.isPending}
        choices={choices(lead.owner)}
        onChange={(chosen) => assign.mutate(chosen ? Number(chosen) : null)}
      />
      {assign.error && <ErrorBox error={assign.error} />}
    </Card>
  );
}
