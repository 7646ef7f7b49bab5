import assert from "node:assert/strict";
import { test } from "node:test";
import {
  branchAt,
  branchesIn,
  childrenOf,
  queryOf,
  readPush,
  withBranches,
  without,
  writePush,
} from "../../assets/js/stage/branches.mjs";
import { edited, forked, pushTo, removed } from "../../assets/js/stage/lineage.mjs";
import { apartAlong } from "../../assets/js/stage/panels/difference.mjs";
import { INITIAL, focusFor, reduce } from "../../assets/js/stage/store.mjs";
import { hasLeft, ownFrom } from "../../assets/js/run.mjs";
import { againstOf } from "../../assets/js/stage/scene.mjs";

const QUERY = {
  loss: "ring",
  fork: "200,500,300",
  "fork.of": ",1,",
  "fork.eta": "0.05,,",
  "fork.push": ",,0:0.1",
  "fork.name": "slow,,",
};
const root = { rule: "ngd", eta: 0.1, steps: 400 };
const slow = { ...root, fork: { step: 200, of: 0 } };
const later = { ...root, fork: { step: 500, of: 1 } };
const pushed = { ...root, fork: { step: 300, of: 0 } };
const RUNS = [root, slow, later, pushed];

test("branches are read out of a query, and written back", () => {
  const branches = branchesIn(QUERY);
  assert.deepEqual(branches[0], { step: "200", of: "", eta: "0.05", rule: "", noise: "", push: "", name: "slow" });
  assert.equal(branches.length, 3);
  assert.deepEqual(withBranches(QUERY, branches), QUERY);
  assert.deepEqual(withBranches({ loss: "ring" }, branches), QUERY);
  assert.deepEqual(withBranches(QUERY, []), { loss: "ring" });
  assert.deepEqual(branchesIn({}), []);
});

test("with a branch go those that leave it, and others keep their parents", () => {
  const branches = branchesIn(QUERY);
  assert.deepEqual(
    without(branches, 1).map(({ step, of }) => [step, of]),
    [["300", ""]],
  );
  const nested = branchesIn({ fork: "1,2,3,4", "fork.of": ",1,2,2" });
  assert.deepEqual(
    without(nested, 3).map(({ step, of }) => [step, of]),
    [
      ["1", ""],
      ["2", "1"],
      ["4", "2"],
    ],
  );
  assert.deepEqual(
    without(nested, 2).map(({ step }) => step),
    ["1"],
  );
});

test("what is not yet a branch's own is its parent's to leave", () => {
  assert.equal(branchAt(RUNS, 2, 600).of, "2");
  assert.equal(branchAt(RUNS, 2, 400).of, "1");
  assert.equal(branchAt(RUNS, 2, 500).of, "1");
  assert.equal(branchAt(RUNS, 2, 100).of, "");
  assert.equal(branchAt(RUNS, 0, 100).step, "100");
});

test("a push of nothing is none", () => {
  assert.equal(writePush([0, 0]), "");
  assert.deepEqual(readPush(writePush([0.25, -1])), [0.25, -1]);
  assert.deepEqual(readPush(""), []);
});

test("runs know their branches", () => {
  assert.deepEqual(childrenOf(RUNS), [[1, 3], [2], [], []]);
  assert.equal(againstOf({ runs: RUNS }, 2, null), 1);
  assert.equal(againstOf({ runs: RUNS }, 0, null), 1);
  assert.equal(againstOf({ runs: RUNS }, 2, 3), 3);
  assert.equal(againstOf({ runs: RUNS }, 2, 2), 1);
});

test("a query of one run is of it alone, of a branch with its lineage", () => {
  const query = "loss=ring&fork=200&fork.eta=0.05&at=7";
  assert.deepEqual(queryOf({ query, runs: RUNS }, 0), { loss: "ring", rule: "ngd", eta: "0.1", steps: 400 });
  assert.deepEqual(queryOf({ query, runs: RUNS }, 1), { loss: "ring", fork: "200", "fork.eta": "0.05", focus: 1 });
});

const state = {
  ...INITIAL,
  query: QUERY,
  focus: 1,
  result: { runs: RUNS, settings: { forks: [{ step: 200, of: 0 }], start: [1, 1] }, query: "" },
};

test("a branch of the one in focus is added, up to four", () => {
  const event = forked(state, 350, {});
  assert.equal(event.focus, 4);
  assert.equal(event.query.fork, "200,500,300,350");
  assert.equal(event.query["fork.of"], ",1,,1");
  assert.equal(forked({ ...state, query: event.query }, 360, {}), null);
});

