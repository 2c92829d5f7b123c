import assert from "node:assert/strict";
import { test } from "node:test";
import "./imports.ts";
import "./privacy.ts";
import "./sequences.ts";
import "./webhooks.ts";
import { fill, say, words } from "./words.ts";

const names = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

test("every text exists in both languages, with the same names and forms", () => {
  for (const [key, [en, fr]] of Object.entries(words)) {
    assert.ok(en.trim() && fr.trim(), key);
    assert.deepEqual(names(fr), names(en), key);
    assert.equal(fr.split("|").length, en.split("|").length, key);
  }
});

test("a text counts in its own language", () => {
  const text = "{n} one|{n} many";
  assert.equal(fill("en", text, { n: 0 }), "0 many");
  assert.equal(fill("fr", text, { n: 0 }), "0 one");
  assert.equal(fill("en", text, { n: 1 }), "1 one");
  assert.equal(fill("en", text, { n: 2000 }), "2,000 many");
});

test("names are filled in, a missing one with nothing", () => {
  assert.equal(say("en", "page.title", { title: "Leads" }), "Leads – Funnel");
  assert.equal(fill("en", "{a}{b}", { a: "x" }), "x");
});
