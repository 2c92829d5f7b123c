import assert from "node:assert/strict";
import { test } from "node:test";
import { type Step, armsOf, readDocument } from "./document.ts";
import {
  copyOf,
  find,
  freshId,
  freshStep,
  ids,
  insert,
  isInside,
  listAt,
  MAIN,
  move,
  neighbour,
  pathOf,
  placeOf,
  remove,
  shift,
  unwrap,
  update,
  walk,
} from "./tree.ts";

const steps = (): Step[] => [
  { id: "a", email: { subject: "Hi", text: "Hello" } },
  {
    id: "b",
    branch: [
      {
        when: { tag: "vip" },
        name: "vip",
        steps: [
          { id: "b1", wait: "1 day" },
          { id: "b2", tag: "x" },
        ],
      },
      { when: { tag: "new" }, steps: [] },
      {
        otherwise: [
          { id: "c", branch: [{ when: { tag: "y" }, steps: [{ id: "c1", stage: "lead" }] }, { otherwise: [] }] },
        ],
      },
    ],
  },
  { id: "z", leave: true },
];
const order = (list: Step[]) => [...walk(list)].map((step) => step.id).join(" ");
const inArm = (owner: string, arm: number, index: number) => ({ lane: { owner, arm }, index });
const NEW: Step = { id: "n", tag: "new" };

test("steps are read in the order in which leads meet them", () => assert.equal(order(steps()), "a b b1 b2 c c1 z"));

test("a step is put into any list, however deep", () => {
  assert.equal(order(insert(steps(), { lane: MAIN, index: 0 }, NEW)), "n a b b1 b2 c c1 z");
  assert.equal(order(insert(steps(), { lane: MAIN, index: 3 }, NEW)), "a b b1 b2 c c1 z n");
  assert.equal(order(insert(steps(), inArm("b", 1, 0), NEW)), "a b b1 b2 n c c1 z");
  assert.equal(order(insert(steps(), inArm("c", 1, 0), NEW)), "a b b1 b2 c c1 n z");
});

test("what an edit does not touch stays the same object", () => {
  const before = steps();
  const after = insert(before, inArm("c", 0, 0), NEW);
  assert.equal(after[0], before[0]);
  assert.equal(after[2], before[2]);
  assert.equal(find(after, "b1"), find(before, "b1"));
  assert.notEqual(find(after, "b"), find(before, "b"));
  assert.equal(insert(before, inArm("nobody", 0, 0), NEW), before);
  assert.equal(remove(before, "nobody"), before);
  assert.equal(shift(before, "a", -1), before);
});

test("a branch takes what is inside it along", () => {
  assert.equal(order(remove(steps(), "b")), "a z");
  assert.equal(order(remove(steps(), "c1")), "a b b1 b2 c z");
});

test("a branch can go and leave one of its paths behind", () => {
  assert.equal(order(unwrap(steps(), "b", 0)), "a b1 b2 z");
  assert.equal(order(unwrap(steps(), "b", 1)), "a z");
  assert.equal(order(unwrap(steps(), "c", 0)), "a b b1 b2 c1 z");
});

test("a change reaches one step", () => {
  const after = update(steps(), "c1", (step) => ({ ...step, stage: "customer" }));
  assert.equal(find(after, "c1")?.stage, "customer");
  assert.equal(order(after), order(steps()));
});

test("a step shifts within its list only", () => {
  assert.equal(order(shift(steps(), "b2", -1)), "a b b2 b1 c c1 z");
  assert.equal(order(shift(steps(), "b", 1)), "a z b b1 b2 c c1");
  assert.equal(order(shift(steps(), "c1", 1)), order(steps()));
});

test("a step moves to a place named before it left", () => {
  assert.equal(order(move(steps(), "a", { lane: MAIN, index: 3 })), "b b1 b2 c c1 z a");
  assert.equal(order(move(steps(), "z", { lane: MAIN, index: 0 })), "z a b b1 b2 c c1");
  assert.equal(order(move(steps(), "a", inArm("c", 1, 0))), "b b1 b2 c c1 a z");
  assert.equal(order(move(steps(), "b1", inArm("b", 0, 2))), "a b b2 b1 c c1 z");
});

test("nothing moves into itself", () => {
  assert.equal(order(move(steps(), "b", inArm("c", 0, 0))), order(steps()));
  assert.equal(isInside(find(steps(), "b") as Step, { owner: "c", arm: 0 }), true);
  assert.equal(isInside(find(steps(), "c") as Step, { owner: "b", arm: 0 }), false);
  assert.equal(isInside(find(steps(), "b") as Step, MAIN), false);
});

test("a copy has ids of its own, inside as well", () => {
  const before = steps();
  const copy = copyOf(find(before, "b") as Step, ids(before));
  assert.equal(order([copy]), "b-1 b1-1 b2-1 c-1 c1-1");
  assert.equal(order([copyOf(copy, ids([...before, copy]))]), "b-2 b1-2 b2-2 c-2 c1-2");
  assert.deepEqual(
    armsOf(copy).map((arm) => arm.steps.length),
    [2, 0, 1],
  );
});

test("fresh ids are never taken, and fit", () => {
  assert.equal(freshId("wait", new Set(["wait-1", "wait-3"])), "wait-2");
  assert.ok(freshId("x".repeat(64), new Set()).length <= 64);
  assert.deepEqual(freshStep("wait", new Set(["wait-1"])), { id: "wait-2", wait: { for: "1 day" } });
  assert.deepEqual(freshStep("tag", new Set()), { id: "tag-1", tag: "" });
});

test("a place is found, and the list at a place", () => {
  assert.deepEqual(placeOf(steps(), "c1"), { lane: { owner: "c", arm: 0 }, index: 0 });
  assert.equal(placeOf(steps(), "nobody"), undefined);
  assert.equal(order(listAt(steps(), { owner: "b", arm: 0 })), "b1 b2");
  assert.equal(order(listAt(steps(), { owner: "nobody", arm: 0 })), "");
});

test("arrows lead to neighbours", () => {
  const list = steps();
  assert.equal(neighbour(list, "b", "down"), "b1");
  assert.equal(neighbour(list, "a", "up"), undefined);
  assert.equal(neighbour(list, "b2", "right"), "c"); // over the empty path
  assert.equal(neighbour(list, "c", "left"), "b1");
  assert.equal(neighbour(list, "a", "left"), undefined);
});

test("only a document whose every card has a place is drawn", () => {
  assert.ok(readDocument({ steps: steps() }));
  assert.deepEqual(readDocument({ name: "x" }), { name: "x", steps: [] });
  assert.equal(readDocument({ steps: [{ wait: "1 day" }] }), null);
  assert.equal(readDocument({ steps: [{ id: "a" }, { id: "a" }] }), null);
  assert.equal(readDocument({ steps: [{ id: "a", branch: {} }] }), null);
  assert.equal(readDocument({ steps: [{ id: "a", branch: [{ when: {}, steps: [1] }] }] }), null);
  assert.equal(readDocument({ steps: {} }), null);
  assert.equal(readDocument([]), null);
});

test("a path is named as the service names it", () => {
  assert.equal(pathOf(steps(), "a"), "steps/0");
  assert.equal(pathOf(steps(), "b2"), "steps/1/branch/0/steps/1");
  assert.equal(pathOf(steps(), "c1"), "steps/1/branch/2/otherwise/0/branch/0/steps/0");
  assert.equal(pathOf(steps(), "nobody"), undefined);
});
