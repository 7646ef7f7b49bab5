import assert from "node:assert/strict";
import { test } from "node:test";
import { choose, nearestRuns, pageOf, responseOf, unreadIn, withPage, wordsOf } from "../../assets/js/stage/held.mjs";

// Runs that are held: of a loss with one number in its formula that opens on ngd at 0.2.
function runs(rule, eta, more = {}) {
  const { query = "", k = 1, ...settings } = more;
  const parameters = [{ name: "k", value: k, default: 1 }];
  const all = { rule, eta, start: [2, 1], steps: 150, noise: 0, power: 2, parameters, ...settings };
  return { family: 0, files: [], header: { query, settings: all } };
}

const ALL = [
  runs(["ngd"], [0.2]),
  runs(["ngd"], [0.1], { steps: 600 }),
  runs(["gd"], [0.2], { power: 1, steps: 300 }),
  runs(["ngd", "gd"], [0.2]),
  runs(["ngd"], [0.2, 0.1]),
  runs(["ngd"], [0.2], { start: [1, 1], query: "start=1,1" }),
  runs(["ngd"], [0.1], { start: [1, 1], steps: 40, query: "start=1,1&steps=40" }),
  runs(["ngd"], [0.2], { k: 2, query: "p.k=2" }),
  runs(["ngd"], [0.2], { start: [1e-9, 1], query: "start=1e-9,1" }),
  runs(["ngd"], [0.2], { start: [0, 1], query: "start=0,1" }),
];
const found = (query) => {
  const { runs: near, missed } = nearestRuns(ALL, query);
  return [ALL.indexOf(near), ...missed];
};

test("a link that is held is found, in whatever order and writing", () => {
  assert.deepEqual(found({}), [0]);
  assert.deepEqual(found({ eta: "0.10" }), [1]);
  assert.deepEqual(found({ rule: "gd" }), [2]);
  assert.deepEqual(found({ rule: "gd,ngd", eta: "0.2" }), [3]);
  assert.deepEqual(found({ eta: "0.1,0.2", at: "5" }), [4]);
  assert.deepEqual(found({ start: "1,1.0" }), [5]);
  assert.deepEqual(found({ "p.k": "2" }), [7]);
  assert.deepEqual(found({ start: "0,1" }), [9]); // where a millionth makes all the difference
});

test("a horizon is a time: the same one in other steps is the same", () => {
  assert.deepEqual(found({ start: "1,1", eta: "0.1", steps: "40" }), [6]);
  assert.deepEqual(found({ steps: "150" }), [0]);
  assert.deepEqual(found({ start: "1,1", eta: "0.2", steps: "10" }), [6, "eta"]);
  assert.deepEqual(found({ eta: "0.1", steps: "700" }), [1, "steps"]);
});

test("of what is not held the nearest is, and it is said what it is not", () => {
  assert.deepEqual(found({ eta: "0.17" }), [0, "eta"]);
  assert.deepEqual(found({ eta: "0.12" }), [1, "eta"]);
  assert.deepEqual(found({ start: "1.5,1", rule: "gd" }), [2, "start"]);
  assert.deepEqual(found({ rule: "sqrt-gd" })[1], "rule");
  assert.deepEqual(found({ eta: "much" }), [0]);
  assert.match(unreadIn({ eta: "much", start: "1,2" })[0].text, /^eta must be numbers .* ‘much’/);
  assert.deepEqual(unreadIn({ start: "1,2", rule: "gd" }), []);
  const words = wordsOf(["start", "eta"], { eta: "0.17" }, ", see About");
  assert.match(words, /needs a server, see About: another start and η = 0\.17\. .* nearest/);
});

const section = (rule, eta, steps, at) => ({ name: "section.bin", rule, eta, steps, at });
const HELD = [
  section("ngd", 0.2, 100, 0),
  section("ngd", 0.2, 100, 100),
  section("gd", 0.2, 50, 25),
  { name: "heights.bin", view: "0,4,0,4" },
  { name: "heights.bin", view: "1,2,1,2" },
  { name: "nudges.json", rule: "ngd", eta: 0.2, steps: 100 },
];

test("a section is that of the run's own rule, at the nearest share of its way", () => {
  const at = (eta, step, steps) => choose(HELD, "section.bin", { rule: "ngd", eta, at: step, steps }).at;
  assert.equal(at("0.2", 40, 100), 0);
  assert.equal(at("0.2", 60, 100), 100);
  assert.equal(at("0.1", 240, 400), 100);
});

test("heights are of the view or else of the widest; why a run drifts is of its own η", () => {
  assert.equal(choose(HELD, "heights.bin", { view: "1,2,1,2" }).view, "1,2,1,2");
  assert.equal(choose(HELD, "heights.bin", { view: "3,4,3,4" }).view, "0,4,0,4");
  assert.equal(choose(HELD, "nudge.json", { rule: "ngd", eta: "0.2", at: 3 }).name, "nudges.json");
  assert.equal(choose(HELD, "nudge.json", { rule: "ngd", eta: "0.1", at: 3 }), undefined);
  assert.equal(choose(HELD, "section.bin", { rule: "ngd", first: 3 }), undefined);
});

test("what is not held is not found, as a server would say it", async () => {
  const nudges = new TextEncoder().encode('[null,{"left":2}]').buffer;
  assert.equal(responseOf("nudge.json", { at: "0" }, nudges).status, 404);
  assert.deepEqual(await responseOf("nudge.json", { at: "1" }, nudges).json(), { left: 2 });
  assert.equal(responseOf("run.bin", {}, undefined).status, 404);
});

test("of what a link says of the page the page takes what there is", () => {
  const page = { at: 0, clock: "tau", look: "root", focus: null, hide: [], embed: false };
  const choices = { clock: ["tau", "step"], look: ["root"], parts: ["loss", "eta"] };
  const query = { at: "900", clock: "step", look: "sharpness", hide: "eta,nothing", embed: "1", focus: "1" };
  assert.deepEqual(pageOf(page, query, choices, 150), {
    ...{ at: 150, clock: "step", look: "root" },
    ...{ focus: 1, hide: ["eta"], embed: true },
  });
  assert.equal(withPage("loss=ring", { eta: "3", clock: "step" }), "loss=ring&clock=step");
});
