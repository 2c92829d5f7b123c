/** Everybody: searched, filtered, page by page. What is asked for stands in the address. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, type LinkProps } from "@tanstack/react-router";
import { useState } from "react";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Badge } from "../../components/Badge.tsx";
import { Button, LinkButton } from "../../components/Button.tsx";
import { Moment } from "../../components/Moment.tsx";
import { Page } from "../../components/Page.tsx";
import { Pages } from "../../components/Pages.tsx";
import { StageBadge } from "../../components/StageBadge.tsx";
import { EmptyState, Loaded } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { useLocale, useWords } from "../../lib/language.ts";
import { LIVE } from "../../lib/live.ts";
import { nameOf } from "../../lib/people.ts";
import { useMay } from "../../lib/may.ts";
import { BulkBar } from "./bulk/BulkBar.tsx";
import { filterOf, sortOf } from "./asked.ts";
import { ExportDialog } from "./ExportDialog.tsx";
import { Filters } from "./Filters.tsx";
import "../../words/imports.ts";

const route = getRouteApi("/leads");
const PAGE = 50;
/** tags shown in a row before "and more" */
const TAGS = 3;

export function Leads() {
  const t = useWords();
  const asked = route.useSearch();
  const filter = filterOf(asked);
  const sort = sortOf(asked);
  const query = useQuery({
    queryKey: ["leads", "list", asked],
    queryFn: () =>
      ok(api.GET("/api/v1/leads", { params: { query: { ...filter, sort, cursor: asked.cursor, limit: PAGE } } })),
    placeholderData: keepPreviousData,
    ...LIVE,
  });
  const [chosen, setChosen] = useState<ReadonlySet<string | number>>(new Set());
  const [exporting, exportThem] = useState(false);
  const may = useMay();
  const address = (cursor?: string): LinkProps => ({ to: "/leads", search: { ...asked, cursor } });
  return (
    <Page
      title={t("leads.title")}
      beside={
        <span className="flex flex-wrap items-baseline gap-x-4 gap-y-2">
          <Link to="/imports" className="text-brand hover:underline">
            {t("imports.open")}
          </Link>
          <Link to="/duplicates" className="text-brand hover:underline">
            {t("duplicates.title")}
          </Link>
          {query.data && query.data.count !== null && <Count count={query.data.count} more={query.data.more} />}
          {may("exports:read") && <Button onPress={() => exportThem(true)}>{t("export.button")}</Button>}
        </span>
      }
    >
      {exporting && <ExportDialog filter={filter} onClose={() => exportThem(false)} />}
      <Filters />
      <Loaded query={query} lines={8}>
        {({ items, next_cursor: next }) =>
          items.length === 0 ? (
            <Nobody filtered={Object.values(filter).some((one) => one !== undefined)} />
          ) : (
            <>
              <BulkBar leads={[...chosen].map(Number)} filter={filter} onNone={() => setChosen(new Set())} />
              <LeadTable leads={items} chosen={chosen} onChoose={setChosen} />
              <Pages cursor={asked.cursor} next={next} address={address} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function Count({ count, more }: { count: number; more: boolean }) {
  const t = useWords();
  const told = count.toLocaleString(useLocale());
  return <span className="text-mute">{t("leads.count", { n: more ? `${told}+` : told })}</span>;
}

function LeadTable({
  leads,
  chosen,
  onChoose,
}: {
  leads: Schemas["LeadOut"][];
  chosen: ReadonlySet<string | number>;
  onChoose: (chosen: ReadonlySet<string | number>) => void;
}) {
  const t = useWords();
  const may = useMay();
  const locale = useLocale();
  const columns: Column<Schemas["LeadOut"]>[] = [
    { id: "lead", title: t("leads.lead"), cell: (lead) => <Who lead={lead} /> },
    { id: "stage", title: t("leads.stage"), wide: true, cell: (lead) => <StageBadge stage={lead.stage} /> },
    {
      id: "score",
      title: t("leads.score"),
      number: true,
      cell: (lead) => lead.score.toLocaleString(locale, { maximumFractionDigits: 1 }),
    },
    { id: "tags", title: t("leads.tags"), wide: true, cell: (lead) => <Tags tags={lead.tags} /> },
    { id: "created", title: t("leads.created"), wide: true, cell: (lead) => <Moment at={lead.created_at} /> },
    { id: "active", title: t("leads.active"), wide: true, cell: (lead) => <Moment at={lead.last_activity_at} /> },
  ];
  return (
    <Table
      label={t("leads.title")}
      columns={columns}
      rows={leads}
      rowKey={(lead) => lead.id}
      to={(lead) => ({ to: "/leads/$id", params: { id: String(lead.id) } })}
      choosing={
        may("leads:write")
          ? {
              chosen,
              onChoose,
              name: (lead) => t("bulk.choose", { name: nameOf(lead) || lead.email }),
              all: t("bulk.choosePage"),
            }
          : undefined
      }
    />
  );
}

function Who({ lead }: { lead: Schemas["LeadOut"] }) {
  const name = nameOf(lead);
  return (
    <>
      <span className="block font-medium [overflow-wrap:anywhere]">{name || lead.email}</span>
      {name && <span className="block text-xs break-all text-mute">{lead.email}</span>}
      <span className="mt-1 block md:hidden">
        <StageBadge stage={lead.stage} />
      </span>
    </>
  );
}

function Tags({ tags }: { tags: string[] }) {
  const more = tags.length - TAGS;
  return (
    <span className="flex flex-wrap gap-1">
      {tags.slice(0, TAGS).map((tag) => (
        <Badge key={tag}>{tag}</Badge>
      ))}
      {more > 0 && (
        <span className="text-xs text-mute" title={tags.slice(TAGS).join(", ")}>
          +{more}
        </span>
      )}
    </span>
  );
}

function Nobody({ filtered }: { filtered: boolean }) {
  const t = useWords();
  if (filtered) {
    return (
      <EmptyState
        title={t("leads.noMatch")}
        action={
          <LinkButton to="/leads" search={{}}>
            {t("leads.all")}
          </LinkButton>
        }
      >
        {t("leads.noMatchText")}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={t("leads.none")}
      action={
        <LinkButton tone="primary" href="/api/docs" reloadDocument>
          {t("leads.how")}
        </LinkButton>
      }
    >
      {t("leads.noneText")}
    </EmptyState>
  );
}
