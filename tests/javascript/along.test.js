"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
require("../../assets/run.js");
require("../../assets/overlay.js");
const Along = require("../../assets/panels/along.js");

const { arcOf, valueAt, viewOf, placeOn, colourOf } = Along;
const close = (a, b, tolerance = 1e-5) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

function curveOf(rows, x, arc, sharpness) {
  const many = (f) => Float32Array.from({ length: rows }, (_, k) => f(k));
  const points = Float32Array.from({ length: 2 * rows }, (_, i) => x(i >> 1)[i % 2]);
  return { rows, x: points, arc: many(arc), sharpness: many(sharpness) };
}

// From (0, height) to (10, height), flattest at (4, height).
const straight = (height = 0) => curveOf(11, (k) => [k, height], (k) => k, (k) => 1 + (k - 4) ** 2);

// Around the origin in 360 pieces from (1, 0), flattest at 30 degrees.
const DEGREE = Math.PI / 180;
const on = (degrees) => [Math.cos(degrees * DEGREE), Math.sin(degrees * DEGREE)];
const circle = () => curveOf(361, (k) => on(k % 360), (k) => k * DEGREE, (k) => 2 - Math.cos((k - 30) * DEGREE));

// A run whose Φ(x_t) passes these points, and the theorem's X those.
function makeRun(projection, flow = projection.map(() => [NaN, NaN])) {
  const step = Float32Array.from(projection, (_, row) => row);
  const columns = { step, projection: Float32Array.from(projection.flat()), flow: Float32Array.from(flow.flat()) };
  return { rows: step.length, last: step.length - 1, eta: 0.1, columns };
}

function makeScene(run, curves, flattest) {
  const valley = { curves, flattest, sharpness_range: [1, 40] };
  return { result: { runs: [run] }, valley, focus: 0, strobe: "all", steps: [run.last] };
}

test("arcOf is the foot of the perpendicular", () => {
  const curve = straight();
  for (const [x, y, arc, away] of [[2.25, 0.5, 2.25, 0.5], [4, 0, 4, 0], [12, 0, 10, 2], [-3, 4, 0, 5]]) {
    const found = arcOf(curve, x, y);
    close(found.arc, arc);
    close(found.away, away);
  }
});

test("arcOf goes round a bend", () => {
  const bend = curveOf(3, (k) => [[0, 0], [2, 0], [2, 2]][k], (k) => 2 * k, (k) => k);
  for (const [x, y, arc] of [[1.5, 0.2, 1.5], [1.8, 0.5, 2.5], [3, -1, 2]]) close(arcOf(bend, x, y).arc, arc);
});

test("valueAt is right for a parabola between points, and ends with the curve or goes round it", () => {
  for (const [s, value] of [[4, 1], [4.5, 1.25], [8.75, 1 + 4.75 ** 2], [-1, 17], [11, 37]]) close(valueAt(straight(), s), value);
  for (const turn of [-720, -360, 0, 360]) {
    for (const [degrees, value] of [[30, 1], [210, 3], [120, 2], [-60, 2]]) close(valueAt(circle(), (degrees + turn) * DEGREE), value);
  }
});

test("the length is counted from the flattest point, and what the run passes is in view", () => {
  const view = viewOf(makeScene(makeRun([[9, 0], [6, 0]], [[7, 0], [4, 0]]), [straight()], [[4, 0]]));
  close(view.zero, 4);
  assert.deepEqual(view.flattest.map((s) => Number(s.toFixed(5))), [0]);
  close(view.low, -0.6); // a margin of 0.12 · 5
  close(view.high, 5.6);
  close(view.top, 32.36 + 0.08 * 31.36, 0.2); // at (9.6, 0)
  close(view.bottom, 1 - 0.08 * 31.36, 0.05);
});

test("the flattest point is in view before a run comes near it, on either side", () => {
  const view = viewOf(makeScene(makeRun([[1, 0], [2, 0]]), [straight()], [[4, 0]]));
  close(view.low, -3.36);
  close(view.high, 0.36);
});

test("an open curve is in view no farther than it goes", () => {
  const view = viewOf(makeScene(makeRun([[10, 0], [4, 0]]), [straight()], [[4, 0]]));
  close(view.high, 6);
  close(view.low, -0.72);
});

test("of two flattest points the length is counted from the one that the run goes to", () => {
  const twice = curveOf(11, (k) => [k, 0], (k) => k, (k) => 1 + Math.min((k - 2) ** 2, (k - 8) ** 2));
  for (const [ways, zero, others] of [[[[6, 0], [7, 0]], 8, [0]], [[[4, 0], [3, 0]], 2, [0]], [[[0, 0], [8, 0]], 8, [-6, 0]]]) {
    const view = viewOf(makeScene(makeRun(ways), [twice], [[2, 0], [8, 0]]));
    close(view.zero, zero);
    assert.deepEqual(view.flattest.map((s) => Math.round(s)), others);
  }
});

