/** The list of sequences. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { AlertTriangle, Plus } from "lucide-react";
import { useState } from "react";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Badge } from "../../components/Badge.tsx";
import { Button, LinkButton } from "../../components/Button.tsx";
import { Moment } from "../../components/Moment.tsx";
import { Page } from "../../components/Page.tsx";
import { EmptyState, Loaded } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { useLocale, useWords } from "../../lib/language.ts";
import { useMay } from "../../lib/may.ts";
import type { Say } from "../../lib/sequence/titles.ts";
import { NewSequence } from "./NewSequence.tsx";
import { MOVING, sequencesKey } from "./queries.ts";
import { StatusBadge } from "./StatusBadge.tsx";
import "../../words/sequences.ts";

type Listed = Schemas["ListedOut"];

const route = getRouteApi("/sequences");
/** the service counts no further */
const MOST = 10_000;

export function Sequences() {
  const t = useWords();
  const locale = useLocale();
  const may = useMay();
  const { cursor } = route.useSearch();
  const [making, make] = useState(false);
  const query = useQuery({
    queryKey: [...sequencesKey, cursor ?? ""],
    placeholderData: keepPreviousData,
    refetchInterval: MOVING,
    queryFn: () => ok(api.GET("/api/v1/sequences", { params: { query: cursor ? { cursor } : {} } })),
  });
  const add = may("sequences:write") && (
    <Button tone="primary" onPress={() => make(true)}>
      <Plus size={16} aria-hidden />
      {t("seqs.new")}
    </Button>
  );
  return (
    <Page title={t("nav.sequences")} beside={add}>
      <Loaded query={query}>
        {(page) =>
          page.items.length === 0 && !cursor ? (
            <EmptyState title={t("seqs.none")} action={add}>
              {t("seqs.noneText")}
            </EmptyState>
          ) : (
            <>
              <Table
                label={t("nav.sequences")}
                columns={columns(t, locale)}
                rows={page.items}
                rowKey={(row) => row.key}
                to={(row) => ({ to: "/sequences/$key", params: { key: row.key } })}
              />
              <div className="mt-3 flex gap-2">
                {cursor && <LinkButton to="/sequences">{t("common.first")}</LinkButton>}
                {page.next_cursor && (
                  <LinkButton to="/sequences" search={{ cursor: page.next_cursor }}>
                    {t("common.next")}
                  </LinkButton>
                )}
              </div>
            </>
          )
        }
      </Loaded>
      {making && <NewSequence onClose={() => make(false)} />}
    </Page>
  );
}

function columns(t: Say, locale: string): Column<Listed>[] {
  return [
    {
      id: "name",
      title: t("seqs.name"),
      cell: (row) => (
        <>
          <span className="block font-medium text-brand">{row.name || row.key}</span>
          <span className="block text-xs text-mute">{row.key}</span>
        </>
      ),
    },
    { id: "state", title: t("seqs.state"), cell: (row) => <StatusBadge status={row.status} /> },
    {
      id: "inside",
      title: t("seqs.inside"),
      number: true,
      cell: (row) => (row.inside > MOST ? t("seqs.many", { n: MOST }) : row.inside.toLocaleString(locale)),
    },
    {
      id: "version",
      title: t("seqs.version"),
      wide: true,
      cell: (row) =>
        row.live_number === null ? (
          t("common.none")
        ) : (
          <span className="flex flex-wrap items-center gap-2">
            {t("seq.viewVersion", { n: row.live_number })}
            {row.unpublished && <Badge tone="warn">{t("seqs.unpublished")}</Badge>}
          </span>
        ),
    },
    {
      id: "problems",
      title: t("seqs.problems"),
      number: true,
      cell: (row) =>
        row.problems === 0 ? (
          t("common.none")
        ) : (
          <span className="inline-flex items-center gap-1 text-bad">
            <AlertTriangle size={14} aria-hidden />
            {row.problems.toLocaleString(locale)}
          </span>
        ),
    },
    { id: "changed", title: t("seqs.changed"), wide: true, cell: (row) => <Moment at={row.updated_at} /> },
  ];
}
