/** One import, from what was guessed to what came of it. */
import { getRouteApi } from "@tanstack/react-router";
import { Page } from "../../components/Page.tsx";
import { Loaded } from "../../components/States.tsx";
import { useWords } from "../../lib/language.ts";
import { useMay } from "../../lib/may.ts";
import { Columns } from "./Columns.tsx";
import { ConsentCard } from "./ConsentCard.tsx";
import { Known } from "./Known.tsx";
import { Outcome } from "./Outcome.tsx";
import { type Import, isWorking, useImport } from "./queries.ts";
import { ReadingCard } from "./ReadingCard.tsx";
import { Refusals } from "./Refusals.tsx";
import { Steps } from "./Steps.tsx";
import "../../words/imports.ts";

const route = getRouteApi("/imports/$id");

const PROGRAMS: Record<string, string> = {
  hubspot: "HubSpot",
  brevo: "Brevo",
  activecampaign: "ActiveCampaign",
  mautic: "Mautic",
  listmonk: "listmonk",
};

export function ImportPage() {
  const t = useWords();
  const { id } = route.useParams();
  const query = useImport(Number(id));
  return (
    <Page title={query.data?.name ?? t("imports.title")}>
      <Loaded query={query}>{(one) => <Parts one={one} />}</Loaded>
    </Page>
  );
}

function Parts({ one }: { one: Import }) {
  const t = useWords();
  const may = useMay();
  const open = may("imports:write") && one.run_at === null && one.kept && !isWorking(one);
  return (
    <div className="grid grid-cols-1 gap-4">
      {one.preset && <p>{t("import.from", { name: PROGRAMS[one.preset] ?? one.preset })}</p>}
      {!one.kept && <p className="text-mute">{t("import.gone")}</p>}
      <Outcome one={one} />
      {may("imports:write") && <Steps one={one} />}
      {(one.result ?? one.checked)?.refused ? <Refusals one={one} /> : null}
      <Columns one={one} open={open} />
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        <ConsentCard key={one.id} one={one} open={open} />
        <Known one={one} open={open} />
      </div>
      <ReadingCard one={one} open={open} />
    </div>
  );
}
