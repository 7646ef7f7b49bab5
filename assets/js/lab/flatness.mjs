// The fourth plot: which flatness rules prefer. Γ coloured by λ₁ or the trace with the way of each rule on it, and
// both along the ways, each on its own clock scaled to one.
import * as axis from "../axis.mjs";
import { Asking } from "../ask.mjs";
import { addCanvas, inWindow, pointIn, wipe } from "../canvas.mjs";
import { $ } from "../elements.mjs";
import { onceAFrame } from "../frames.mjs";
import { between, rgb } from "../inks.mjs";
import { writeQuery } from "../link.mjs";
import { nearestOf } from "../nearest.mjs";
import { inWords } from "../numbers.mjs";
import * as pens from "../pens.mjs";
import { named } from "../quantity.mjs";
import { listen } from "../said.mjs";
import { Lines } from "../stream.mjs";
import { dispatch, state } from "./state.mjs";
import { queryOf, scene } from "./store.mjs";

const MARGIN = { left: 58, right: 16, top: 10, bottom: 46 };
const REACH = 18;
const DOT = 2.6;
const ROOM = 0.06;
const DEPTH = 0.55; // of the colours of Γ as a surface, over which ways are seen
const DASHED = [6, 4];
/** @type {Record<FlatnessPlot, string>} */
const TITLES = { along: "", sharpness: "λ₁", trace: "tr ∇²L" };
const PLOTS = /** @type {FlatnessPlot[]} */ (Object.keys(TITLES));

export class Flatness {
  /**
   * @param {LabPage} page
   */
  constructor(page) {
    this.page = page;
    this.share = 0;
    this.later = onceAFrame(() => this.paint());
    /** @type {Record<string, Sheet>} */
    this.canvases = {};
    this.asking = new Asking(listen, {
      item: (/** @type {any} */ line, /** @type {number} */ turn) => this.item(line, turn),
      done: (/** @type {undefined} */ _, /** @type {number} */ turn) => {
        page.end("flatness", turn);
        this.later();
      },
      ...page.endings("flatness"),
    });
    this.pictures = Object.fromEntries(
      PLOTS.map((name) => [
        `flatness-${name}`,
        {
          draw: (/** @type {Pen} */ pen, /** @type {Size} */ size, /** @type {FlatnessScene} */ now) =>
            draw(pen, size, now, name),
          key: keyOf,
          head: (/** @type {FlatnessScene} */ now) => headOf(now, name),
          of: (/** @type {FlatnessScene} */ { flatness }) => flatness.head,
        },
      ]),
    );
    for (const name of PLOTS) {
      const host = $(`flatness-${name}`);
      this.canvases[name] = addCanvas(host);
      host.addEventListener("pointermove", (event) => this.probe(event, host, name));
      host.addEventListener("pointerleave", () => page.tip.hide());
      new ResizeObserver(this.later).observe(host);
    }
  }

  /**
   * @param {number} turn
   */
  ask(turn) {
    this.asking.ask(`../flatness.ndjson?${writeQuery(queryOf(state, "flatness"))}`, linesOfRules, turn);
  }

  stop() {
    this.asking.stop();
  }

  /**
   * What is compared, then a line for each rule.
   * @param {any} line
   * @param {number} turn
   */
  item(line, turn) {
    if (line.settings) return this.page.adopt("flatness", turn, line);
    if (line.short) return undefined; // of time: what came before is all
    if (!dispatch({ type: "course", turn, line })) return undefined;
    $("panel-flatness").dataset.drawn = "yes";
    this.page.progress.draw();
    return this.later();
  }

  paint() {
    const now = scene(state);
    if (!now.flatness.head || $("panel-flatness").hidden) return;
    for (const name of PLOTS) {
      const canvas = this.canvases[name];
      if (canvas.size[0]) draw(wipe(canvas), canvas.size, now, name);
    }
    showWords(now);
  }

  /**
   * @param {PointerEvent} event
   * @param {HTMLElement} host
   * @param {FlatnessPlot} name
   */
  probe(event, host, name) {
    const now = scene(state);
    if (!now.flatness.head) return;
    const [px, py] = pointIn(host, event);
    const box = frameOf(now, this.canvases[name].size, name);
    const near = now.flatness.courses.flatMap((course) =>
      ["flow", "run"].flatMap((which) => {
        const at = placeIn(box, now, course, which, name);
        return course.share.map((share, k) => {
          const [x, y] = at(k);
          return { course, which, k, share, x, y, distance: Math.hypot(x - px, y - py) };
        });
      }),
    );
    const found = nearestOf(
      near.filter(({ distance }) => Number.isFinite(distance)),
      REACH,
    );
    if (!found) return this.page.tip.hide();
    const way = found.course[found.which];
    const rows = [
      [`${nameIn(now, found.course)}, ${found.which}`, ""],
      ["share of its time", inWords(found.share)],
      ["λ₁", inWords(way.sharpness[found.k])],
      ["tr ∇²L", inWords(way.trace[found.k])],
    ];
    this.page.tip.show(rows, ...inWindow(host, [found.x, found.y]));
  }
}

