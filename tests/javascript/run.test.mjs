import assert from "node:assert/strict";
import { test } from "node:test";
import * as binary from "../../assets/js/binary.mjs";
import * as clocks from "../../assets/js/clock.mjs";
import { inWords } from "../../assets/js/numbers.mjs";
import * as run from "../../assets/js/run.mjs";
import { halfHop } from "../../assets/js/stage/panels/bounce.mjs";
import { interpolate } from "../../assets/js/stage/chebyshev.mjs";

const NODES = Array.from({ length: 9 }, (_, j) => -Math.cos((Math.PI * (j + 0.5)) / 9));

// /run.bin by the letter of its documentation: a header padded with spaces, then float32.
function pack(header, numbers) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = 8 + text.length + ((4 - (text.length % 4)) % 4);
  const buffer = new ArrayBuffer(start + 4 * numbers.length);
  const view = new DataView(buffer);
  new Uint8Array(buffer).fill(0x20, 8, start);
  new Uint8Array(buffer).set(new TextEncoder().encode("EDGW"), 0);
  view.setUint32(4, start - 8, true);
  new Uint8Array(buffer).set(text, 8);
  numbers.forEach((value, i) => view.setFloat32(start + 4 * i, value, true));
  return buffer;
}

const table = (steps, more) => ({ rows: steps.length, columns: { step: Float32Array.from(steps) }, ...more });

test("decode finds every column of every run, and the descent after them", () => {
  const columns = [
    { name: "step", width: 1 },
    { name: "x", width: 2 },
  ];
  const header = {
    query: "loss=ring",
    words: { formula: "L = ½ e^{cos φ} (r − 1)²" },
    runs: [
      { rows: 2, columns, rule: "ngd" },
      { rows: 1, columns: [...columns, { name: "gap", width: 1 }], rule: "gd" },
    ],
    descent: { rows: 2, width: 2 },
  };
  const numbers = [0, 1, 10, 11, 12, 13, 0, 20, 21, NaN, -1.5, 2.5, 3.5, 4.5];
  const result = binary.decode(pack(header, numbers));
  assert.equal(result.query, "loss=ring");
  assert.equal(result.words.formula, "L = ½ e^{cos φ} (r − 1)²");
  assert.deepEqual([...result.runs[0].columns.step], [0, 1]);
  assert.deepEqual([...result.runs[0].columns.x], [10, 11, 12, 13]);
  assert.deepEqual(result.runs[0].widths, { step: 1, x: 2 });
  assert.deepEqual([...result.runs[1].columns.x], [20, 21]);
  assert.deepEqual([...result.runs[1].columns.gap], [NaN]);
  assert.equal(result.runs[1].rule, "gd");
  assert.deepEqual([...result.descent.points], [-1.5, 2.5, 3.5, 4.5]);
});

test("decode finds the numbers whatever the length of the header", () => {
  for (let length = 0; length < 8; length++) {
    const header = { note: "é".repeat(length) + "x", runs: [{ rows: 2, columns: [{ name: "step", width: 1 }] }] };
    assert.deepEqual([...binary.decode(pack(header, [7, 16777215])).runs[0].columns.step], [7, 16777215]);
  }
});

test("decode of a window needs no descent", () => {
  const result = binary.decode(pack({ runs: [{ rows: 1, columns: [{ name: "step", width: 1 }] }] }, [300]));
  assert.equal(result.descent, undefined);
});

test("decode of a first part has NaN in the columns that are still to come", () => {
  const run = { rows: 2, columns: [{ name: "step", width: 1 }], absent: [{ name: "flow", width: 3 }] };
  const [{ columns, widths }] = binary.decode(pack({ part: "iterates", runs: [run] }, [0, 1])).runs;
  assert.deepEqual([...columns.step], [0, 1]);
  assert.deepEqual([...columns.flow], Array(6).fill(NaN));
  assert.deepEqual(widths, { step: 1, flow: 3 });
});

test("decode copies nothing: columns share the buffer", () => {
  const buffer = pack({ runs: [{ rows: 1, columns: [{ name: "step", width: 1 }] }] }, [5]);
  assert.equal(binary.decode(buffer).runs[0].columns.step.buffer, buffer);
});

