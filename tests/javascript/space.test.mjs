import assert from "node:assert/strict";
import { test } from "node:test";
import { clipped, isInside, shapeOf } from "../../assets/js/stage/space.mjs";

const near = (found, wanted) =>
  found.forEach((value, i) => {
    const same = Number.isNaN(wanted[i]) ? Number.isNaN(value) : Math.abs(value - wanted[i]) < 1e-5;
    assert.ok(same, `${[...found]} is not ${wanted}`);
  });
const INKS = {
  heights: [
    [1, 2, 3],
    [4, 5, 6],
  ],
  scale: [
    [7, 8, 9],
    [10, 11, 12],
  ],
};
const runFrom = (loss) => ({ columns: { loss: Float32Array.of(loss, 0) } });

// ---- a surface over the plane ----

const surface = shapeOf(2);

// Heights 0 … 20, the last one in the middle of the grid.
function makePlane(losses, change = {}) {
  const root = Float32Array.from({ length: 21 }, (_, k) => (k === 10 ? 20 : k === 20 ? 10 : k));
  const heights = {
    view: [
      [-1, 3],
      [2, 4],
    ],
    rows: 3,
    columns: 7,
    root,
  };
  const result = { runs: losses.map(runFrom), settings: { variables: ["x", "y"] } };
  return { heights, result, inks: INKS, ...change };
}

test("a surface fills the box of its view with √L, in the colours of heights", () => {
  const scene = makePlane([4]);
  const { x, y, low, rows, columns, heights, tints, colours, names } = surface.grid(scene);
  assert.deepEqual([x, y, low, rows, columns, names], [[-1, 3], [2, 4], 0, 3, 7, ["x", "y", "√L"]]);
  assert.equal(heights, scene.heights.root);
  assert.deepEqual([tints, colours], [undefined, INKS.heights]);
  assert.equal(surface.grid(makePlane([4], { heights: null })), null);
});

test("a surface ends where nine in ten of it lie below, or a little above the highest start, or with its summit", () => {
  const top = (...losses) => surface.grid(makePlane(losses)).top;
  assert.equal(top(4), 18);
  assert.equal(top(17 ** 2, 1), 1.1 * 17);
  assert.equal(top(1, 17 ** 2), 1.1 * 17);
  assert.equal(top(19 ** 2), 20);
  // In the middle of a ring there is no L.
  const ring = makePlane([4]);
  ring.heights.root[0] = NaN;
  assert.equal(surface.grid(ring).top, 18);
});

test("on a surface an iterate stands at √L above its point, and Γ lies on the floor", () => {
  const columns = {
    x: Float32Array.of(1, 2, -3, 4),
    loss: Float32Array.of(9, 0.25),
    flow: Float32Array.of(5, -6, 7, 8),
  };
  assert.deepEqual([0, 1].map(surface.point({ columns })), [
    [1, 2, 3],
    [-3, 4, 0.5],
  ]);
  assert.deepEqual([0, 1].map(surface.floor(columns.flow)), [
    [5, -6, 0],
    [7, 8, 0],
  ]);
});

// ---- space itself ----

const space = shapeOf(3);

function makeSpace(change = {}) {
  const sheet = {
    view: [
      [0, 1],
      [0, 2],
    ],
    rows: 2,
    columns: 3,
    root: Float32Array.of(-0.5, 0, 0.5, 1, -0.51, NaN),
    sharpness: Float32Array.of(2, 4, 8, 16, 32, 1),
  };
  const settings = {
    view: [
      [0, 1],
      [0, 2],
      [-0.5, 1.5],
    ],
    variables: ["x", "y", "z"],
  };
  return { sheet, valley: { sharpness_range: [2, 32] }, result: { runs: [], settings }, inks: INKS, ...change };
}

test("what lies on a surface stands at its height, between the points of the grid too, and nowhere beside it", () => {
  const grid = surface.grid(makePlane([4]));
  const on = (...points) => points.map((_, row) => surface.onto(grid, Float32Array.from(points.flat()))(row));
  const found = on([-1, 2], [3, 2], [3, 4], [-1 + 4 / 6, 2.5], [-1.1, 3], [0, 4.1]);
  near(
    found.map(([, , z]) => z),
    [0, 6, 10, 4.5, NaN, NaN],
  );
  assert.deepEqual(
    found[3].slice(0, 2).map((value) => Number(value.toFixed(5))),
    [-0.33333, 2.5],
  );
  const place = shapeOf(3).onto(null, Float32Array.of(0, 0, 0, 1, 2, 3));
  assert.deepEqual(place(1), [1, 2, 3]);
});

