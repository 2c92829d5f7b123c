import assert from "node:assert/strict";
import { test } from "node:test";
import { readDays, readEntries, writeDays, writeEntries } from "./entry.ts";

test("who enters is rows", () => {
  assert.deepEqual(readEntries({ form: "guide" }), [{ kind: "form", value: "guide" }]);
  assert.deepEqual(readEntries({ any: [{ tag: "a" }, { stage: "lead" }] }), [
    { kind: "tag", value: "a" },
    { kind: "stage", value: "lead" },
  ]);
  for (const nobody of [undefined, null, {}]) assert.deepEqual(readEntries(nobody), []);
});

test("what rows cannot show is left alone", () => {
  for (const enter of ["x", [], { teleport: "x" }, { form: 7 }, { form: "a", tag: "b" }, { any: [{ form: "a" }, 1] }])
    assert.equal(readEntries(enter), null);
});

test("rows are written as short as they go", () => {
  assert.deepEqual(writeEntries([]), {});
  assert.deepEqual(writeEntries([{ kind: "form", value: "guide" }]), { form: "guide" });
  assert.deepEqual(
    writeEntries([
      { kind: "tag", value: "a" },
      { kind: "tag", value: "b" },
    ]),
    { any: [{ tag: "a" }, { tag: "b" }] },
  );
});

const week = (text: string) => [...text].map((letter) => letter === "x");

test("days are seven boxes", () => {
  assert.deepEqual(readDays("mon-fri"), week("xxxxx--"));
  assert.deepEqual(readDays("sat-mon"), week("x----xx"));
  assert.deepEqual(readDays(["Mon", "wed"]), week("x-x----"));
  assert.deepEqual(readDays(undefined), week("xxxxxxx"));
  for (const written of ["mon-fre", "", 5, [], [5]]) assert.equal(readDays(written), null);
});

test("boxes are written as people write days", () => {
  assert.equal(writeDays(week("xxxxx--")), "mon-fri");
  assert.equal(writeDays(week("x-x----")), "mon,wed");
  assert.equal(writeDays(week("xx---xx")), "mon,tue,sat,sun");
  assert.equal(writeDays(week("-------")), "");
  for (let n = 1; n < 128; n += 1) {
    const days = [...n.toString(2).padStart(7, "0")].map((bit) => bit === "1");
    assert.deepEqual(readDays(writeDays(days)), days);
  }
});
