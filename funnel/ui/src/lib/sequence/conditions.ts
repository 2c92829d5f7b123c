/**
 * Conditions as rows: "all of" or "any of", each row a term, a group of rows, or, for what rows cannot show, raw JSON.
 * Reading and writing give back the same condition, so that an edit changes only what was edited.
 */
import { type Json, isFields } from "./document.ts";

export const TERMS = ["stage", "tag", "field", "score", "form", "consent", "event"] as const;
export type Term = (typeof TERMS)[number];

export type Row =
  | { type: "term"; not: boolean; term: Term; value: Json }
  | { type: "group"; not: boolean; group: Group }
  | { type: "raw"; json: Json };

export interface Group {
  how: "all" | "any";
  rows: readonly Row[];
  /** a single term that stands without "all" or "any" around it */
  bare: boolean;
}

export function readCondition(condition: Json): Group {
  const group = readGroup(condition);
  return group ?? { how: "all", rows: [readRow(condition)], bare: true };
}

export function writeCondition(group: Group): Json {
  const rows = group.rows.map(writeRow);
  return group.bare && rows.length === 1 ? (rows[0] as Json) : { [group.how]: rows };
}

function readGroup(condition: Json): Group | null {
  if (!isFields(condition) || Object.keys(condition).length !== 1) return null;
  const how = "all" in condition ? "all" : "any" in condition ? "any" : null;
  const parts = how && condition[how];
  return how && Array.isArray(parts) ? { how, rows: parts.map(readRow), bare: false } : null;
}

function readRow(condition: Json): Row {
  const turned = isFields(condition) && Object.keys(condition).length === 1 && "not" in condition;
  const inside = turned ? (condition.not as Json) : condition;
  const group = readGroup(inside);
  if (group) return { type: "group", not: turned, group };
  const term = isFields(inside) && Object.keys(inside).length === 1 ? TERMS.find((one) => one in inside) : undefined;
  if (!term) return { type: "raw", json: condition };
  return { type: "term", not: turned, term, value: (inside as Record<Term, Json>)[term] };
}

function writeRow(row: Row): Json {
  if (row.type === "raw") return row.json;
  const inside: Json = row.type === "group" ? writeCondition(row.group) : { [row.term]: row.value };
  return row.not ? { not: inside } : inside;
}

/** A new row of a term; what only a person can know is empty. */
export function freshValue(term: Term): Json {
  switch (term) {
    case "field":
      return { key: "", is: "" };
    case "score":
      return { at_least: 1 };
    default:
      return "";
  }
}

/** A term's value as the fields of its row. `raw`: they cannot show it, and it is edited as JSON. */
export type Shown = { test: string; word: string; limit: string; within: string; raw: false } | { raw: true };

const STAGE_TESTS = ["is", "at_least", "at_most"];
export const FIELD_TESTS = ["is", "not", "contains", "at_least", "at_most", "known", "unknown"] as const;
const NUMBERS = ["at_least", "at_most"];
const RAW = { raw: true } as const;

const plain = (word: string, more: Partial<{ test: string; limit: string; within: string }> = {}): Shown => ({
  test: "",
  word,
  limit: "",
  within: "",
  ...more,
  raw: false,
});

export function readTerm(term: Term, value: Json): Shown {
  if (typeof value === "string")
    return term === "field" || term === "score"
      ? RAW
      : plain(value, { test: "is", limit: term === "event" ? "1" : "" });
  if (!isFields(value)) return RAW;
  const keys = Object.keys(value);
  switch (term) {
    case "stage":
      return one(keys, STAGE_TESTS, (test) => (typeof value[test] === "string" ? plain(value[test], { test }) : RAW));
    case "form":
      return has(keys, ["key"], ["within"]) ? shownWithin(value, value.key) : RAW;
    case "event":
      return has(keys, ["kind"], ["within", "at_least"]) ? shownWithin(value, value.kind, value.at_least ?? 1) : RAW;
    case "score":
      return readScore(value, keys);
    case "field":
      return readField(value, keys);
    default:
      return RAW;
  }
}

/** The value that these fields say. Numbers are written as numbers once they are some. */
export function writeTerm(term: Term, shown: Exclude<Shown, { raw: true }>): Json {
  const { test, word, limit, within } = shown;
  const recent: Record<string, Json> = within ? { within } : {};
  switch (term) {
    case "stage":
      return test === "is" ? word : { [test]: word };
    case "form":
      return within ? { key: word, ...recent } : word;
    case "event":
      return within || limit !== "1"
        ? { kind: word, ...recent, ...(limit === "1" ? {} : { at_least: numeric(limit) }) }
        : word;
    case "score":
      return { [test]: numeric(limit), ...(word === "total" ? {} : { of: word }) };
    case "field":
      if (test === "known" || test === "unknown") return { key: word, known: test === "known" };
      return { key: word, [test]: NUMBERS.includes(test) ? numeric(limit) : scalar(limit) };
    default:
      return word;
  }
}

function readScore(value: Record<string, Json>, keys: string[]): Shown {
  const tests = keys.filter((key) => key !== "of");
  const of = value.of ?? "total";
  if (typeof of !== "string") return RAW;
  return one(tests, NUMBERS, (test) =>
    isWritten(value[test]) ? plain(of, { test, limit: String(value[test]) }) : RAW,
  );
}

function readField(value: Record<string, Json>, keys: string[]): Shown {
  const { key } = value;
  if (typeof key !== "string") return RAW;
  const tests = keys.filter((name) => name !== "key");
  if (tests.length === 1 && typeof value.known === "boolean")
    return plain(key, { test: value.known ? "known" : "unknown" });
  return one(tests, ["is", "not", "contains", ...NUMBERS], (test) => {
    const limit = value[test];
    // A text that looks like a number would be written back as one.
    if (typeof limit === "string" && scalar(limit) !== limit) return RAW;
    return isWritten(limit) || typeof limit === "boolean" ? plain(key, { test, limit: String(limit) }) : RAW;
  });
}

function shownWithin(value: Record<string, Json>, word: Json | undefined, times: Json = 1): Shown {
  const within = value.within ?? "";
  return typeof word === "string" && typeof within === "string" && isWritten(times)
    ? plain(word, { test: "is", within, limit: String(times) })
    : RAW;
}

const one = (keys: string[], known: string[], read: (key: string) => Shown): Shown =>
  keys.length === 1 && known.includes(keys[0] as string) ? read(keys[0] as string) : RAW;
const has = (keys: string[], needed: string[], more: string[]) =>
  needed.every((key) => keys.includes(key)) && keys.every((key) => needed.includes(key) || more.includes(key));
const isWritten = (value: Json | undefined) => typeof value === "string" || typeof value === "number";
const numeric = (written: string): Json =>
  written.trim() !== "" && Number.isFinite(Number(written)) ? Number(written) : written;
const scalar = (written: string): Json => (written === "true" ? true : written === "false" ? false : numeric(written));
