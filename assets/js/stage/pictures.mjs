// Pictures to keep: a panel's figure with the run in it, composed only when it is asked for.
import { penOf } from "../canvas.mjs";
import { clockTime } from "../clock.mjs";
import { shade } from "../inks.mjs";
import { inkOf } from "../inks.mjs";
import { consecutiveFrom, kindIn, locate, pointAt, rowAt, shownStep, shows, whichOf } from "../run.mjs";
import { acrossView, middleAcross, wordsFor as wordsAcross } from "./panels/across.mjs";
import { inSets } from "./panels/alignment.mjs";
import { colourOf, placeOn, valueAt, viewOf, wordsFor as wordsAlong } from "./panels/along.mjs";
import { FLATTEST, flattestNames, valleyIn } from "./panels/landscape.mjs";
import { BANDS, DOUBLINGS, bandsOf, logarithms, shadeAt, thresholdAt } from "./panels/ground.mjs";
import { heading } from "./heading.mjs";
import { groundOf, pixelsOf } from "./frame.mjs";
import { freeCorner, isLensOn, lensIn, paintLens } from "./lens.mjs";
import { coordinates } from "./section.mjs";
import { saying } from "../filing.mjs";
import { markedPng, markedSvg } from "../origin.mjs";
import { vocabulary } from "../vocabulary.mjs";

const SIZE = { width: 1000, height: 720 };
const MARGIN = { l: 64, r: 24, t: 48 };
// A picture goes where the page's own font is not. These have the same widths on every system, and what is set
// in another is given room: a legend is laid out by what is measured here, and cut where that does not hold.
const FONT = 'Arial, "Liberation Sans", Helvetica, sans-serif';
const FINE = 3; // pixels of what is painted for each of a picture
const WORDS = 12; // the size of a legend's
const WIDEST = 0.6 * WORDS; // a letter of it, on the average, in the widest of fonts
/** @type {Record<Kind, string>} */
const SYMBOLS = { early: "circle", even: "circle", odd: "square", midpoint: "diamond", floor: "diamond" };
const FOOT = 62; // pixels below the axes down to the legend
const ROW = 19; // of a row of it
const BESIDE = 46; // beside the words of each entry

/** @typedef {(size: Size) => string} Solid the address of a picture of the box, of a size */
/** @typedef {(size: Size, draw: (pen: Pen) => void) => string} Painted the address of what is drawn on a canvas of a size */

/**
 * Rows up to the playhead whose step the strobe shows, of one parity (or all of them).
 * @param {Run} run
 * @param {number} step
 * @param {(step: number) => boolean} keep
 */
export function rowsOf(run, step, keep) {
  const last = rowAt(run, step);
  const rows = [];
  for (let row = 0; row <= last; row++) if (keep(run.columns.step[row])) rows.push(row);
  return rows;
}

/**
 * @param {Part} run
 * @param {number[]} rows
 * @param {string} column
 * @param {Plane | null} section
 */
const points = (run, rows, column, section) => inPlane(run.columns[column], rows, section);

/**
 * Points of rows in the picture's plane.
 * @param {any} column
 * @param {number[]} rows
 * @param {Plane | null} section
 */
function inPlane(column, rows, section) {
  return placed(rows.map(coordinates(section, column)));
}

/**
 * @param {Point[]} found
 */
const placed = (found) => ({ x: found.map(([x]) => x), y: found.map(([, y]) => y) });

/**
 * @param {Run} run
 */
const everyRow = (run) => Array.from({ length: run.rows }, (_, row) => row);

/**
 * Iterates as the strobe shows them. `place` gives {x, y} for a list of rows; they have the ink of
 * their parity or, given `own`, where runs are compared that of their run.
 * @param {Run} run
 * @param {number} i
 * @param {Scene} scene
 * @param {Placing} place
 * @param {number | null} [own]
 */
