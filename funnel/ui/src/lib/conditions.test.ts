import assert from "node:assert/strict";
import { test } from "node:test";
import { freshValue, readCondition, TERMS, writeCondition } from "./conditions.ts";
import { type Plain, readTerm, writeTerm } from "./terms.ts";
import type { Json } from "./sequence/document.ts";

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
  { field: { key: "renewal", before: "2026-05-31" } },
  { field: { key: "renewal", in_next: "7 days" } },
  { answer: { form: "demo", key: "budget", is: "large" } },
  { answer: { form: "demo", key: "budget", known: false } },
  { source: { campaign: "spring" } },
  { source: { campaign: "007" } },
  { source: { touch: "last", network: { known: true } } },
  { source: { medium: { contains: "cp" }, campaign: "spring" } },
  { created: { in_last: "30 days" } },
  { created: { after: "2026-01-01", before: "2026-02-01" } },
  { sequence: "welcome" },
  { sequence: { was_in: "welcome" } },
  { segment: "clinics" },
  { event: { kind: "message_clicked", data: { step: "hello" } } },
  { event: { kind: "message_clicked", data: { step: "hello", why: "x" } } },
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

test("what fields can show is written back word for word", () => {
  for (const value of [
    { touch: "last", campaign: { not: "spring" } },
    { campaign: "007" },
    { network: { known: false } },
  ])
    assert.deepEqual(writeTerm("source", readTerm("source", value) as Plain), value);
  const event = { kind: "message_clicked", within: "7 days", at_least: 2, data: { step: "hello" } };
  assert.deepEqual(writeTerm("event", readTerm("event", event) as Plain), event);
  const answer = { form: "demo", key: "size", at_least: 5 };
  assert.deepEqual(writeTerm("answer", readTerm("answer", answer) as Plain), answer);
});

test("two limits in one term, and texts that look like numbers, are raw", () => {
  assert.equal(readTerm("field", { key: "size", at_least: 5, at_most: 9 }).raw, true);
  assert.equal(readTerm("field", { key: "zip", is: "007" }).raw, true);
  assert.equal(readTerm("score", { at_least: 1, at_most: 3 }).raw, true);
  assert.equal(readTerm("field", { key: "size", at_least: 50 }).raw, false);
});

test("numbers are written as numbers, once they are some", () => {
  const shown = readTerm("field", { key: "size", at_least: 50 }) as Plain;
  assert.deepEqual(writeTerm("field", { ...shown, limit: "60" }), { key: "size", at_least: 60 });
  assert.deepEqual(writeTerm("field", { ...shown, limit: "" }), { key: "size", at_least: "" });
  assert.deepEqual(writeTerm("field", { ...shown, test: "unknown" }), { key: "size", known: false });
  const event: Plain = { test: "is", word: "x", within: "7 days", limit: "1", of: "", detail: "", raw: false };
  assert.deepEqual(writeTerm("event", event), {
    kind: "x",
    within: "7 days",
  });
});

test("every fresh row can be shown as fields", () => {
  for (const term of TERMS) assert.equal(readTerm(term, freshValue(term)).raw, false, term);
});