test("decode refuses what is no run, or half of one", () => {
  assert.throws(() => binary.decode(new TextEncoder().encode("<!DOCTYPE html>").buffer), /not one of/);
  assert.throws(() => binary.decode(new ArrayBuffer(0)), RangeError);
  const whole = pack({ runs: [{ rows: 4, columns: [{ name: "step", width: 1 }] }] }, [0, 1, 2, 3]);
  assert.throws(() => binary.decode(whole.slice(0, whole.byteLength - 4)), RangeError);
});

test("decodeValley finds of each branch its points, lengths and sharpness", () => {
  const header = { d: 2, flattest: [[1, 2]], sharpness_range: [5, 9], curves: [{ rows: 2 }, { rows: 1 }] };
  const valley = binary.decodeValley(pack(header, [10, 11, 13, 15, 5, 6, 20, 21, 9]));
  assert.deepEqual([valley.flattest, valley.sharpness_range], [[[1, 2]], [5, 9]]);
  const plain = valley.curves.map(({ rows, d, x, arc, sharpness }) => [rows, d, [...x], [...arc], [...sharpness]]);
  assert.deepEqual(plain, [
    [2, 2, [10, 11, 13, 15], [0, 5], [5, 6]],
    [1, 2, [20, 21], [0], [9]],
  ]);
});

test("decodeValley of a point is no branch", () => {
  assert.deepEqual(binary.decodeValley(pack({ d: 3, flattest: [], sharpness_range: null, curves: [] }, [])).curves, []);
});

test("decode finds Γ behind the descent where it depends on the start, in as many dimensions as there are", () => {
  const header = {
    runs: [
      {
        rows: 1,
        columns: [
          { name: "step", width: 1 },
          { name: "x", width: 3 },
        ],
      },
    ],
    descent: { rows: 2, width: 3 },
    valley: { d: 3, flattest: [[1, 2, 3]], sharpness_range: [5, 9], curves: [{ rows: 3 }, { rows: 2 }] },
  };
  // Chords (1, 2, −2) and (−2, 6, 3) of the first curve, (2, −6, 9) of the other: lengths 3, 7 and 11.
  const [one, other] = [
    [0, 0, 0, 1, 2, -2, -1, 8, 1],
    [-1, 5, -4, 1, -1, 5],
  ];
  const { runs, descent, valley } = binary.decode(
    pack(header, [0, 1, 2, 3, 10, 11, 12, 13, 14, 15, ...one, 5, 6, 7, ...other, 8, 9]),
  );
  assert.deepEqual([...runs[0].columns.x], [1, 2, 3]);
  assert.deepEqual([...descent.points], [10, 11, 12, 13, 14, 15]);
  assert.deepEqual([valley.flattest, valley.sharpness_range], [[[1, 2, 3]], [5, 9]]);
  const plain = valley.curves.map(({ rows, d, x, arc, sharpness }) => [rows, d, [...x], [...arc], [...sharpness]]);
  assert.deepEqual(plain, [
    [3, 3, one, [0, 3, 10], [5, 6, 7]],
    [2, 3, other, [0, 11], [8, 9]],
  ]);
});

test("decode of a run whose Γ is the same from any start has none of its own", () => {
  const header = { runs: [{ rows: 1, columns: [{ name: "step", width: 1 }] }], descent: { rows: 1, width: 2 } };
  assert.equal(binary.decode(pack(header, [0, 1, 2])).valley, undefined);
});

test("pointAt is the point of a row, as long as its column is wide", () => {
  const column = Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
  const points = [
    [2, 0],
    [2, 5],
    [3, 1],
    [4, 2],
    [12, 0],
  ].map(([d, row]) => run.pointAt(column, d, row));
  assert.deepEqual(points, [[0, 1], [10, 11], [3, 4, 5], [8, 9, 10, 11], [...column]]);
  assert.ok(points.every(Array.isArray), "a row of a typed array rounds what is made from it");
});

