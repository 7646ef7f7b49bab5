import assert from "node:assert/strict";
import { test } from "node:test";
import { Alignment, inSets, lengths, membership } from "../../assets/js/stage/panels/alignment.mjs";

const close = (found, wanted, tolerance = 1e-6) => {
  assert.equal(found.length, wanted.length);
  found.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) <= tolerance, `${found} is not ${wanted}`));
};

// Rows of [eigenvalues, parts of x̃ along their directions], the largest first.
function partOf(rows, more = {}) {
  const flat = (k) => Float32Array.from(rows.flatMap((row) => row[k]));
  const codim = rows[0][0].length;
  const step = Float32Array.from(rows, (_, row) => row);
  const columns = { step, spectrum: flat(0), components: flat(1), ...more };
  return {
    rows: rows.length,
    last: rows.length - 1,
    eta: 0.5,
    columns,
    widths: { step: 1, spectrum: codim, components: codim },
  };
}

// In codimension 2: inside all sets; in none; in the disc alone, on its rim; in the strip alone.
const TWO = [
  [
    [4, 1],
    [2, -0.5],
  ],
  [
    [4, 2],
    [-3, 3],
  ],
  [
    [5, 2],
    [-3, -4],
  ],
  [
    [2, 1],
    [3, 0.75],
  ],
];
// In codimension 3: outside I₃ alone; inside all; with nothing along v₂; outside I₂ and I₃.
const THREE = [
  [
    [6, 3, 1],
    [2, -1, 2],
  ],
  [
    [6, 3, 1],
    [-2, 1, -0.5],
  ],
  [
    [4, 2, 1],
    [-1, 0, 2],
  ],
  [
    [9, 4, 2],
    [0, -3, 4],
  ],
];

test("the lengths are those of what lies beyond the first directions", () => {
  const two = TWO.map((_, row) => lengths(partOf(TWO), row));
  close(two[0], [Math.sqrt(4.25), 0.5]);
  close(two[1], [Math.sqrt(18), 3]);
  close(two[2], [5, 4]);
  const three = THREE.map((_, row) => lengths(partOf(THREE), row));
  close(three[0], [3, Math.sqrt(5), 2]);
  close(three[2], [Math.sqrt(5), 2, 2]);
  close(three[3], [5, 5, 4]);
});

test("in the picture of the sets the part along v₁ is upright, the others lie across, in units of λ₁", () => {
  const places = TWO.map((_, row) => inSets(partOf(TWO), row));
  close(places[0], [-0.5 / 4, 0.5]);
  close(places[1], [0.75, -0.75]);
  close(places[2], [-0.8, -0.6]);
  close(places[3], [0.375, 1.5]);
});

test("in more directions all but v₁ lie across, on the side of the one along v₂", () => {
  const places = THREE.map((_, row) => inSets(partOf(THREE), row));
  close(places[0], [-Math.sqrt(5) / 6, 1 / 3]);
  close(places[1], [Math.sqrt(1.25) / 6, -1 / 3]);
  close(places[2], [0.5, -0.25]);
  close(places[3], [-5 / 9, 0]);
});

test("so far from the centre as x̃ is long", () => {
  for (const [rows, part] of [
    [TWO, partOf(TWO)],
    [THREE, partOf(THREE)],
  ]) {
    rows.forEach(([[unit]], row) => close([Math.hypot(...inSets(part, row))], [lengths(part, row)[0] / unit]));
  }
});

test("membership names the sets that x̃ is not yet in", () => {
  const told = (rows) => rows.map((_, row) => membership(partOf(rows), row));
  assert.deepEqual(told(TWO), ["in all of I₁ … I₂", "not yet in I₁, I₂", "not yet in I₂", "not yet in I₁"]);
  assert.deepEqual(told(THREE), ["not yet in I₃", "in all of I₁ … I₃", "not yet in I₃", "not yet in I₂, I₃"]);
});

test("membership names three sets at most", () => {
  const ones = Array(12).fill(1);
  const outside = ones.map((_, j) => (j === 11 ? 2 : 0));
  const inside = ones.map(() => 0.25);
  const told = [outside, inside].map((parts) => membership(partOf([[ones, parts]]), 0));
  assert.deepEqual(told, ["not yet in I₁, I₂, I₃ …", "in all of I₁ … I₁₂"]);
  assert.equal(
    membership(
      partOf([
        [
          [1, 1, 1],
          [0, 0, 2],
        ],
      ]),
      0,
    ),
    "not yet in I₁, I₂, I₃",
  );
});

// ---- the panel ----

// 500 × 222 pixels: the sets fill a square of 200 from (8, 22), 2.6 wide; the plots lie from 260 to 486.
const panel = Object.assign(Object.create(Alignment.prototype), { past: { size: [500, 222] } });
const UNIT = 200 / 2.6;