test("of several runs the one in focus is left with its branch", () => {
  const two = { runs: [root, { ...root, rule: "gd" }], settings: { start: [1, 1] } };
  const event = forked({ ...state, query: { rule: "ngd,gd" }, result: two }, 30, { rule: "gd", eta: "0.1" });
  assert.deepEqual(event.query, { rule: "gd", eta: "0.1", fork: "30" });
  assert.ok(event.several);
});

test("what a branch changes is written for it alone", () => {
  assert.equal(edited(state, "name", " a,  b ")["fork.name"], "a b,,");
  assert.equal(edited({ ...state, focus: 2 }, "push", "1, 2")["fork.push"], ",1:2,0:0.1");
  assert.equal(removed(state, 1).fork, "300");
});

test("events: branches asked for come into focus, and go where several runs are chosen", () => {
  const begun = { ...state, opening: 1, shown: 1, focus: 0 };
  const asked = reduce(begun, { type: "branches", query: QUERY, focus: 3, from: 1 });
  const result = { runs: RUNS, settings: { start: [1, 1] }, query: "loss=ring", notices: [] };
  const older = reduce(asked, {
    type: "ran",
    result: { ...result, runs: [root] },
    asked: { opening: 1 },
    newest: false,
  });
  assert.equal(older.focus, 0);
  const come = reduce(older, { type: "ran", result, asked: { opening: 1 }, newest: true });
  assert.equal(come.focus, 3);
  assert.equal(come.toFocus, null);
  assert.equal(reduce(begun, { type: "branches", query: {}, from: 2 }), begun);
  const several = reduce(begun, { type: "sets", key: "rule", text: "ngd,gd" });
  assert.equal(several.query.fork, undefined);
  assert.equal(reduce(begun, { type: "sets", key: "rule", text: "gd" }).query.fork, QUERY.fork);
  assert.equal(reduce(begun, { type: "sets", key: "eta", text: "0.2@0,0.1@5" }).query.fork, QUERY.fork);
});

test("in focus stays the place where there are branches", () => {
  assert.equal(focusFor(RUNS, slow, 1), 1);
  assert.equal(focusFor(RUNS.slice(0, 2), pushed, 3), 1);
});

const columns = (steps, x, sharp) => ({
  step: Float32Array.from(steps),
  projection: Float32Array.from(x.flat()),
  projection_sharpness: Float32Array.from(sharp),
});
const run = (given) => ({ rows: given.columns.step.length, widths: { projection: 2 }, ...given });

test("runs are apart by Φ and λ₁ at the same time", () => {
  const steps = [0, 1, 2, 3, 4];
  const way = (t) => [t, 0];
  const one = run({ eta: 0.2, last: 4, columns: columns(steps, steps.map(way), steps) });
  const other = run({
    eta: 0.1,
    last: 12,
    columns: columns([0, 1, 8, 12], [way(0), way(0.25), way(2), way(3)], [0, 0.25, 2, 2.5]),
  });
  const apart = apartAlong(one, other, "tau"); // a step of the one is four of the other
  assert.deepEqual(
    [...apart.distance].slice(0, 4).map((value) => Number(value.toFixed(6))),
    [0, 0, 0, 0],
  );
  assert.deepEqual(
    [...apart.sharpness].slice(0, 4).map((value) => Number(value.toFixed(6))),
    [0, 0, 0, 0.5],
  );
  assert.ok(Number.isNaN(apart.distance[4]));
  const onSteps = apartAlong(one, other, "step");
  assert.deepEqual([...onSteps.distance].slice(0, 2), [0, 0.75]);
});

test("a branch is its own from its fork on", () => {
  const part = run({ columns: columns([0, 1, 200, 201], Array(4).fill([0, 0]), Array(4).fill(0)) });
  assert.equal(ownFrom(slow, part), 2);
  assert.equal(ownFrom(root, part), 0);
  assert.equal(ownFrom({ fork: { step: 150, of: 0 } }, part), 2);
  assert.equal(hasLeft(slow, 199), false);
  assert.ok(hasLeft(slow, 200) && hasLeft(root, 0));
});

test("a ring tells by how much the iterate is pushed", () => {
  const branch = { ...run({ columns: { step: Float32Array.from([0, 200]), x: Float32Array.from([0, 0, 1, 2.5]) } }) };
  const there = { ...state, result: { ...state.result, runs: [root, { ...branch, fork: slow.fork }] } };
  assert.equal(pushTo(there, [1.25, 2]), "0.25:-0.5");
  there.result.settings.forks[0].push = [0.5, 0];
  assert.equal(pushTo(there, [1.25, 2.5]), "0.75:0");
  assert.equal(pushTo(there, [0.5, 2.5]), "");
});
