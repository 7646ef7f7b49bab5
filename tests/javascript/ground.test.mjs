import assert from "node:assert/strict";
import { levelLines } from "../../assets/js/levels.mjs";
import { test } from "node:test";
import {
  BANDS,
  bandsOf,
  Ground,
  logarithms,
  shadeAt,
  shadeOf,
  thresholdAt,
} from "../../assets/js/stage/panels/ground.mjs";

const gridOf = (rows, columns, f) =>
  Float32Array.from({ length: rows * columns }, (_, k) => f(k % columns, Math.floor(k / columns)));
const lengthOf = ([[a, b], [c, d]]) => Math.hypot(a - c, b - d);

test("the level of a plane is a straight line through the whole grid", () => {
  const upright = levelLines(
    gridOf(4, 6, (i) => i),
    4,
    6,
    2.25,
  );
  assert.deepEqual(
    upright.flat().map(([i]) => i),
    [2.25, 2.25, 2.25, 2.25, 2.25, 2.25],
  );
  assert.deepEqual(
    upright.map((ends) => ends.map(([, j]) => j).sort()),
    [
      [0, 1],
      [1, 2],
      [2, 3],
    ],
  );
  const aslant = levelLines(
    gridOf(5, 7, (i, j) => i + 2 * j),
    5,
    7,
    4.5,
  );
  for (const [i, j] of aslant.flat()) assert.ok(Math.abs(i + 2 * j - 4.5) < 1e-6, `${[i, j]}`);
  // From (4.5, 0) to (0, 2.25).
  const whole = aslant.reduce((sum, piece) => sum + lengthOf(piece), 0);
  assert.ok(Math.abs(whole - Math.hypot(4.5, 2.25)) < 1e-6, `${whole}`);
});

test("the level of a bowl is a closed circle", () => {
  const lines = levelLines(
    gridOf(21, 31, (i, j) => (i - 15) ** 2 + (j - 10) ** 2),
    21,
    31,
    50.5,
  );
  const meets = new Map();
  for (const [i, j] of lines.flat()) {
    // Straight between two grid points, the bowl is at most ¼ too high.
    const square = (i - 15) ** 2 + (j - 10) ** 2;
    assert.ok(square <= 50.5 + 1e-6 && square >= 50.25 - 1e-6, `${square}`);
    const key = `${i.toFixed(6)} ${j.toFixed(6)}`;
    meets.set(key, (meets.get(key) || 0) + 1);
  }
  assert.ok(
    [...meets.values()].every((count) => count === 2),
    "there are loose ends",
  );
  const around = lines.reduce((sum, piece) => sum + lengthOf(piece), 0);
  assert.ok(Math.abs(around / (2 * Math.PI * Math.sqrt(50.5)) - 1) < 0.01, `${around}`);
});

test("a valley has the same lines as a hill, and where no level is there are none", () => {
  const hill = gridOf(9, 9, (i, j) => Math.sin(i) + Math.cos(2 * j));
  const lines = levelLines(hill, 9, 9, 0.3);
  assert.ok(lines.length > 10);
  assert.deepEqual(
    levelLines(
      hill.map((value) => -value),
      9,
      9,
      -0.3,
    ),
    lines,
  );
  for (const level of [-9, 9]) assert.deepEqual(levelLines(hill, 9, 9, level), []);
});

test("a saddle has two pieces in its cell, which do not cross", () => {
  const lines = levelLines(Float32Array.of(0, 1, 1, 0), 2, 2, 0.5);
  assert.deepEqual(lines, [
    [
      [0.5, 0],
      [1, 0.5],
    ],
    [
      [0.5, 1],
      [0, 0.5],
    ],
  ]);
});

test("no line goes through a cell with a hole", () => {
  const values = gridOf(3, 4, (i) => i);
  values[5] = NaN;
  // Of the six cells only the two at the right have four corners.
  assert.deepEqual(levelLines(values, 3, 4, 1.5), []);
  const right = levelLines(values, 3, 4, 2.5);
  assert.deepEqual(
    right.flat().map(([i]) => i),
    [2.5, 2.5, 2.5, 2.5],
  );
});

test("the shade is in the middle at the threshold, at its ends three doublings away, and even in log λ₁", () => {
  const shades = [1e-9, 1, 2, 4, 8, 16, 32, 64, 1e9].map((value) => shadeOf(value, 8));
  assert.deepEqual(shades, [0, 0, 43, 85, 128, 171, 213, 256, 256]);
  assert.deepEqual(
    [0, NaN, -3].map((value) => shadeOf(value, 8)),
    [0, 0, 0],
  );
});

test("colours run from flat through the middle to sharp", () => {
  const inks = { "flat-map": "#0000ff", "mid-map": "#ffffff", "sharp-map": "#ff0000" };
  const colours = { 0: "0,0,255", 0.5: "255,255,255", 1: "255,0,0", 0.375: "128,128,255", 0.625: "255,128,128" };
  for (const [share, colour] of Object.entries(colours))
    assert.equal(shadeAt(inks, Number(share)), `rgb(${colour})`, share);
});

