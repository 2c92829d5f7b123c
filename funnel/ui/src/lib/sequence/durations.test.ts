import assert from "node:assert/strict";
import { test } from "node:test";
import { readDuration, writeDuration } from "./durations.ts";

test("one number and one unit are two fields", () => {
  assert.deepEqual(readDuration("2 days"), { amount: "2", unit: "days" });
  assert.deepEqual(readDuration(" 1.5 Hour"), { amount: "1.5", unit: "hours" });
});

test("a number that is being typed anew is no text", () => {
  assert.deepEqual(readDuration(writeDuration({ amount: "", unit: "weeks" })), { amount: "", unit: "weeks" });
});

test("anything else is text", () => {
  for (const written of ["1 day 12 hours", "soon", "", 7, null, { for: "2 days" }, "30 seconds"])
    assert.equal(readDuration(written), null);
});

test("a duration is written as people say it", () => {
  assert.equal(writeDuration({ amount: "1", unit: "days" }), "1 day");
  assert.equal(writeDuration({ amount: "90", unit: "minutes" }), "90 minutes");
  assert.equal(writeDuration({ amount: "", unit: "days" }), " days");
});
