import assert from "node:assert/strict";
import { test } from "node:test";
import { textsOf } from "../../assets/js/png.mjs";
import { figure, pictureFile, rowsOf } from "../../assets/js/stage/pictures.mjs";
import { svgSheet } from "../agreed/svgpen.mjs";
import { PIXEL } from "./pixel.mjs";

const NAMED = ["paper", "card", "ink", "soft", "line", "even", "odd", "theory", "threshold", "flow"];
const MAP = { "flat-map": "#0000ff", "mid-map": "#ffffff", "sharp-map": "#ff0000", "edge-map": "#ffff00" };
const INKS = {
  ...Object.fromEntries(NAMED.map((name, i) => [name, `#00000${i}`])),
  ...MAP,
  runs: ["#100000", "#200000", "#300000"],
  heights: [
    [0, 0, 0],
    [200, 0, 100],
  ],
  scale: [
    [0, 0, 1],
    [0, 0, 2],
    [0, 0, 3],
  ],
};
const NODES = Array.from({ length: 9 }, (_, j) => -Math.cos((Math.PI * (j + 0.5)) / 9));
const STEPS = [0, 1, 2, 3, 10, 11];

// A run in which every value tells its column and row; Φ(x_t) is at (row, 0) and X at (row, 0.125).
function makeRun(rule, steps = STEPS) {
  const rows = steps.length;
  const column = (base) => Float32Array.from({ length: rows }, (_, row) => base + row);
  const pairs = (base, y = base + 0.5) =>
    Float32Array.from({ length: 2 * rows }, (_, i) => (i % 2 ? y : base) + (i >> 1));
  const level = (y) => Float32Array.from({ length: 2 * rows }, (_, i) => (i % 2 ? y : i >> 1));
  const lawful = rule === "ngd";
  const columns = {
    step: Float32Array.from(steps),
    x: pairs(100),
    projection: level(0),
    flow: lawful ? level(0.125) : pairs(NaN),
    sharpness: column(300),
    projection_sharpness: column(400),
    flow_sharpness: lawful ? column(500) : column(NaN),
    threshold: column(600),
    threshold_mean: column(700),
    loss: column(800),
    offset: Float32Array.from({ length: rows }, (_, row) => (row % 2 ? -0.05 : 0.05)),
    bounce: new Float32Array(rows).fill(0.1),
    span: new Float32Array(rows).fill(0.13),
    profile: Float32Array.from({ length: 9 * rows }, (_, i) => (0.13 * NODES[i % 9]) ** 2),
  };
  const widths = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.length / rows]));
  return {
    rule,
    name: `the ${rule}`,
    eta: 0.1,
    phases: [{ name: "edge", first: 0 }],
    last: steps.at(-1),
    rows,
    columns,
    widths,
  };
}

// Γ from (0, 0) to (10, 0), flattest at (1, 0).
const VALLEY = {
  flattest: [[1, 0]],
  sharpness_range: [1, 82],
  curves: [
    {
      rows: 11,
      d: 2,
      x: Float32Array.from({ length: 22 }, (_, i) => (i % 2 ? 0 : i / 2)),
      arc: Float32Array.from({ length: 11 }, (_, k) => k),
      sharpness: Float32Array.from({ length: 11 }, (_, k) => 1 + (k - 1) ** 2),
    },
  ],
};

// λ₁ an eighth of the threshold at the lower left, and twice as much at each next point.
const HEIGHTS = {
  view: [
    [-1, 1],
    [0, 3],
  ],
  rows: 2,
  columns: 3,
  sharpness: Float32Array.from([-3, -2, -1, 0, 1, 2], (power) => 703 * 2 ** power),
};

function makeScene(change = {}, runs = [makeRun("ngd")]) {
  const result = {
    runs,
    profile_axis: NODES,
    settings: { loss: "ring", eta: [0.1] },
    words: { formula: "L = x²", rules: runs.map((run) => ({ name: run.name })), labels: runs.map((run) => run.name) },
    descent: { rows: 2, width: 2, points: Float32Array.from([1, 2, 3, 4]) },
  };
  const focus = Math.max(
    0,
    runs.findIndex((run) => run.rule !== "gradient-flow"),
  );
  const usual = { d: 2, section: null, strobe: "all", clock: "tau", look: "root", valley: VALLEY, heights: null };
  return { result, inks: INKS, focus, steps: runs.map(() => 3), ...usual, ...change };
}

function makeGraph() {
  return {
    data: [
      { type: "contour", z: [[0]] },
      { type: "scatter", mode: "lines" },
    ],
    layout: {
      xaxis: { range: [0, 1], title: { text: "x" } },
      yaxis: { range: [0, 1] },
      margin: { l: 1 },
      showlegend: false,
    },
    _fullLayout: { xaxis: { range: [-2, 2] }, yaxis: { range: [-3, 3] } },
  };
}

const named = (made, text) => made.data.filter((trace) => (trace.name || "").includes(text));
const rounded = ({ x, y }) => [x, y].map((list) => list.map((value) => Number(value.toFixed(4)) + 0));
const times = (traces) => traces.map((trace) => trace.x.map((t) => Math.round(100 * t)));

