import assert from "node:assert/strict";
import { test } from "node:test";
import { only, readSearch, writeSearch } from "./search.ts";

test("an address is read as it was written, and numbers stay texts", () => {
  const search = { search: "a&b c", tag: "12" };
  assert.equal(writeSearch({ ...search, stage: "", cursor: undefined }), "?search=a%26b+c&tag=12");
  assert.deepEqual(readSearch(writeSearch(search)), search);
  assert.equal(writeSearch({}), "");
});

test("a route takes its own names and no others", () => {
  assert.deepEqual(only("stage", "tag")({ stage: "lead", tag: "", evil: "1" }), { stage: "lead" });
});
