import assert from "node:assert/strict";
import { test } from "node:test";
import { nameOf, shown } from "./people.ts";

test("a lead is called by what forms told, or by nothing", () => {
  const called = (fields: Record<string, unknown>) => nameOf({ email: "x@example.com", fields });
  assert.equal(called({ first_name: " Lena ", last_name: "Roy" }), "Lena Roy");
  assert.equal(called({ name: "Omar" }), "Omar");
  assert.equal(called({ first_name: 7 }), "");
});

test("values of every type are text", () => {
  assert.deepEqual(
    [true, false, ["a", "b"], 12, null, { a: 1 }].map((value) => shown(value, "yes", "no")),
    ["yes", "no", "a, b", "12", "", '{"a":1}'],
  );
});
