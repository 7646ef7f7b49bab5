import assert from "node:assert/strict";
import { test } from "node:test";
import { at, decodeStudy, rowAt, tablesOf } from "../../assets/js/study/columns.mjs";
import { slopeOf } from "../../assets/js/study/panels/distance.mjs";
import { bendsOf } from "../../assets/js/study/panels/sharpness.mjs";
import { told } from "../../assets/js/study/told.mjs";
import { INITIAL, frameOf, isWorking, linkOf, madeQuery, reduce, sceneOf } from "../../assets/js/study/store.mjs";

const play = (state, ...events) => events.reduce(reduce, state);
const MADE = { study: "digits-parity", rule: "ngd", etas: [0.1, 0.05], tau: 6, seed: 0 };

// The bytes of /study.bin.
function packed(head, numbers) {
  const text = new TextEncoder().encode(JSON.stringify(head));
  const padded = text.length + (-text.length & 3);
  const buffer = new ArrayBuffer(8 + padded + 4 * numbers.length);
  const view = new DataView(buffer);
  view.setUint32(0, 0x45444757);
  view.setUint32(4, padded, true);
  const bytes = new Uint8Array(buffer);
  bytes.fill(32, 8, 8 + padded);
  bytes.set(text, 8);
  numbers.forEach((value, k) => view.setFloat32(8 + padded + 4 * k, value, true));
  return buffer;
}

const columns = [
  ["flow_tau", [3]],
  ["flow_spectrum", [3, 2]],
  ["run_0_eta", []],
  ["run_0_tau", [2]],
  ["run_0_gap", [2]],
  ["run_1_tau", [2]],
];
const numbers = [0, 3, 6, 9, 5, 8, 4, 7, 3, 0.1, 0, 6, 0.25, 0.5, 0, 6];
const meaning = { settings: MADE, notices: [], query: "etas=0.1,0.05&at=3" };
const answer = () => decodeStudy(packed({ ...meaning, known: true, about: { gap_closes: 2 }, columns }, numbers));

test("a study is read by the letter of its header", () => {
  const { flow, runs, known } = answer();
  assert.ok(known);
  assert.equal(flow.closes, 2);
  assert.deepEqual([at(flow.spectrum, 1, 0), at(flow.spectrum, 2, 1)], [8, 3]);
  assert.deepEqual(
    runs.map((run) => run.eta),
    [0.1, 0.05],
  );
  assert.equal(at(runs[0].gap, 1), 0.5);
  assert.ok(Number.isNaN(at(runs[0].gap, 2)));
  assert.ok(Number.isNaN(at(runs[1].gap, 0)));
});

test("of one that is not known there is what the query means", () => {
  const found = decodeStudy(packed({ ...meaning, known: false }, []));
  assert.deepEqual([found.known, found.flow, found.runs, found.settings.tau], [false, null, [], 6]);
});

test("lists are tables, and what nothing defines is no number", () => {
  const { loss, gap } = tablesOf({
    loss: [
      [1, 2],
      [3, null],
    ],
    gap: [1, null],
    eta: 0.1,
  });
  assert.deepEqual([loss.count, loss.width, at(loss, 1, 0)], [2, 2, 3]);
  assert.ok(Number.isNaN(at(loss, 1, 1)) && Number.isNaN(at(gap, 1)));
});

test("the row at a time is the last that is not later", () => {
  const run = tablesOf({ tau: [0, 1, 2] });
  assert.deepEqual(
    [-1, 0, 0.5, 1, 2 - 1e-9, 9].map((time) => rowAt(run, time)),
    [-1, 0, 0, 1, 2, 2],
  );
  assert.equal(rowAt(null, 1), -1);
});

const opened = () => {
  const state = play(INITIAL, { type: "opens", query: { etas: "0.1,0.05", at: "30", focus: "1" } });
  return play(state, { type: "answers", turn: state.turn, answer: answer() });
};

test("what is looked at is in the link and not in what is computed", () => {
  const state = opened();
  assert.equal(madeQuery(state), "etas=0.1,0.05");
  assert.deepEqual(linkOf(state), { etas: "0.1,0.05", at: 30, focus: 1 });
  const looked = play(state, { type: "chooses", distance: "plane" }, { type: "chooses", layer: "moved" });
  assert.deepEqual(linkOf(looked), { ...linkOf(state), distance: "plane", layer: "moved" });
  const again = play(INITIAL, { type: "opens", query: linkOf(looked) });
  assert.deepEqual([again.distance, again.layer, madeQuery(again)], ["plane", "moved", "etas=0.1,0.05"]);
  assert.deepEqual(linkOf(play(state, { type: "seeks", at: 99 }, { type: "focuses", focus: 0 })), { etas: "0.1,0.05" });
});

