/** Steps, conditions and what happened, in words. */
import type { Key, Values } from "../../words/words.ts";
import { type Json, type Step, armsOf, isFields, kindOf } from "./document.ts";
import { readDuration } from "./durations.ts";
import { readCondition, type Group, type Row } from "../conditions.ts";
import { readTerm } from "../terms.ts";
import "../../words/sequences.ts";

export type Say = (key: Key, values?: Values) => string;

const LONGEST = 90;

/** What a card is called: "Wait 2 days", the subject of a mail. */
export function titleOf(step: Step, t: Say): string {
  const kind = kindOf(step);
  const value = kind ? step[kind] : undefined;
  switch (kind) {
    case "email":
      return (isFields(value) && withoutLiquid(text(value.subject ?? value.template))) || t("seq.title.email");
    case "wait":
      return t("seq.title.wait", { time: timeWords(isFields(value) ? value.for : value, t) });
    case "branch":
      return branchTitle(step, t);
    case "stage":
      return t("seq.title.stage", { stage: text(isFields(value) ? value.to : value) || "…" });
    case "tag":
      return t("seq.title.tag", { tag: text(value) || "…" });
    case "untag":
      return t("seq.title.untag", { tag: text(value) || "…" });
    case "leave":
      return text(value) ? t("seq.title.leaveBecause", { reason: text(value) }) : t("seq.title.leave");
    default:
      return step.id;
  }
}

/** "2 days" in the reader's language; what is more than a number and a unit stays as it is written. */
export function timeWords(written: Json | undefined, t: Say): string {
  const read = readDuration(written);
  const n = Number(read?.amount);
  return read ? t(`seq.time.${read.unit}`, { n }) : text(written) || "…";
}

function branchTitle(step: Step, t: Say): string {
  const asked = armsOf(step).filter((arm) => arm.kind === "when");
  const first = asked[0];
  if (asked.length !== 1 || !first) return t("seq.title.branch", { n: asked.length });
  return t("seq.title.asks", { condition: conditionWords(first.when ?? null, t) });
}

/** What stands on a path: its name, else its condition. */
export function armTitle(step: Step, index: number, t: Say): string {
  const arm = armsOf(step)[index];
  if (!arm) return "";
  if (arm.kind !== "when") return t(`seq.arm.${arm.kind}`);
  return arm.name || conditionWords(arm.when ?? null, t);
}

/** "tag “vip” and stage at least customer" */
export function conditionWords(condition: Json, t: Say): string {
  return short(groupWords(readCondition(condition), t));
}

function groupWords(group: Group, t: Say): string {
  return group.rows.map((row) => rowWords(row, t)).join(` ${t(`seq.how.${group.how}.between`)} `) || "…";
}

function rowWords(row: Row, t: Say): string {
  if (row.type === "raw") return "…";
  const inside = row.type === "group" ? `(${groupWords(row.group, t)})` : termWords(row, t);
  return row.not ? t("seq.not", { condition: inside }) : inside;
}

function termWords({ term, value }: Row & { type: "term" }, t: Say): string {
  const shown = readTerm(term, value);
  if (shown.raw) return `${t(`seq.term.${term}`)} …`;
  const { test, word, limit, within, of } = shown;
  const told = { term: t(`seq.term.${term}`), word: word || "…", limit: limit || "…" };
  switch (term) {
    case "stage":
      return t(`seq.say.stage.${test as "is" | "at_least" | "at_most"}`, told);
    case "score":
      return t(`seq.say.score.${test as "at_least" | "at_most"}`, {
        ...told,
        of: t(`seq.of.${word as "total" | "fit" | "engagement"}`),
      });
    case "field":
    case "answer":
      return t(`seq.say.field.${test as "is"}`, told);
    case "source":
      return t(`seq.say.field.${test as "is"}`, {
        ...told,
        word: `${t(`seq.origin.${word as "campaign"}`)}${of === "last" ? ` (${t("seq.touch.last")})` : ""}`,
      });
    case "created":
      return t(`seq.say.field.${test as "is"}`, { ...told, word: told.term });
    case "sequence":
      return t(`seq.say.sequence.${test as "in"}`, told);
    case "event":
    case "form": {
      const often = limit && limit !== "1" ? t("seq.say.times", { what: told.word, n: limit }) : told.word;
      return t(within ? "seq.say.within" : "seq.say.ever", {
        term: told.term,
        what: often,
        within: timeWords(within, t),
      });
    }
    default:
      return t("seq.say.has", told);
  }
}

/** What the simulator tells, in the reader's language; unknown words stay as they came. */
export function momentWords(what: string, t: Say): string {
  for (const [pattern, key] of MOMENTS) {
    const match = pattern.exec(what);
    if (match) return t(key, { word: armWord(match[1] ?? "", t) });
  }
  return what;
}

const armWord = (word: string, t: Say): string =>
  word === "otherwise" || word === "unmeasurable" ? t(`seq.arm.${word}`) : word;

const MOMENTS: readonly [RegExp, Key][] = [
  [/^mail sent$/, "seq.moment.sent"],
  [/^waited$/, "seq.moment.waited"],
  [/^arm "(.*)"$/, "seq.moment.arm"],
  [/^no arm$/, "seq.moment.noArm"],
  [/^moved to (.*)$/, "seq.moment.moved"],
  [/^tagged (.*)$/, "seq.moment.tagged"],
  [/^tag (.*) removed$/, "seq.moment.untagged"],
  [/^already there$/, "seq.moment.already"],
  [/^not there$/, "seq.moment.notThere"],
  [/^skipped: (.*)$/, "seq.moment.skipped"],
  [/^(?:refused|failed): (.*)$/, "seq.moment.refused"],
  [/^held for a person$/, "seq.moment.held"],
  [/^ended: finished$/, "seq.moment.finished"],
  [/^ended: goal$/, "seq.moment.goal"],
  [/^ended: (.*)$/, "seq.moment.ended"],
];

/** "Hello {{ lead.first_name }}" is "Hello …" on a card. */
const withoutLiquid = (subject: string): string =>
  subject
    .replace(/\{%.*?%\}/g, "")
    .replace(/\{\{.*?\}\}/g, "…")
    .trim();
const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");
const short = (words: string): string => (words.length > LONGEST ? `${words.slice(0, LONGEST - 1)}…` : words);