function marks(run, i, scene, place, own = i) {
  if (scene.strobe === "midpoints") return [midpoints(run, i, scene, place, own)];
  const past = rowsOf(run, scene.steps[i], (step) => shows(scene.strobe, step));
  return kindsOf(run, run, past).map(({ kind, name, symbol, rows }) => ({
    ...place(rows),
    type: "scatter",
    mode: "markers",
    name: `${nameOf(scene, i)}, ${name}`,
    marker: { size: 6, color: inkOf(scene, kind, own), symbol },
  }));
}

/**
 * Rows of a part of a run by their marks, each kind that there is with its name.
 * @param {Run} run
 * @param {Part} part
 * @param {number[]} rows
 */
function kindsOf(run, part, rows) {
  const [of, step] = [kindIn(run, part), part.columns.step];
  return /** @type {Kind[]} */ (["early", "even", "odd", "floor"])
    .map((kind) => ({ kind, symbol: SYMBOLS[kind], rows: rows.filter((row) => of(row) === kind) }))
    .filter((one) => one.rows.length)
    .map((one) => {
      const names = new Set(one.rows.map((row) => whichOf(run, step[row], one.kind)));
      return { ...one, name: [...names].join(", then ") };
    });
}

/**
 * @param {Scene} scene
 * @param {number} i
 */
const nameOf = ({ result }, i) => result.words.labels[i];
/**
 * @param {Scene} scene
 * @param {number} i
 * @param {string} alone
 */
const ownInk = ({ inks, result }, i, alone) => (result.runs.length > 1 ? inks.runs[i] : alone);

/**
 * Where the last step that the strobe shows stands, as {part, row}.
 * @param {Scene} scene
 * @param {number} i
 */
const shownRow = ({ result, steps, strobe }, i) => locate(result.runs[i], shownStep(strobe, steps[i]));

/**
 * @param {Run} run
 * @param {number} i
 * @param {Scene} scene
 * @param {Placing} place
 * @param {number | null} own
 */
function midpoints(run, i, scene, place, own) {
  const steps = run.columns.step;
  const second = rowsOf(run, scene.steps[i], () => true).filter((row) => row > 0 && steps[row] === steps[row - 1] + 1);
  const [here, before] = [place(second), place(second.map((row) => row - 1))];
  /**
   * @param {"x" | "y"} axis
   */
  const middle = (axis) => here[axis].map((value, i) => (value + before[axis][i]) / 2);
  return {
    x: middle("x"),
    y: middle("y"),
    type: "scatter",
    mode: "markers",
    name: `${nameOf(scene, i)}, midpoints`,
    marker: { size: 6, color: inkOf(scene, "midpoint", own), symbol: "diamond" },
  };
}

/**
 * @param {Scene} scene
 */
function landscapeTraces(scene) {
  const { result, inks } = scene;
  const { points: way, rows } = result.descent;
  const index = Array.from({ length: rows }, (_, row) => row);
  const flow = {
    ...inPlane(way, index, scene.section),
    type: "scatter",
    mode: "lines",
    name: "gradient flow",
    line: { color: inks.flow, dash: "dash", width: 1.6 },
  };
  return [flow, ...result.runs.flatMap((run, i) => landscapeRun(run, i, scene))];
}

/**
 * What the page paints below the iterates on a clear ground.
 * @param {Scene} scene
 */
function groundTraces(scene) {
  const { look, heights, section } = scene;
  const sharpness = look === "sharpness" && heights && heights.sharpness;
  const coloured = heights && sharpness ? map(heights, sharpness, scene) : [];
  const banded = look !== "sharpness" && heights && section ? [bands(heights, scene)] : [];
  return [...coloured, ...banded, ...valleyTraces(scene)];
}

/**
 * @param {Span} span
 * @param {number} count
 */
const axis = ([low, high], count) => Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));

/**
 * A grid of values over its view, for Plotly.
 * @param {Heights} heights
 * @param {Float32Array} values
 * @param {(value: number) => number} [change]
 */
function gridOf({ view, rows, columns }, values, change = (value) => value) {
  const z = Array.from({ length: rows }, (_, j) => Array.from(values.subarray(j * columns, (j + 1) * columns), change));
  return { x: axis(view[0], columns), y: axis(view[1], rows), z, showscale: false, showlegend: false };
}