test("rowsOf are the rows up to the playhead whose step is kept", () => {
  const run = makeRun("ngd");
  assert.deepEqual(
    rowsOf(run, 3, () => true),
    [0, 1, 2, 3],
  );
  assert.deepEqual(
    rowsOf(run, 9, () => true),
    [0, 1, 2, 3],
  );
  assert.deepEqual(
    rowsOf(run, 10, (step) => step % 2 === 0),
    [0, 2, 4],
  );
  assert.deepEqual(
    rowsOf(run, 99, (step) => step % 2 === 1),
    [1, 3, 5],
  );
  assert.deepEqual(
    rowsOf(run, 0, () => true),
    [0],
  );
});

test("a picture of the landscape holds what stands still, then what the playhead shows", () => {
  const graph = makeGraph();
  const made = figure("landscape", graph, makeScene());
  assert.deepEqual(
    made.data.slice(0, 2).map((trace) => [trace.type, trace.showlegend]),
    [
      ["contour", false],
      ["scatter", false],
    ],
  );
  const [way] = named(made, "gradient flow");
  assert.deepEqual(
    [way.x, way.y],
    [
      [1, 3],
      [2, 4],
    ],
  );
  const [even] = named(made, "even t");
  const [odd] = named(made, "odd t");
  assert.deepEqual(
    [even.x, even.y],
    [
      [100, 102],
      [100.5, 102.5],
    ],
  );
  assert.deepEqual(
    [odd.x, odd.y],
    [
      [101, 103],
      [101.5, 103.5],
    ],
  );
  assert.deepEqual([even.marker.color, odd.marker.color], [INKS.even, INKS.odd]);
  assert.notEqual(even.marker.symbol, odd.marker.symbol);
});

test("where one wall is the floor a picture tells the far walls apart, and names what is on Γ", () => {
  const run = {
    ...makeRun("ngd", [0, 1, 2, 3, 4, 5]),
    phases: [
      { name: "edge", first: 0 },
      { name: "floor", first: 2 },
    ],
  };
  run.columns.offset.set([0.1, -0.001, 0.1, 0, -0.1, 0]);
  const looks = ({ data }) =>
    data
      .filter(({ mode, name }) => mode === "markers" && /t$|wall$|on Γ$/.test(name))
      .map(({ name, marker, x }) => [name, marker.symbol, marker.color, x.length]);
  const scene = makeScene({ steps: [5] }, [run]);
  assert.deepEqual(looks(figure("landscape", makeGraph(), scene)), [
    ["the ngd, even t, then far wall", "circle", INKS.even, 2],
    ["the ngd, odd t, then far wall", "square", INKS.odd, 2],
    ["the ngd, on Γ", "diamond", INKS.soft, 2],
  ]);
  assert.deepEqual(looks(figure("across", makeGraph(), { ...scene, strobe: "even" })), [
    ["even t, then far wall", "circle", INKS.even, 2],
    ["far wall", "square", INKS.odd, 1],
  ]);
});

