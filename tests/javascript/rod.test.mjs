import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeRod } from "../../assets/js/binary.mjs";
import { Along } from "../../assets/js/stage/panels/along.mjs";
import { Across } from "../../assets/js/stage/panels/across.mjs";
import { viewOf } from "../../assets/js/stage/panels/gap.mjs";
import {
  beadsAt,
  isLost,
  isShut,
  paintRod,
  paintShut,
  rodAt,
  rodWords,
  showsFlow,
  shutAbove,
} from "../../assets/js/stage/rod.mjs";
import { svgSheet } from "../../assets/js/svgpen.mjs";

const INKS = { card: "card", rod: "rod", soft: "soft", line: "line", theory: "theory", ink: "ink" };

// From step 10 on, its middle goes along (t, 2), it is 1 long at first and grows by ½ a step; rows 2 steps apart.
const ROD = {
  ...{ first: 10, lost: 15, rows: 3 },
  columns: {
    step: Float32Array.from([10, 12, 14]),
    rod: Float32Array.from([10, 2, 12, 2, 14, 2]),
    rod_reach: Float32Array.from([0, 1, 0, 2, 0, 3]),
    rod_sharpness: Float32Array.from([5, 6, 7]),
    rod_gap: Float32Array.from([0.1, 0.2, NaN]),
  },
  widths: { step: 1, rod: 2, rod_reach: 2, rod_sharpness: 1, rod_gap: 1 },
};
const NONE = { ...ROD, first: null, lost: null, rows: 0 };

test("between two rows the rod is between what it is at them, and elsewhere there is none", () => {
  const at = (step) => rodAt(ROD, step);
  assert.deepEqual([at(10).centre, at(10).reach, at(10).sharpness], [[10, 2], [0, 1], 5]);
  assert.deepEqual([at(11).centre, at(11).reach, at(11).sharpness], [[11, 2], [0, 1.5], 5.5]);
  assert.deepEqual(
    [at(13).centre, at(14).reach],
    [
      [13, 2],
      [0, 3],
    ],
  );
  assert.deepEqual([at(9), at(14.5), rodAt(NONE, 10)], [null, null, null]);
});

test("its beads are as far on either side of its middle, that of even steps first", () => {
  const { columns, rows, widths } = beadsAt(ROD, 12);
  assert.deepEqual([Array.from(columns.x), rows, widths.x], [[12, 4, 12, 0], 2, 2]);
  assert.equal(beadsAt(ROD, 9), null);
});

test("it is said where it begins and ends, and that there is none", () => {
  assert.equal(rodWords(ROD, 9), "from step 10 on");
  assert.equal(rodWords(ROD, 12), "");
  assert.equal(rodWords(ROD, 15), "lost the phase at step 15");
  assert.equal(rodWords({ ...ROD, lost: null }, 99), "");
  assert.equal(rodWords(NONE, 12), "none: no hops that grow");
  assert.deepEqual([isLost(ROD, 14), isLost(ROD, 15), isLost(NONE, 15)], [false, true, false]);
});

test("the central flow gives way to the rod alone, other flows do not", () => {
  const [gd, ngd] = [{ central: true }, { central: false }];
  const seen = ["central", "rod", "both"].map((ghost) => [showsFlow({ ghost }, gd), showsFlow({ ghost }, ngd)]);
  assert.deepEqual(seen, [
    [true, true],
    [false, true],
    [true, true],
  ]);
});

test("the rod is a line and a bead at each end", () => {
  const pen = svgSheet([100, 100]).getContext();
  const places = [
    [20, 30],
    [60, 30],
  ];
  paintRod(pen, INKS, (k) => places[k]);
  const shapes = pen.lines.filter((line) => line.startsWith("<path"));
  assert.match(shapes[0], /d="M20 30 L60 30".*stroke="rod"/);
  assert.equal(pen.lines.join().match(/fill="rod"/g).length, 2);
});

const run = (rule, threshold) => ({
  rule,
  rows: 2,
  last: 1,
  columns: { step: Float32Array.from([0, 1]), threshold: Float32Array.from(threshold) },
});
const GAMMA = {
  curves: [{ rows: 4, x: Float32Array.from([0, 0, 10, 0, 20, 0, 30, 0]), sharpness: Float32Array.from([1, 2, 3, 4]) }],
};

test("Γ is shut to GD above the threshold at the playhead of the run in focus, and to no other rule", () => {
  const runs = [run("gd", [4, 4]), run("gd", [8, 2]), run("ngd", [1, 1])];
  const shut = (focus, step) => shutAbove({ result: { runs }, focus, steps: runs.map(() => step) });
  assert.deepEqual([shut(0, 0), shut(1, 0), shut(1, 1), shut(2, 0)], [4, 8, 2, Infinity]);
  assert.deepEqual([isShut(GAMMA, 2.5), isShut(GAMMA, 4), isShut(null, 0)], [true, false, false]);
  const view = (high) => [
    [0, high],
    [-1, 1],
  ];
  assert.deepEqual([isShut(GAMMA, 2.5, view(19)), isShut(GAMMA, 2.5, view(20))], [false, true]);
});

