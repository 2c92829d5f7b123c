/** The rows that were not taken, the first of them here, all of them as a file to mend. */
import { useQuery } from "@tanstack/react-query";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Card } from "../../components/Page.tsx";
import { Loaded } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { useWords } from "../../lib/language.ts";
import type { Import } from "./queries.ts";
import "../../words/imports.ts";

type Refusal = Schemas["RefusalOut"];

const SHOWN = 100;

export function Refusals({ one }: { one: Import }) {
  const t = useWords();
  const query = useQuery({
    queryKey: ["imports", one.id, "refusals", one.revision, one.result !== null],
    queryFn: () =>
      ok(
        api.GET("/api/v1/imports/{import_id}/refusals", {
          params: { path: { import_id: one.id }, query: { limit: SHOWN } },
        }),
      ),
  });
  const why = (row: Refusal) => {
    const told = t(`import.refused.${row.reason as "email"}`, { line: row.first_line ?? "" });
    return row.column ? `${row.column}: ${told}` : told;
  };
  const columns: Column<Refusal>[] = [
    { id: "line", title: t("import.line"), cell: (row) => row.line },
    { id: "reason", title: t("import.reason"), cell: why },
  ];
  return (
    <Card
      title={t("import.refusals")}
      beside={
        one.kept && (
          <a href={`/api/v1/imports/${one.id}/rejects.csv`} download className="text-brand hover:underline">
            {t("import.download")}
          </a>
        )
      }
    >
      <Loaded query={query}>
        {({ items }) => (
          <>
            {items.length === SHOWN && <p className="mb-2 text-sm text-mute">{t("import.first", { n: SHOWN })}</p>}
            <Table label={t("import.refusals")} columns={columns} rows={items} rowKey={(row) => row.line} />
          </>
        )}
      </Loaded>
    </Card>
  );
}
