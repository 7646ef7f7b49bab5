import assert from "node:assert/strict";
import { test } from "node:test";
import { Cells, axesOf, placesOf } from "../../assets/js/lab/cells.mjs";

const FATES = [
  { value: 0, name: "unknown" },
  { value: 4, name: "edge" },
  { value: 8, name: "diverges" },
];
const AXES = [
  { name: "eta", symbol: "η", values: [] },
  { name: "start", symbol: "start", values: [] },
];
const head = (more) => ({
  axes: AXES,
  rows: 5,
  columns: 3,
  etas: [0.01, 0.1, 1, 10, 100],
  starts: [
    [1, 0.3],
    [2, 0.3],
    [3, 0.3],
  ],
  positions: [0, 1, 2],
  fates: FATES,
  settings: { along: "line" },
  ...more,
});
const record = (row, ...outcome) => ({
  row,
  outcome,
  sharpness: outcome.map((value) => value / 2),
  period: outcome.map(() => 2),
  steps: outcome.map(() => 50),
});

function filled(...records) {
  return records.reduce((cells, one) => cells.with(one), new Cells(head()));
}

test("a cell says what is known of it", () => {
  const cells = filled(record(3, 4, 8, 4));
  const { eta, start, known, fate, sharpness, period, steps } = cells.at(3, 1);
  assert.deepEqual(
    { eta, start, known, fate, sharpness, period, steps },
    { eta: 10, start: [2, 0.3], known: true, fate: FATES[2], sharpness: 4, period: 2, steps: 50 },
  );
  assert.equal(cells.at(2, 1).known, false);
  assert.equal(cells.at(2, 1).fate.name, "unknown");
});

test("shares are of the cells that are done", () => {
  const cells = filled(record(0, 4, 4, 8), record(4, 4, 8, 8));
  assert.deepEqual(Object.fromEntries(cells.shares()), { 4: 0.5, 8: 0.5 });
  assert.equal(cells.share, 2 / 5);
});

test("a row that comes twice counts once", () => {
  const cells = filled(record(0, 4, 4, 8), record(0, 4, 4, 4));
  assert.equal(cells.count, 1);
  assert.deepEqual(Object.fromEntries(cells.shares()), { 4: 1 });
});

test("a table with one more row leaves the one before as it was", () => {
  const before = filled(record(0, 4, 4, 8));
  const after = before.with(record(1, 8, 8, 8));
  assert.deepEqual([before.count, after.count], [1, 2]);
  assert.deepEqual([...before.outcome.slice(0, 6)], [4, 4, 8, 0, 0, 0]);
  assert.deepEqual([...after.outcome.slice(0, 6)], [4, 4, 8, 8, 8, 8]);
  assert.deepEqual(
    [before, after].map((cells) => cells.at(0, 2).sharpness),
    [4, 4],
  );
  assert.deepEqual(
    [before, after].map((cells) => cells.at(1, 0).known),
    [false, true],
  );
});

test("a row that is not done shows the nearest that is", () => {
  assert.deepEqual([...filled().nearestDone()], [-1, -1, -1, -1, -1]);
  assert.deepEqual([...filled(record(0, 4, 4, 4), record(4, 8, 8, 8)).nearestDone()], [0, 0, 0, 4, 4]);
  assert.deepEqual([...filled(record(2, 4, 4, 4)).nearestDone()], [2, 2, 2, 2, 2]);
});

const BOX = { left: 100, top: 50, width: 500, height: 300 };

test("a pixel finds its cell: η to the right, positions upwards", () => {
  const cells = filled();
  assert.deepEqual(cells.find(BOX, 101, 349), { row: 0, column: 0 });
  assert.deepEqual(cells.find(BOX, 599, 51), { row: 4, column: 2 });
  assert.deepEqual(cells.find(BOX, 350, 200), { row: 2, column: 1 });
  for (const [x, y] of [
    [99, 200],
    [601, 200],
    [300, 49],
    [300, 351],
  ])
    assert.equal(cells.find(BOX, x, y), null);
});

test("keys move from cell to cell and stop at the sides", () => {
  const cells = filled();
  const from = { row: 2, column: 1 };
  assert.deepEqual(cells.move(from, "ArrowRight"), { row: 3, column: 1 });
  assert.deepEqual(cells.move(from, "ArrowUp"), { row: 2, column: 2 });
  assert.deepEqual(cells.move(from, "ArrowDown", true), { row: 2, column: 0 });
  assert.deepEqual(cells.move(from, "Home"), { row: 0, column: 1 });
  assert.equal(cells.move(from, "x"), null);
});

test("the axes reach half a cell beyond the outermost middles", () => {
  const { across, up } = axesOf(head());
  assert.ok(Math.abs(across.range[0] - 0.01 / Math.sqrt(10)) < 1e-12);
  assert.ok(Math.abs(across.range[1] - 100 * Math.sqrt(10)) < 1e-9);
  assert.deepEqual(up.range, [0.5, 3.5]);
  assert.deepEqual([across.kind, up.kind], ["log", "linear"]);
});

test("an axis of another number has its symbol, and each cell that number", () => {
  const axes = [{ name: "beta", symbol: "β", values: [0, 0.25, 0.5] }, AXES[0]];
  const one = head({ rows: 3, columns: 5, axes, starts: [[1, 0.3]], positions: [0] });
  const { across, up } = axesOf(one);
  assert.deepEqual([across.title, across.kind, across.range], ["β", "linear", [-0.125, 0.625]]);
  assert.deepEqual([up.title, up.kind], ["step size η", "log"]);
  const { eta, start, own } = new Cells(one).at(2, 3);
  assert.deepEqual([eta, start], [10, [1, 0.3]]);
  assert.deepEqual(own, [{ name: "beta", symbol: "β", value: 0.5 }]);
});

test("the axis of positions is the coordinate that moves", () => {
  const { values, title } = placesOf(head());
  assert.deepEqual(values, [1, 2, 3]);
  assert.equal(title, "start x (y = 0.3)");
});

test("a line that is askew is measured by its length, Γ by its own", () => {
  const askew = placesOf(
    head({
      starts: [
        [0, 0],
        [3, 4],
        [6, 8],
      ],
      positions: [0, 5, 10],
    }),
  );
  assert.deepEqual(askew.values, [0, 5, 10]);
  assert.match(askew.title, /along the line/);
  const along = placesOf(head({ settings: { along: "valley" }, positions: [0, 0.5, 1] }));
  assert.deepEqual(along.values, [0, 0.5, 1]);
  assert.match(along.title, /Γ/);
});

test("five parameters and more are numbered", () => {
  const starts = [0, 1, 2].map((x) => [0, 0, x, 0, 0]);
  assert.equal(placesOf(head({ starts })).title, "start x₃");
  assert.equal(placesOf(head({ starts }), ["a", "b", "c", "d", "e"]).title, "start c");
});
