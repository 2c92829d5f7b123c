/** The value of one term as the fields of its row, and back: the same value, word for word. */
import type { Term } from "./conditions.ts";
import { isFields, type Json } from "./sequence/document.ts";

/** A term's value as the fields of its row. `raw`: they cannot show it, and it is edited as JSON. */
export type Shown = Plain | { raw: true };
export interface Plain {
  test: string;
  word: string;
  limit: string;
  within: string;
  /** the second word: an answer's form, a source's touch, the name of an event's detail */
  of: string;
  /** what that detail must be */
  detail: string;
  raw: false;
}

const STAGE_TESTS = ["is", "at_least", "at_most"];
export const DATE_TESTS = ["before", "after", "in_last", "in_next"] as const;
export const FIELD_TESTS = ["is", "not", "contains", "at_least", "at_most", "known", "unknown", ...DATE_TESTS] as const;
export const SOURCE_TESTS = ["is", "not", "contains", "known", "unknown"] as const;
export const SOURCE_PARTS = ["campaign", "source", "medium", "term", "content", "network"] as const;
export const SEQUENCE_TESTS = ["in", "was_in", "completed"] as const;
const NUMBERS = ["at_least", "at_most"];
const SCALARS = ["is", "not", "contains"];
const RAW = { raw: true } as const;

const plain = (word: string, more: Partial<Omit<Plain, "raw" | "word">> = {}): Plain => ({
  test: "",
  limit: "",
  within: "",
  of: "",
  detail: "",
  ...more,
  word,
  raw: false,
});

export function readTerm(term: Term, value: Json): Shown {
  if (typeof value === "string") return readWord(term, value);
  if (!isFields(value)) return RAW;
  const keys = Object.keys(value);
  switch (term) {
    case "stage":
      return one(keys, STAGE_TESTS, (test) => (typeof value[test] === "string" ? plain(value[test], { test }) : RAW));
    case "sequence":
      return one(keys, SEQUENCE_TESTS, (test) =>
        typeof value[test] === "string" ? plain(value[test], { test }) : RAW,
      );
    case "form":
      return has(keys, ["key"], ["within"]) ? shownWithin(value, value.key) : RAW;
    case "event":
      return has(keys, ["kind"], ["within", "at_least", "data"]) ? readEvent(value) : RAW;
    case "score":
      return readScore(value, keys);
    case "field":
      return readTests(value, ["key"], FIELD_TESTS, { word: value.key ?? null });
    case "answer":
      return readTests(value, ["form", "key"], FIELD_TESTS, { word: value.key ?? null, of: value.form ?? null });
    case "created":
      return readTests(value, [], DATE_TESTS, { word: "" });
    case "source":
      return readSource(value, keys);
    default:
      return RAW;
  }
}

function readWord(term: Term, word: string): Shown {
  if (term === "tag" || term === "consent" || term === "segment" || term === "stage")
    return plain(word, { test: "is" });
  if (term === "form") return plain(word, { test: "is" });
  if (term === "event") return plain(word, { test: "is", limit: "1" });
  return term === "sequence" ? plain(word, { test: "in" }) : RAW;
}

/** The value that these fields say. Numbers are written as numbers once they are some. */
export function writeTerm(term: Term, shown: Plain): Json {
  const { test, word, limit, within, of } = shown;
  const recent: Record<string, Json> = within ? { within } : {};
  switch (term) {
    case "stage":
      return test === "is" ? word : { [test]: word };
    case "sequence":
      return test === "in" ? word : { [test]: word };
    case "form":
      return within ? { key: word, ...recent } : word;
    case "event":
      return writeEvent(shown, recent);
    case "score":
      return { [test]: numeric(limit), ...(word === "total" ? {} : { of: word }) };
    case "field":
      return { key: word, ...writeTest(test, limit) };
    case "answer":
      return { form: of, key: word, ...writeTest(test, limit) };
    case "created":
      return { [test]: limit };
    case "source":
      return {
        ...(of === "last" ? { touch: of } : {}),
        [word]: test === "is" ? limit : isKnown(test) ? writeTest(test, limit) : { [test]: limit },
      };
    default:
      return word;
  }
}

const isKnown = (test: string) => test === "known" || test === "unknown";
/** Whether this test compares with something. */
export const hasLimit = (test: string): boolean => !isKnown(test);