test("space has Γ as a sheet, raised from the floor of the box, with no sheet below it", () => {
  const { x, y, low, top, rows, columns, heights, names } = space.grid(makeSpace());
  assert.deepEqual([x, y, low, top, rows, columns, names], [[0, 1], [0, 2], -0.5, 2, 2, 3, ["x", "y", "z"]]);
  near(heights, [0, 0.5, 1, 1.5, NaN, NaN]);
});

test("the sheet has the colours of sharpness, even in log λ₁ over the range of Γ", () => {
  const { tints, colours } = space.grid(makeSpace());
  assert.equal(colours, INKS.scale);
  near(tints, [0, 0.25, 0.5, 0.75, 1, -0.25]);
  near(space.grid(makeSpace({ valley: { sharpness_range: [4, 4] } })).tints, [0, 0, 0, 0, 0, 0]);
});

test("what is made of a sheet is made anew only for another range", () => {
  const scene = makeSpace();
  const grid = () => space.grid(scene);
  const [first, again] = [grid(), grid()];
  assert.equal(again.heights, first.heights);
  assert.equal(again.tints, first.tints);
  scene.valley = { sharpness_range: [2, 512] };
  assert.equal(grid().heights, first.heights);
  near(grid().tints, [0, 0.125, 0.25, 0.375, 0.5, -0.125]);
  const other = makeSpace();
  other.sheet.root.fill(0.25);
  near(space.grid(other).heights, [0.75, 0.75, 0.75, 0.75, 0.75, 0.75]);
});

test("the box is there before what fills it, or without", () => {
  for (const change of [{ sheet: null }, { valley: null }]) {
    const { x, y, low, top, heights, tints } = space.grid(makeSpace(change));
    assert.deepEqual([x, y, low, top, heights, tints], [[0, 1], [0, 2], -0.5, 2, null, undefined]);
  }
});

test("in space an iterate stands at its own point, and Γ does", () => {
  const columns = {
    x: Float32Array.of(1, 2, 3, -4, 5, -6),
    loss: Float32Array.of(9, 9),
    flow: Float32Array.of(6, 5, 4, 3, 2, 1),
  };
  assert.deepEqual([0, 1].map(space.point({ columns })), [
    [1, 2, 3],
    [-4, 5, -6],
  ]);
  assert.deepEqual([0, 1].map(space.floor(columns.flow)), [
    [6, 5, 4],
    [3, 2, 1],
  ]);
});

test("the box holds its faces and what is between them", () => {
  const box = { x: [-1, 1], y: [0, 4], low: -0.5, top: 2 };
  for (const point of [
    [0, 2, 0],
    [-1, 0, -0.5],
    [1, 4, 1.5],
    [1, 0, 1],
  ])
    assert.ok(isInside(box, point), `${point}`);
  const outside = [
    [-1.1, 2, 0],
    [1.1, 2, 0],
    [0, -0.1, 0],
    [0, 4.1, 0],
    [0, 2, -0.6],
    [0, 2, 1.6],
    [NaN, 2, 0],
    [0, 2, NaN],
  ];
  for (const point of outside) assert.ok(!isInside(box, point), `${point}`);
});

test("a line is cut where it leaves the box, and is none where it does not come in", () => {
  const box = { x: [-1, 1], y: [0, 4], low: -0.5, top: 2 };
  for (const [from, to, ends] of [
    [
      [0, 1, 0],
      [0.5, 2, 1],
      [
        [0, 1, 0],
        [0.5, 2, 1],
      ],
    ],
    [
      [0, 1, 0],
      [2, 3, 0],
      [
        [0, 1, 0],
        [1, 2, 0],
      ],
    ],
    [
      [-3, 2, 0.5],
      [3, 2, 0.5],
      [
        [-1, 2, 0.5],
        [1, 2, 0.5],
      ],
    ],
    [
      [0, 4, -1.5],
      [0, 4, 2.5],
      [
        [0, 4, -0.5],
        [0, 4, 1.5],
      ],
    ],
    [[0, 5, 0], [0.5, 6, 0], null],
    [[0, 4.1, 0], [0.5, 4.1, 0], null],
    [[0, NaN, 0], [0.5, 1, 0], null],
  ]) {
    const found = clipped(box, from, to);
    if (!ends) assert.equal(found, null, `${from}`);
    else found.flat().forEach((value, k) => assert.ok(Math.abs(value - ends.flat()[k]) < 1e-12, `${from} ${found}`));
  }
});