test("of two branches that one is in view on which the run begins", () => {
  const curves = [straight(0), straight(3)];
  const scene = makeScene(makeRun([[9, 2.9], [5, 3]]), curves, [[4, 0], [4, 3]]);
  const view = viewOf(scene);
  assert.equal(view.curve, curves[1]);
  assert.equal(view.flattest.length, 1);
  assert.equal(placeOn(view, makeRun([[9, 0]]), 0, "projection"), null);
});

test("a closed curve is gone round the short way, through its seam", () => {
  for (const [from, to, low, high] of [[330, 20, -60, 0], [170, 40, 0, 140], [250, 0, -140, 0]]) {
    const view = viewOf(makeScene(makeRun([on(from), on(to)]), [circle()], [on(30)]));
    const margin = 0.12 * (high - low);
    close(view.zero, 30 * DEGREE, 1e-3);
    close(view.low / DEGREE, low - margin, 0.1);
    close(view.high / DEGREE, high + margin, 0.1);
    const place = placeOn(view, makeRun([on(from), on(to)]), 0, "projection");
    close(place.s / DEGREE, low + high, 0.1); // the end that is not 0
    close(place.sharpness, 2 - Math.cos((low + high) * DEGREE), 1e-3);
  }
});

test("a run that begins almost half way round may stray past it", () => {
  const view = viewOf(makeScene(makeRun([on(200), on(215), on(30)]), [circle()], [on(30)]));
  close(view.low / DEGREE, -0.12 * 185, 0.1);
  close(view.high / DEGREE, 1.12 * 185, 0.1);
});

test("placeOn is on the curve or nowhere", () => {
  const view = viewOf(makeScene(makeRun([[9, 0], [4, 0]]), [straight()], [[4, 0]]));
  const part = makeRun([[6, 0.1], [6, 0.3], [NaN, NaN]], [[4.5, 0], [3, 0], [8, 0]]);
  const places = ["projection", "flow"].map((name) => [0, 1, 2].map((row) => placeOn(view, part, row, name)));
  assert.deepEqual(places.map((list) => list.map((at) => at && Number(at.s.toFixed(4)))), [[2, null, null], [0.5, -1, 4]]);
  close(places[0][0].sharpness, 5);
});

test("without a valley, or a way to one, nothing is in view", () => {
  assert.equal(viewOf(makeScene(makeRun([[9, 0]]), [], [])), null);
  assert.equal(viewOf(makeScene(makeRun([[NaN, NaN]]), [straight()], [[4, 0]])), null);
});

test("where λ₁ is the same all along there is room above and below", () => {
  const level = curveOf(11, (k) => [k, 0], (k) => k, () => 5);
  const view = viewOf(makeScene(makeRun([[2, 0], [8, 0]]), [level], []));
  close(view.bottom, 4.5);
  close(view.top, 5.5);
});

test("colours are even in log λ₁, from one end of the scale to the other", () => {
  const scale = [[0, 0, 0], [100, 0, 0], [100, 0, 200]];
  const expected = { 1: "0,0,0", 10: "50,0,0", 100: "100,0,0", 1000: "100,0,100", 10000: "100,0,200", 0.1: "0,0,0", 1e9: "100,0,200" };
  for (const [value, colour] of Object.entries(expected)) assert.equal(colourOf(scale, [1, 10000], Number(value)), `rgb(${colour})`, value);
  assert.equal(colourOf(scale, [2, 2], 2), "rgb(0,0,0)");
});

test("the pointer finds the bead of the nearest run, where it is painted", () => {
  const scene = makeScene(makeRun([[9, 0], [4, 0]]), [straight()], [[4, 0]]);
  const other = makeRun([[9, 0], [8, 0]]);
  scene.result.runs.push(other);
  scene.steps.push(1);
  // From s = −0.6 at 40 to s = 5.6 at 660: 100 pixels a unit of length.
  const panel = Object.assign(Object.create(Along.prototype), { canvas: { size: [676, 200] }, view: null });
  assert.equal(panel.probe(scene, 0, 0), null);
  panel.view = viewOf(scene);
  const height = ({ bottom, top }, value) => 174 - (160 * (value - bottom)) / (top - bottom);
  const [own, its] = [[100, 1], [500, 17]].map(([x, value]) => [x, height(panel.view, value)]);
  const found = [own, its].map(([x, y]) => panel.probe(scene, x + 5, y - 5));
  assert.deepEqual(found.map(({ i, row }) => [i, row]), [[0, 1], [1, 1]]);
  assert.equal(found[1].run, other);
  found.forEach(({ x, y }, k) => {
    close(x, [own, its][k][0], 0.1);
    close(y, [own, its][k][1], 0.1);
  });
  assert.equal(panel.probe(scene, 300, 20), null);
});
