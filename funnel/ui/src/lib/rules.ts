/** The documents of scoring rules and of the ladder, as the screens edit them. Pure; what is not understood is kept. */
import { type Fields, isFields, type Json } from "./sequence/document.ts";

export const KINDS = ["scoring", "ladder"] as const;
export type Kind = (typeof KINDS)[number];
export type Problem = { path: string; message: string };

/** Kinds of facts that rules can hear of; a document may name others. */
export const FACTS = [
  "form_submitted",
  "confirmed",
  "message_clicked",
  "message_opened",
  "replied",
  "tagged",
  "untagged",
  "unsubscribed",
  "consent_withdrawn",
  "soft_bounced",
  "bounced",
  "complained",
] as const;
/** those that are about one form */
const OF_FORMS: readonly string[] = ["form_submitted", "confirmed"];

export const isAboutForm = (fact: string): boolean => OF_FORMS.includes(fact);

/** The objects of a list in a document; anything else in it cannot be shown as a row. */
export function rows(document: Fields, list: "rules" | "rungs"): Fields[] {
  const found = document[list];
  return Array.isArray(found) ? found.filter(isFields) : [];
}

/** A rule is about facts (`when`) or about what holds (`while`). */
export function isLasting(rule: Fields): boolean {
  return "while" in rule;
}

/** The same rule of the other sort; what the other sort does not know goes. */
export function turned(rule: Fields, lasting: boolean): Fields {
  const { when: _when, while: _while, at_most: _most, ...rest } = rule;
  return lasting
    ? { ...rest, axis: "fit", while: { tag: "" } }
    : { ...rest, axis: "engagement", when: { event: "form_submitted" } };
}

/** A new rule, with a key that no other has. */
export function freshRule(rules: readonly Fields[]): Fields {
  const taken = rules.map((rule) => rule.key);
  let n = rules.length + 1;
  while (taken.includes(`rule-${n}`)) n += 1;
  return { key: `rule-${n}`, when: { event: "form_submitted" }, axis: "engagement", points: 10 };
}

/** With this part; an empty one is left out. */
export function put(fields: Fields, part: string, value: Json | undefined): Fields {
  const { [part]: _before, ...rest } = fields;
  return value === undefined || value === "" ? rest : { ...fields, [part]: value };
}

/** What was typed as a number, once it is one; until then the text, so that the check can say what is wrong. */
export function numeric(typed: string): Json {
  return typed.trim() !== "" && Number.isFinite(Number(typed)) ? Number(typed) : typed;
}

/** What is wrong at this place or inside it. */
export function problemsAt(problems: readonly Problem[], path: string): Problem[] {
  return problems.filter((one) => one.path === path || one.path.startsWith(`${path}/`));
}

export const text = (value: Json | undefined): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";
