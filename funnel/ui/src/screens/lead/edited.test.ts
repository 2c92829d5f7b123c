import assert from "node:assert/strict";
import { test } from "node:test";
import { changed, retagged, texts } from "./edited.ts";

test("texts and numbers are edited as lines; lists and answers of yes and no are left alone", () => {
  assert.deepEqual(texts({ city: "Lyon", size: 5, ok: true, likes: ["tea"] }), { city: "Lyon", size: "5" });
});

test("only what differs is sent, what was emptied is removed, and numbers stay numbers", () => {
  const known = { city: "Lyon", job: "cook", size: 5, seats: 5, rooms: 5, ok: true };
  const now = { city: " Nice ", job: " ", size: "5", seats: "6", rooms: "many", new_one: "x", never: "" };

  assert.deepEqual(changed(known, now), { city: "Nice", job: null, seats: 6, rooms: "many", new_one: "x" });
});

test("tags are told by commas, and only what comes on or off is sent", () => {
  assert.deepEqual(retagged(["vip", "old"], " vip, fair ,fair,, "), { add_tags: ["fair"], remove_tags: ["old"] });
  assert.deepEqual(retagged(["vip"], "vip"), { add_tags: [], remove_tags: [] });
});
