/** One lead: who it is at the left, what happened and where it stands at the right. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import { api, ok } from "../../api/client.ts";
import { Page } from "../../components/Page.tsx";
import { Loaded } from "../../components/States.tsx";
import { type TabView, Tabs } from "../../components/Tabs.tsx";
import { useWords } from "../../lib/language.ts";
import { LIVE } from "../../lib/live.ts";
import { nameOf } from "../../lib/people.ts";
import { Consents } from "./Consents.tsx";
import { Conversions } from "./Conversions.tsx";
import { Enrollments } from "./Enrollments.tsx";
import { LeadTasks } from "./LeadTasks.tsx";
import { MergedLeads } from "./Merged.tsx";
import { Notes } from "./Notes.tsx";
import { Origin } from "./Origin.tsx";
import { Owner } from "./Owner.tsx";
import { Rights } from "./Rights.tsx";
import { Score } from "./Score.tsx";
import { Segments } from "./Segments.tsx";
import { StageCard } from "./StageCard.tsx";
import { Submissions } from "./Submissions.tsx";
import { Timeline } from "./Timeline.tsx";
import { Who } from "./Who.tsx";

const route = getRouteApi("/leads/$id");

export function LeadPage() {
  const t = useWords();
  const id = Number(route.useParams().id);
  const { view = "timeline" } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery({
    queryKey: ["lead", id],
    queryFn: () => ok(api.GET("/api/v1/leads/{lead_id}", { params: { path: { lead_id: id } } })),
    ...LIVE,
  });
  // The address of a lead that was merged into another leads to that one.
  const now = query.data?.id ?? id;
  useEffect(() => {
    if (now !== id) void navigate({ params: { id: String(now) }, search: true, replace: true });
  }, [now, id, navigate]);
  const views: TabView[] = [
    { id: "timeline", title: t("timeline.title"), content: <Timeline id={id} /> },
    { id: "notes", title: t("notes.title"), content: <Notes id={id} /> },
    { id: "submissions", title: t("submissions.title"), content: <Submissions id={id} /> },
  ];
  return (
    <Page title={(query.data && (nameOf(query.data) || query.data.email)) ?? t("lead.title")}>
      <Loaded query={query} lines={8}>
        {(lead) => (
          <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[20rem_minmax(0,1fr)]">
            <div className="grid grid-cols-1 gap-4">
              <Who lead={lead} />
              <Owner lead={lead} />
              <StageCard id={id} />
              <Score id={id} />
              <Conversions id={id} />
              <Consents id={id} />
              <Segments id={id} />
              <Origin id={id} />
              <MergedLeads lead={lead} />
              <Rights id={lead.id} />
            </div>
            <div className="grid grid-cols-1 gap-4">
              <LeadTasks id={id} />
              <Enrollments id={id} />
              <Tabs
                label={t("lead.views")}
                views={views}
                selected={view}
                onSelect={(chosen) =>
                  void navigate({ search: { view: chosen === "timeline" ? undefined : chosen }, replace: true })
                }
              />
            </div>
          </div>
        )}
      </Loaded>
    </Page>
  );
}
