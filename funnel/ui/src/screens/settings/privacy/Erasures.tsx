/** Who was erased: a number, a reason, a time. */
import { useQuery } from "@tanstack/react-query";
import { api, ok, type Schemas } from "../../../api/client.ts";
import { Card } from "../../../components/Page.tsx";
import { Moment } from "../../../components/Moment.tsx";
import { Loaded } from "../../../components/States.tsx";
import { type Column, Table } from "../../../components/Table.tsx";
import { useWords } from "../../../lib/language.ts";
import "../../../words/privacy.ts";

type Erasure = Schemas["ErasureOut"];
/** shown; programs read the rest page by page */
const MOST = 100;

export function Erasures() {
  const t = useWords();
  const query = useQuery({
    queryKey: ["erasures"],
    queryFn: () => ok(api.GET("/api/v1/privacy/erasures", { params: { query: { limit: MOST } } })),
  });
  const columns: Column<Erasure>[] = [
    { id: "number", title: t("privacy.number"), cell: (row) => row.lead_id ?? t("privacy.noLead") },
    { id: "when", title: t("privacy.when"), cell: (row) => <Moment at={row.at} /> },
    { id: "why", title: t("privacy.why"), cell: (row) => t(`erase.reason.${row.reason}`) },
    { id: "by", title: t("privacy.by"), wide: true, cell: (row) => row.erased_by },
  ];
  return (
    <Card title={t("privacy.erasures")}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-mute">{t("privacy.noErasures")}</p>
          ) : (
            <Table label={t("privacy.erasures")} columns={columns} rows={items} rowKey={(row) => row.id} />
          )
        }
      </Loaded>
    </Card>
  );
}
