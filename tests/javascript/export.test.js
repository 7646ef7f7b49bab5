"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
require("../../assets/run.js");
require("../../assets/overlay.js");
const { figure, rowsOf, download } = require("../../assets/export.js");

const INKS = Object.fromEntries(
  ["paper", "card", "ink", "soft", "line", "even", "odd", "theory", "threshold", "flow"].map((name, i) => [name, `#00000${i}`]),
);
const NODES = Array.from({ length: 9 }, (_, j) => -Math.cos((Math.PI * (j + 0.5)) / 9));
const STEPS = [0, 1, 2, 3, 10, 11];

// A run in which every value tells its column and row.
function makeRun(rule, steps = STEPS) {
  const rows = steps.length;
  const column = (base) => Float32Array.from({ length: rows }, (_, row) => base + row);
  const pairs = (base) => Float32Array.from({ length: 2 * rows }, (_, i) => base + (i >> 1) + (i % 2 ? 0.5 : 0));
  const lawful = rule === "ngd";
  const columns = {
    step: Float32Array.from(steps), x: pairs(100), flow: lawful ? pairs(200) : pairs(NaN),
    sharpness: column(300), projection_sharpness: column(400), flow_sharpness: lawful ? column(500) : column(NaN),
    threshold: column(600), threshold_mean: column(700), loss: column(800),
    offset: Float32Array.from({ length: rows }, (_, row) => (row % 2 ? -0.05 : 0.05)),
    bounce: new Float32Array(rows).fill(0.1), span: new Float32Array(rows).fill(0.13),
    profile: Float32Array.from({ length: 9 * rows }, (_, i) => (0.13 * NODES[i % 9]) ** 2),
  };
  return { rule, name: `the ${rule}`, eta: 0.1, last: steps.at(-1), rows, columns };
}

function makeScene(change = {}, runs = [makeRun("ngd")]) {
  const result = {
    runs, profile_axis: NODES,
    settings: { loss: "ring", eta: 0.1 },
    words: { formula: "L = x²", rules: runs.map((run) => ({ name: run.name })) },
    descent: { rows: 2, width: 2, points: Float32Array.from([1, 2, 3, 4]) },
  };
  const focus = Math.max(0, runs.findIndex((run) => run.rule !== "gradient-flow"));
  return { result, inks: INKS, step: 3, strobe: "all", clock: "tau", focus, ...change };
}

function makeGraph() {
  return {
    data: [{ type: "contour", z: [[0]] }, { type: "scatter", mode: "lines" }],
    layout: { xaxis: { range: [0, 1], title: { text: "x" } }, yaxis: { range: [0, 1] }, margin: { l: 1 }, showlegend: false },
    _fullLayout: { xaxis: { range: [-2, 2] }, yaxis: { range: [-3, 3] } },
  };
}

const named = (made, text) => made.data.filter((trace) => (trace.name || "").includes(text));
const times = (traces) => traces.map((trace) => trace.x.map((t) => Math.round(100 * t)));

test("rowsOf are the rows up to the playhead whose step is kept", () => {
  const run = makeRun("ngd");
  assert.deepEqual(rowsOf(run, 3, () => true), [0, 1, 2, 3]);
  assert.deepEqual(rowsOf(run, 9, () => true), [0, 1, 2, 3]);
  assert.deepEqual(rowsOf(run, 10, (step) => step % 2 === 0), [0, 2, 4]);
  assert.deepEqual(rowsOf(run, 99, (step) => step % 2 === 1), [1, 3, 5]);
  assert.deepEqual(rowsOf(run, 0, () => true), [0]);
});

test("a picture of the landscape holds what stands still, then what the playhead shows", () => {
  const graph = makeGraph();
  const made = figure("landscape", graph, makeScene());
  assert.deepEqual(made.data.slice(0, 2).map((trace) => [trace.type, trace.showlegend]), [["contour", false], ["scatter", false]]);
  const [way] = named(made, "gradient flow");
  assert.deepEqual([way.x, way.y], [[1, 3], [2, 4]]);
  const [even] = named(made, "even t");
  const [odd] = named(made, "odd t");
  assert.deepEqual([even.x, even.y], [[100, 102], [100.5, 102.5]]);
  assert.deepEqual([odd.x, odd.y], [[101, 103], [101.5, 103.5]]);
  assert.deepEqual([even.marker.color, odd.marker.color], [INKS.even, INKS.odd]);
  assert.notEqual(even.marker.symbol, odd.marker.symbol);
});

test("the theorem's path is whole, its bead at the playhead", () => {
  const made = figure("landscape", makeGraph(), makeScene());
  const [bead] = named(made, "the theorem");
  assert.deepEqual([bead.x, bead.y], [[203], [203.5]]);
  const [path] = made.data.filter((trace) => trace.line && trace.line.color === INKS.theory && trace.mode === "lines");
  assert.equal(path.x.length, STEPS.length);
});

