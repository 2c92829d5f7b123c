import assert from "node:assert/strict";
import { test } from "node:test";
import { freshRule, isLasting, numeric, problemsAt, put, rows, turned } from "./rules.ts";

test("a rule becomes one of the other sort and keeps its name, its key and its points", () => {
  const form = {
    key: "form",
    name: "A form",
    when: { event: "confirmed" },
    axis: "engagement",
    points: 5,
    at_most: {},
  };

  const lasting = turned(form, true);

  assert.ok(isLasting(lasting));
  assert.deepEqual(lasting, { key: "form", name: "A form", axis: "fit", points: 5, while: { tag: "" } });
  assert.deepEqual(turned(lasting, false).when, { event: "form_submitted" });
});

test("a new rule has a key of its own", () => {
  assert.equal(freshRule([{ key: "rule-2" }]).key, "rule-3");
  assert.equal(freshRule([]).key, "rule-1");
});

test("an empty part is left out, and the others stay as they were", () => {
  assert.deepEqual(put({ a: 1, b: 2 }, "b", ""), { a: 1 });
  assert.deepEqual(put({ a: 1 }, "b", 0), { a: 1, b: 0 });
});

test("what is no number yet stays what was typed", () => {
  assert.deepEqual(["12", "-3", "1x", ""].map(numeric), [12, -3, "1x", ""]);
});

test("problems are found by their place, and not by one that begins alike", () => {
  const all = [
    { path: "rules/1/points", message: "a" },
    { path: "rules/10", message: "b" },
    { path: "rules/1", message: "c" },
  ];
  assert.deepEqual(
    problemsAt(all, "rules/1").map((one) => one.message),
    ["a", "c"],
  );
});

test("what is no list has no rows", () => {
  assert.deepEqual(rows({ rules: "x" }, "rules"), []);
  assert.deepEqual(rows({ rules: [{ key: "a" }, 3] }, "rules"), [{ key: "a" }]);
});
