import assert from "node:assert/strict";
import { test } from "node:test";
import { type Shown, freshValue, readCondition, readTerm, TERMS, writeCondition, writeTerm } from "./conditions.ts";
import type { Json } from "./document.ts";

const CONDITIONS: Json[] = [
  { stage: "warm" },
  { stage: { at_least: "warm" } },
  { stage: { at_most: "warm" } },
  { stage: { is: "warm" } },
  { tag: "vip" },
  { consent: "email_marketing" },
  { not: { tag: "vip" } },
  { field: { key: "size", at_least: 50 } },
  { field: { key: "size", is: true } },
  { field: { key: "city", contains: "Lyon" } },
  { field: { key: "city", known: true } },
  { field: { key: "city", known: false } },
  { field: { key: "zip", is: "007" } },
  { field: { key: "size", at_least: 5, at_most: 9 } },
  { score: { at_least: 30 } },
  { score: { at_most: 3, of: "fit" } },
  { score: { at_least: 1, at_most: 3 } },
  { form: "demo" },
  { form: { key: "demo", within: "30 days" } },
  { event: "message_clicked" },
  { event: { kind: "message_clicked", within: "7 days", at_least: 2 } },
  { all: [{ tag: "a" }, { any: [{ tag: "b" }, { not: { all: [{ tag: "c" }] } }] }] },
  { all: [{ tag: "a" }] },
  { any: [] },
  { all: "x" },
  { teleport: 1 },
  {},
  "x",
  7,
  null,
  { tag: "a", stage: "b" },
  { not: { not: { tag: "a" } } },
];

test("what is read is written back the same", () => {
  for (const condition of CONDITIONS) assert.deepEqual(writeCondition(readCondition(condition)), condition);
});

test("a single term needs no group around it, two do", () => {
  const group = readCondition({ tag: "a" });
  assert.deepEqual(writeCondition({ ...group, rows: [...group.rows, ...group.rows] }), {
    all: [{ tag: "a" }, { tag: "a" }],
  });
});

test("what rows cannot show is raw, beside what they can", () => {
  const { rows } = readCondition({ any: [{ teleport: 1 }, { tag: "a" }, { not: { teleport: 2 } }] });
  assert.deepEqual(
    rows.map((row) => row.type),
    ["raw", "term", "raw"],
  );
});

const values: [string, Json][] = CONDITIONS.flatMap((one) =>
  Object.entries(Object(one) as Record<string, Json>),
).filter(([term]) => TERMS.some((known) => known === term)) as [string, Json][];

test("the fields of a row say the same as its value, or the value is raw", () => {
  for (const [term, value] of values) {
    const shown = readTerm(term as never, value);
    if (shown.raw) continue;
    const again = writeTerm(term as never, shown);
    assert.deepEqual(readTerm(term as never, again), shown, `${term} ${JSON.stringify(value)}`);
  }
});

test("two limits in one term, and texts that look like numbers, are raw", () => {
  assert.equal(readTerm("field", { key: "size", at_least: 5, at_most: 9 }).raw, true);
  assert.equal(readTerm("field", { key: "zip", is: "007" }).raw, true);
  assert.equal(readTerm("score", { at_least: 1, at_most: 3 }).raw, true);
  assert.equal(readTerm("field", { key: "size", at_least: 50 }).raw, false);
});

test("numbers are written as numbers, once they are some", () => {
  const shown = readTerm("field", { key: "size", at_least: 50 }) as Exclude<Shown, { raw: true }>;
  assert.deepEqual(writeTerm("field", { ...shown, limit: "60" }), { key: "size", at_least: 60 });
  assert.deepEqual(writeTerm("field", { ...shown, limit: "" }), { key: "size", at_least: "" });
  assert.deepEqual(writeTerm("field", { ...shown, test: "unknown" }), { key: "size", known: false });
  assert.deepEqual(writeTerm("event", { test: "is", word: "x", within: "7 days", limit: "1", raw: false }), {
    kind: "x",
    within: "7 days",
  });
});

test("every fresh row can be shown as fields", () => {
  for (const term of TERMS) assert.equal(readTerm(term, freshValue(term)).raw, false, term);
});
