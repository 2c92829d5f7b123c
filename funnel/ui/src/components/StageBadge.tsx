/** A stage of the ladder by its name. */
import { stage } from "../lib/facts.ts";
import { useWords } from "../lib/language.ts";
import { Badge, type BadgeTone } from "./Badge.tsx";

const TONES: Record<string, BadgeTone> = {
  lead: "brand",
  "marketing-qualified": "violet",
  "sales-qualified": "violet",
  opportunity: "warn",
  customer: "good",
};

export function StageBadge({ stage: key }: { stage: string }) {
  return <Badge tone={TONES[key] ?? "plain"}>{stage(key, useWords())}</Badge>;
}
