"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const url = require("../../assets/url.js");

test("what is written is read back", () => {
  const texts = ["0.1", "1.5,-1", "ngd,gd", "1e-12", "½ x² + y²", "a&b=c", "100%", "#1", "+1", "", " 1 "];
  for (const text of texts) assert.deepEqual(url.read(url.write({ start: text, seed: "7" })), { start: text, seed: "7" });
});

test("commas stay legible", () => {
  assert.equal(url.write({ rule: "ngd,gd", start: "1.5,1" }), "rule=ngd,gd&start=1.5,1");
});

test("numbers are written as text, what is not given is left out", () => {
  assert.equal(url.write({ steps: 100000, first: 0, eta: undefined, seed: null }), "steps=100000&first=0");
  assert.equal(url.write({}), "");
});

test("a search with or without its question mark is read", () => {
  assert.deepEqual(url.read("?loss=ring&eta=0.1"), { loss: "ring", eta: "0.1" });
  assert.deepEqual(url.read("loss=ring&eta=0.1"), { loss: "ring", eta: "0.1" });
  assert.deepEqual(url.read(""), {});
});

test("a name of every object is a key like any other", () => {
  assert.deepEqual(Object.keys(url.read("?constructor=1&toString=2")), ["constructor", "toString"]);
});

test("what belongs to the page is not sent for a run", () => {
  const query = { loss: "ring", at: "7", clock: "step", axis: "log", strobe: "even", look: "surface", panel: "alignment", focus: "1", eta: "0.1", hide: "story", embed: "1" };
  const before = { ...query };
  assert.deepEqual(url.forRun(query), { loss: "ring", eta: "0.1" });
  assert.deepEqual(query, before);
});
