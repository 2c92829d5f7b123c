import { Badge } from "../../components/Badge.tsx";
import { useWords } from "../../lib/language.ts";

const TONES = { draft: "plain", live: "good", paused: "warn" } as const;

/** Draft, live or paused. */
export function StatusBadge({ status }: { status: keyof typeof TONES }) {
  const t = useWords();
  return <Badge tone={TONES[status]}>{t(`seqs.${status}`)}</Badge>;
}
