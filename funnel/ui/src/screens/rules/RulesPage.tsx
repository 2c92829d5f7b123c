/** Where the rules of score and stages are read, changed, tried and published. */
import { getRouteApi } from "@tanstack/react-router";
import { Page } from "../../components/Page.tsx";
import { type TabView, Tabs } from "../../components/Tabs.tsx";
import { useWords } from "../../lib/language.ts";
import { LadderRules } from "./LadderRules.tsx";
import { ScoringRules } from "./ScoringRules.tsx";

const route = getRouteApi("/rules");

export function RulesPage() {
  const t = useWords();
  const { view = "scoring" } = route.useSearch();
  const navigate = route.useNavigate();
  const views: TabView[] = [
    { id: "scoring", title: t("rules.scoring"), content: <ScoringRules /> },
    { id: "ladder", title: t("rules.ladder"), content: <LadderRules /> },
  ];
  return (
    <Page title={t("nav.rules")}>
      <Tabs
        label={t("rules.views")}
        views={views}
        selected={view}
        onSelect={(chosen) => void navigate({ search: { view: chosen === "scoring" ? undefined : chosen } })}
      />
    </Page>
  );
}
