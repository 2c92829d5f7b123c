import assert from "node:assert/strict";
import { test } from "node:test";
import { browserOf } from "./browsers.ts";

const CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";

test("browsers and systems are recognised, whoever else they claim to be", () => {
  assert.equal(browserOf("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"), "Firefox, Linux");
  assert.equal(browserOf(`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME}`), "Chrome, Windows");
  assert.equal(browserOf(`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Edg/126.0.0.0`), "Edge, Windows");
  assert.equal(browserOf(`Mozilla/5.0 (Linux; Android 14) ${CHROME}`), "Chrome, Android");
  assert.equal(
    browserOf("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1"),
    "Safari, iPhone",
  );
});

test("what is not known is given as it is, and nothing is nothing", () => {
  assert.equal(browserOf("curl/8.5.0"), "curl/8.5.0");
  assert.equal(browserOf("x".repeat(100)).length, 40);
  assert.equal(browserOf(""), "");
});