test("the threshold is that of the run in focus at its step, in the mean over two where there is one", () => {
  const makeRun = (threshold, mean) => ({
    rows: 2,
    last: 1,
    columns: { step: Float32Array.of(0, 1), threshold, threshold_mean: mean },
  });
  const runs = [makeRun([1, 2], [NaN, 1.5]), makeRun([20, 20], [NaN, NaN])];
  const at = (focus, steps) => thresholdAt({ result: { runs }, focus, steps });
  assert.deepEqual([at(0, [0, 1]), at(0, [1, 0]), at(1, [0, 1])], [1, 1.5, 20]);
});

// ---- heights of a section ----

test("bands go from the least height to what 97 in 100 stay below", () => {
  const heights = Float32Array.from({ length: 101 }, (_, k) => (k * 37) % 101); // each of 0 … 100 once
  assert.deepEqual(bandsOf(heights), [0, 97]);
  assert.deepEqual(bandsOf(heights.map((value) => -value)), [-100, -3]);
  assert.deepEqual(bandsOf(heights.map((value) => (value >= 50 ? NaN : value))), [0, 47]);
  heights[0] = Infinity;
  assert.deepEqual(bandsOf(heights), [1, 97]);
});

test("bands of heights that are all alike have some room", () => {
  const [low, high] = bandsOf(new Float32Array(9));
  assert.equal(low, 0);
  assert.ok(high > low);
});

test("logarithms are those of L, from its square root, cut six decades below the largest", () => {
  const found = logarithms(Float32Array.of(1, 10, 1000, 0.1, 0.5, 0, 1e-9, NaN));
  const wanted = [0, 2, 6, 0, 0, 0, 0, NaN];
  found.forEach((value, k) => assert.ok(Object.is(value, wanted[k]), `${[...found]}`));
  const small = logarithms(Float32Array.of(1e-2, 1e-4, 1e-6));
  small.forEach((value, k) => assert.ok(Math.abs(value - [-4, -8, -10][k]) < 1e-5, `${[...small]}`));
});

// ---- painting ----

// A canvas that notes where it is painted on, and keeps the pixels put on it.
function fakeCanvas() {
  const canvas = { size: [300, 300], calls: [] };
  const note =
    (name) =>
    (...args) =>
      canvas.calls.push([name, ...args]);
  const pen = Object.fromEntries(["moveTo", "lineTo", "drawImage", "clearRect"].map((name) => [name, note(name)]));
  for (const name of ["save", "restore", "beginPath", "rect", "clip", "setTransform"]) pen[name] = () => {};
  pen.stroke = () => canvas.calls.push(["stroke", pen.strokeStyle, pen.lineWidth]);
  pen.createImageData = (width, height) => ({ data: new Uint8ClampedArray(4 * width * height) });
  pen.putImageData = ({ data }) => (canvas.pixels = data);
  canvas.getContext = () => pen;
  return canvas;
}

// Ten pixels a unit, from (100, 200).
const axisOf = (offset, scale, range) => ({
  _offset: offset,
  _length: 300,
  range,
  d2p: (value) => scale * value,
  p2d: (pixel) => pixel / scale,
});
const graph = {
  layout: { uirevision: "one", meta: { loss: "bowl" } },
  _fullLayout: { font: { size: 14 }, xaxis: axisOf(100, 10, [-9, 9]), yaxis: axisOf(200, -10, [-9, 9]) },
};

function makeGround() {
  const [canvas, grid] = [fakeCanvas(), fakeCanvas()];
  const ground = Object.assign(Object.create(Ground.prototype), { graph: () => graph, canvas, grid });
  ground.reset();
  const calls = () => canvas.calls.splice(0).filter(([name]) => name !== "clearRect");
  return { ground, grid, canvas, calls };
}

const MAP_INKS = {
  "flat-map": "#0000ff",
  "mid-map": "#ffffff",
  "sharp-map": "#ff0000",
  "edge-map": "white",
  soft: "grey",
};
const SHADED = {
  ...MAP_INKS,
  line: "pale",
  heights: [
    [0, 0, 0],
    [255, 0, 0],
  ],
};
const RUN = { rows: 1, last: 0, columns: { step: Float32Array.of(0), threshold: [8], threshold_mean: [NaN] } };

function makeScene(heights, change = {}) {
  const shown = { look: "root", section: heights, heights, inks: SHADED };
  return { result: { runs: [RUN], settings: { loss: "bowl" } }, focus: 0, steps: [0], ...shown, ...change };
}

const sectionOf = (root, sharpness = null) => ({
  view: [
    [-1, 1],
    [0, 3],
  ],
  rows: 2,
  columns: 3,
  root: Float32Array.from(root),
  sharpness,
});
const redOf = ({ pixels }) => Array.from(pixels).filter((_, k) => k % 4 === 0);
const isOpaque = ({ pixels }) => pixels.every((value, k) => k % 4 !== 3 || value === 255);

