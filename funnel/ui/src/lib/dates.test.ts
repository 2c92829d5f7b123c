import assert from "node:assert/strict";
import { test } from "node:test";
import { byDay, engineTime, exact, relative } from "./dates.ts";

const NOW = Date.parse("2026-03-02T10:00:00Z");

test("a time is told from now, in the reader's language", () => {
  assert.equal(relative("2026-02-27T10:00:00Z", NOW, "en"), "3 days ago");
  assert.equal(relative("2026-03-02T12:30:00Z", NOW, "en"), "in 2 hours");
  assert.equal(relative("2026-03-01T10:00:00Z", NOW, "fr"), "hier");
  assert.equal(relative("2026-03-02T10:00:00.400Z", NOW, "en"), "now");
});

test("an exact time says its zone", () => {
  assert.match(exact("2026-03-02T10:00:00Z", "en", "UTC"), /Mar 2, 2026.*10:00:00.*UTC/);
});

test("facts are grouped where the day changes, and keep their order", () => {
  const facts = ["2026-03-02T09:00:00Z", "2026-03-02T08:00:00Z", "2026-03-01T23:59:00Z"].map((at) => ({ at }));
  assert.deepEqual(
    byDay(facts, "en", "UTC").map(([name, items]) => [name, items.length]),
    [
      ["Monday, March 2, 2026", 2],
      ["Sunday, March 1, 2026", 1],
    ],
  );
});

test("engine time runs on at its own speed", () => {
  const said = { now: "2026-03-02T10:00:00Z", speed: 20_000 };
  assert.equal(engineTime(said, 1_000, 2_000) - NOW, 20_000_000);
});