/**
 * A scale of colours as so many pairs of a share and its colour.
 * @param {Colour[]} colours
 * @param {number} count
 */
const scaleOf = (colours, count) => axis([0, 1], count).map((share) => [share, shade(colours, share)]);

/**
 * Heights of a section, in bands.
 * @param {Heights} heights
 * @param {Scene} scene
 */
function bands(heights, { look, inks }) {
  const values = look === "log" ? logarithms(heights.root) : heights.root;
  const [low, high] = bandsOf(values);
  const colorscale = scaleOf(inks.heights, BANDS + 1);
  return {
    ...gridOf(heights, values),
    type: "contour",
    autocontour: false,
    zmin: low,
    zmax: high,
    colorscale,
    contours: { start: low, end: high, size: (high - low) / BANDS },
    line: { color: inks.line, width: 0.6 },
  };
}

/**
 * The sharpness map, white at the threshold, and its white line.
 * @param {Heights} heights
 * @param {Float32Array} sharpness
 * @param {Scene} scene
 */
function map(heights, sharpness, scene) {
  const { inks } = scene;
  const threshold = thresholdAt(scene);
  const at = gridOf(heights, sharpness, (value) => Math.log2(value / threshold));
  const colorscale = axis([0, 1], 33).map((share) => [share, shadeAt(inks, share)]);
  return [
    { ...at, type: "heatmap", zmin: -DOUBLINGS, zmax: DOUBLINGS, zsmooth: "best", colorscale },
    ...[
      [inks.soft, 5],
      [inks["edge-map"], 3],
    ].map(([color, width]) => ({
      ...at,
      type: "contour",
      contours: { start: 0, end: 0, size: 1, coloring: "none" },
      line: { color, width },
    })),
  ];
}

/**
 * Γ as lines of one shade each, by its sharpness, even in log λ₁: in the plane the figure has it already.
 * @param {Scene} scene
 */
function valleyTraces({ section, inks, valley }) {
  if (!section || !valley) return [];
  const flattest = {
    ...placed(valley.flattest.map((point) => coordinates(section, point)(0))),
    type: "scatter",
    mode: "markers",
    name: FLATTEST,
    showlegend: false,
    marker: { size: 9, color: inks.card, line: { width: 2, color: inks.ink } },
  };
  const curves = valley.curves.flatMap(({ x, rows, sharpness }) => {
    const shades = Array.from({ length: rows }, (_, row) =>
      colourOf(inks.scale, valley.sharpness_range, rounded(sharpness[row])),
    );
    const starts = shades.map((_, row) => row).filter((row) => row < rows - 1 && shades[row] !== shades[row - 1]);
    return starts.map((start, k) => {
      const end = Math.min(k + 1 < starts.length ? starts[k + 1] : rows, rows - 1); // where the next begins
      const stretch = Array.from({ length: end - start + 1 }, (_, j) => start + j);
      return {
        ...inPlane(x, stretch, section),
        type: "scatter",
        mode: "lines",
        name: "Γ by sharpness",
        showlegend: false,
        line: { color: shades[start], width: 5 },
      };
    });
  });
  return [...curves, flattest];
}

/**
 * Where data lie within the axes of a picture of the landscape. Where a unit is as long upwards as across, more is seen
 * on two of its sides.
 * @param {Plane | null} section
 * @param {any} layout
 * @param {Size} size
 * @returns {Frame}
 */
function frameOf(section, { xaxis, yaxis }, size) {
  const ranges = [xaxis.range, yaxis.range];
  const spans = ranges.map(([low, high]) => high - low);
  const unit = Math.min(size[0] / spans[0], size[1] / spans[1]);
  const [low, high] = [-1, 1].map((side) =>
    ranges.map((range, k) => {
      const span = yaxis.scaleanchor ? size[k] / unit : spans[k];
      return (range[0] + range[1] + side * span) / 2;
    }),
  );
  const [width, height] = size;
  return /** @type {any} */ ({
    ...{ left: 0, top: 0, width, height, section },
    x: (/** @type {number} */ value) => (width * (value - low[0])) / (high[0] - low[0]),
    y: (/** @type {number} */ value) => (height * (high[1] - value)) / (high[1] - low[1]),
  });
}

