import assert from "node:assert/strict";
import { test } from "node:test";
import { isPredicted, phaseAt } from "../../assets/js/run.mjs";
import { bands, leftOver } from "../../assets/js/stage/ribbon.mjs";

const PHASES = [
  { name: "descent", first: 0 },
  { name: "alignment", first: 20 },
  { name: "edge", first: 60 },
];
const makeRun = (eta, last) => ({
  eta,
  last,
  steps: last,
  outcome: "reached",
  phases: PHASES.filter(({ first }) => first <= last),
});
const shares = (run, runs, clock) => bands(run, runs, clock).map(({ from, to }) => [from, to]);

test("the bands of a run alone fill the time bar, on every clock", () => {
  const run = makeRun(0.1, 100);
  for (const clock of ["step", "eta", "tau"]) {
    assert.deepEqual(bands(run, [run], clock), [
      { name: "descent", first: 0, from: 0, to: 0.2 },
      { name: "alignment", first: 20, from: 0.2, to: 0.6 },
      { name: "edge", first: 60, from: 0.6, to: 1 },
    ]);
  }
});

test("of two runs each has its share of the time bar, at its own step size", () => {
  const [lead, half] = [makeRun(1, 100), makeRun(0.5, 200)];
  const ends = (clock) => [lead, half].map((run) => shares(run, [lead, half], clock).at(-1));
  assert.deepEqual(ends("step"), [
    [0.3, 0.5],
    [0.3, 1],
  ]);
  assert.deepEqual(ends("eta"), [
    [0.6, 1],
    [0.3, 1],
  ]);
  assert.deepEqual(ends("tau"), [
    [0.6, 1],
    [0.15, 0.5],
  ]);
});

test("where the theorem ends the edge ends, and what is beyond it lasts to the end", () => {
  const run = { ...makeRun(0.1, 100), phases: [...PHASES, { name: "beyond", first: 75 }] };
  const [edge, beyond] = bands(run, [run], "tau").slice(-2);
  assert.deepEqual(edge, { name: "edge", first: 60, from: 0.6, to: 0.75 });
  assert.deepEqual(beyond, { name: "beyond", first: 75, from: 0.75, to: 1 });
  assert.deepEqual(
    [74, 75].map((step) => phaseAt(run.phases, step)),
    [2, 3],
  );
});

test("what is left of the time bar where a run stopped is told", () => {
  const left = (run, others = []) => leftOver(run, [run, ...others], "tau");
  assert.equal(left(makeRun(0.1, 100)), null);
  const rests = { ...makeRun(0.1, 600), outcome: "at_minimiser", outcome_step: 38 };
  assert.deepEqual(left(rests), { from: 38 / 600, to: 1 }, "all steps are there, and it does not move");
  const ends = { ...makeRun(0.1, 7), steps: 600, outcome: "not_finite", outcome_step: 7 };
  assert.deepEqual(left(ends), { from: 0.25, to: 1 }, "what it did is a quarter of the time bar");
  assert.deepEqual(bands(ends, [ends], "tau").at(-1).to, 0.25);
  assert.deepEqual(left(ends, [makeRun(0.1, 600)]), { from: 7 / 600, to: 1 }, "another went on");
});

test("a run of no steps has one band, of no width", () => {
  const run = makeRun(0.1, 0);
  assert.deepEqual(shares(run, [run], "tau"), [[0, 0]]);
});

test("a phase begins with its first step", () => {
  assert.deepEqual(
    [0, 19, 20, 59, 60, 1e6].map((step) => phaseAt(PHASES, step)),
    [0, 0, 1, 1, 2, 2],
  );
  assert.equal(phaseAt(PHASES.slice(0, 1), 99), 0);
});

test("the theorem is about a run until η is too large for it or its assumption fails", () => {
  const run = (...names) => ({ phases: names.map((name, k) => ({ name, first: 10 * k })) });
  assert.deepEqual(
    [5, 15].map((step) => isPredicted(run("descent", "overlong"), step)),
    [true, false],
  );
  assert.deepEqual(
    [15, 25].map((step) => isPredicted(run("descent", "edge", "beyond"), step)),
    [true, false],
  );
  assert.equal(isPredicted(run("overlong"), 0), false, "from the start");
  assert.equal(isPredicted(run(), 7), true, "a rule without phases");
});
