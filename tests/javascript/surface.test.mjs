import assert from "node:assert/strict";
import { test } from "node:test";
import { Surface } from "../../assets/js/stage/panels/surface.mjs";
import * as solid from "../../assets/js/stage/solid.mjs";

const { HEIGHT } = solid;
const panel = Object.assign(Object.create(Surface.prototype), {
  past: { size: [300, 200] },
  angles: { yaw: 32, pitch: 34, zoom: 1 },
  name: "landscape",
});

const close = (found, wanted) =>
  wanted.forEach((value, k) => {
    assert.ok(
      Number.isNaN(value) ? Number.isNaN(found[k]) : Math.abs(found[k] - value) < 1e-3,
      `${found} is not ${wanted}`,
    );
  });
const part = (width, points, more = {}) => ({
  rows: points.length,
  last: points.length - 1,
  rule: "ngd",
  widths: { x: width, flow: width },
  columns: { step: Float32Array.from(points, (_, row) => row), x: Float32Array.from(points.flat()), ...more },
});

function makeScene(d, run, change) {
  const settings = {
    view: [
      [0, 1],
      [0, 2],
      [-0.5, 1.5],
    ].slice(0, d),
    variables: ["x", "y", "z"].slice(0, d),
  };
  const inks = {
    scale: [
      [0, 0, 0],
      [255, 255, 255],
    ],
    heights: [
      [0, 0, 0],
      [255, 255, 255],
    ],
  };
  return {
    d,
    look: "surface",
    strobe: "all",
    result: { runs: [run], settings },
    inks,
    steps: [run.last],
    sheet: null,
    ...change,
  };
}

// The middle of the box, its corners at the floor and the top, and what lies outside of it.
const POINTS = [
  [0.5, 1, 0.5],
  [0, 0, -0.5],
  [1, 2, 1.5],
  [1, 0, 0.5],
  [0.5, 1, 1.6],
  [0.5, 1, -0.6],
];
const IN_BOX = [[0, 0, HEIGHT / 2], [-1, -1, 0], [1, 1, HEIGHT], [1, -1, HEIGHT / 2], null, null];

test("in space points are painted where they stand in the box, and Γ too where the box ends", () => {
  const run = part(3, POINTS, { flow: Float32Array.from(POINTS.flat()) });
  const frame = panel.frameFor(makeScene(3, run));
  const [place, floor] = [panel.place(run, frame), panel.floor(run, "flow", frame)];
  POINTS.forEach((_, row) => {
    const wanted = IN_BOX[row] ? solid.project(frame.view, ...IN_BOX[row]) : [NaN, NaN];
    close(place(row), wanted);
    if (IN_BOX[row]) close(floor(row), wanted);
  });
});

test("on a surface iterates are painted at √L over the top of the box, Γ on its floor", () => {
  const points = [
    [0.5, 1],
    [1, 0],
    [0, 2],
    [1.1, 1],
  ];
  const run = part(2, points, { loss: Float32Array.of(4, 1, 0, 1), flow: Float32Array.from(points.flat()) });
  const heights = {
    view: [
      [0, 1],
      [0, 2],
    ],
    rows: 2,
    columns: 2,
    root: Float32Array.of(0, 4, 4, 4),
  };
  const frame = panel.frameFor(makeScene(2, run, { heights }));
  assert.equal(frame.grid.top, 4);
  const wanted = [
    [0, 0, HEIGHT / 2],
    [1, -1, HEIGHT / 4],
    [-1, 1, 0],
  ].map((point) => solid.project(frame.view, ...point));
  [...wanted, [NaN, NaN]].forEach((point, row) => close(panel.place(run, frame)(row), point));
  [
    [0, 0, 0],
    [1, -1, 0],
    [-1, 1, 0],
  ].forEach((point, row) => {
    close(panel.floor(run, "flow", frame)(row), solid.project(frame.view, ...point));
  });
});

test("there is no frame before the surface has its heights, in space there is", () => {
  const run = part(3, POINTS);
  assert.equal(panel.frameFor(makeScene(2, run, { heights: null })), null);
  assert.deepEqual(
    [panel.frameFor(makeScene(3, run)).width, panel.frameFor(makeScene(3, run)).grid.heights],
    [300, null],
  );
});

test("in space the pointer finds the nearest iterate that the strobe shows", () => {
  const run = part(3, POINTS);
  const { view } = panel.frameFor(makeScene(3, run));
  const [x, y] = solid.project(view, ...IN_BOX[3]);
  const found = (strobe, steps = [5]) => panel.probe(makeScene(3, run, { strobe, steps }), x + 5, y - 5);
  assert.deepEqual([found("all").row, found("odd").row, found("even"), found("all", [2])], [3, 3, null, null]);
});