/**
 * The lens, as a picture above all else.
 * @param {Scene} scene
 * @param {Frame} frame
 * @param {Painted | null} painted
 */
function lensImages(scene, frame, painted) {
  const ground = groundOf(frame);
  const lens = painted && isLensOn(scene) ? lensIn(scene, ground, freeCorner(scene, ground)) : null;
  if (!lens || !painted) return [];
  const source = painted([frame.width, frame.height], (pen) => paintLens(pen, scene, ground, lens));
  return [{ source, xref: "paper", yref: "paper", x: 0, y: 1, sizex: 1, sizey: 1, layer: "above" }];
}

/**
 * The names of the flattest points, where the picture has room for them.
 * @param {Scene} scene
 * @param {Frame} frame
 */
function flattestWords({ section, valley, inks }, frame) {
  return flattestNames(valley, valleyIn(valley, frame), frame).map(({ point, middle }) => {
    const [[x, y], [px, py]] = [coordinates(section, point)(0), pixelsOf(point, frame)(0)];
    const shift = { xshift: middle[0] - px, yshift: py - middle[1] };
    return { x, y, ...shift, text: FLATTEST, showarrow: false, font: { color: inks.soft } };
  });
}

/**
 * A sharpness in steps of 2 %, so that shades are few.
 * @param {number} sharpness
 */
const rounded = (sharpness) => 1.02 ** Math.round(Math.log(sharpness) / Math.log(1.02));

/**
 * @param {Run} run
 */
const hasFlow = (run) => Number.isFinite(run.columns.flow[0]);

/**
 * @param {Run} run
 * @param {number} i
 * @param {Scene} scene
 */
function landscapeRun(run, i, scene) {
  const { inks, section } = scene;
  const step = scene.steps[i];
  const here = shownRow(scene, i);
  const traces = [];
  if (run.rule === "gradient-flow") {
    const rows = rowsOf(run, step, () => true);
    traces.push({
      ...points(run, rows, "x", section),
      type: "scatter",
      mode: "lines",
      name: nameOf(scene, i),
      line: { color: ownInk(scene, i, inks.flow), width: 3 },
    });
  } else traces.push(...marks(run, i, scene, (rows) => points(run, rows, "x", section)));
  if (hasFlow(run)) {
    traces.push({
      ...points(run, everyRow(run), "flow", section),
      type: "scatter",
      mode: "lines",
      showlegend: false,
      line: { color: inks.theory, width: 2 },
    });
    traces.push({
      ...points(here.part, [here.row], "flow", section),
      type: "scatter",
      mode: "markers",
      name: "X(τ), the theorem",
      showlegend: !scene.result.runs.slice(0, i).some(hasFlow), // one ink for all
      marker: { size: 13, color: inks.theory, line: { color: inks.card, width: 2 } },
    });
  }
  return traces;
}

/**
 * @param {Scene} scene
 */