test("an answer that was overtaken changes nothing", () => {
  const state = play(opened(), { type: "sets", key: "tau", text: "2" });
  const late = { type: "answers", turn: state.turn - 1, answer: answer() };
  assert.equal(reduce(state, late), state);
  assert.equal(state.query.tau, "2");
});

test("another rule brings its own steps and horizon, another study too", () => {
  const state = play(opened(), { type: "sets", key: "seed", text: "3" });
  assert.deepEqual(play(state, { type: "sets", key: "rule", text: "gd" }).query, { seed: "3", rule: "gd" });
  const framed = play(state, { type: "opens", query: { seed: "3", hide: "laws,tests", embed: "1" } });
  const other = play(framed, { type: "sets", key: "study", text: "chebyshev" });
  assert.deepEqual(frameOf(other), { hide: ["laws", "tests"], embed: true }, "a frame stays one");
  const ruled = play(state, { type: "sets", key: "rule", text: "gd" });
  assert.deepEqual(play(ruled, { type: "sets", key: "study", text: "chebyshev" }).query, {
    rule: "gd",
    study: "chebyshev",
  });
});

test("while another step is computed, what is known of the others stays, beside the same flow", () => {
  const state = play(opened(), { type: "sets", key: "etas", text: "0.1,0.07" });
  const means = { settings: { ...MADE, etas: [0.1, 0.07] }, notices: [], query: "etas=0.1,0.07" };
  const next = play(state, { type: "means", turn: state.turn, meaning: means });
  assert.deepEqual(
    next.runs.map((run) => run?.eta),
    [0.1, undefined],
  );
  const line = { state: "runs", words: "run", share: 0.5, left: 1, runs: [{ eta: 0.07, tau: [0, 3], gap: [0, 1] }] };
  const told = play(next, { type: "tells", turn: next.turn, line });
  assert.equal(at(told.runs[1].gap, 1), 1);
  assert.ok(isWorking(told) && !told.known);
  const other = play(state, {
    type: "means",
    turn: state.turn,
    meaning: { ...means, settings: { ...means.settings, tau: 2 } },
  });
  assert.deepEqual([other.flow, other.runs], [null, [null, null]]);
});

test("all runs stand at the same time", () => {
  const { time, rows, row, limiting } = sceneOf(opened());
  assert.deepEqual([time, rows, row, limiting], [3, [0, 0], 0, true]);
});

test("the slope of gaps that fall with the square of η is 2", () => {
  const etas = [0.4, 0.2, 0.1];
  const seeds = [1, 2, 3, 4].map((times) => ({ gaps: etas.map((eta) => times * eta ** 2) }));
  assert.ok(Math.abs(slopeOf({ etas, seeds }) - 2) < 1e-12);
});

test("what is told of GD is what its run did", () => {
  const run = (eta, sharpness) => ({ eta, ...tablesOf({ sharpness }) });
  const scene = (runs) => ({
    about: { parameters: 9, residuals: 2 },
    flow: tablesOf({ spectrum: [[5], [30]] }),
    runs,
    made: { tau: 9 },
    limiting: false,
    known: true,
  });
  const edge = told(scene([run(0.2, [5, 10]), run(0.1, [5, 19.8])]));
  assert.match(edge, /takes λ₁ from 5.000 to 30.00. GD has come to 2\/η and stays there: at η = 0.1 λ₁ ends at 19.80/);
  assert.match(
    told(scene([run(0.02, [5, 30])])),
    /GD has not come to 2\/η: at η = 0.02 λ₁ ends at 30.00, 2\/η is 100.0/,
  );
  assert.equal(told({ ...scene([run(0.1, [1])]), known: false }), "");
});

test("κ of each step stands between the measured pairs, and what is not known nowhere", () => {
  const tau = { values: [0, 1, 3], count: 3, width: 1 };
  const bends = { values: [5, 6, 7, 8, NaN, NaN, 9, NaN, 11, 12, NaN, NaN], count: 3, width: 4 };
  assert.deepEqual(bendsOf({ ...bends, values: [5, 6, 7, 8, 10, NaN, NaN, NaN, 9, NaN, NaN, NaN] }, tau), [
    [0, 5],
    [0.25, 6],
    [0.5, 7],
    [0.75, 8],
    [1, 10],
  ]);
  assert.deepEqual(bendsOf(bends, tau).slice(4), [[1 + 4 / 3, 9]]);
});
