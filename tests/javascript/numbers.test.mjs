import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inWords, readNumber } from "../../assets/js/numbers.mjs";

const TABLE = JSON.parse(readFileSync(new URL("../numerals.json", import.meta.url), "utf8"));

test("the page reads numbers as the server does", () => {
  for (const [text, wanted] of Object.entries(TABLE)) {
    const value = readNumber(text);
    assert.ok(wanted === null ? Number.isNaN(value) : value === Number(wanted), `${JSON.stringify(text)}: ${value}`);
  }
});

test("what the page writes it reads", () => {
  for (const value of [0, 0.05, -0.5, 1234, 2.5e-4, -3.21e-12, 1.23e9, 1e-300])
    assert.ok(Math.abs(readNumber(inWords(value)) - value) <= 5e-3 * Math.abs(value), inWords(value));
});
