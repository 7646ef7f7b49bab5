import assert from "node:assert/strict";
import { test } from "node:test";
import * as link from "../../assets/js/link.mjs";

test("what is written is read back", () => {
  const texts = ["0.1", "1.5,-1", "ngd,gd", "1e-12", "½ x² + y²", "a&b=c", "100%", "#1", "+1", "", " 1 "];
  for (const text of texts)
    assert.deepEqual(link.readQuery(link.writeQuery({ start: text, seed: "7" })), { start: text, seed: "7" });
});

test("commas stay legible", () => {
  assert.equal(link.writeQuery({ rule: "ngd,gd", start: "1.5,1" }), "rule=ngd,gd&start=1.5,1");
});

test("numbers are written as text, what is not given is left out", () => {
  assert.equal(link.writeQuery({ steps: 100000, first: 0, eta: undefined, seed: null }), "steps=100000&first=0");
  assert.equal(link.writeQuery({}), "");
});

test("a search with or without its question mark is read", () => {
  assert.deepEqual(link.readQuery("?loss=ring&eta=0.1"), { loss: "ring", eta: "0.1" });
  assert.deepEqual(link.readQuery("loss=ring&eta=0.1"), { loss: "ring", eta: "0.1" });
  assert.deepEqual(link.readQuery(""), {});
});

test("a name of every object is a key like any other", () => {
  assert.deepEqual(Object.keys(link.readQuery("?constructor=1&toString=2")), ["constructor", "toString"]);
});

test("what belongs to the page is not sent for a run", () => {
  const query = {
    loss: "ring",
    at: "7",
    clock: "step",
    axis: "log",
    strobe: "even",
    look: "surface",
    panel: "alignment",
    focus: "1",
    eta: "0.1",
    hide: "story",
    embed: "1",
  };
  const before = { ...query };
  assert.deepEqual(link.forRun(query), { loss: "ring", eta: "0.1" });
  assert.deepEqual(query, before);
});

test("the numbers of a formula are those with p. before their name", () => {
  const query = { loss: "ring", "p.k": "2", plot: "rate", "p.a1": 3 };
  assert.deepEqual(link.numbersOf(query), { "p.k": "2", "p.a1": 3 });
});
