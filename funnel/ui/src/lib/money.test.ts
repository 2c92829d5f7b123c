import assert from "node:assert/strict";
import { test } from "node:test";
import { money } from "./money.ts";

test("money is told with its currency, as the language writes it", () => {
  assert.equal(money("49.9", "EUR", "en-GB"), "€49.90");
  assert.equal(money("1500", "JPY", "en-GB"), "JP¥1,500");
  assert.match(money("1234.5", "EUR", "fr"), /1\s234,50\s€/);
});

test("large amounts are not rounded", () => {
  assert.equal(money("99999999999999.9999", "EUR", "en-GB"), "€99,999,999,999,999.9999");
});

test("no value is nothing", () => {
  assert.equal(money(null, null, "en"), "");
});