test("decodeHeights finds √L, then the sharpness, of every point of the grid", () => {
  const heights = binary.decodeHeights(
    pack(
      {
        view: [
          [0, 1],
          [2, 3],
        ],
        rows: 2,
        columns: 3,
      },
      [0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15],
    ),
  );
  assert.deepEqual(
    [[...heights.root], [...heights.sharpness]],
    [
      [0, 1, 2, 3, 4, 5],
      [10, 11, 12, 13, 14, 15],
    ],
  );
  assert.deepEqual(
    [heights.view, heights.rows, heights.columns],
    [
      [
        [0, 1],
        [2, 3],
      ],
      2,
      3,
    ],
  );
});

test("decodeHeights of a section says where its plane lies, and has λ₁ only if that was asked for", () => {
  const place = {
    at: 40,
    origin: -1.5,
    whole: [
      [-2, 1],
      [-0.5, 0.5],
    ],
    view: [
      [0, 1],
      [2, 3],
    ],
  };
  const plane = { center: [1, 2, 3, 4], along: [0, 1, 0, 0], across: [0, 0, 0.6, -0.8] };
  for (const sharp of [true, false]) {
    const header = { ...place, ...plane, rows: 1, columns: 3, sharp };
    const { root, sharpness, ...rest } = binary.decodeHeights(pack(header, sharp ? [0, 1, 2, 10, 11, 12] : [0, 1, 2]));
    assert.deepEqual(rest, header);
    assert.deepEqual([...root], [0, 1, 2]);
    assert.deepEqual(sharpness && [...sharpness], sharp ? [10, 11, 12] : null);
  }
  assert.throws(
    () => binary.decodeHeights(pack({ ...place, ...plane, rows: 1, columns: 3, sharp: true }, [0, 1, 2])),
    RangeError,
  );
});

test("rowAt is the last row at or before a step, in rows with gaps", () => {
  const part = table([0, 1, 2, 10, 11, 20, 21]);
  const expected = { 0: 0, 1: 1, 2: 2, 3: 2, 9: 2, 10: 3, 11: 4, 12: 4, 20: 5, 21: 6, 99: 6 };
  for (const [step, row] of Object.entries(expected)) assert.equal(run.rowAt(part, Number(step)), row, step);
});

test("rowAt agrees with a search through all rows", () => {
  const steps = [0];
  for (let i = 1; i < 300; i++) steps.push(steps[i - 1] + 1 + ((i * 7919) % 5));
  const part = table(steps);
  for (let t = 0; t <= steps.at(-1) + 3; t++) {
    assert.equal(
      run.rowAt(part, t),
      steps.findLastIndex((step) => step <= t),
    );
  }
});

test("rowAt of a single row, and before the first, is the first", () => {
  assert.equal(run.rowAt(table([0]), 5), 0);
  assert.equal(run.rowAt(table([100, 101]), 3), 0);
});

test("locate says whether the step itself is recorded", () => {
  const part = table([0, 1, 2, 10, 11], { last: 11 });
  assert.deepEqual(run.locate(part, 2), { part, row: 2, exact: true });
  assert.deepEqual(run.locate(part, 5), { part, row: 2, exact: false });
  assert.deepEqual(run.locate(part, 11), { part, row: 4, exact: true });
});

test("locate holds a run that has ended at its last step", () => {
  const part = table([0, 1, 2, 10, 11], { last: 11 });
  assert.deepEqual(run.locate(part, 500), { part, row: 4, exact: true });
});

test("locate prefers the window where it reaches, both ends included", () => {
  const window = table([4, 5, 6, 7]);
  const part = table([0, 1, 2, 10, 11], { last: 11, window });
  for (const [step, row] of [
    [4, 0],
    [5, 1],
    [7, 3],
  ]) {
    assert.deepEqual(run.locate(part, step), { part: window, row, exact: true });
  }
  assert.deepEqual(run.locate(part, 3), { part, row: 2, exact: false });
  assert.deepEqual(run.locate(part, 8), { part, row: 2, exact: false });
  assert.deepEqual(run.locate(part, 10), { part, row: 3, exact: true });
});