function makeScene(change = {}) {
  const run = partOf(TWO, { alignment: Float32Array.of(1.2, 0.2, 0.02, 0.3) });
  return { result: { runs: [run] }, focus: 0, steps: [3], strobe: "all", clock: "step", axis: "linear", ...change };
}

test("in each of its plots the pointer finds the nearest iterate so far", () => {
  const at = (scene, x, y) => {
    const found = panel.probe(scene, x, y);
    return found && [found.row, found.x, found.y];
  };
  const scene = makeScene();
  const [run] = scene.result.runs;
  const angle = 100 - (78 * (Math.log10(0.02) + 2)) / (Math.log10(Math.PI / 2) + 2);
  const places = [
    [0, 108 - 0.125 * UNIT, 122 - 0.5 * UNIT],
    [1, 108 + 0.75 * UNIT, 122 + 0.75 * UNIT], // among the sets
    [2, 260 + (226 * 2) / 3, angle], // the angle
    [2, 260 + (226 * 2) / 3, 200 - 78 * 0.6],
    [3, 486, 122], // the part along v₁, no more than 1
  ];
  for (const [row, x, y] of places) close(at(scene, x - 4, y + (y < 150 ? 4 : -4)), [row, x, y], 1e-3);
  assert.equal(panel.probe(scene, places[0][1], places[0][2]).part, run);
  const later = places.at(-1);
  assert.equal(at(makeScene({ steps: [2] }), later[1], later[2]), null);
});

test("the pointer finds nothing beside a plot, however near it is", () => {
  const run = partOf(
    [
      [
        [2, 1],
        [1, 2.4],
      ],
    ],
    { alignment: Float32Array.of(0.011) },
  );
  const scene = makeScene({ result: { runs: [run] }, steps: [0] });
  const found = (x, y) => panel.probe(scene, x, y) !== null;
  // At (200.3, 83.5) among the sets, and at (260, 98.5) for its angle.
  assert.deepEqual(
    [
      [206, 83],
      [215, 83],
      [262, 99],
      [258, 99],
      [262, 105],
    ].map(([x, y]) => found(x, y)),
    [true, false, true, false, false],
  );
  const { part } = panel.framesFor(scene, run);
  assert.deepEqual([part.top, part.bottom], [122, 200]);
});

test("in a panel higher than wide the sets take its height, in the scale of its width", () => {
  const tall = Object.assign(Object.create(Alignment.prototype), { past: { size: [500, 400] } });
  const scene = makeScene();
  const { sets } = tall.framesFor(scene, scene.result.runs[0]);
  close([sets.top, sets.bottom, sets.y(0), sets.right - sets.left], [22, 400, 211, 230]);
  close([sets.x(1) - sets.x(0), sets.y(0) - sets.y(1)], [230 / 2.6, 230 / 2.6]);
});

test("the pointer finds only what the strobe shows, midpoints in their place", () => {
  const find = (strobe, u, v) => panel.probe(makeScene({ strobe }), 108 + u * UNIT, 122 - v * UNIT);
  assert.deepEqual(
    ["all", "odd", "even"].map((strobe) => (find(strobe, 0.75, -0.75) || {}).row),
    [1, 1, undefined],
  );
  const middle = find("midpoints", (0.75 - 0.8) / 2, (-0.75 - 0.6) / 2);
  assert.deepEqual([middle.row, middle.distance < 1e-3], [2, true]);
});

test("time runs on the clock, linear or in logarithms from the first step on", () => {
  const frame = (change) => panel.framesFor(makeScene(change), makeScene().result.runs[0]).part;
  close([0, 1.5, 3].map(frame({}).x), [260, 373, 486]);
  close([0, 0.375, 0.75].map(frame({ clock: "tau" }).x), [260, 373, 486]);
  close([0, 0.5, Math.sqrt(0.75), 1.5].map(frame({ clock: "eta", axis: "log" }).x), [260, 260, 373, 486]);
});

test("the axis of the angle ends with a right angle, and begins with the power below the least", () => {
  const axis = (...angles) => {
    const run = partOf(TWO.slice(0, angles.length), { alignment: Float32Array.from(angles) });
    return panel.framesFor(makeScene(), run).angle;
  };
  const plain = axis(1.2, 0.02, 0, NaN);
  close([Math.PI / 2, 0.01, 0].map(plain.y), [22, 100, 100]);
  assert.deepEqual(
    plain.ticks.map(({ text }) => text),
    ["1", "0.1", "0.01"],
  );
  const deep = axis(1.2, 2e-9);
  close([2e-9].map(deep.y), [100 - (78 * (Math.log10(2e-9) + 9)) / (Math.log10(Math.PI / 2) + 9)], 1e-4);
  assert.deepEqual(
    deep.ticks.map(({ value, text }) => [Math.round(Math.log10(value)), text]),
    [
      [0, "1"],
      [-3, "0.001"],
      [-6, "10⁻⁶"],
      [-9, "10⁻⁹"],
    ],
  );
});
