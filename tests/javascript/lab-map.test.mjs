import assert from "node:assert/strict";
import { test } from "node:test";
import { Cells, columnOf } from "../../assets/js/lab/cells.mjs";
import * as fates from "../../assets/js/lab/fates.mjs";
import * as map from "../../assets/js/lab/map.mjs";
import * as orbit from "../../assets/js/lab/orbit.mjs";
import { planeRanges } from "../../assets/js/lab/path.mjs";

const close = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

// ---- pixels of the map ----

const INKS = ["#ffffff", ..."1234567".split("").map((n) => `#${n}00000`), "#102030"];
const SCALE = [
  [0, 0, 0],
  [250, 0, 0],
];

function scene(more) {
  const cells = new Cells({ rows: 3, columns: 2, etas: [], starts: [], positions: [], fates: [] })
    .with({ row: 0, outcome: [4, 8], sharpness: [1, NaN], period: [2, 0], steps: [9, 9] })
    .with({ row: 2, outcome: [2, 2], sharpness: [10, 100], period: [0, 0], steps: [9, 9] });
  return { cells, colour: "fate", fateInks: INKS, inks: { line: "#0000ff", scale: SCALE }, only: null, ...more };
}

function pixels(more) {
  const into = new Uint32Array(6);
  map.pixels(scene(more), into);
  return [...into].map((value) => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24]);
}

test("a pixel has the ink of its cell's fate: η to the right, the last position above", () => {
  const [topLeft, , topRight, bottomLeft] = pixels();
  assert.deepEqual(topLeft, [0x10, 0x20, 0x30, 255]);
  assert.deepEqual(bottomLeft, [0x40, 0, 0, 255]);
  assert.deepEqual(topRight, [0x20, 0, 0, 255]);
});

test("a cell that was not computed shows its neighbour, faint", () => {
  const [, top] = pixels();
  assert.deepEqual(top.slice(0, 3), [0x10, 0x20, 0x30]);
  assert.equal(top[3], Math.round(255 * map.GUESSED));
});

test("with one fate picked out the others fade", () => {
  const [topLeft, , topRight] = pixels({ only: 8 });
  assert.equal(topLeft[3], 255);
  assert.ok(topRight[3] < 60);
});

test("by sharpness the flattest and the sharpest cell have the ends of the scale", () => {
  const [topLeft, , topRight, bottomLeft, , bottomRight] = pixels({ colour: "sharpness" });
  assert.deepEqual(bottomLeft.slice(0, 3), SCALE[0]);
  assert.deepEqual(topRight.slice(0, 3), SCALE[1]);
  assert.deepEqual(bottomRight.slice(0, 3), [125, 0, 0], "10 is midway between 1 and 100");
  assert.deepEqual(topLeft.slice(0, 3), [0, 0, 255], "no sharpness, no colour of the scale");
});

test("the scale of sharpness leaves out its tails and what is not known", () => {
  const values = [NaN, Infinity, 1e-30, ...Array.from({ length: 400 }, (_, k) => 1 + k / 400)];
  const found = fates.sharpnessScale(values);
  assert.ok(found.low >= 1 && found.high <= 2);
  close(found.share(Math.sqrt(found.low * found.high)), 0.5);
  assert.equal(fates.sharpnessScale([NaN, 0]), null);
});

test("the slice is the middle of a column, and a pixel finds it again", () => {
  const box = { top: 10, height: 200 };
  assert.equal(map.sliceAt(0, box, 100), 209);
  assert.equal(map.sliceAt(1, box, 100), 11);
  for (const column of [0, 37, 99]) {
    const share = column / 99;
    assert.equal(columnOf(share, 100), column);
    close(map.sliceOf(map.sliceAt(share, box, 100), box, 100), share);
  }
  assert.equal(map.sliceOf(-50, box, 100), 1);
  assert.equal(map.sliceOf(999, box, 100), 0);
});

// ---- orbits ----

function orbitBuffer(head, values) {
  let text = JSON.stringify(head);
  while ((8 + text.length) % 4) text += " ";
  const bytes = new Uint8Array(8 + text.length + 4 * values.length);
  bytes.set(new TextEncoder().encode("EDGW"));
  new DataView(bytes.buffer).setUint32(4, text.length, true);
  bytes.set(new TextEncoder().encode(text), 8);
  new Float32Array(bytes.buffer, 8 + text.length).set(values);
  return bytes.buffer;
}

test("an orbit has its columns in the order of the file", () => {
  const head = { etas: [0.1, 0.2], keep: 3, step: 98 };
  const found = orbit.decodeOrbit(orbitBuffer(head, [1, -1, 1, 2, -2, 2, 10, 11, 12, 13, 14, 15, 7, 8, 0.5, -1, 4, 8]));
  assert.deepEqual([...found.offset], [1, -1, 1, 2, -2, 2]);
  assert.deepEqual([...found.loss], [10, 11, 12, 13, 14, 15]);
  assert.deepEqual([...found.sharpness], [7, 8]);
  assert.deepEqual([...found.exponent], [0.5, -1]);
  assert.deepEqual([...found.fate], [4, 8]);
  assert.deepEqual(
    [0, 1, 2].map((k) => orbit.stepOf(found, k)),
    [98, 99, 100],
  );
  assert.equal(orbit.valueAt(found, "offset", 1, 1), -2);
  close(orbit.valueAt(found, "scaled", 1, 1), -10);
});

test("the axis of exponents holds the border of chaos and leaves out the deepest few", () => {
  const exponent = Float32Array.from({ length: 1000 }, (_, k) => (k === 0 ? -1e3 : k === 1 ? NaN : -1 + k / 1000));
  const { range } = orbit.rangeFor({ exponent }, "exponent");
  assert.ok(range[0] > -1.2 && range[0] < -0.9, range[0]);
  assert.ok(range[1] > 0.1 && range[1] < 0.3, range[1]);
});

test("the axis of offsets is even about the valley, whatever a few iterates do", () => {
  const offset = Float32Array.from({ length: 1000 }, (_, k) => (k === 0 ? 1e9 : k % 2 ? 1 : -1));
  const { range } = orbit.rangeFor({ etas: [1], keep: 1000, offset }, "offset");
  close(range[0], -range[1]);
  assert.ok(range[1] > 1 && range[1] < 2);
});

// ---- paths ----

test("the plane shows all iterates, but not those that leave for good", () => {
  const x = Float32Array.from([1, 1, -1, 0.5, 1e9, -1e9]);
  const [[left, right], [bottom, top]] = planeRanges({ columns: { x }, rows: 3 }, [
    [-2, 2],
    [-2, 2],
  ]);
  assert.ok(left < -1 && right > 1 && right < 5);
  assert.ok(bottom < 0.5 && top > 1 && top < 5);
});

test("a run that hardly moves is not shown through a microscope", () => {
  const x = Float32Array.from([1, 1, 1, 1]);
  const [[left, right]] = planeRanges({ columns: { x }, rows: 2 }, [
    [-2, 2],
    [-2, 2],
  ]);
  assert.ok(right - left >= 0.3);
});
