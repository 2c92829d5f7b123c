/** The list of segments: how many are in each, and who came and went lately. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Badge } from "../../components/Badge.tsx";
import { LinkButton } from "../../components/Button.tsx";
import { Moment } from "../../components/Moment.tsx";
import { Page } from "../../components/Page.tsx";
import { Pages } from "../../components/Pages.tsx";
import { EmptyState, Loaded } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { useLocale, useWords } from "../../lib/language.ts";
import { LIVE } from "../../lib/live.ts";
import { useMay } from "../../lib/may.ts";
import type { Json } from "../../lib/sequence/document.ts";
import { conditionWords, type Say } from "../../lib/sequence/titles.ts";
import { SegmentForm } from "./SegmentForm.tsx";

type Segment = Schemas["SegmentOut"];

const route = getRouteApi("/segments");

export function Segments() {
  const { view } = route.useSearch();
  return view === "new" ? <NewSegment /> : <List />;
}

function NewSegment() {
  const t = useWords();
  return (
    <Page title={t("segments.new")} place="/segments/new">
      <SegmentForm />
    </Page>
  );
}

function List() {
  const t = useWords();
  const locale = useLocale();
  const may = useMay();
  const { cursor } = route.useSearch();
  const query = useQuery({
    queryKey: ["segments", "list", cursor ?? ""],
    placeholderData: keepPreviousData,
    queryFn: () => ok(api.GET("/api/v1/segments", { params: { query: cursor ? { cursor } : {} } })),
    ...LIVE,
  });
  const add = may("segments:write") && (
    <LinkButton tone="primary" to="/segments" search={{ view: "new" }}>
      <Plus size={16} aria-hidden />
      {t("segments.new")}
    </LinkButton>
  );
  return (
    <Page title={t("nav.segments")} beside={add}>
      <Loaded query={query}>
        {({ items, next_cursor: next }) =>
          items.length === 0 && !cursor ? (
            <EmptyState title={t("segments.none")} action={add}>
              {t("segments.noneText")}
            </EmptyState>
          ) : (
            <>
              <Table
                label={t("nav.segments")}
                columns={columns(t, locale)}
                rows={items}
                rowKey={(row) => row.key}
                to={(row) => ({ to: "/segments/$key", params: { key: row.key } })}
              />
              <Pages cursor={cursor} next={next} address={(at) => ({ to: "/segments", search: { cursor: at } })} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function columns(t: Say, locale: string): Column<Segment>[] {
  return [
    {
      id: "name",
      title: t("segments.name"),
      cell: (row) => (
        <>
          <span className="block font-medium text-brand">{row.name}</span>
          <span className="block text-xs text-mute">{conditionWords(row.condition as Json, t)}</span>
        </>
      ),
    },
    {
      id: "members",
      title: t("segments.members"),
      number: true,
      cell: (row) => <Members segment={row} />,
    },
    {
      id: "change",
      title: t("segments.change"),
      number: true,
      cell: (row) =>
        t("segments.cameAndWent", { joined: row.joined.toLocaleString(locale), left: row.left.toLocaleString(locale) }),
    },
    { id: "changed", title: t("segments.changed"), wide: true, cell: (row) => <Moment at={row.updated_at} /> },
  ];
}

/** How many are in it; while they are counted, how far that is. */
export function Members({ segment }: { segment: Segment }) {
  const t = useWords();
  const locale = useLocale();
  if (segment.counted === null) return segment.members.toLocaleString(locale);
  return <Badge tone="warn">{t("segments.counting", { percent: Math.floor(segment.counted * 100) })}</Badge>;
}