function writeTest(test: string, limit: string): Record<string, Json> {
  if (isKnown(test)) return { known: test === "known" };
  if (NUMBERS.includes(test)) return { [test]: numeric(limit) };
  return { [test]: SCALARS.includes(test) ? scalar(limit) : limit };
}

function writeEvent({ word, limit, of, detail }: Plain, recent: Record<string, Json>): Json {
  const more: Record<string, Json> = {
    ...recent,
    ...(limit === "1" ? {} : { at_least: numeric(limit) }),
    ...(of ? { data: { [of]: scalar(detail) } } : {}),
  };
  return Object.keys(more).length ? { kind: word, ...more } : word;
}

function readScore(value: Record<string, Json>, keys: string[]): Shown {
  const tests = keys.filter((key) => key !== "of");
  const of = value.of ?? "total";
  if (typeof of !== "string") return RAW;
  return one(tests, NUMBERS, (test) =>
    isWritten(value[test]) ? plain(of, { test, limit: String(value[test]) }) : RAW,
  );
}

/** One test beside the words that name a place; `told` are those words. */
function readTests(
  value: Record<string, Json>,
  names: readonly string[],
  known: readonly string[],
  told: { word: Json; of?: Json },
): Shown {
  const { word, of = "" } = told;
  if (typeof word !== "string" || typeof of !== "string") return RAW;
  const tests = Object.keys(value).filter((name) => !names.includes(name));
  if (tests.length === 1 && known.includes("known") && typeof value.known === "boolean")
    return plain(word, { of, test: value.known ? "known" : "unknown" });
  return one(
    tests,
    known.filter((test) => !isKnown(test)),
    (test) => {
      const limit = readLimit(test, value[test]);
      return limit === null ? RAW : plain(word, { of, test, limit });
    },
  );
}

function readLimit(test: string, limit: Json | undefined): string | null {
  if (!SCALARS.includes(test) && !NUMBERS.includes(test)) return typeof limit === "string" ? limit : null;
  // A text that looks like a number would be written back as one.
  if (typeof limit === "string" && scalar(limit) !== limit) return null;
  return isWritten(limit) || typeof limit === "boolean" ? String(limit) : null;
}

function readSource(value: Record<string, Json>, keys: string[]): Shown {
  const of = value.touch ?? "first";
  if (of !== "first" && of !== "last") return RAW;
  return one(
    keys.filter((key) => key !== "touch"),
    SOURCE_PARTS,
    (part) => {
      const told = value[part] ?? null;
      if (typeof told === "string") return plain(part, { of, test: "is", limit: told });
      if (!isFields(told)) return RAW;
      const shown = readTests(told, [], SOURCE_TESTS, { word: part, of });
      return shown.raw || Object.values(told).every((one) => typeof one === "string" || typeof one === "boolean")
        ? shown
        : RAW;
    },
  );
}

function readEvent(value: Record<string, Json>): Shown {
  const shown = shownWithin(value, value.kind, value.at_least ?? 1);
  if (shown.raw || value.data === undefined) return shown;
  const details = isFields(value.data) ? Object.entries(value.data) : [];
  const [name, wanted] = details[0] ?? ["", null];
  const detail = details.length === 1 && name ? readLimit("is", wanted) : null;
  return detail === null ? RAW : { ...shown, of: name, detail };
}

function shownWithin(value: Record<string, Json>, word: Json | undefined, times: Json = ""): Shown {
  const within = value.within ?? "";
  return typeof word === "string" && typeof within === "string" && isWritten(times)
    ? plain(word, { test: "is", within, limit: String(times) })
    : RAW;
}

const one = (keys: readonly string[], known: readonly string[], read: (key: string) => Shown): Shown =>
  keys.length === 1 && known.includes(keys[0] as string) ? read(keys[0] as string) : RAW;
const has = (keys: string[], needed: string[], more: string[]) =>
  needed.every((key) => keys.includes(key)) && keys.every((key) => needed.includes(key) || more.includes(key));
const isWritten = (value: Json | undefined) => typeof value === "string" || typeof value === "number";
const numeric = (written: string): Json =>
  written.trim() !== "" && Number.isFinite(Number(written)) ? Number(written) : written;
const scalar = (written: string): Json => (written === "true" ? true : written === "false" ? false : numeric(written));
