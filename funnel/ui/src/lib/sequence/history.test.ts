import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, change, MOST, redo, seal, undo } from "./history.ts";

test("each change can be undone and redone", () => {
  const two = change(change(begin("a"), "b"), "c");
  assert.equal(undo(two).now, "b");
  assert.equal(undo(undo(two)).now, "a");
  assert.equal(undo(undo(undo(two))).now, "a");
  assert.equal(redo(undo(two)).now, "c");
  assert.equal(redo(two).now, "c");
});

test("typing in one field is one entry, until the field is left", () => {
  const typed = change(change(change(begin(""), "h", "subject"), "hi", "subject"), "hi!", "subject");
  assert.equal(undo(typed).now, "");
  const again = change(seal(typed), "hi!?", "subject");
  assert.equal(undo(again).now, "hi!");
});

test("a change after an undo forgets what was undone", () => {
  assert.deepEqual(change(undo(change(begin("a"), "b")), "c").next, []);
});

test("typing after an undo is an entry of its own", () => {
  const undone = undo(change(change(begin("a"), "b", "x"), "c", "y"));
  assert.equal(undo(change(undone, "d", "x")).now, "b");
});

test("no change is no entry", () => assert.deepEqual(change(begin("a"), "a").past, []));

test("only so many entries are kept", () => {
  let history = begin(0);
  for (let n = 1; n <= MOST + 50; n += 1) history = change(history, n);
  assert.equal(history.past.length, MOST);
  assert.equal(history.past.at(-1), MOST + 49);
});
