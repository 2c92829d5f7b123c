import assert from "node:assert/strict";
import { test } from "node:test";
import { filterOf, sortOf } from "./asked.ts";

test("what stands in the address is asked as the API wants it", () => {
  const asked = filterOf({ search: "lena", stage: "lead", no_tag: "vip", may_mail: "no", score_min: "12.5" });

  assert.deepEqual(JSON.parse(JSON.stringify(asked)), {
    search: "lena",
    stage: ["lead"],
    no_tag: ["vip"],
    may_mail: false,
    score_min: 12.5,
  });
});

test("a day begins at midnight, and what is no number, day or order is left out", () => {
  const { created_since: since } = filterOf({ created_since: "2026-03-02" });

  assert.equal(since, new Date(2026, 2, 2).toISOString());
  assert.deepEqual(JSON.parse(JSON.stringify(filterOf({ created_since: "soon", score_min: "many" }))), {});
  assert.equal(sortOf({ sort: "best" }), "newest");
  assert.equal(sortOf({ sort: "score" }), "score");
});
