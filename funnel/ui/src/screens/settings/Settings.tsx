/** Everything that is settled once and for all: one tab each. */
import { getRouteApi } from "@tanstack/react-router";
import { Suspense } from "react";
import { Page } from "../../components/Page.tsx";
import { Skeleton } from "../../components/States.tsx";
import { type TabView, Tabs } from "../../components/Tabs.tsx";
import { useWords } from "../../lib/language.ts";
import { useMay } from "../../lib/may.ts";
import { useHeard } from "../../lib/session.ts";
import { Missing } from "../../shell/Broken.tsx";
import { TABS } from "./tabs.ts";

const route = getRouteApi("/settings/$tab");

export function Settings() {
  const t = useWords();
  const { tab } = route.useParams();
  const navigate = route.useNavigate();
  const may = useMay();
  const heard = useHeard();
  const tabs = TABS.filter(({ scope }) => scope === undefined || may(scope));
  if (!heard) return null;
  if (!tabs.some(({ id }) => id === tab)) return <Missing />;
  const views: TabView[] = tabs.map(({ id, name, Content }) => ({
    id,
    title: t(name),
    content: (
      <Suspense fallback={<Skeleton />}>
        <Content />
      </Suspense>
    ),
  }));
  return (
    <Page title={t("nav.settings")} place="settings">
      <Tabs
        label={t("settings.tabs")}
        views={views}
        selected={tab}
        onSelect={(chosen) => chosen !== tab && void navigate({ to: "/settings/$tab", params: { tab: chosen } })}
      />
    </Page>
  );
}
