import assert from "node:assert/strict";
import { test } from "node:test";
import { keyOf } from "./keys.ts";

test("a key is made of a name", () => {
  assert.equal(keyOf("Letters about solar roofs!"), "letters-about-solar-roofs");
  assert.equal(keyOf("Été à l’île"), "ete-a-l-ile");
  assert.equal(keyOf("-- 2 --"), "2");
  assert.equal(keyOf("x".repeat(100)).length, 64);
  assert.equal(keyOf("日本"), "");
});