function sharpnessTraces(scene) {
  const { result, inks, clock } = scene;
  return result.runs.flatMap((run, i) => {
    const step = scene.steps[i];
    const own = ownInk(scene, i, inks.ink);
    /**
     * @param {number[]} rows
     */
    const time = (rows) => rows.map((row) => clockTime(clock, run.eta, run.columns.step[row]));
    /**
     * @param {number[]} rows
     * @param {any} column
     */
    const values = (rows, column) => ({ x: time(rows), y: rows.map((row) => run.columns[column][row]) });
    const past = rowsOf(run, step, () => true);
    /**
     * @param {number[]} rows
     * @param {any} column
     * @param {string} name
     * @param {string} color
     * @param {string} [dash]
     */
    const line = (rows, column, name, color, dash) => ({
      ...values(rows, column),
      type: "scatter",
      mode: "lines",
      name: `${name}, ${nameOf(scene, i)}`,
      line: { color, dash, width: 2 },
    });
    /** @type {Record<string, any>[]} */
    const traces = [line(past, "projection_sharpness", "λ₁(Φ(xₜ))", own)];
    if (i === scene.focus) {
      const specks = { size: 3, color: inks.ink, opacity: 0.4, symbol: "square" };
      const all = marks(run, i, scene, (rows) => values(rows, "sharpness"));
      traces.push(...all.map((trace) => ({ ...trace, name: `λ₁(xₜ), ${trace.name}`, marker: specks })));
    }
    if (Number.isFinite(run.columns.flow_sharpness[0])) {
      traces.push(line(everyRow(run), "flow_sharpness", "λ₁(X), the theorem", inks.theory));
    }
    if (i === scene.focus && run.rule !== "gradient-flow") {
      traces.push(
        ...marks(run, i, scene, (rows) => values(rows, "threshold"), null).map((t) => ({
          ...t,
          name: `2/ηₜ, ${t.name}`,
        })),
      );
      traces.push(line(past, "threshold_mean", "mean of two 2/ηₜ", inks.threshold, "dash"));
    }
    return traces;
  });
}

/**
 * A picture that says why it shows nothing.
 * @param {any} layout
 * @param {string} text
 * @param {Inks} inks
 */
function emptyFigure(layout, text, inks) {
  const words = { text, xref: "paper", yref: "paper", x: 0.5, y: 0.5, showarrow: false, font: { color: inks.soft } };
  const axis = { visible: false };
  return { data: [], layout: { ...layout, annotations: [words], xaxis: axis, yaxis: axis } };
}

/**
 * L across the valley, as far as the panel shows it.
 * @param {any} layout
 * @param {Scene} scene
 */
function acrossFigure(layout, scene) {
  const { result, inks } = scene;
  const run = result.runs[scene.focus];
  const { part, row } = locate(run, scene.steps[scene.focus]);
  const view = acrossView(part, row, result.profile_axis);
  if (!view) return emptyFigure(layout, wordsAcross(part, row), inks);
  const axis = Array.from({ length: 121 }, (_, k) => (k / 60 - 1) * view.half);
  const first = consecutiveFrom(part, row, 9);
  const hops = Array.from({ length: row - first + 1 }, (_, k) => first + k);
  const wall = {
    x: axis,
    y: axis.map((u) => view.loss(u) * view.top),
    type: "scatter",
    mode: "lines",
    name: "L along v₁",
    line: { color: inks.soft },
  };
  const xaxis = { title: { text: "along v₁, in bounces" }, range: [-view.half, view.half] };
  const yaxis = { title: { text: "loss L" }, range: [-0.05 * view.top, 1.05 * view.top] };
  return { data: [wall, ...hopTraces(run, part, hops, view, scene)], layout: { ...layout, xaxis, yaxis } };
}

/**
 * @param {Run} run
 * @param {Part} part
 * @param {number[]} hops
 * @param {any} view
 * @param {Scene} scene
 */
function hopTraces(run, part, hops, view, scene) {
  const { strobe, inks } = scene;
  /** @type {Place} */
  const place = (r) => [part.columns.offset[r] / view.unit, part.columns.loss[r]];
  /**
   * @param {string} kind
   * @param {Point[]} points
   * @param {string} symbol
   * @param {string} color
   */
  const trace = (kind, points, symbol, color) => ({
    x: points.map(([x]) => x),
    y: points.map(([, y]) => y),
    type: "scatter",
    mode: "markers",
    name: kind,
    marker: { size: 11, color, symbol },
  });
  if (strobe === "midpoints") {
    const middles = hops.map((r) => middleAcross(part, view, r)).filter(Number.isFinite);
    const points = middles.map((u) => /** @type {Point} */ ([u, view.loss(u) * view.top]));
    return [trace("midpoints", points, "diamond", inks.soft)];
  }
  const shown = hops.filter((r) => shows(strobe, part.columns.step[r]));
  return kindsOf(run, part, shown).map(({ kind, name, symbol, rows }) =>
    trace(name, rows.map(place), symbol, inkOf(scene, kind)),
  );
}

