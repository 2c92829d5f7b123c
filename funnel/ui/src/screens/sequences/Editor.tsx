/** The editor of a sequence: its draft to work on, its published versions to look at. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { Page } from "../../components/Page.tsx";
import { EmptyState, Loaded } from "../../components/States.tsx";
import { useWords } from "../../lib/language.ts";
import { useMay } from "../../lib/may.ts";
import { readDocument } from "../../lib/sequence/document.ts";
import { useHeard } from "../../lib/session.ts";
import { DraftEditor } from "./editor/DraftEditor.tsx";
import { RawDraft } from "./editor/RawDraft.tsx";
import type { Sequence } from "./editor/types.ts";
import { VersionViewer } from "./editor/VersionViewer.tsx";
import { readSequence, sequenceKey } from "./queries.ts";
import "../../words/sequences.ts";

const route = getRouteApi("/sequences/$key");

export function Editor() {
  const t = useWords();
  const { key } = route.useParams();
  const query = useQuery({
    queryKey: [...sequenceKey(key), "draft"],
    queryFn: () => readSequence(key),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  if (query.data) return <Shown key={key} sequence={query.data} />;
  return (
    <Page title={t("nav.sequences")}>
      <Loaded query={query}>{() => null}</Loaded>
    </Page>
  );
}

/** Who may change nothing sees what is live, or was published last; there is no draft to see. */
function Shown({ sequence }: { sequence: Sequence }) {
  const t = useWords();
  const heard = useHeard();
  const writes = useMay()("sequences:write");
  const { version } = route.useSearch();
  const navigate = route.useNavigate();
  const drawn = useMemo(() => readDocument(sequence.draft), [sequence.draft]);
  const show = (number: number | null) => void navigate({ search: number === null ? {} : { version: String(number) } });
  if (!heard) return null;
  const number = version === undefined ? (writes ? null : sequence.live_number) : Number(version);
  if (number !== null) return <VersionViewer sequence={sequence} number={number} onShow={show} />;
  if (!writes) {
    return (
      <Page title={sequence.key}>
        <EmptyState title={t("seq.neverPublished")} />
      </Page>
    );
  }
  return drawn ? <DraftEditor sequence={sequence} document={drawn} onShow={show} /> : <RawDraft sequence={sequence} />;
}