test("locate looks in the window, then in the stretches of a zoom, then in the overview", () => {
  const [window, zoom, other] = [table([4, 5]), table([5, 6, 7]), table([20, 21])];
  const part = table([0, 1, 30, 31], { last: 31, window, details: { landscape: zoom, sharpness: other } });
  assert.deepEqual(run.locate(part, 5), { part: window, row: 1, exact: true });
  assert.deepEqual(run.locate(part, 6), { part: zoom, row: 1, exact: true });
  assert.deepEqual(run.locate(part, 21), { part: other, row: 1, exact: true });
  assert.deepEqual(run.locate(part, 25), { part, row: 1, exact: false });
  assert.deepEqual(run.locate(part, 30), { part, row: 2, exact: true });
});

test("locate passes over a stretch of pairs that lacks the step", () => {
  const pairs = table([4, 5, 8, 9]);
  const part = table([0, 1, 7, 8], { last: 8, details: { landscape: pairs } });
  assert.deepEqual(run.locate(part, 5), { part: pairs, row: 1, exact: true });
  assert.deepEqual(run.locate(part, 7), { part, row: 2, exact: true });
  assert.deepEqual(run.locate(part, 6), { part, row: 1, exact: false });
});

test("consecutiveFrom goes back over steps in a row, never over a gap", () => {
  const part = table([0, 1, 2, 10, 11, 12, 20, 21]);
  assert.equal(run.consecutiveFrom(part, 5, 7), 3);
  assert.equal(run.consecutiveFrom(part, 5, 2), 4);
  assert.equal(run.consecutiveFrom(part, 5, 1), 5);
  assert.equal(run.consecutiveFrom(part, 2, 7), 0);
  assert.equal(run.consecutiveFrom(part, 0, 7), 0);
  assert.equal(run.consecutiveFrom(part, 6, 7), 6);
});

test("interpolate gives back polynomials up to degree 8", () => {
  for (let degree = 0; degree <= 8; degree++) {
    const polynomial = (u) => 0.5 - u + 2 * u ** degree;
    const values = NODES.map(polynomial);
    for (let u = -1; u <= 1; u += 0.01) {
      assert.ok(Math.abs(interpolate(NODES, values, u) - polynomial(u)) < 1e-12, `degree ${degree} at ${u}`);
    }
  }
});

test("interpolate does not give back degree 9, so nine values are all it uses", () => {
  const values = NODES.map((u) => u ** 9);
  assert.ok(Math.abs(interpolate(NODES, values, 1) - 1) > 1e-3);
});

test("interpolate at a node is the value there", () => {
  const values = Float32Array.from(NODES, (_, j) => j * j);
  NODES.forEach((node, j) => assert.equal(interpolate(NODES, values, node), j * j));
});

test("clockTime counts steps, ηt or η²t", () => {
  assert.equal(clocks.clockTime("step", 0.1, 600), 600);
  assert.ok(Math.abs(clocks.clockTime("eta", 0.1, 600) - 60) < 1e-12);
  assert.ok(Math.abs(clocks.clockTime("tau", 0.1, 600) - 6) < 1e-12);
});

test("the same time is the same step, η times or η² times as many", () => {
  assert.equal(clocks.sameTime("step", 0.5, 1, 12), 12);
  assert.equal(clocks.sameTime("eta", 0.5, 1, 12), 24);
  assert.equal(clocks.sameTime("tau", 0.5, 1, 12), 48);
  assert.equal(clocks.sameTime("tau", 1, 0.5, 48), 12);
  for (const clock of ["step", "eta", "tau"]) {
    const there = clocks.sameTime(clock, 0.03, 0.1, 600);
    assert.ok(Math.abs(clocks.clockTime(clock, 0.03, there) - clocks.clockTime(clock, 0.1, 600)) < 1e-9, clock);
  }
});