/**
 * λ₁ along Γ, and where the runs are.
 * @param {any} layout
 * @param {Scene} scene
 */
function alongFigure(layout, scene) {
  const view = scene.valley && viewOf(scene);
  if (!view) return emptyFigure(layout, scene.valley ? wordsAlong(scene.valley) : "", scene.inks);
  const { inks, result } = scene;
  const s = Array.from({ length: 161 }, (_, k) => view.low + ((view.high - view.low) * k) / 160);
  /**
   * @param {number} at
   */
  const value = (at) => valueAt(view.curve, at + view.zero);
  const curve = {
    x: s,
    y: s.map(value),
    type: "scatter",
    mode: "lines",
    name: "λ₁ on Γ",
    line: { color: inks.soft, width: 3 },
  };
  const beads = result.runs.flatMap((_, i) => {
    const { part, row } = shownRow(scene, i);
    return [
      ["flow", "X(τ), the theorem", inks.theory, 15],
      ["projection", "Φ(xₜ)", ownInk(scene, i, inks.ink), 9],
    ].map(([name, title, color, size]) => {
      const at = placeOn(view, part, row, String(name));
      const point = at ? { x: [at.s], y: [at.sharpness] } : { x: [], y: [] };
      return {
        ...point,
        type: "scatter",
        mode: "markers",
        name: `${title}, ${nameOf(scene, i)}`,
        marker: { size, color },
      };
    });
  });
  const xaxis = { title: { text: "length s along Γ, from the flattest point" } };
  return { data: [curve, ...beads], layout: { ...layout, xaxis, yaxis: { title: { text: "sharpness λ₁ on Γ" } } } };
}

/**
 * x̃ among its sets, the angle θ_t, and the part along v₁, side by side.
 * @param {Scene} scene
 */
function alignmentFigure(scene) {
  const run = scene.result.runs[scene.focus];
  /**
   * @param {number[]} rows
   */
  const time = (rows) => rows.map((row) => clockTime(scene.clock, run.eta, run.columns.step[row]));
  /** @type {[string, Placing][]} */
  const plots = [
    ["", (rows) => ({ x: rows.map((row) => inSets(run, row)[0]), y: rows.map((row) => inSets(run, row)[1]) })],
    ["2", (rows) => ({ x: time(rows), y: rows.map((row) => run.columns.alignment[row]) })],
    ["3", (rows) => ({ x: time(rows), y: rows.map((row) => Math.abs(inSets(run, row)[1])) })],
  ];
  return plots.flatMap(([n, place]) =>
    marks(run, scene.focus, scene, place, null).map((one) => ({
      ...one,
      xaxis: `x${n}`,
      yaxis: `y${n}`,
      showlegend: !n,
    })),
  );
}

/**
 * The disc I₁ and the strip I₂ at the playhead, in units of λ₁.
 * @param {any} layout
 * @param {Scene} scene
 */
function alignmentLayout(layout, scene) {
  const { part, row } = shownRow(scene, scene.focus);
  const [one, two] = pointAt(part.columns.spectrum, part.widths.spectrum, row);
  const shape = { line: { color: scene.inks.theory, width: 1.5 }, fillcolor: scene.inks.theory, opacity: 0.15 };
  const clock = {
    title: { text: vocabulary.clock_titles[scene.clock] },
    type: scene.axis,
  };
  const reach = [-1.3, 1.3];
  return {
    ...layout,
    shapes: [
      { ...shape, type: "circle", x0: -1, x1: 1, y0: -1, y1: 1 },
      { ...shape, type: "rect", x0: -two / one, x1: two / one, y0: reach[0], y1: reach[1] },
    ],
    xaxis: { domain: [0, 0.44], range: reach, title: { text: "R₂ / λ₁" } },
    yaxis: { range: reach, scaleanchor: "x", title: { text: "⟨v₁, x̃ₜ⟩ / λ₁" } },
    xaxis2: { ...clock, domain: [0.56, 1], anchor: "y2" },
    yaxis2: {
      domain: [0.56, 1],
      anchor: "x2",
      type: "log",
      exponentformat: "power",
      title: { text: "angle θₜ to v₁" },
    },
    xaxis3: { ...clock, domain: [0.56, 1], anchor: "y3" },
    yaxis3: { domain: [0, 0.44], anchor: "x3", range: [0, 1.05], title: { text: "|⟨v₁, x̃ₜ⟩| / λ₁" } },
  };
}