test("the theorem's path is whole, its bead at the playhead", () => {
  const made = figure("landscape", makeGraph(), makeScene());
  const [bead] = named(made, "the theorem");
  assert.deepEqual([bead.x, bead.y], [[3], [0.125]]);
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

test("of several runs each is shown at its own step, in its own ink, under its own name", () => {
  const runs = [makeRun("ngd"), makeRun("gd"), makeRun("gradient-flow")];
  const made = figure("landscape", makeGraph(), makeScene({ steps: [3, 1, 2] }, runs));
  const looks = (text) => named(made, text).map(({ x, marker }) => [x, marker.color]);
  assert.deepEqual(looks("the ngd, even t"), [[[100, 102], INKS.runs[0]]]);
  assert.deepEqual(looks("the ngd, odd t"), [[[101, 103], INKS.runs[0]]]);
  assert.deepEqual(
    [looks("the gd, even t"), looks("the gd, odd t")],
    [[[[100], INKS.runs[1]]], [[[101], INKS.runs[1]]]],
  );
  assert.deepEqual(named(made, "the gradient-flow")[0].x, [100, 101, 102]);
});

test("midpoints are of two steps in a row", () => {
  const made = figure("landscape", makeGraph(), makeScene({ strobe: "midpoints", steps: [11] }));
  const [middles] = named(made, "midpoints");
  assert.deepEqual([middles.x, middles.marker.symbol], [[100.5, 101.5, 102.5, 104.5], "diamond"]);
  assert.deepEqual(named(made, "even t"), []);
});

test("the sharpness map is in log λ₁ over the threshold, from the lowest y up, with its line at 0", () => {
  const made = figure("landscape", makeGraph(), makeScene({ look: "sharpness", heights: HEIGHTS }));
  const [map, rim, line] = made.data;
  assert.deepEqual([map.type, rim.type, line.type, made.data[3].z], ["heatmap", "contour", "contour", [[0]]]);
  assert.deepEqual(
    [map.x, map.y],
    [
      [-1, 0, 1],
      [0, 3],
    ],
  );
  // The threshold is the mean of two at step 3, 703.
  assert.deepEqual(
    map.z.map((row) => row.map((value) => Number(value.toFixed(5)))),
    [
      [-3, -2, -1],
      [0, 1, 2],
    ],
  );
  assert.deepEqual([map.zmin, map.zmax], [-3, 3]);
  const colour = (share) => map.colorscale.find(([at]) => at === share)[1];
  assert.deepEqual([0, 0.5, 1].map(colour), ["rgb(0,0,255)", "rgb(255,255,255)", "rgb(255,0,0)"]);
  assert.deepEqual([line.contours.start, line.contours.end, line.line.color], [0, 0, INKS["edge-map"]]);
});

test("there is no map before its heights have come, nor under another look", () => {
  for (const change of [{ look: "sharpness" }, { look: "root", heights: HEIGHTS }]) {
    assert.equal(figure("landscape", makeGraph(), makeScene(change)).data[0].type, "contour");
  }
});

// ---- in a section ----

const SECTION = { origin: 5, center: [1, 0, 0, 2], along: [0, 0.6, 0.8, 0], across: [0.8, 0, 0, -0.6] };
const CUT = {
  ...SECTION,
  view: [
    [4, 6],
    [0, 3],
  ],
  rows: 2,
  columns: 3,
  root: Float32Array.of(0, 1, 10, 100, 1000, 1e4),
  sharpness: null,
};

// Iterates of which the row is seen across, and along the drift from 5 on in steps of 2.
function makeDeep(rule) {
  const run = makeRun(rule);
  const column = (f) => Float32Array.from(STEPS.flatMap((_, row) => f(row)));
  run.columns.x = column((row) => [1 + 0.8 * row, 1.2 * row, 1.6 * row, 2 - 0.6 * row]);
  if (rule === "ngd") run.columns.flow = column((row) => [1 + row, 0.6 * row, 0.8 * row, 2 + row / 0.75]);
  for (const name of ["x", "flow"]) run.widths[name] = 4;
  return run;
}

function makeDeepScene(change = {}, runs = [makeDeep("ngd")]) {
  const scene = makeScene({ d: 4, section: CUT, heights: CUT, valley: null, ...change }, runs);
  scene.result.descent = { rows: 2, width: 4, points: Float32Array.of(1, 0, 0, 2, 1, 5, 5, 7) };
  return scene;
}

test("in a section all is where its projection lies", () => {
  const made = figure("landscape", makeGraph(), makeDeepScene({}, [makeDeep("ngd"), makeDeep("gradient-flow")]));
  assert.deepEqual(rounded(named(made, "gradient flow")[0]), [
    [5, 12],
    [0, -3],
  ]);
  assert.deepEqual(
    [rounded(named(made, "ngd, even t")[0]), rounded(named(made, "ngd, odd t")[0])],
    [
      [
        [5, 9],
        [0, 2],
      ],
      [
        [7, 11],
        [1, 3],
      ],
    ],
  );
  assert.deepEqual(rounded(named(made, "the gradient-flow")[0]), [
    [5, 7, 9, 11],
    [0, 1, 2, 3],
  ]);
  assert.deepEqual(rounded(named(made, "the theorem")[0]), [[8], [0]]);
  const [path] = made.data.filter((trace) => trace.line && trace.line.color === INKS.theory && trace.mode === "lines");
  assert.deepEqual(rounded(path), [
    [5, 6, 7, 8, 9, 10],
    [0, 0, 0, 0, 0, 0],
  ]);
  const middles = figure("landscape", makeGraph(), makeDeepScene({ strobe: "midpoints" }));
  assert.deepEqual(rounded(named(middles, "midpoints")[0]), [
    [6, 8, 10],
    [0.5, 1.5, 2.5],
  ]);
});

test("a stretch that was fetched stands in place of the overview in a section too", () => {
  const run = makeDeep("ngd");
  const columns = { ...run.columns, step: Float32Array.of(2, 3, 4, 5) };
  for (const name of Object.keys(columns).filter((one) => one !== "step"))
    columns[name] = columns[name].map((value) => value).subarray(0, 4 * run.widths[name]);
  columns.x = Float32Array.from([0, 1, 2, 3].flatMap((k) => [1 + 8 * k, 0, 0, 2 - 6 * k])); // 10 k across
  run.details = { landscape: { rows: 4, columns, widths: run.widths } };
  const made = figure("landscape", makeGraph(), makeDeepScene({ steps: [11] }, [run]));
  assert.deepEqual(rounded(named(made, "even t")[0]), [
    [5, 5, 5, 13],
    [0, 0, 20, 4],
  ]);
  assert.deepEqual(rounded(named(made, "odd t")[0]), [
    [7, 5, 5, 15],
    [1, 10, 30, 5],
  ]);
});

test("a section has its heights in bands, from the lowest row up, over its own view", () => {
  const [ground] = figure("landscape", makeGraph(), makeDeepScene()).data;
  assert.deepEqual(
    [ground.type, ground.x, ground.y, ground.z],
    [
      "contour",
      [4, 5, 6],
      [0, 3],
      [
        [0, 1, 10],
        [100, 1000, 1e4],
      ],
    ],
  );
  const { start, end, size } = ground.contours;
  assert.deepEqual([start, end, ground.zmin, ground.zmax, ground.autocontour], [0, 1000, 0, 1000, false]);
  assert.ok(Math.abs(14 * size - 1000) < 1e-9);
  assert.deepEqual(
    [ground.colorscale[0], ground.colorscale[7], ground.colorscale.at(-1)],
    [
      [0, "rgb(0,0,0)"],
      [0.5, "rgb(100,0,50)"],
      [1, "rgb(200,0,100)"],
    ],
  );
});

test("a section has Γ too, even in log λ₁, once it is there; in the plane the figure has it already", () => {
  const x = Float32Array.of(1, 5, 5, 2, 2.25, 0, 0, 7, 2.25, 0, 0, 7, 1, 5, 5, 2);
  const curve = { rows: 4, d: 4, x, sharpness: Float32Array.of(4, 4, 16, 16) };
  const valley = { flattest: [], sharpness_range: [1, 16], curves: [curve] };
  for (const look of ["root", "sharpness"]) {
    const stretches = named(figure("landscape", makeGraph(), makeDeepScene({ valley, look })), "Γ");
    // A line of each shade, and each begins where the one before it ends.
    assert.deepEqual(stretches.map(rounded), [
      [
        [12, 5, 5],
        [0, -2, -2],
      ],
      [
        [5, 12],
        [-2, 0],
      ],
    ]);
    const inks = stretches.map(({ line }) => line.color);
    assert.deepEqual(inks, ["rgb(0,0,2)", "rgb(0,0,3)"]); // 4 is half of the way from 1 to 16
  }
  const none = [makeDeepScene(), makeScene()].map((scene) => named(figure("landscape", makeGraph(), scene), "Γ"));
  assert.deepEqual(none, [[], []]);
});

test("under the look of logarithms the heights are those of L", () => {
  const [{ z, zmin, zmax, contours }] = figure("landscape", makeGraph(), makeDeepScene({ look: "log" })).data;
  // Cut six decades below the largest.
  assert.deepEqual(
    [z.map((row) => row.map((value) => Number(value.toFixed(4)))), zmin, zmax],
    [
      [
        [2, 2, 2],
        [4, 6, 8],
      ],
      2,
      6,
    ],
  );
  assert.deepEqual([contours.start, contours.end, Number((14 * contours.size).toFixed(9))], [2, 6, 4]);
});

test("the sharpness map of a section waits for its λ₁", () => {
  const of = (cut) =>
    figure("landscape", makeGraph(), makeDeepScene({ look: "sharpness", section: cut, heights: cut })).data;
  assert.deepEqual(of(CUT)[0].z, [[0]]);
  const [map] = of({ ...CUT, sharpness: HEIGHTS.sharpness });
  assert.deepEqual([map.type, map.x, map.z[1].map(Math.round)], ["heatmap", [4, 5, 6], [0, 1, 2]]);
});

test("the flattest point has a name in the picture, beside it and within its axes", () => {
  const wordsIn = (ranges, change) => {
    const graph = makeGraph();
    [graph._fullLayout.xaxis.range, graph._fullLayout.yaxis.range] = ranges;
    const scene = makeScene(change);
    return figure("landscape", graph, scene).layout.annotations;
  };
  // Γ is level: the name stands above it, and below it at the upper edge.
  const [word, ...more] = wordsIn([
    [-2, 2],
    [-3, 3],
  ]);
  assert.deepEqual([word.text, word.x, word.y, word.xshift, word.yshift, more], ["flattest", 1, 0, 0, 14, []]);
  const [below] = wordsIn([
    [-2, 2],
    [-3, 0.01],
  ]);
  assert.deepEqual([below.xshift, below.yshift], [0, -14]);
  // Within 20 of 912 pixels of the right edge: half of the word would be cut.
  const [aside] = wordsIn([
    [-1, 1.02],
    [-3, 3],
  ]);
  assert.ok(aside.xshift < -15 && Math.abs(aside.yshift) >= 10);
  assert.deepEqual(
    wordsIn([
      [2, 3],
      [-3, 3],
    ]),
    [],
  );
});

test("a long title is set as small as it takes", () => {
  const sizeOf = (formula) => {
    const scene = makeScene();
    scene.result.words.formula = formula;
    const { font, text } = figure("landscape", makeGraph(), scene).layout.title;
    return [font.size, 0.6 * font.size * text.length <= 960];
  };
  assert.deepEqual(sizeOf("L = x²"), [14, true]);
  const [size, fits] = sizeOf("L = ".padEnd(140, "x"));
  assert.ok(fits && size < 12);
});

test("the surface is the picture of it, under the title", () => {
  const solid = (size) => `data:image/png;base64,AA,${size}`;
  const made = figure("landscape", makeGraph(), makeScene({ look: "surface", heights: HEIGHTS }), solid);
  const drawn = figure("sharpness", makeGraph(), makeScene({ look: "surface", heights: HEIGHTS }));
  const [{ source, x, xanchor }] = made.layout.images;
  const { b, t } = made.layout.margin;
  assert.equal(source, `data:image/png;base64,AA,952,${720 - b - t}`); // all that its margins leave of 1000 × 720
  assert.deepEqual([x, xanchor, made.layout.margin.l], [0.5, "center", made.layout.margin.r]);
  assert.deepEqual(
    made.data.map(({ name, x: places }) => [name, places]),
    ["the ngd, even t", "the ngd, odd t", undefined, "X(τ), the theorem"].map((name) => [name, [null]]),
  );
  assert.ok(made.layout.title.text.includes("L = x²"));
  assert.equal(made.layout.xaxis.visible, false);
  assert.ok(drawn.data.length > 0);
});

test("a legend has room for its words in the widest of fonts, and asks for none that it does not carry", () => {
  for (const panel of ["landscape", "sharpness", "across", "along"]) {
    const { data, layout } = figure(panel, makeGraph(), makeScene({}));
    const named = data.filter(({ name, showlegend }) => name && showlegend !== false);
    // DejaVu Sans has 0.53 of its size for a letter of these words, and is the widest of those in use.
    for (const { name } of named) assert.ok(layout.legend.entrywidth > 0.55 * 12 * name.length, name);
    assert.match(layout.font.family, /^Arial.*sans-serif$/);
    // And it stays within the picture, below the axes, which keep their place.
    const { b, t, l, r, autoexpand } = layout.margin;
    const columns = Math.floor((1000 - l - r) / (layout.legend.entrywidth + 46));
    const top = -layout.legend.y * (720 - b - t);
    assert.ok(top > 50 && top + 19 * Math.ceil(named.length / columns) < b);
    assert.equal(autoexpand, false);
  }
});

test("a picture of the landscape has the lens as it is shown, above all else, where its axes are", () => {
  const run = makeRun("ngd", [0, 1, 2, 3]);
  run.columns.x = Float32Array.from([0, 0.1, 1, -0.1, 1, 0.1, 1, -0.1]);
  run.columns.direction = Float32Array.from([0, 1, 0, 1, 0, 1, 0, 1]);
  run.columns.projection.fill(0).set([1], 6);
  run.columns.bounce.fill(0.2);
  const scene = makeScene({ lens: "on", lensAt: [0, 0] }, [run]);
  const painted = [];
  const paint = (size, draw) => {
    const pen = svgSheet(size).getContext();
    draw(pen);
    painted.push([size, pen.lines.join("")]);
    return "data:,lens";
  };
  const { layout } = figure("landscape", makeGraph(), scene, null, paint);
  const [{ source, x, y, sizex, sizey }] = layout.images;
  assert.deepEqual([source, x, y, sizex, sizey], ["data:,lens", 0, 1, 1, 1]);
  const { b, t, l, r } = layout.margin;
  assert.deepEqual(painted[0][0], [1000 - l - r, 720 - b - t]);
  assert.match(painted[0][1], />× \d/);
  for (const change of [{ lens: "off" }, { look: "surface", heights: HEIGHTS }]) {
    const other = figure("landscape", makeGraph(), { ...scene, ...change }, (size) => `data:,${size}`, paint);
    assert.ok((other.layout.images || []).every((image) => image.source !== "data:,lens"));
  }
});

test("the theorem's points, of one ink for all runs, are named once", () => {
  const { data } = figure(
    "landscape",
    makeGraph(),
    makeScene(
      {},
      ["gd", "ngd", "ngd"].map((rule) => makeRun(rule)),
    ),
  );
  assert.deepEqual(
    named({ data }, "X(τ)").map(({ showlegend }) => showlegend),
    [true, false],
  );
});

test("a strobe is in the picture too", () => {
  for (const [strobe, even, odd] of [
    ["even", 1, 0],
    ["odd", 0, 1],
    ["all", 1, 1],
  ]) {
    const made = figure("landscape", makeGraph(), makeScene({ strobe }));
    assert.deepEqual([named(made, "even t").length, named(made, "odd t").length], [even, odd], strobe);
  }
});

test("a picture shows the axes as they are zoomed, and leaves the graph as it was", () => {
  const graph = makeGraph();
  const before = JSON.stringify(graph);
  const made = figure("landscape", graph, makeScene());
  assert.deepEqual(
    [made.layout.xaxis.range, made.layout.yaxis.range],
    [
      [-2, 2],
      [-3, 3],
    ],
  );
  assert.equal(made.layout.showlegend, true);
  assert.equal(JSON.stringify(graph), before);
});

test("a title says what is shown", () => {
  const scene = makeScene({ focus: 1, steps: [3, 12] }, [makeRun("ngd"), makeRun("gd")]);
  scene.result.settings.eta = [0.1, 0.05];
  for (const panel of ["landscape", "sharpness", "across", "along"]) {
    const { text } = figure(panel, makeGraph(), scene).layout.title;
    assert.equal(text, "L = x², the ngd, the gd, η = 0.1, 0.05, step 12");
  }
});

test("a section says which plane it is", () => {
  const section = { origin: 0, center: [0, 0, 0], along: [1, 0, 0], across: [0, 1, 0] };
  const scene = makeScene({ section, d: 3 });
  scene.result.settings.codim = 2;
  const { text } = figure("landscape", makeGraph(), scene).layout.title;
  assert.ok(text.endsWith(", plane of v₁ and the drift"), text);
  scene.result.settings.codim = 3;
  assert.ok(figure("landscape", makeGraph(), scene).layout.title.text.endsWith(", plane of v₁ and v₂"));
});

test("sharpness is drawn against the clock, the past up to the playhead, the theorem whole", () => {
  const made = figure("sharpness", makeGraph(), makeScene());
  assert.deepEqual(times(named(made, "λ₁(Φ(xₜ))")), [[0, 1, 2, 3]]);
  assert.deepEqual(named(made, "λ₁(Φ(xₜ))")[0].y, [400, 401, 402, 403]);
  assert.deepEqual(times(named(made, "the theorem")), [[0, 1, 2, 3, 10, 11]]);
  assert.deepEqual(named(made, "the theorem")[0].y, [500, 501, 502, 503, 504, 505]);
  assert.deepEqual(
    named(made, "λ₁(xₜ)").map(({ y }) => y),
    [
      [300, 302],
      [301, 303],
    ],
  );
  const [even, odd] = ["even", "odd"].map((kind) => named(made, `2/ηₜ, the ngd, ${kind} t`));
  assert.deepEqual([times(even), times(odd)], [[[0, 2]], [[1, 3]]]);
  assert.deepEqual(
    [even[0].y, odd[0].y],
    [
      [600, 602],
      [601, 603],
    ],
  );
  assert.deepEqual(named(made, "mean of two")[0].y, [700, 701, 702, 703]);
});

test("the clock of the picture is the clock of the page", () => {
  const last = (clock) => named(figure("sharpness", makeGraph(), makeScene({ clock })), "λ₁(Φ(xₜ))")[0].x.at(-1);
  assert.deepEqual(
    [last("step"), last("eta"), last("tau")].map((t) => Number(t.toFixed(6))),
    [3, 0.3, 0.03],
  );
});

test("of several runs each has its own time on the clock", () => {
  const half = { ...makeRun("gd"), eta: 0.05 };
  const made = figure("sharpness", makeGraph(), makeScene({ clock: "eta", steps: [1, 2] }, [makeRun("ngd"), half]));
  const lines = named(made, "λ₁(Φ(xₜ))").map(({ x, line }) => [x.map((t) => Number(t.toFixed(6))), line.color]);
  assert.deepEqual(lines, [
    [[0, 0.1], INKS.runs[0]],
    [[0, 0.05, 0.1], INKS.runs[1]],
  ]);
});

test("of several runs gradient flow has the ink of its run, thresholds those of their parity", () => {
  const runs = [makeRun("ngd"), makeRun("gradient-flow")];
  const scene = makeScene({}, runs);
  assert.equal(named(figure("landscape", makeGraph(), scene), "the gradient-flow")[0].line.color, INKS.runs[1]);
  const colours = named(figure("sharpness", makeGraph(), scene), "2/ηₜ, the ngd").flatMap(({ marker }) =>
    marker ? [marker.color] : [],
  );
  assert.deepEqual(colours, [INKS.even, INKS.odd]);
});

test("of several runs one has its thresholds drawn, all their sharpness", () => {
  const runs = [makeRun("gradient-flow"), makeRun("ngd"), makeRun("gd")];
  const made = figure("sharpness", makeGraph(), makeScene({}, runs));
  assert.equal(named(made, "λ₁(Φ(xₜ))").length, 3);
  assert.ok(named(made, "2/ηₜ").every((trace) => trace.name.includes("the ngd")));
  assert.equal(named(made, "the theorem").length, 1);
});

test("where one has zoomed in, the stretch that was fetched stands in place of the overview", () => {
  const run = makeRun("ngd");
  const values = (name, width) => Float32Array.from({ length: 4 * width }, (_, k) => 900 + k);
  const columns = Object.fromEntries(
    Object.entries(run.columns).map(([name, c]) => [name, values(name, c.length / run.rows)]),
  );
  columns.step = Float32Array.of(2, 3, 4, 5);
  run.details = { sharpness: { rows: 4, columns, widths: run.widths } };
  const made = figure("sharpness", makeGraph(), makeScene({ steps: [11] }, [run]));
  assert.deepEqual(times(named(made, "λ₁(Φ(xₜ))")), [[0, 1, 2, 3, 4, 5, 10, 11]]);
  assert.deepEqual(named(made, "λ₁(Φ(xₜ))")[0].y, [400, 401, 900, 901, 902, 903, 404, 405]);
  const other = figure("landscape", makeGraph(), makeScene({ steps: [11] }, [run]));
  assert.equal(named(other, "even t")[0].x.length, 3);
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

test("the magnifier shows midpoints where the strobe does, on the wall that is drawn", () => {
  const run = makeRun("ngd");
  run.columns.offset.set([0.08, -0.02, 0.08, -0.02]);
  const made = figure("across", makeGraph(), makeScene({ strobe: "midpoints" }, [run]));
  const [{ x, y }] = named(made, "midpoints");
  assert.deepEqual([x.length, named(made, "even t")], [3, []]);
  x.forEach((u, k) => assert.ok(Math.abs(u - 0.3) < 1e-6 && Math.abs(y[k] - 0.03 ** 2) < 1e-7, `${u} ${y[k]}`));
});

test("the theorem's point is that of the last step that the strobe shows", () => {
  const at = (strobe) => named(figure("landscape", makeGraph(), makeScene({ strobe })), "the theorem").at(-1).x;
  assert.notDeepEqual(at("even"), at("odd"));
  assert.deepEqual(at("all"), at("odd"));
});

test("the magnifier hops no gap in the record", () => {
  const made = figure("across", makeGraph(), makeScene({ steps: [11] }));
  assert.deepEqual([named(made, "even t")[0].y, named(made, "odd t")[0].y], [[804], [805]]);
});

test("a magnifier with nothing to show is an empty picture, and says why", () => {
  for (const [offset, words] of [
    [NaN, "no valley in reach of gradient flow"],
    [0, "on the valley floor"],
  ]) {
    const run = makeRun("ngd");
    run.columns.offset.fill(offset);
    run.columns.bounce.fill(NaN);
    const { data, layout } = figure("across", makeGraph(), makeScene({}, [run]));
    assert.deepEqual([data, layout.annotations[0].text, layout.xaxis], [[], words, { visible: false }]);
  }
});

test("the magnifier across is that of the run in focus", () => {
  const other = makeRun("gd");
  other.columns.loss.fill(7);
  const [even] = named(
    figure("across", makeGraph(), makeScene({ focus: 1, steps: [3, 1] }, [makeRun("ngd"), other])),
    "even t",
  );
  assert.deepEqual(even.y, [7]);
});

test("the magnifier along becomes λ₁ on Γ and the beads of Φ and of the theorem", () => {
  const made = figure("along", makeGraph(), makeScene());
  const [curve] = named(made, "λ₁ on Γ");
  // The run passes 0 … 5 on Γ, from −1 to 4 of the flattest point; 0 is the end of Γ.
  assert.ok(Math.abs(curve.x[0] + 1) < 1e-6 && Math.abs(curve.x.at(-1) - 4.6) < 1e-6);
  curve.x.forEach((s, k) => assert.ok(Math.abs(curve.y[k] - (1 + s * s)) <= 0.25 + 1e-6, `${s}`));
  const [ghost] = named(made, "the theorem");
  const [own] = named(made, "Φ(xₜ)");
  assert.deepEqual([ghost.x, ghost.y, ghost.marker.color], [[2], [5], INKS.theory]);
  assert.deepEqual([own.x, own.y, own.marker.color], [[2], [5], INKS.ink]);
});

test("along the valley every run has its bead at its own step, none where it lies elsewhere", () => {
  const away = makeRun("gd");
  away.columns.projection.fill(50);
  const made = figure("along", makeGraph(), makeScene({ steps: [3, 2, 1] }, [makeRun("ngd"), makeRun("gd"), away]));
  const beads = named(made, "Φ(xₜ)").map(({ x, marker }) => [x, marker.color]);
  assert.deepEqual(beads, [
    [[2], INKS.runs[0]],
    [[1], INKS.runs[1]],
    [[], INKS.runs[2]],
  ]);
  assert.deepEqual(
    named(made, "X(τ)").map(({ x }) => x),
    [[2], [], []],
  );
});

// λ₁ = 4 and λ₂ = 1, but 2 at step 3; the row is along v₁, half of it along v₂, upside down at odd steps.
function makeAligned(rule = "ngd") {
  const run = makeRun(rule);
  const column = (f) => Float32Array.from(STEPS.flatMap((step, row) => f(row, step % 2 ? -1 : 1)));
  run.columns.spectrum = column((row) => [4, row === 3 ? 2 : 1]);
  run.columns.components = column((row, sign) => [sign * row, (-sign * row) / 2]);
  run.columns.alignment = column((row) => [row + 0.5]);
  Object.assign(run.widths, { spectrum: 2, components: 2, alignment: 1 });
  return run;
}

test("the alignment becomes x̃ among its sets, the angle and the part along v₁ against the clock", () => {
  const made = figure("alignment", makeGraph(), makeScene({ clock: "eta" }, [makeAligned()]));
  const of = (axis, kind) =>
    named(made, `${kind} t`)
      .filter(({ xaxis, yaxis }) => xaxis === `x${axis}` && yaxis === `y${axis}`)
      .map(rounded);
  assert.deepEqual(of("", "even"), [
    [
      [0, -0.25],
      [0, 0.5],
    ],
  ]);
  assert.deepEqual(of("", "odd"), [
    [
      [0.125, 0.375],
      [-0.25, -0.75],
    ],
  ]);
  assert.deepEqual(
    [of("2", "even"), of("2", "odd")],
    [
      [
        [
          [0, 0.2],
          [0.5, 2.5],
        ],
      ],
      [
        [
          [0.1, 0.3],
          [1.5, 3.5],
        ],
      ],
    ],
  );
  assert.deepEqual(
    [of("3", "even"), of("3", "odd")],
    [
      [
        [
          [0, 0.2],
          [0, 0.5],
        ],
      ],
      [
        [
          [0.1, 0.3],
          [0.25, 0.75],
        ],
      ],
    ],
  );
  assert.deepEqual(
    named(made, "even t").map(({ showlegend, marker }) => [showlegend, marker.color]),
    [true, false, false].map((yes) => [yes, INKS.even]),
  );
});

test("the sets of the alignment are those of the playhead, in units of λ₁", () => {
  const layout = (change) => figure("alignment", makeGraph(), makeScene(change, [makeAligned()])).layout;
  const strip = (change) => layout(change).shapes.map(({ type, x0, x1, y0, y1 }) => [type, x0, x1, y0, y1]);
  const disc = ["circle", -1, 1, -1, 1];
  assert.deepEqual(strip(), [disc, ["rect", -0.5, 0.5, -1.3, 1.3]]);
  assert.deepEqual(strip({ steps: [2] }), [disc, ["rect", -0.25, 0.25, -1.3, 1.3]]);
  assert.deepEqual(strip({ strobe: "even" }), strip({ steps: [2] }));
  const { xaxis, yaxis, xaxis2, yaxis2, xaxis3 } = layout({ axis: "log" });
  assert.deepEqual(
    [xaxis.range, yaxis.range, xaxis2.type, yaxis2.type, xaxis3.type],
    [[-1.3, 1.3], [-1.3, 1.3], "log", "log", "log"],
  );
});

test("the alignment is that of the run in focus", () => {
  const other = { ...makeAligned("gd"), eta: 0.5 };
  const made = figure(
    "alignment",
    makeGraph(),
    makeScene({ clock: "eta", focus: 1, steps: [3, 1] }, [makeAligned(), other]),
  );
  const [, odd] = [named(made, "even t"), named(made, "odd t")].map((traces) =>
    traces.find(({ xaxis }) => xaxis === "x2"),
  );
  assert.deepEqual([rounded(odd), odd.name, made.layout.shapes[1].x1], [[[0.5], [1.5]], "the gd, odd t", 0.25]);
});

test("without Γ the magnifier along is an empty picture", () => {
  for (const [valley, words] of [
    [null, ""],
    [{ ...VALLEY, curves: [] }, "Γ is a point: nowhere to drift"],
  ]) {
    const { data, layout } = figure("along", makeGraph(), makeScene({ valley }));
    assert.deepEqual([data, layout.annotations[0].text], [[], words]);
  }
});

test("the magnifier across reaches as far as its wall, whatever hops came from beyond", () => {
  const { data, layout } = figure("across", makeGraph(), makeScene());
  const { x, y } = data[0];
  assert.deepEqual(layout.xaxis.range, [x[0], x[x.length - 1]]);
  const [low, high] = layout.yaxis.range;
  assert.ok(low < 0 && high > Math.max(...y) && high < 1.1 * Math.max(...y));
});

test("the magnifiers have axes of their own", () => {
  const names = ["across", "along"].map((panel) => {
    const { xaxis, yaxis } = figure(panel, makeGraph(), makeScene()).layout;
    for (const axis of [xaxis, yaxis]) assert.notDeepEqual(axis.range, makeGraph()._fullLayout.xaxis.range);
    return [xaxis.title.text, yaxis.title.text];
  });
  assert.deepEqual(
    names.map(([, y]) => y),
    ["loss L", "sharpness λ₁ on Γ"],
  );
  assert.notEqual(names[0][0], names[1][0]);
});

test("a picture is a file with a name that says what it is, and holds its link", async () => {
  const link = "https://uni.example/?loss=ring";
  const drawn = { png: PIXEL.toString("base64"), svg: encodeURIComponent('<svg width="1"/>') };
  const asked = [];
  globalThis.Plotly = {
    toImage: async (made, { format, scale }) => {
      asked.push([made.data.length > 0, format, scale]);
      return `data:image,${drawn[format]}`;
    },
  };
  const files = await Promise.all(
    ["png", "svg"].map((format) => pictureFile("landscape", format, makeGraph(), makeScene(), link)),
  );
  delete globalThis.Plotly;
  assert.deepEqual(asked, [
    [true, "png", 2],
    [true, "svg", 1],
  ]);
  assert.deepEqual(
    files.map(([name, , type]) => [name, type]),
    [
      ["edgewalk-ring-landscape.png", "image/png"],
      ["edgewalk-ring-landscape.svg", "image/svg+xml"],
    ],
  );
  assert.equal(textsOf(files[0][1]).Source, link);
  assert.match(files[1][1], /<dc:source>https:\/\/uni.example\/\?loss=ring</);
});
