import assert from "node:assert/strict";
import { test } from "node:test";
import { differing } from "./merging.ts";

test("only what both know, and know otherwise, is asked", () => {
  const one = { fields: { name: "Anna", city: "Nice", phone: "", size: 3, likes: ["a"] } };
  const other = { fields: { name: "A.", city: "Nice", phone: "1", job: "x", size: "3", likes: ["a"] } };
  assert.deepEqual(differing(one, other), ["name", "size"]);
});