/**
 * The surface is a picture already, of the size that it is shown in; only its legend is not.
 * @param {any} layout
 * @param {Scene} scene
 * @param {Solid} solid
 */
function surfaceFigure(layout, scene, solid) {
  const place = { xref: "paper", yref: "paper", x: 0.5, y: 1, sizex: 1, sizey: 1, xanchor: "center", layer: "above" };
  const axis = { visible: false };
  const named = scene.result.runs.flatMap((run, i) => landscapeRun(run, i, scene));
  const data = named.map((trace) => ({ ...trace, x: [null], y: [null] }));
  const margin = { ...MARGIN, l: MARGIN.r };
  const source = solid(roomFor(data, margin).size);
  return { data, layout: { ...layout, margin, images: [{ source, ...place }], xaxis: axis, yaxis: axis } };
}

/**
 * The legend of traces, with room for its words in whatever font, and what it leaves to the axes: their size, and the
 * margin below them. Left to itself the legend would take what it needs, and nobody knows where the axes end.
 * @param {any[]} data
 * @param {{ l: number, r: number, t: number }} margin
 * @returns {{ legend: any, bottom: number, size: Size }}
 */
function roomFor(data, { l, r, t }) {
  const names = data.filter(({ showlegend }) => showlegend !== false).map(({ name }) => (name || "").length);
  const width = SIZE.width - l - r;
  const columns = Math.max(Math.floor(width / (WIDEST * Math.max(0, ...names) + BESIDE)), 1);
  const bottom = FOOT + ROW * (Math.ceil(names.length / columns) + 0.5);
  const height = SIZE.height - t - bottom;
  const place = { orientation: "h", x: 0, xanchor: "left", y: -FOOT / height, yanchor: "top" };
  const legend = { ...place, font: { size: WORDS }, entrywidth: Math.floor(width / columns) - BESIDE };
  return { legend, bottom, size: [width, height] };
}

/**
 * A figure with its legend.
 * @param {{ data: any[], layout: any }} figure
 */
function withRoom({ data, layout }) {
  const { legend, bottom } = roomFor(data, layout.margin);
  const margin = { ...layout.margin, b: bottom, autoexpand: false };
  return { data, layout: { ...layout, margin, legend, font: { ...layout.font, family: FONT } } };
}

/**
 * A run with the stretch that a zoom of the panel has fetched in place of the overview there.
 * @param {Run} run
 * @param {PanelName} panel
 */
function withDetail(run, panel) {
  const detail = run.details && run.details[panel];
  if (!detail) return run;
  const [first, last] = [detail.columns.step[0], detail.columns.step[detail.rows - 1]];
  const steps = run.columns.step;
  const before = steps.findIndex((step) => step >= first);
  const after = steps.findLastIndex((step) => step <= last) + 1;
  const columns = Object.fromEntries(
    Object.entries(run.columns).map(([name, column]) => {
      const width = column.length / run.rows;
      const parts = [column.subarray(0, before * width), detail.columns[name], column.subarray(after * width)];
      return [name, Float32Array.from(parts.flatMap((part) => Array.from(part)))];
    }),
  );
  return { ...run, columns, rows: columns.step.length };
}

/**
 * The figure of a panel, ready for Plotly: what stands still and what the playhead shows. Of the
 * magnifiers', which are no Plotly graphs, only the looks come from `graph`; `solid` gives the address of a
 * picture of the box, and `painted` that of what is drawn.
 * @param {PanelName} panel
 * @param {any} graph
 * @param {Scene} seen
 * @param {Solid | null} [solid]
 * @param {Painted | null} [painted]
 */
