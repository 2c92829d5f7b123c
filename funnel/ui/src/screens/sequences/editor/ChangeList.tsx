/** What differs between two documents, in words. */
import { Badge, type BadgeTone } from "../../../components/Badge.tsx";
import { useWords } from "../../../lib/language.ts";
import { type Json, type Step, isFields, kindOf } from "../../../lib/sequence/document.ts";
import { readEntries } from "../../../lib/sequence/entry.ts";
import { conditionWords, type Say, timeWords, titleOf } from "../../../lib/sequence/titles.ts";
import type { Change } from "./types.ts";

const TONES: Record<Change["how"], BadgeTone> = { added: "good", removed: "bad", changed: "warn", moved: "brand" };

export function ChangeList({ changes }: { changes: readonly Change[] }) {
  const t = useWords();
  return (
    <ul className="space-y-1.5">
      {changes.map((change, n) => (
        <li key={n} className="flex gap-2">
          <span className="w-20 shrink-0">
            <Badge tone={TONES[change.how]}>{t(`seq.how.${change.how}`)}</Badge>
          </span>
          <span className="min-w-0 break-words">
            {change.step === null ? headWords(change, t) : stepWords(change, t)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function stepWords({ how, parts, before, after }: Change, t: Say): string {
  const [old, now] = [before, after].map((step) => (isFields(step) ? titleOf(step as Step, t) : ""));
  if (how !== "changed") return (how === "removed" ? old : now) ?? "";
  const title = old === now ? (now ?? "") : t("seq.change.to", { before: old ?? "", after: now ?? "" });
  const kind = isFields(after) ? kindOf(after as Step) : undefined;
  const what = [
    ...(old === now && kind && parts.includes(kind) ? [t("seq.part.content")] : []),
    ...(parts.includes("on_failure") ? [t("seq.part.on_failure")] : []),
  ];
  return what.length ? `${title}: ${what.join(", ")}` : title;
}

function headWords({ parts, before, after }: Change, t: Say): string {
  const part = parts[0] as "name";
  const [old, now] = [before, after].map((value) => partWords(part, value as Json, t));
  return `${t(`seq.part.${part}`)}: ${t("seq.change.to", { before: old ?? "", after: now ?? "" })}`;
}

function partWords(part: string, value: Json, t: Say): string {
  if (value === null || value === undefined) return t("common.none");
  if (part === "enter") return entryWords(value, t);
  if (part === "goal") return conditionWords(value, t);
  if (part === "reenter" && isFields(value)) return timeWords(value.after, t);
  if (part === "window" && isFields(value))
    return [value.days, value.from, value.to, value.zone].filter(Boolean).join(" ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Who enters, in words: for the first card, and for what changed. */
export function entryWords(enter: Json | undefined, t: Say): string {
  const entries = readEntries(enter);
  if (!entries) return t("seq.startsRaw");
  if (!entries.length) return t("seq.startsByHand");
  return entries
    .map(({ kind, value }) => t(`seq.starts.${kind}`, { value: value || "…" }))
    .join(` ${t("seq.how.any.between")} `);
}
