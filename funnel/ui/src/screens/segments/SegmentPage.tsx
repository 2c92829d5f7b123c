/** One segment: its condition, who is in it, and what needs it. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { Confirm } from "../../components/Dialog.tsx";
import { Moment } from "../../components/Moment.tsx";
import { Card, Page } from "../../components/Page.tsx";
import { Pages } from "../../components/Pages.tsx";
import { StageBadge } from "../../components/StageBadge.tsx";
import { Stat } from "../../components/Stat.tsx";
import { Loaded } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { useLocale, useWords } from "../../lib/language.ts";
import { LIVE } from "../../lib/live.ts";
import { useMay } from "../../lib/may.ts";
import { nameOf } from "../../lib/people.ts";
import type { Say } from "../../lib/sequence/titles.ts";
import { SegmentForm } from "./SegmentForm.tsx";
import { Members } from "./Segments.tsx";

type Segment = Schemas["SegmentOut"];
type Member = Schemas["SegmentMemberOut"];

const route = getRouteApi("/segments/$key");

export function SegmentPage() {
  const t = useWords();
  const { key } = route.useParams();
  const query = useQuery({
    queryKey: ["segments", "one", key],
    queryFn: () => ok(api.GET("/api/v1/segments/{key}", { params: { path: { key } } })),
    ...LIVE,
  });
  return (
    <Page title={query.data?.name ?? t("segments.one")} beside={query.data && <Remove segment={query.data} />}>
      <Loaded query={query} lines={8}>
        {(segment) => (
          <div className="grid grid-cols-1 gap-4">
            <Counts segment={segment} />
            <SegmentForm key={`${segment.key} ${segment.revision}`} segment={segment} />
            <Leads segment={segment} />
            <Uses name={segment.key} />
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Counts({ segment }: { segment: Segment }) {
  const t = useWords();
  return (
    <dl className="grid grid-cols-3 gap-3">
      <Stat label={t("segments.members")} value={<Members segment={segment} />} />
      <Stat label={t("segments.joined")} value={segment.joined} />
      <Stat label={t("segments.left")} value={segment.left} />
    </dl>
  );
}

function Leads({ segment }: { segment: Segment }) {
  const t = useWords();
  const locale = useLocale();
  const { cursor } = route.useSearch();
  const { key } = segment;
  const query = useQuery({
    queryKey: ["segments", "leads", key, segment.revision, cursor ?? ""],
    placeholderData: keepPreviousData,
    queryFn: () =>
      ok(api.GET("/api/v1/segments/{key}/leads", { params: { path: { key }, query: cursor ? { cursor } : {} } })),
    ...LIVE,
  });
  return (
    <Card title={t("segments.members")}>
      <Loaded query={query}>
        {({ items, next_cursor: next }) =>
          items.length === 0 ? (
            <p className="text-sm text-mute">
              {t(segment.counted === null ? "segments.nobody" : "segments.nobodyYet")}
            </p>
          ) : (
            <>
              <Table
                label={t("segments.members")}
                columns={columns(t, locale)}
                rows={items}
                rowKey={(row) => row.id}
                to={(row) => ({ to: "/leads/$id", params: { id: String(row.id) } })}
              />
              <Pages
                cursor={cursor}
                next={next}
                address={(at) => ({ to: "/segments/$key", params: { key }, search: { cursor: at } })}
              />
            </>
          )
        }
      </Loaded>
    </Card>
  );
}

function columns(t: Say, locale: string): Column<Member>[] {
  return [
    {
      id: "lead",
      title: t("leads.lead"),
      cell: (row) => <span className="font-medium [overflow-wrap:anywhere]">{nameOf(row) || row.email}</span>,
    },
    { id: "stage", title: t("leads.stage"), wide: true, cell: (row) => <StageBadge stage={row.stage} /> },
    {
      id: "score",
      title: t("leads.score"),
      number: true,
      cell: (row) => row.score.toLocaleString(locale, { maximumFractionDigits: 1 }),
    },
    { id: "since", title: t("segments.since"), cell: (row) => <Moment at={row.member_since} /> },
  ];
}

/** What names it: it cannot be deleted from under these. */
function Uses({ name: key }: { name: string }) {
  const t = useWords();
  const query = useQuery({
    queryKey: ["segments", "uses", key],
    queryFn: () => ok(api.GET("/api/v1/segments/{key}/uses", { params: { path: { key } } })),
  });
  return (
    <Card title={t("segments.usedBy")}>
      <Loaded query={query} lines={1}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-sm text-mute">{t("segments.unused")}</p>
          ) : (
            <ul className="space-y-1">
              {items.map((use) => (
                <li key={`${use.kind} ${use.key}`}>
                  <Link
                    to={use.kind === "segment" ? "/segments/$key" : "/sequences/$key"}
                    params={{ key: use.key }}
                    className="text-brand hover:underline"
                  >
                    {t(use.kind === "segment" ? "segments.useSegment" : "segments.useSequence", { key: use.key })}
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
}

function Remove({ segment }: { segment: Segment }) {
  const t = useWords();
  const may = useMay();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asking, ask] = useState(false);
  const remove = useMutation({
    mutationFn: () => ok(api.DELETE("/api/v1/segments/{key}", { params: { path: { key: segment.key } } })),
    onSuccess: async () => {
      await navigate({ to: "/segments" });
      client.removeQueries({ queryKey: ["segments", "one", segment.key] });
      await client.invalidateQueries({ queryKey: ["segments"] });
    },
  });
  if (!may("segments:write")) return null;
  return (
    <>
      <Button tone="ghost" onPress={() => ask(true)}>
        <Trash2 size={16} aria-hidden />
        {t("segments.delete")}
      </Button>
      <Confirm
        open={asking}
        onClose={() => ask(false)}
        title={t("segments.deleteTitle", { name: segment.name })}
        action={t("segments.delete")}
        onYes={() => remove.mutate()}
      >
        {t("segments.deleteText")}
      </Confirm>
    </>
  );
}
