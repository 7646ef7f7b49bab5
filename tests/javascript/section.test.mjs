import assert from "node:assert/strict";
import { test } from "node:test";
import { coordinates, moved } from "../../assets/js/stage/section.mjs";

const close = (found, wanted, tolerance = 1e-6) => {
  assert.equal(found.length, wanted.length);
  found.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) <= tolerance, `${found} is not ${wanted}`));
};

// Two directions square to each other, neither along an axis.
const SECTION = { origin: 5, center: [1, 0, 0, 2], along: [0, 0.6, 0.8, 0], across: [0.8, 0, 0, -0.6] };
const dot = (u, v) => u.reduce((sum, value, i) => sum + value * v[i], 0);

test("of two parameters the coordinates are the parameters", () => {
  const column = Float32Array.of(1.5, -2, 0, 3, -4, 0.25);
  for (const none of [null, undefined]) {
    assert.deepEqual([0, 1, 2].map(coordinates(none, column)), [
      [1.5, -2],
      [0, 3],
      [-4, 0.25],
    ]);
  }
});

test("in four dimensions the coordinates are lengths along the two directions, the first one from the origin", () => {
  // Away from the centre: nothing, (1, 5, −1, 1), (−3, 1, 2, −4).
  const column = Float32Array.of(1, 0, 0, 2, 2, 5, -1, 3, -2, 1, 2, -2);
  const at = coordinates(SECTION, column);
  close(at(0), [5, 0]);
  close(at(1), [5 + 3 - 0.8, 0.8 - 0.6]);
  close(at(2), [5 + 0.6 + 1.6, -2.4 + 2.4]);
  close(coordinates({ ...SECTION, origin: -1 }, column)(1), [-1 + 3 - 0.8, 0.2]);
});

test("a plain array is read like a column", () => {
  close(coordinates(SECTION, [2, 5, -1, 3])(0), [7.2, 0.2], 1e-12);
});

test("a point of two parameters is moved to the coordinates themselves", () => {
  assert.deepEqual(moved(null, [7, 8], 1.5, -2), [1.5, -2]);
});

test("a point of more is moved to the coordinates, by hand", () => {
  // From (7.2, 0.2): 0.8 along and 1 across.
  close(moved(SECTION, [2, 5, -1, 3], 8, 1.2), [2 + 0.8, 5 + 0.48, -1 + 0.64, 3 - 0.6], 1e-12);
  close(moved(SECTION, [2, 5, -1, 3], 7.2, 0.2), [2, 5, -1, 3], 1e-12);
});

test("a point that is moved keeps its place off the plane", () => {
  const point = [2, 5, -1, 3];
  const off = [
    [0, 0.8, -0.6, 0],
    [0.6, 0, 0, 0.8],
  ]; // what is square to the plane
  for (const [a, b] of [
    [0, 0],
    [9, -3],
    [-1e3, 1e-3],
  ]) {
    const there = moved(SECTION, point, a, b);
    close(coordinates(SECTION, there)(0), [a, b], 1e-9);
    close(
      off.map((way) => dot(way, there)),
      off.map((way) => dot(way, point)),
      1e-9,
    );
  }
  assert.deepEqual(point, [2, 5, -1, 3]);
});