test("heights of a section are painted in bands, the lowest row at the bottom, each pixel about its point", () => {
  const { ground, grid, calls } = makeGround();
  ground.paint(makeScene(sectionOf([3, 5, 8.9, 17, 31, 59])));
  // From 3 to 31: bands 7, 14, 14 above 0, 1, 2 of 14.
  assert.deepEqual([grid.width, grid.height, redOf(grid), isOpaque(grid)], [3, 2, [128, 255, 255, 0, 18, 37], true]);
  const [image] = calls().filter(([name]) => name === "drawImage");
  assert.deepEqual(image.slice(2), [85, 155, 30, 60]);
});

test("a grid lies where its view does, half a pixel farther on each side", () => {
  const { ground, canvas, calls } = makeGround();
  ground.place(
    canvas.getContext(),
    {
      view: [
        [2, 6],
        [1, 4],
      ],
      rows: 4,
      columns: 5,
    },
    { x: (v) => 10 * v, y: (v) => 90 - 10 * v },
  );
  assert.deepEqual(
    calls().map(([name, , ...box]) => [name, ...box]),
    [["drawImage", 15, 45, 50, 40]],
  );
});

test("lines part the bands of heights", () => {
  const { ground, calls } = makeGround();
  const root = Float32Array.of(1, 1, 1, 15, 15, 15, 29, 29, 29);
  ground.paint(
    makeScene({
      view: [
        [-1, 1],
        [3, 5],
      ],
      rows: 3,
      columns: 3,
      root,
      sharpness: null,
    }),
  );
  const painted = calls();
  const ends = painted.filter(([name]) => name === "moveTo" || name === "lineTo");
  const levels = new Set(ends.map(([, , y]) => Number((((170 - y) / 10) * 7).toFixed(4))));
  assert.deepEqual(
    [...levels],
    Array.from({ length: BANDS - 1 }, (_, k) => k + 1),
  );
  assert.deepEqual([...new Set(ends.map(([, x]) => x))].sort(), [100, 110, 90]);
  assert.deepEqual(
    painted.filter(([name]) => name === "stroke"),
    [["stroke", "pale", 0.8]],
  );
});

test("heights are painted once for each section that comes, in logarithms where the look has them", () => {
  const { ground, grid, calls } = makeGround();
  const first = sectionOf([1, 10, 100, 1, 10, 1000]);
  ground.paint(makeScene(first, { look: "log" }));
  // log₁₀ L from 0 to 4, what all but one stay below.
  assert.deepEqual(redOf(grid), [0, 128, 255, 0, 128, 255]);
  assert.ok(calls().length > 0);
  ground.paint(makeScene(first, { look: "log" }));
  assert.deepEqual(calls(), []);
  ground.paint(makeScene(sectionOf([0, 1, 2, 7, 14, 28]), { look: "log" }));
  assert.ok(calls().length > 0);
});

test("the sharpness map of a section waits for its λ₁", () => {
  const { ground, grid, calls } = makeGround();
  ground.paint(makeScene(sectionOf([0, 1, 2, 7, 14, 28]), { look: "sharpness" }));
  assert.deepEqual([calls(), grid.pixels], [[], undefined]);
  ground.paint(makeScene(sectionOf([0, 1, 2, 7, 14, 28], Float32Array.of(1, 8, 64, 64, 8, 1)), { look: "sharpness" }));
  // Red of blue, white and red.
  assert.deepEqual(redOf(grid), [255, 255, 0, 0, 255, 255]);
  assert.deepEqual(
    calls().filter(([name]) => name === "stroke"),
    [
      ["stroke", "grey", 5],
      ["stroke", "white", 3],
    ],
  );
});

test("as the threshold moves its line does, and the colours where that can be seen", () => {
  const { ground, grid, calls } = makeGround();
  const heights = sectionOf([0, 1, 2, 7, 14, 28], Float32Array.of(1, 8, 64, 64, 8, 1));
  const painted = (threshold) => {
    const run = { ...RUN, columns: { ...RUN.columns, threshold: [threshold] } };
    delete grid.pixels;
    ground.paint(makeScene(heights, { look: "sharpness", result: { runs: [run], settings: { loss: "bowl" } } }));
    const names = calls().map(([name]) => name);
    return [names.indexOf("drawImage") < names.indexOf("stroke"), Boolean(grid.pixels)];
  };
  // The line above the plane, which is coloured anew from a fiftieth of a doubling on.
  assert.deepEqual([8, 8, 8.05, 8.1, 8.2, 4].map(painted), [
    [true, true],
    [false, false],
    [true, false],
    [true, false],
    [true, true],
    [true, true],
  ]);
});

test("of two parameters nothing is painted below but the sharpness map", () => {
  const { ground, grid, canvas, calls } = makeGround();
  const heights = sectionOf([0, 1, 2, 7, 14, 28], Float32Array.of(1, 8, 64, 64, 8, 1));
  for (const look of ["root", "log", "surface"]) ground.paint(makeScene(heights, { section: null, look }));
  assert.deepEqual([calls(), grid.pixels, canvas.hidden], [[], undefined, true]);
  ground.paint(makeScene(heights, { section: null, look: "sharpness" }));
  assert.ok(calls().length > 0);
  assert.equal(canvas.hidden, false);
});
