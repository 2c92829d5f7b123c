import assert from "node:assert/strict";
import { test } from "node:test";
import { said, tomorrow, typed } from "./due.ts";

test("a time survives being typed", () => {
  const at = "2026-03-02T09:30:00.000Z";
  assert.equal(said(typed(at)), at);
});

test("what is no time is nothing", () => {
  assert.equal(said(""), null);
  assert.equal(said("soon"), null);
});

test("tomorrow is at nine of the clock here, also over the end of a month", () => {
  const at = new Date(tomorrow(new Date(2026, 0, 31, 23, 59).getTime()));
  assert.deepEqual([at.getMonth(), at.getDate(), at.getHours(), at.getMinutes()], [1, 1, 9, 0]);
});
