/** Who would have another score or stage by rules that are not published yet. */
import type { Schemas } from "../../api/client.ts";
import { type Column, Table } from "../../components/Table.tsx";
import { stage } from "../../lib/facts.ts";
import { useLocale, useWords } from "../../lib/language.ts";
import { DAYS } from "./useRules.ts";

type Found = Schemas["WhatIfOut"];

export function WhatIf({ found }: { found: Found }) {
  const t = useWords();
  const locale = useLocale();
  const points = (n: number) => n.toLocaleString(locale, { maximumFractionDigits: 1 });
  const columns: Column<Found["examples"][number]>[] = [
    { id: "lead", title: t("leads.lead"), cell: (one) => one.email },
    { id: "score", title: t("whatIf.score.now"), number: true, cell: (one) => points(one.score) },
    { id: "new", title: t("whatIf.score.new"), number: true, cell: (one) => points(one.new_score) },
    { id: "stage", title: t("whatIf.stage.now"), wide: true, cell: (one) => stage(one.stage, t) },
    { id: "newStage", title: t("whatIf.stage.new"), wide: true, cell: (one) => stage(one.new_stage, t) },
  ];
  return (
    <section aria-label={t("whatIf.title")} className="grid grid-cols-1 gap-2 border-t border-line pt-3">
      <h2 className="font-semibold">{t("whatIf.title")}</h2>
      <p role="status">
        {t("whatIf.score", { n: found.other_score, all: found.leads })}; {t("whatIf.stage", { n: found.other_stage })}.
      </p>
      {found.moves.length > 0 && (
        <ul className="list-inside list-disc">
          {found.moves.map((one) => (
            <li key={`${one.from} ${one.to}`}>
              {t("whatIf.move", { n: one.leads, from: stage(one.from, t), to: stage(one.to, t) })}
            </li>
          ))}
        </ul>
      )}
      {found.examples.length > 0 && (
        <Table
          label={t("leads.title")}
          columns={columns}
          rows={found.examples}
          rowKey={(one) => one.lead_id}
          to={(one) => ({ to: "/leads/$id", params: { id: String(one.lead_id) } })}
        />
      )}
      <p className="text-xs text-mute">
        {t("whatIf.basis", { days: DAYS })} {!found.complete && t("whatIf.part", { n: found.leads })}
      </p>
    </section>
  );
}