test("the step of each run at the playhead is the last whole one, and not behind its end", () => {
  const [lead, half] = [
    { eta: 1, last: 10 },
    { eta: 0.5, last: 30 },
  ];
  const at = (clock, t) => [lead, half].map((one) => clocks.stepOf(one, lead, clock, t));
  assert.deepEqual(at("step", 7.9), [7, 7]);
  assert.deepEqual(at("eta", 7.3), [7, 14]);
  assert.deepEqual(at("tau", 2.3), [2, 9]);
  assert.deepEqual(at("tau", 9), [9, 30]);
  assert.deepEqual(at("eta", 99), [10, 30]);
});

test("a step of another run is found again at its own time", () => {
  const [lead, other] = [
    { eta: 0.3, last: 1e7 },
    { eta: 0.1, last: 1e7 },
  ];
  for (const clock of ["step", "eta", "tau"]) {
    for (let t = 0; t < 9e6; t += 123457) {
      assert.equal(clocks.stepOf(other, lead, clock, clocks.sameTime(clock, lead.eta, other.eta, t)), t);
    }
  }
});

test("the last step is where the last run ends, in steps of the first", () => {
  const runs = [
    { eta: 1, last: 10 },
    { eta: 0.5, last: 30 },
  ];
  assert.deepEqual(
    ["step", "eta", "tau"].map((clock) => clocks.lastStep(runs, clock)),
    [30, 15, 10],
  );
  runs[1].last = 41;
  assert.deepEqual(
    ["step", "eta", "tau"].map((clock) => clocks.lastStep(runs, clock)),
    [41, 21, 11],
  );
  assert.equal(clocks.lastStep([{ eta: 0.3, last: 7 }], "tau"), 7);
});

test("parity is that of the step", () => {
  assert.deepEqual([0, 1, 2, 9999999, 10000000].map(run.parity), ["even", "odd", "even", "odd", "even"]);
});

test("a strobe shows its own parity, all of them, or midpoints in their place", () => {
  const shown = (strobe) => [0, 1, 2, 3].filter((step) => run.shows(strobe, step));
  assert.deepEqual(["all", "even", "odd", "midpoints"].map(shown), [[0, 1, 2, 3], [0, 2], [1, 3], []]);
});

test("the step that a strobe shows is this one or the one before", () => {
  const shown = (strobe) => [0, 1, 2, 7, 8].map((step) => run.shownStep(strobe, step));
  assert.deepEqual(shown("all"), [0, 1, 2, 7, 8]);
  assert.deepEqual(shown("even"), [0, 0, 2, 6, 8]);
  assert.deepEqual(shown("odd"), [0, 1, 1, 7, 7]);
  assert.deepEqual(shown("midpoints"), [0, 1, 2, 7, 8]);
});

test("words give four digits, and never cut one off", () => {
  const expected = [
    [0.00296, "0.002960"],
    [0.001, "0.001000"],
    [0.1234567, "0.1235"],
    [1, "1.000"],
    [1.99996, "2.000"],
    [-0.5, "-0.5000"],
    [12.345, "12.35"],
    [999.96, "1000"],
    [1000, "1000"],
    [9999.6, "10000"],
    [10000, "10000"],
    [12345, "12345"],
    [99999, "99999"],
  ];
  for (const [value, text] of expected) assert.equal(inWords(value), text, String(value));
});

test("words of small and large numbers have a power", () => {
  const expected = [
    [0.000999, "9.99·10⁻⁴"],
    [1e-12, "1.00·10⁻¹²"],
    [-2.5e-7, "-2.50·10⁻⁷"],
    [100000, "1.00·10⁵"],
    [1.234e10, "1.23·10¹⁰"],
    [1e300, "1.00·10³⁰⁰"],
    [5e-324, "4.94·10⁻³²⁴"],
  ];
  for (const [value, text] of expected) assert.equal(inWords(value), text, String(value));
});

test("words of nothing are a dash, of zero a zero", () => {
  for (const value of [NaN, Infinity, -Infinity, undefined]) assert.equal(inWords(value), "–");
  for (const value of [0, -0]) assert.equal(inWords(value), "0");
});