// What is compared, then a line for each of its rules.
function linesOfRules() {
  let rules = 0;
  return new Lines((line, count) => {
    if (line.rules) rules = line.rules.length;
    return line.short || count === rules;
  });
}

/**
 * @param {FlatnessScene} scene
 * @param {Course} course
 */
const nameIn = ({ flatness }, { rule }) =>
  flatness.head.rules.find((/** @type {{ key: string }} */ { key }) => key === rule).name;

/**
 * @param {FlatnessScene} scene
 * @param {FlatnessPlot} name
 */
function headOf({ flatness, flatnessOf }, name) {
  if (name !== "along") return TITLES[name];
  return flatness.head.floor.sheet ? `Γ, coloured by ${TITLES[flatnessOf]}` : `${TITLES[flatnessOf]} along Γ`;
}

/**
 * The scales of a plot: of Γ as a surface its first two coordinates; of Γ as a curve the first of them and its
 * flatness; of the others the share of time and the flatness.
 * @param {FlatnessScene} scene
 * @param {Size} size
 * @param {FlatnessPlot} name
 */
function frameOf({ flatness: { head, courses }, flatnessOf }, size, name) {
  const { floor, view } = head;
  if (name === "along" && floor.sheet)
    return axis.frame(size, MARGIN, { kind: "linear", range: view[0] }, { kind: "linear", range: view[1] });
  const of = name === "along" ? flatnessOf : name;
  const ways = courses.flatMap(({ flow, run }) => [flow[of], run[of]]);
  const floors = name === "along" ? floor.curves.map((/** @type {any} */ curve) => curve[of]) : [];
  const y = axis.rangeOf([...ways, ...floors].flat().filter(Number.isFinite), "linear", ROOM);
  const range = /** @type {Span} */ (name === "along" ? view[0] : [0, 1]);
  return axis.frame(size, MARGIN, { kind: "linear", range }, { kind: "linear", range: y });
}

/**
 * Where the points of a course stand in a plot.
 * @param {Axes} box
 * @param {FlatnessScene} scene
 * @param {Course} course
 * @param {"flow" | "run" | string} which
 * @param {FlatnessPlot} name
 * @returns {Place}
 */
function placeIn(box, { flatness: { head }, flatnessOf }, course, which, name) {
  const way = course[which];
  if (name !== "along") return (k) => [box.x.at(course.share[k]), box.y.at(way[name][k])];
  const up = head.floor.sheet ? way.y : way[flatnessOf];
  return (k) => [box.x.at(way.x[k]), box.y.at(up[k])];
}

/**
 * @param {Pen} pen
 * @param {Size} size
 * @param {FlatnessScene} scene
 * @param {FlatnessPlot} name
 */
export function draw(pen, size, scene, name) {
  const { inks, flatness, flatnessOf } = scene;
  const { head, courses } = flatness;
  const box = frameOf(scene, size, name);
  if (name === "along" && head.floor.sheet) paintSheet(pen, inks, box, head.floor.sheet[flatnessOf]);
  const [first, second] = head.variables;
  const across = name === "along" ? first : "share of its own time";
  const up = name === "along" ? (head.floor.sheet ? second : TITLES[flatnessOf]) : TITLES[name];
  axis.paintAxes(pen, inks, box, { x: across, y: up });
  pens.within(pen, box, () => {
    if (name === "along") paintCurves(pen, scene, box);
    courses.forEach((course, i) => paintCourse(pen, scene, box, course, i, name));
  });
  courses.forEach((course, i) => {
    const [x, y] = placeIn(box, scene, course, "flow", name)(course.share.length - 1);
    const inside = x >= box.left && x <= box.left + box.width && y >= box.top && y <= box.top + box.height;
    if (inside) pens.bead(pen, inks, inkAt(inks, i), x, y, 5);
  });
}

/**
 * @param {Inks} inks
 * @param {number} i
 */
const inkAt = ({ runs }, i) => runs[i % runs.length];

/**
 * Γ as curves, over which its flatness is drawn.
 * @param {Pen} pen
 * @param {FlatnessScene} scene
 * @param {Axes} box
 */
