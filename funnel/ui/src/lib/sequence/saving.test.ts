import assert from "node:assert/strict";
import { test } from "node:test";
import { AGAIN, QUIET, Saver, type Told, type Tried } from "./saving.ts";

/** A saver whose clock and service the test plays. */
function play(...answers: Tried<number>[]) {
  const sent: string[] = [];
  const told: Told[] = [];
  const saved: number[] = [];
  let timer: { call: () => void; at: number } | null = null;
  let now = 0;
  const release: (() => void)[] = [];
  let slow = false;
  const saver = new Saver<string, number>({
    save: async (value) => {
      sent.push(value);
      if (slow) await new Promise<void>((done) => release.push(done));
      return answers.shift() ?? { how: "saved", answer: sent.length };
    },
    saved: (answer) => saved.push(answer),
    tell: (one) => told.push(one),
    now: () => now,
    later: (call, milliseconds) => {
      const mine = { call, at: now + milliseconds };
      timer = mine;
      return () => {
        if (timer === mine) timer = null;
      };
    },
  });
  return {
    saver,
    sent,
    saved,
    last: () => told.at(-1),
    slowly: () => {
      slow = true;
    },
    release: () => release.shift()?.(),
    async pass(milliseconds: number) {
      now += milliseconds;
      if (timer && timer.at <= now) {
        const { call } = timer;
        timer = null;
        call();
      }
      for (let n = 0; n < 20; n += 1) await Promise.resolve();
    },
  };
}

test("a change is saved once it is quiet, and only the last one", async () => {
  const it = play();
  it.saver.change("h");
  await it.pass(QUIET - 1);
  it.saver.change("hi");
  await it.pass(QUIET - 1);
  assert.deepEqual(it.sent, []);
  assert.deepEqual(it.last(), { state: "waiting" });
  await it.pass(1);
  assert.deepEqual(it.sent, ["hi"]);
  assert.deepEqual(it.last(), { state: "saved", at: 2 * QUIET - 1 });
});

test("what is typed while a save is under way is saved after it", async () => {
  const it = play();
  it.slowly();
  it.saver.change("one");
  await it.pass(QUIET);
  it.saver.change("two");
  await it.pass(QUIET);
  assert.deepEqual(it.sent, ["one"]);
  it.release();
  await it.pass(0);
  assert.deepEqual(it.sent, ["one", "two"]);
  it.release();
  await it.pass(0);
  assert.equal(it.last()?.state, "saved");
});

test("while the service is away it tries again, and keeps the last word", async () => {
  const it = play({ how: "away" }, { how: "away" });
  it.saver.change("one");
  await it.pass(QUIET);
  assert.deepEqual(it.last(), { state: "away" });
  await it.pass(AGAIN);
  assert.deepEqual(it.last(), { state: "away" });
  it.saver.change("two");
  await it.pass(AGAIN);
  assert.deepEqual(it.sent, ["one", "one", "two"]);
  assert.equal(it.last()?.state, "saved");
});

test("an ended login keeps what was typed until somebody is back", async () => {
  const it = play({ how: "signedOut" });
  it.saver.change("one");
  await it.pass(QUIET);
  assert.deepEqual(it.last(), { state: "signedOut" });
  await it.pass(10 * AGAIN);
  assert.deepEqual(it.sent, ["one"]);
  await it.saver.back();
  assert.deepEqual(it.sent, ["one", "one"]);
  assert.equal(it.last()?.state, "saved");
});

test("news of the service saves nothing that waits for its quiet", async () => {
  const it = play();
  it.saver.change("one");
  await it.saver.back();
  assert.deepEqual(it.sent, []);
});

test("a conflict stops saving until a person decides", async () => {
  const it = play({ how: "stale" });
  it.saver.change("mine");
  await it.pass(QUIET);
  it.saver.change("mine!");
  await it.pass(QUIET);
  assert.deepEqual(it.last(), { state: "stale" });
  assert.equal(await it.saver.flush(), false);
  assert.deepEqual(it.sent, ["mine"]);
});

test("what was given up is not sent any more", async () => {
  const it = play({ how: "stale" });
  it.saver.change("mine");
  await it.pass(QUIET);
  it.saver.forget();
  await it.pass(QUIET);
  assert.deepEqual(it.sent, ["mine"]);
  assert.equal(it.last()?.state, "saved");
  it.saver.change("theirs and mine");
  await it.pass(QUIET);
  assert.deepEqual(it.sent, ["mine", "theirs and mine"]);
});

test("a refusal is told, and the next change tries again", async () => {
  const it = play({ how: "refused", message: "too large" });
  it.saver.change("huge");
  await it.pass(QUIET);
  assert.deepEqual(it.last(), { state: "refused", message: "too large" });
  it.saver.change("small");
  await it.pass(QUIET);
  assert.equal(it.last()?.state, "saved");
});

test("flush saves at once, waits for what is under way, and says whether all is saved", async () => {
  const it = play();
  assert.equal(await it.saver.flush(), true);
  it.slowly();
  it.saver.change("one");
  const first = it.saver.flush();
  it.saver.change("two");
  const second = it.saver.flush();
  it.release();
  await it.pass(0);
  it.release();
  assert.equal(await first, true);
  assert.equal(await second, true);
  assert.deepEqual(it.sent, ["one", "two"]);
});
