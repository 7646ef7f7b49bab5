"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
require("../../assets/run.js");
require("../../assets/overlay.js");
const { levelLines, shadeOf, shadeAt, thresholdAt } = require("../../assets/panels/ground.js");

const gridOf = (rows, columns, f) =>
  Float32Array.from({ length: rows * columns }, (_, k) => f(k % columns, Math.floor(k / columns)));
const lengthOf = ([[a, b], [c, d]]) => Math.hypot(a - c, b - d);

test("the level of a plane is a straight line through the whole grid", () => {
  const upright = levelLines(gridOf(4, 6, (i) => i), 4, 6, 2.25);
  assert.deepEqual(upright.flat().map(([i]) => i), [2.25, 2.25, 2.25, 2.25, 2.25, 2.25]);
  assert.deepEqual(upright.map((ends) => ends.map(([, j]) => j).sort()), [[0, 1], [1, 2], [2, 3]]);
  const aslant = levelLines(gridOf(5, 7, (i, j) => i + 2 * j), 5, 7, 4.5);
  for (const [i, j] of aslant.flat()) assert.ok(Math.abs(i + 2 * j - 4.5) < 1e-6, `${[i, j]}`);
  // From (4.5, 0) to (0, 2.25).
  const whole = aslant.reduce((sum, piece) => sum + lengthOf(piece), 0);
  assert.ok(Math.abs(whole - Math.hypot(4.5, 2.25)) < 1e-6, `${whole}`);
});

test("the level of a bowl is a closed circle", () => {
  const lines = levelLines(gridOf(21, 31, (i, j) => (i - 15) ** 2 + (j - 10) ** 2), 21, 31, 50.5);
  const meets = new Map();
  for (const [i, j] of lines.flat()) {
    // Straight between two grid points, the bowl is at most ¼ too high.
    const square = (i - 15) ** 2 + (j - 10) ** 2;
    assert.ok(square <= 50.5 + 1e-6 && square >= 50.25 - 1e-6, `${square}`);
    const key = `${i.toFixed(6)} ${j.toFixed(6)}`;
    meets.set(key, (meets.get(key) || 0) + 1);
  }
  assert.ok([...meets.values()].every((count) => count === 2), "there are loose ends");
  const around = lines.reduce((sum, piece) => sum + lengthOf(piece), 0);
  assert.ok(Math.abs(around / (2 * Math.PI * Math.sqrt(50.5)) - 1) < 0.01, `${around}`);
});

test("a valley has the same lines as a hill, and where no level is there are none", () => {
  const hill = gridOf(9, 9, (i, j) => Math.sin(i) + Math.cos(2 * j));
  const lines = levelLines(hill, 9, 9, 0.3);
  assert.ok(lines.length > 10);
  assert.deepEqual(levelLines(hill.map((value) => -value), 9, 9, -0.3), lines);
  for (const level of [-9, 9]) assert.deepEqual(levelLines(hill, 9, 9, level), []);
});

test("a saddle has two pieces in its cell, which do not cross", () => {
  const lines = levelLines(Float32Array.of(0, 1, 1, 0), 2, 2, 0.5);
  assert.deepEqual(lines, [[[0.5, 0], [1, 0.5]], [[0.5, 1], [0, 0.5]]]);
});

test("the shade is in the middle at the threshold, at its ends three doublings away, and even in log λ₁", () => {
  const shades = [1e-9, 1, 2, 4, 8, 16, 32, 64, 1e9].map((value) => shadeOf(value, 8));
  assert.deepEqual(shades, [0, 0, 43, 85, 128, 171, 213, 256, 256]);
  assert.deepEqual([0, NaN, -3].map((value) => shadeOf(value, 8)), [0, 0, 0]);
});

test("colours run from flat through the middle to sharp", () => {
  const inks = { "flat-map": "#0000ff", "mid-map": "#ffffff", "sharp-map": "#ff0000" };
  const colours = { 0: "0,0,255", 0.5: "255,255,255", 1: "255,0,0", 0.375: "128,128,255", 0.625: "255,128,128" };
  for (const [share, colour] of Object.entries(colours)) assert.equal(shadeAt(inks, Number(share)), `rgb(${colour})`, share);
});

test("the threshold is that of the run in focus at its step, in the mean over two where there is one", () => {
  const makeRun = (threshold, mean) => ({
    rows: 2, last: 1, columns: { step: Float32Array.of(0, 1), threshold, threshold_mean: mean },
  });
  const runs = [makeRun([1, 2], [NaN, 1.5]), makeRun([20, 20], [NaN, NaN])];
  const at = (focus, steps) => thresholdAt({ result: { runs }, focus, steps });
  assert.deepEqual([at(0, [0, 1]), at(0, [1, 0]), at(1, [0, 1])], [1, 1.5, 20]);
});
