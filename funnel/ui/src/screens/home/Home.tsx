/** How things stand: what is new, what needs a person, what runs. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, ok, type Schemas, type Session } from "../../api/client.ts";
import { Badge } from "../../components/Badge.tsx";
import { LinkButton } from "../../components/Button.tsx";
import { Moment } from "../../components/Moment.tsx";
import { Card, Page } from "../../components/Page.tsx";
import { SequenceLink } from "../../components/SequenceLink.tsx";
import { StageBadge } from "../../components/StageBadge.tsx";
import { Stat } from "../../components/Stat.tsx";
import { Loaded } from "../../components/States.tsx";
import { useLocale, useWords } from "../../lib/language.ts";
import { LIVE } from "../../lib/live.ts";
import { nameOf } from "../../lib/people.ts";
import { useSession } from "../../lib/session.ts";
import { Attention } from "./Attention.tsx";
import { MyTasks } from "./MyTasks.tsx";

const NEWEST = 6;
const SEQUENCES = 50;
/** the service counts no further, and says one more when there are more */
const COUNTED = 10_000;

export function Home() {
  const t = useWords();
  const { heard } = useSession();
  const overview = useQuery({ queryKey: ["overview"], queryFn: () => ok(api.GET("/api/v1/overview")), ...LIVE });
  return (
    <Page title={t("nav.home")}>
      <Loaded query={overview} lines={3}>
        {(told) => (
          <>
            <Numbers told={told} session={heard?.session} />
            <MyTasks />
            <div className="mt-4 grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
              <div className="grid grid-cols-1 gap-4">
                <Attention told={told} />
                <Running />
              </div>
              <Newest />
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Numbers({ told, session }: { told: Schemas["OverviewOut"]; session: Session | undefined }) {
  const t = useWords();
  const locale = useLocale();
  const number = (n: number) => (n >= told.most ? t("home.most", { n }) : n.toLocaleString(locale));
  return (
    <dl className="grid grid-cols-2 gap-4 lg:grid-cols-4">
      <Stat label={t("home.leadsDay")} value={number(told.leads_day)} to={{ to: "/leads" }} />
      <Stat label={t("home.leadsWeek")} value={number(told.leads_week)} to={{ to: "/leads" }} />
      <Stat label={t("home.queued")} value={number(told.mails_queued)} />
      {session && (
        <Stat
          label={t("home.sending")}
          value={t(`home.${session.sending.state}`)}
          note={session.rooms.mailbox ? t("home.local") : session.sending.reason}
        />
      )}
    </dl>
  );
}

function Running() {
  const t = useWords();
  const query = useQuery({
    queryKey: ["sequences", "running"],
    queryFn: () => ok(api.GET("/api/v1/sequences", { params: { query: { limit: SEQUENCES } } })),
    ...LIVE,
  });
  return (
    <Card
      title={t("home.sequences")}
      beside={
        <Link to="/sequences" className="text-brand hover:underline">
          {t("home.allSequences")}
        </Link>
      }
    >
      <Loaded query={query} lines={2}>
        {({ items }) => {
          const running = items.filter((one) => one.status !== "draft");
          if (running.length === 0) return <p className="text-mute">{t("home.noSequences")}</p>;
          return (
            <ul className="divide-y divide-line">
              {running.map((one) => (
                <li key={one.key} className="flex items-center justify-between gap-3 py-2">
                  <span className="flex min-w-0 flex-wrap items-center gap-x-2">
                    <SequenceLink name={one.key} />
                    {one.status === "paused" && <Badge tone="warn">{t("home.paused")}</Badge>}
                  </span>
                  <span className="shrink-0 text-mute tabular-nums">
                    {one.inside > COUNTED ? t("home.overInside", { n: COUNTED }) : t("home.inside", { n: one.inside })}
                  </span>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Card>
  );
}

function Newest() {
  const t = useWords();
  const query = useQuery({
    queryKey: ["leads", "newest"],
    queryFn: () => ok(api.GET("/api/v1/leads", { params: { query: { limit: NEWEST } } })),
    ...LIVE,
  });
  return (
    <Card
      title={t("home.newest")}
      beside={
        <Link to="/leads" className="text-brand hover:underline">
          {t("home.all")}
        </Link>
      }
    >
      <Loaded query={query} lines={4}>
        {({ items }) =>
          items.length === 0 ? (
            <>
              <p className="mb-3 text-mute">{t("leads.noneText")}</p>
              <LinkButton href="/api/docs" reloadDocument>
                {t("leads.how")}
              </LinkButton>
            </>
          ) : (
            <ul className="divide-y divide-line">
              {items.map((lead) => (
                <li key={lead.id} className="relative flex items-center justify-between gap-3 py-2 hover:bg-raised">
                  <Link
                    to="/leads/$id"
                    params={{ id: String(lead.id) }}
                    className="min-w-0 after:absolute after:inset-0"
                  >
                    <span className="block truncate font-medium">{nameOf(lead) || lead.email}</span>
                    {nameOf(lead) && <span className="block truncate text-xs text-mute">{lead.email}</span>}
                  </Link>
                  <span className="grid shrink-0 justify-items-end gap-0.5">
                    <StageBadge stage={lead.stage} />
                    <span className="text-xs text-mute">
                      <Moment at={lead.created_at} />
                    </span>
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
}