function paintCurves(pen, { inks, flatness: { head }, flatnessOf }, box) {
  const other = flatnessOf === "sharpness" ? "trace" : "sharpness";
  for (const curve of head.floor.curves) {
    /** @type {(of: string) => Place} */
    const over = (of) => (k) => [box.x.at(curve.x[k]), box.y.at(curve[of][k])];
    named(pen, other, () => pens.line(pen, inks.line, 2, DASHED, 0, curve.x.length - 1, over(other)));
    named(pen, flatnessOf, () => pens.line(pen, inks.soft, 4, [], 0, curve.x.length - 1, over(flatnessOf)));
  }
}

/**
 * Γ as a surface, from flat to sharp.
 * @param {Pen} pen
 * @param {Inks} inks
 * @param {Axes} box
 * @param {number[][]} values
 */
function paintSheet(pen, inks, box, values) {
  const all = values.flat().filter(Number.isFinite);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const [rows, columns] = [values.length, values[0].length];
  const [wide, tall] = [box.width / columns, box.height / rows];
  const card = rgb(inks.card);
  /** @param {number} value */
  const ink = (value) => {
    const full = between(inks.scale, (value - low) / (high - low || 1));
    return `rgb(${full.map((part, k) => Math.round(DEPTH * part + (1 - DEPTH) * card[k])).join(",")})`;
  };
  values.forEach((row, j) =>
    row.forEach((value, i) => {
      if (!Number.isFinite(value)) return;
      pen.fillStyle = ink(value);
      pen.fillRect(box.left + i * wide, box.top + box.height - (j + 1) * tall, wide + 0.6, tall + 0.6);
    }),
  );
}

/**
 * @param {Pen} pen
 * @param {FlatnessScene} scene
 * @param {Axes} box
 * @param {Course} course
 * @param {number} i
 * @param {FlatnessPlot} name
 */
function paintCourse(pen, scene, box, course, i, name) {
  const { inks } = scene;
  const ink = inkAt(inks, i);
  const last = course.share.length - 1;
  const [flow, run] = ["flow", "run"].map((which) => placeIn(box, scene, course, which, name));
  named(pen, `flow-${course.rule}`, () => {
    if (name === "along" && scene.flatness.head.floor.sheet) pens.line(pen, inks.card, 5, [], 0, last, flow);
    pens.line(pen, ink, 2, [], 0, last, flow);
  });
  named(pen, `run-${course.rule}`, () => {
    for (let k = 0; k <= last; k += 4) {
      const [x, y] = run(k);
      if (!Number.isFinite(x + y)) continue;
      pen.fillStyle = ink;
      pen.beginPath();
      pen.arc(x, y, DOT, 0, 2 * Math.PI);
      pen.fill();
    }
  });
}

// ---- words ----

/**
 * @param {FlatnessScene} now
 */
function showWords(now) {
  const { head, courses } = now.flatness;
  const { start, tau, etas } = head.settings;
  $("flatness-aside").textContent =
    `from (${start.map(inWords).join(", ")}), each to ${inWords(tau)} on its own clock, η = ${inWords(etas[0])}`;
  $("flatness-names").replaceChildren(
    ...courses.map((course, i) => {
      const item = document.createElement("li");
      item.textContent = nameIn(now, course);
      item.style.setProperty("--swatch", `var(--run-${i + 1})`);
      return item;
    }),
  );
  $("flatness-words").textContent = [endsOf(now), head.left].filter(Boolean).join(" ");
}

/**
 * Where each ends, the one with the least λ₁ and the one with the least trace named.
 * @param {FlatnessScene} now
 */
function endsOf(now) {
  const { courses, head } = now.flatness;
  if (courses.length < head.rules.length || courses.length < 2) return "";
  /** @param {"sharpness" | "trace"} of */
  const least = (of) => {
    /** @param {Course} course */
    const end = (course) => course.flow[of][course.share.length - 1];
    const best = courses.reduce((a, b) => (end(b) < end(a) ? b : a));
    return `${nameIn(now, best)} at ${inWords(end(best))}`;
  };
  return `Least λ₁: ${least("sharpness")}. Least trace: ${least("trace")}.`;
}

/**
 * The rules, below a picture.
 * @param {FlatnessScene} now
 * @returns {import("../picture.mjs").Entry[]}
 */
const keyOf = (now) =>
  now.flatness.courses.map((course, i) => ({
    text: nameIn(now, course),
    ink: inkAt(now.inks, i),
    dash: [],
    kind: "line",
  }));
