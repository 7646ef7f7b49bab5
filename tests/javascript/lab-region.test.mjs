import assert from "node:assert/strict";
import { test } from "node:test";
import * as axis from "../../assets/js/axis.mjs";
import * as regions from "../../assets/js/lab/region.mjs";

// A plot of 0 … 10 by 0 … 10 on 100 × 100 pixels, y upwards.
const BOX = axis.frame(
  [100, 100],
  { left: 0, right: 0, top: 0, bottom: 0 },
  { kind: "linear", range: [0, 10] },
  { kind: "linear", range: [0, 10] },
);
const REGION = [2, 6, 1, 5];

test("a hand takes an edge, a corner, the inside, or draws anew", () => {
  const at = (x, y) => regions.takenAt(REGION, BOX, 10 * x, 100 - 10 * y, 5);
  assert.deepEqual([at(2, 3), at(6, 3), at(4, 1), at(4, 5)], ["w", "e", "s", "n"]);
  assert.deepEqual([at(2, 1), at(6, 5), at(2, 5), at(6, 1)], ["sw", "ne", "nw", "se"]);
  assert.deepEqual([at(4, 3), at(9, 9), at(4, 6)], ["inside", "new", "new"]);
});

test("a drag moves what is taken, and a region is never inside out", () => {
  const drag = (taken, to, from = [4, 3]) => regions.dragged(REGION, taken, from, to);
  assert.deepEqual(drag("inside", [5, 1]), [3, 7, -1, 3]);
  assert.deepEqual(drag("e", [8, 9]), [2, 8, 1, 5]);
  assert.deepEqual(drag("nw", [1, 9]), [1, 6, 1, 9]);
  assert.deepEqual(drag("w", [9, 0]), [6, 9, 1, 5], "past the other edge");
  assert.deepEqual(drag("new", [1, 8], [7, 2]), [1, 7, 2, 8]);
});

test("arrow keys move a region by a fortieth of the view, with Shift its upper right corner", () => {
  const view = [
    [0, 40],
    [0, 80],
  ];
  const key = (name, shift = false) => regions.nudged([10, 20, 30, 50], view, name, shift);
  assert.deepEqual(key("ArrowLeft"), [9, 19, 30, 50]);
  assert.deepEqual(key("ArrowUp"), [10, 20, 32, 52]);
  assert.deepEqual(key("ArrowRight", true), [10, 21, 30, 50]);
  assert.deepEqual(key("ArrowDown", true), [10, 20, 30, 48]);
  assert.deepEqual(regions.nudged([10, 11, 30, 50], view, "ArrowLeft", true), [10, 11, 30, 50], "no narrower");
  assert.equal(key("a"), null);
});

test("cells are numbered row by row from the least y", () => {
  const at = (x, y) => regions.cellAt(REGION, 4, [x, y]);
  assert.deepEqual([at(2.1, 1.1), at(5.9, 1.1), at(2.1, 4.9), at(4.5, 2.5)], [0, 3, 12, 6]);
  assert.deepEqual([at(1.9, 3), at(6.1, 3), at(4, 0.9), at(4, 5.1)], [null, null, null, null]);
});

test("keys go from start to start, over what an annulus leaves out, and no further", () => {
  const cells = [0, 1, 2, 3, 5, 6, 7, 8]; // 3 × 3 without the middle
  const go = (k, key) => regions.neighbour(cells, 3, k, key);
  assert.deepEqual([go(0, "ArrowRight"), go(0, "ArrowUp")], [1, 3]);
  assert.equal(go(3, "ArrowRight"), 4, "from 3 to 5");
  assert.equal(go(1, "ArrowUp"), 6, "from 1 to 7");
  assert.deepEqual([go(0, "ArrowLeft"), go(0, "ArrowDown"), go(7, "ArrowUp")], [null, null, null]);
  assert.equal(go(null, "ArrowLeft"), 4);
  assert.equal(go(2, "x"), null);
});