export function figure(panel, graph, seen, solid = null, painted = null) {
  return withRoom(composed(panel, graph, seen, solid, painted));
}

/**
 * Of more than two parameters, the plane that a picture of the landscape shows.
 * @param {Scene} scene
 */
function planeOf({ section, look, result, d }) {
  if (!section || look === "surface") return "";
  return `, plane of v₁ and ${result.settings.codim === d ? "v₂" : "the drift"}`;
}

/**
 * @param {PanelName} panel
 * @param {any} graph
 * @param {Scene} seen
 * @param {Solid | null} solid
 * @param {Painted | null} painted
 */
function composed(panel, graph, seen, solid, painted) {
  const runs = seen.result.runs.map((run) => withDetail(run, panel));
  const scene = { ...seen, result: { ...seen.result, runs } };
  const text = panel === "landscape" ? heading(scene) + planeOf(scene) : heading(scene);
  const room = (0.96 * SIZE.width * WORDS) / WIDEST;
  const title = { text, font: { size: Math.min(14, room / text.length) }, x: 0.02, xanchor: "left" };
  const margin = MARGIN;
  if (panel === "across" || panel === "along") {
    const layout = JSON.parse(JSON.stringify(graph.layout));
    Object.assign(layout, { title, margin, showlegend: true });
    return panel === "across" ? acrossFigure(layout, scene) : alongFigure(layout, scene);
  }
  if (panel === "alignment") {
    const layout = alignmentLayout(
      { ...JSON.parse(JSON.stringify(graph.layout)), title, margin, showlegend: true },
      scene,
    );
    return { data: alignmentFigure(scene), layout };
  }
  const { xaxis, yaxis } = graph._fullLayout;
  const layout = JSON.parse(JSON.stringify(graph.layout));
  Object.assign(layout, { title, margin, showlegend: true });
  Object.assign(layout, { paper_bgcolor: scene.inks.card, plot_bgcolor: scene.inks.card });
  if (panel === "landscape" && scene.look === "surface" && solid) return surfaceFigure(layout, scene, solid);
  layout.xaxis.range = xaxis.range.slice();
  layout.yaxis.range = yaxis.range.slice();
  if (panel !== "landscape") return { data: sharpnessTraces(scene), layout };
  const still = graph.data.map((/** @type {any} */ trace) => ({ ...trace, showlegend: false }));
  const data = [...groundTraces(scene), ...still, ...landscapeTraces(scene)];
  const frame = frameOf(scene.section, layout, roomFor(data, margin).size);
  const named = { annotations: flattestWords(scene, frame), images: lensImages(scene, frame, painted) };
  return { data, layout: { ...layout, ...named } };
}

/**
 * A picture as a file, which says what it shows and holds its link.
 * @param {PanelName} panel
 * @param {string} format
 * @param {any} graph
 * @param {Scene} scene
 * @param {string} link
 * @param {Solid | null} [solid]
 * @returns {Promise<[name: string, content: BlobPart, type: string]>}
 */
export async function pictureFile(panel, format, graph, scene, link, solid = null) {
  const name = `edgewalk-${scene.result.settings.loss}-${panel}.${format}`;
  const scale = format === "png" ? 2 : 1;
  const drawn = figure(panel, graph, scene, solid, onCanvas);
  const data = await /** @type {any} */ (globalThis).Plotly.toImage(drawn, { ...SIZE, format, scale });
  const content = data.slice(data.indexOf(",") + 1);
  const said = saying(heading(scene), link);
  if (format === "svg") return [name, markedSvg(decodeURIComponent(content), said), "image/svg+xml"];
  return [name, markedPng(bytesOf(content), said, scale), "image/png"];
}

/**
 * @param {string} text in base 64
 */
const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** @type {Painted} */
function onCanvas(size, draw) {
  const sheet = Object.assign(document.createElement("canvas"), { size, fine: FINE });
  draw(penOf(/** @type {Sheet} */ (/** @type {unknown} */ (sheet))));
  return sheet.toDataURL();
}
