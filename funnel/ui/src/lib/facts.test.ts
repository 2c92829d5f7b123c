import assert from "node:assert/strict";
import { test } from "node:test";
import { type Key, say, type Values, words } from "../words/words.ts";
import { detail, sentence } from "./facts.ts";

const en = (key: Key, values?: Values) => say("en", key, values);
const fr = (key: Key, values?: Values) => say("fr", key, values);
const fact = (kind: string, data: Record<string, unknown> = {}) => ({ id: 1, at: "2026-03-02T10:00:00Z", kind, data });

test("a fact is a sentence in both languages", () => {
  const moved = fact("stage_changed", { from: "subscriber", to: "lead", sequence: "trial" });
  assert.equal(sentence(moved, en), "Moved from Subscriber to Lead");
  assert.equal(sentence(moved, fr), "Étape : de Abonné à Prospect");
  assert.equal(detail(moved, en), "by the sequence “trial”");
});

test("a move says once who did it", () => {
  assert.equal(detail(fact("stage_changed", { reason: "sequence", sequence: "trial" }), en), "by the sequence “trial”");
  assert.equal(detail(fact("stage_changed", { reason: "rule" }), fr), "par une règle");
  assert.equal(detail(fact("stage_changed", { reason: "person", by: "user 3" }), en), "by hand");
});

test("a mail is named by its step, where it has one", () => {
  assert.equal(sentence(fact("message_accepted", { step: "welcome" }), en), "The mail “welcome” was sent");
  assert.equal(sentence(fact("message_accepted", { step: null }), en), "A mail was sent");
});

test("a reason the app knows is put into words, another one shown as it is", () => {
  assert.equal(detail(fact("ended", { sequence: "trial", reason: "finished" }), en), "all steps done");
  assert.equal(detail(fact("message_bounced", { why: "Mailbox full" }), fr), "Mailbox full");
});

test("a kind nobody foresaw is still told", () => {
  assert.equal(sentence(fact("moon_landed"), fr), "Moon landed");
});

test("no sentence leaves a name open", () => {
  for (const key of Object.keys(words).filter((name) => name.startsWith("fact."))) {
    assert.doesNotMatch(sentence(fact(key.slice(5), { step: "a" }), en), /[{}]/);
  }
});