test("words of any number are within a thousandth of it", () => {
  const digits = { "⁻": "-", "⁰": 0, "¹": 1, "²": 2, "³": 3, "⁴": 4, "⁵": 5, "⁶": 6, "⁷": 7, "⁸": 8, "⁹": 9 };
  for (let power = -30; power < 30; power += 0.0137) {
    const value = 10 ** power;
    const text = inWords(value);
    assert.ok(!text.includes("e"), text);
    const plain = text.replace("·10", "e").replace(/[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (c) => digits[c]);
    assert.ok(Math.abs(Number(plain) / value - 1) < 5.01e-3, `${value} as ${text}`);
  }
});

test("a threshold is called by its formula where that is short", () => {
  assert.equal(run.edgeName({ edge: "2/ηₜ" }), "2/ηₜ");
  assert.equal(run.edgeName({ edge: "2/η" }), "2/η");
  assert.equal(run.edgeName({ edge: "(2 + 2β)/η" }), "edge");
});

test("half a hop is to the next step, or from the one before where there is no next", () => {
  const columns = { step: [0, 1, 5, 6], x: [0, 0, 3, 4, 10, 0, 10, 8] };
  const part = { columns, widths: { x: 2 }, rows: 4 };
  assert.deepEqual(
    [0, 1, 2, 3].map((row) => halfHop(part, row)),
    [2.5, 2.5, 4, 4],
  );
  assert.ok(Number.isNaN(halfHop({ columns: { step: [3], x: [0, 0] }, widths: { x: 2 }, rows: 1 }, 0)));
});

const DROP = [
  [0.2, 0],
  [0.05, 400],
];

test("where η changes, a clock adds up η, or η², of each step taken", () => {
  let [eta, tau] = [0, 0];
  for (let t = 0; t < 1000; t++) {
    for (const [clock, sum] of [
      ["step", t],
      ["eta", eta],
      ["tau", tau],
    ]) {
      assert.ok(Math.abs(clocks.clockTime(clock, DROP, t) - sum) < 1e-9 * (1 + sum));
      assert.ok(Math.abs(clocks.stepAt(clock, DROP, sum) - t) < 1e-6);
    }
    const own = clocks.etaAt(DROP, t);
    assert.equal(own, t < 400 ? 0.2 : 0.05);
    [eta, tau] = [eta + own, tau + own ** 2];
  }
});

test("a clock goes on past the ends of its pieces, and back before them", () => {
  assert.ok(Math.abs(clocks.stepAt("tau", DROP, -0.04) + 1) < 1e-12);
  assert.ok(Math.abs(clocks.clockTime("tau", DROP, -1) + 0.04) < 1e-12);
  assert.ok(Math.abs(clocks.stepAt("tau", DROP, 16 + 0.0025 * 1e6) - 1000400) < 1e-3);
});

test("runs of one schedule have one time, others are led to theirs", () => {
  const same = DROP.map((piece) => [...piece]);
  for (const t of [0, 399, 400, 777]) assert.equal(clocks.sameTime("tau", same, DROP, t), t);
  assert.ok(Math.abs(clocks.sameTime("tau", 0.05, DROP, 500) - (400 * 16 + 100)) < 1e-6);
  assert.ok(Math.abs(clocks.sameTime("tau", DROP, 0.05, 400 * 16 + 100) - 500) < 1e-6);
  assert.equal(clocks.sameTime("step", DROP, 0.1, 12), 12);
});

test("η from a step on: what has been stays, what was to come goes", () => {
  assert.deepEqual(clocks.changedFrom(0.2, 400, 0.05), DROP);
  assert.equal(clocks.changedFrom(0.2, 0, 0.05), 0.05);
  assert.equal(clocks.changedFrom(DROP, 300, 0.2), 0.2);
  assert.deepEqual(clocks.changedFrom(DROP, 700, 0.05), DROP);
  assert.deepEqual(clocks.changedFrom(DROP, 300, 0.1), [DROP[0], [0.1, 300]]);
  assert.deepEqual(clocks.changedFrom(DROP, 700, 0.1), [...DROP, [0.1, 700]]);
  assert.equal(clocks.writePace(DROP), "0.2@0,0.05@400");
  assert.equal(clocks.writePace(0.2), "0.2");
});