test("a rule without a theorem gets none, gradient flow a line and no parity", () => {
  const gd = figure("landscape", makeGraph(), makeScene({}, [makeRun("gd")]));
  assert.deepEqual(named(gd, "the theorem"), []);
  const flow = figure("landscape", makeGraph(), makeScene({}, [makeRun("gradient-flow")]));
  assert.deepEqual([named(flow, "even"), named(flow, "odd")], [[], []]);
  const [line] = named(flow, "the gradient-flow");
  assert.deepEqual([line.mode, line.x], ["lines", [100, 101, 102, 103]]);
});

test("a strobe is in the picture too", () => {
  for (const [strobe, even, odd] of [["even", 1, 0], ["odd", 0, 1], ["all", 1, 1]]) {
    const made = figure("landscape", makeGraph(), makeScene({ strobe }));
    assert.deepEqual([named(made, "even t").length, named(made, "odd t").length], [even, odd], strobe);
  }
});

test("a picture shows the axes as they are zoomed, and leaves the graph as it was", () => {
  const graph = makeGraph();
  const before = JSON.stringify(graph);
  const made = figure("landscape", graph, makeScene());
  assert.deepEqual([made.layout.xaxis.range, made.layout.yaxis.range], [[-2, 2], [-3, 3]]);
  assert.equal(made.layout.showlegend, true);
  assert.equal(JSON.stringify(graph), before);
});

test("a title says what is shown", () => {
  for (const panel of ["landscape", "sharpness", "across"]) {
    const { text } = figure(panel, makeGraph(), makeScene()).layout.title;
    for (const part of ["L = x²", "the ngd", "η = 0.1", "step 3"]) assert.ok(text.includes(part), text);
  }
});

test("sharpness is drawn against the clock, the past up to the playhead, the theorem whole", () => {
  const made = figure("sharpness", makeGraph(), makeScene());
  assert.deepEqual(times(named(made, "λ₁(Φ(xₜ))")), [[0, 1, 2, 3]]);
  assert.deepEqual(named(made, "λ₁(Φ(xₜ))")[0].y, [400, 401, 402, 403]);
  assert.deepEqual(times(named(made, "the theorem")), [[0, 1, 2, 3, 10, 11]]);
  assert.deepEqual(named(made, "the theorem")[0].y, [500, 501, 502, 503, 504, 505]);
  assert.deepEqual(named(made, "λ₁(xₜ)")[0].y, [300, 301, 302, 303]);
  const [even, odd] = ["even", "odd"].map((kind) => named(made, `2/ηₜ, the ngd, ${kind} t`));
  assert.deepEqual([times(even), times(odd)], [[[0, 2]], [[1, 3]]]);
  assert.deepEqual([even[0].y, odd[0].y], [[600, 602], [601, 603]]);
  assert.deepEqual(named(made, "mean of two")[0].y, [700, 701, 702, 703]);
});

test("the clock of the picture is the clock of the page", () => {
  const last = (clock) => named(figure("sharpness", makeGraph(), makeScene({ clock })), "λ₁(Φ(xₜ))")[0].x.at(-1);
  assert.deepEqual([last("step"), last("eta"), last("tau")].map((t) => Number(t.toFixed(6))), [3, 0.3, 0.03]);
});

test("of several runs one has its thresholds drawn, all their sharpness", () => {
  const runs = [makeRun("gradient-flow"), makeRun("ngd"), makeRun("gd")];
  const made = figure("sharpness", makeGraph(), makeScene({}, runs));
  assert.equal(named(made, "λ₁(Φ(xₜ))").length, 3);
  assert.ok(named(made, "2/ηₜ").every((trace) => trace.name.includes("the ngd")));
  assert.equal(named(made, "the theorem").length, 1);
});

test("the magnifier becomes a wall and the last hops on it", () => {
  const made = figure("across", makeGraph(), makeScene());
  const [wall] = named(made, "L along v₁");
  assert.ok(Math.abs(wall.x[0] + 1.3) < 1e-6 && Math.abs(wall.x.at(-1) - 1.3) < 1e-6);
  wall.x.forEach((u, k) => assert.ok(Math.abs(wall.y[k] - (0.1 * u) ** 2) < 1e-7));
  const [even] = named(made, "even t");
  assert.deepEqual(even.y, [800, 802]);
  even.x.forEach((u) => assert.ok(Math.abs(u - 0.5) < 1e-6));
});

test("the magnifier hops no gap in the record", () => {
  const made = figure("across", makeGraph(), makeScene({ step: 11 }));
  assert.deepEqual([named(made, "even t")[0].y, named(made, "odd t")[0].y], [[804], [805]]);
});

test("a magnifier with nothing to show is an empty picture", () => {
  const run = makeRun("ngd");
  run.columns.offset.fill(NaN);
  assert.deepEqual(figure("across", makeGraph(), makeScene({}, [run])).data, []);
});

test("a download has a name that says what it is", () => {
  const asked = [];
  globalThis.Plotly = { downloadImage: (made, options) => asked.push([made.data.length > 0, options]) };
  for (const format of ["png", "svg"]) download("landscape", format, makeGraph(), makeScene());
  delete globalThis.Plotly;
  assert.deepEqual(asked.map(([drawn, { filename, format }]) => [drawn, filename, format]), [
    [true, "edgewalk-ring-landscape", "png"], [true, "edgewalk-ring-landscape", "svg"],
  ]);
});
