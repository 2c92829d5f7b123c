/** Facts as sentences. Pure: the words come in. */
import type { Schemas } from "../api/client.ts";
import { isKey, type Key, type Values } from "../words/words.ts";

type Say = (key: Key, values?: Values) => string;
export type Fact = Schemas["FactOut"];

/** "Moved from Subscriber to Lead"; a kind this app does not know is told by its name. */
export function sentence(fact: Fact, t: Say): string {
  const key = `fact.${fact.kind}`;
  if (!isKey(key)) return capital(fact.kind.replaceAll("_", " "));
  const data = fact.data as Record<string, unknown>;
  const step = text(data.step);
  return capital(
    t(key, {
      form: text(data.form),
      sequence: text(data.sequence),
      tag: text(data.tag),
      key: text(data.key),
      goal: text(data.goal),
      from: stage(text(data.from), t),
      to: stage(text(data.to), t),
      purposes: Array.isArray(data.purposes) ? data.purposes.join(", ") : text(data.purpose),
      keys: [data.keys, data.columns].flatMap((some) => (Array.isArray(some) ? some : [])).join(", "),
      mail: step ? t("fact.mail", { step }) : t("fact.aMail"),
    }),
  );
}

/** Why, and through what, where the fact says so. */
export function detail(fact: Fact, t: Say): string {
  const data = fact.data as Record<string, unknown>;
  const by =
    text(data.sequence) && !["enrolled", "ended"].includes(fact.kind)
      ? t("fact.by", { sequence: text(data.sequence) })
      : "";
  const channel = `channel.${text(data.channel)}`;
  const why = by && data.reason === "sequence" ? "" : text(data.reason) || text(data.why);
  return [reason(why, t), isKey(channel) ? t(channel) : "", by].filter(Boolean).join(", ");
}

/** The engine's short reasons in words; an unknown one as it is. */
export function reason(given: string, t: Say): string {
  const key = `reason.${given}`;
  return isKey(key) ? t(key) : given;
}

/** The name of a stage; one this app does not know is told by its key. */
export function stage(key: string, t: Say): string {
  const known = `stage.${key}`;
  return isKey(known) ? t(known) : key;
}

const text = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");
const capital = (told: string): string => told.charAt(0).toUpperCase() + told.slice(1);
