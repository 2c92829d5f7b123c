import assert from "node:assert/strict";
import { test } from "node:test";
import { cutLinks } from "./links.ts";

const addresses = (text: string) =>
  cutLinks(text)
    .filter((part) => part.address)
    .map((part) => part.text);

test("addresses are found without what stands around them", () => {
  assert.deepEqual(addresses("Stop: <http://127.0.0.1:8000/u/a-b_c>, or (https://x.example/?q=1)."), [
    "http://127.0.0.1:8000/u/a-b_c",
    "https://x.example/?q=1",
  ]);
  assert.deepEqual(addresses("ftp://x javascript:alert(1) example.com"), []);
});

test("nothing of the text is lost", () => {
  const text = "a https://x.example/1 b\nhttps://x.example/2";
  assert.equal(
    cutLinks(text)
      .map((part) => part.text)
      .join(""),
    text,
  );
});