test("of Γ those points are pale that are sharper", () => {
  const pale = (shut) => {
    const pen = svgSheet([100, 100]).getContext();
    paintShut(pen, INKS, GAMMA, shut, 6, (x) => (row) => [x[2 * row], x[2 * row + 1]]);
    return pen.lines.filter((line) => line.startsWith("<path"));
  };
  assert.match(pale(2.5)[0], /d="M20 0 L30 0".*stroke="card" stroke-width="6"/);
  assert.equal(pale(4).length, 0);
});

// Γ as a straight line on which λ₁ is 1 + s.
function along(rule, threshold) {
  const rows = 41;
  const x = Float32Array.from({ length: 2 * rows }, (_, i) => (i % 2 ? 0 : i / 20));
  const arc = Float64Array.from({ length: rows }, (_, k) => k / 10);
  const curve = { d: 2, rows, x, arc, sharpness: Float32Array.from(arc, (s) => 1 + s) };
  const valley = { d: 2, curves: [curve], flattest: [[0, 0]], sharpness_range: [1, 5] };
  const one = run(rule, [threshold, threshold]);
  const points = Float32Array.from([4, 0, 0, 0]);
  Object.assign(one.columns, { flow: points, projection: points });
  one.widths = { flow: 2, projection: 2 };
  const inks = {
    ...INKS,
    scale: [
      [0, 0, 0],
      [200, 100, 50],
    ],
  };
  const result = { runs: [one], settings: { loss: "line" } };
  const scene = { result, valley, inks, focus: 0, steps: [0], strobe: "all", ghost: "central" };
  const panel = Object.assign(Object.create(Along.prototype), {
    ...{ still: svgSheet([400, 200]), canvas: svgSheet([400, 200]), shown: "", painted: null, fresh: false, shut: NaN },
  });
  globalThis.devicePixelRatio = 1;
  panel.paint(scene);
  return panel.still.getContext().lines.join("\n");
}

test("along the valley what is shut is pale, and said to be", () => {
  const words = /pale: λ₁ &gt; 2\/η, GD cannot rest here|pale: λ₁ > 2\/η, GD cannot rest here/;
  assert.match(along("gd", 3), words);
  assert.match(along("gd", 3), /opacity="0.28"/);
  for (const open of [along("gd", 6), along("ngd", 3)]) {
    assert.doesNotMatch(open, words);
    assert.doesNotMatch(open, /opacity="0.28"/);
  }
});

test("across the valley the beads stand on the walls, in units of the bounce", () => {
  const part = {
    columns: { projection: Float32Array.from([12, 2]), direction: Float32Array.from([0, 1]) },
    widths: { projection: 2, direction: 2 },
  };
  const view = { unit: 4, half: 1, top: 1, loss: (u) => u * u };
  const frame = { x: (u) => 100 * u, y: (v) => 1000 * v };
  const pen = svgSheet([100, 100]).getContext();
  const scene = { inks: INKS, rod: ROD, steps: [12], focus: 0 };
  Object.create(Across.prototype).paintRod(pen, scene, frame, view, part, 0);
  assert.match(
    pen.lines.find((line) => line.startsWith("<path")),
    /d="M50 250 L-50 250"/,
  );
});

test("gaps to the rod count for the view, those of the run only where they are seen", () => {
  const one = { eta: 1, last: 2, columns: { gap: Float32Array.from([0, 3, 1]) } };
  const top = (...given) => viewOf([one], ...given).top;
  assert.equal(top(null), 3);
  assert.equal(Math.round(100 * top(ROD, false)), 20);
  assert.equal(top(ROD, true), 3);
});

test("a rod is read from its buffer, column by column", () => {
  const columns = [
    { name: "step", width: 1 },
    { name: "rod", width: 2 },
  ];
  const text = JSON.stringify({ first: 3, lost: null, rows: 2, columns });
  const head = new TextEncoder().encode(text + " ".repeat((4 - (text.length % 4)) % 4));
  const buffer = new ArrayBuffer(8 + head.length + 24);
  const view = new DataView(buffer);
  view.setUint32(0, 0x45444757);
  view.setUint32(4, head.length, true);
  new Uint8Array(buffer, 8).set(head);
  [3, 4, 1, 2, 5, 6].forEach((value, i) => view.setFloat32(8 + head.length + 4 * i, value, true));
  const rod = decodeRod(buffer);
  assert.deepEqual([rod.first, rod.lost, rod.widths], [3, null, { step: 1, rod: 2 }]);
  assert.deepEqual(
    [Array.from(rod.columns.step), Array.from(rod.columns.rod)],
    [
      [3, 4],
      [1, 2, 5, 6],
    ],
  );
});
