// The fifth plot: a crowd. The map of starts on the landscape, where the region is drawn by hand, and what its runs
// have in common against η.
import { keepPlace } from "../address.mjs";
import * as axis from "../axis.mjs";
import { Asking } from "../ask.mjs";
import { addCanvas, inWindow, pointIn, wipe } from "../canvas.mjs";
import { makeDraggable } from "../drag.mjs";
import { $ } from "../elements.mjs";
import { onceAFrame } from "../frames.mjs";
import { shade } from "../inks.mjs";
import { levelLines } from "../levels.mjs";
import { writeQuery } from "../link.mjs";
import { inWords } from "../numbers.mjs";
import * as pens from "../pens.mjs";
import { named } from "../quantity.mjs";
import { listen } from "../said.mjs";
import { isCommand } from "../shortcut.mjs";
import * as sliders from "../sliders.mjs";
import { crowdRecords } from "../stream.mjs";
import { ruleName } from "./controls.mjs";
import * as fates from "./fates.mjs";
import * as legend from "./legend.mjs";
import * as regions from "./region.mjs";
import { dispatch, state, writeLink } from "./state.mjs";
import { crowdRowOf, crowdRunQuery, queryOf, scene } from "./store.mjs";

const MARGIN = { left: 58, right: 16, top: 10, bottom: 46 };
const NEAR = 10; // pixels from an edge of the region at which it can be taken
const REST = 200; // ms that keys rest before a region is asked for
const BANDS = 12; // of height
const MOST = 0.95; // of the heights in view lie below the last band
const LEVELS = 11; // of what is conserved
const SEAM = 0.6; // pixels that a cell lies over the next
/** @type {Record<string, string>} */
const INKS = { edge: "ok", crossed: "ink", diverged: "warn" };
const LOPSIDED = 1; // of the inks of several runs
/** @type {Record<string, string>} */
const SHARES = { edge: "at the edge", crossed: "crossed Γ", diverged: "diverged" };
/** @type {Record<string, number[]>} */
const DASHES = { edge: [], crossed: [7, 3], diverged: [2, 3] }; // told apart without their colours too

export class CrowdPlot {
  /**
   * @param {LabPage} page
   */
  constructor(page) {
    this.page = page;
    this.share = 0;
    this.host = $("crowd-map");
    this.still = addCanvas(this.host);
    this.above = addCanvas(this.host);
    this.grid = document.createElement("canvas");
    /** @type {Record<string, Sheet>} */
    this.curves = {};
    /** @type {any} */
    this.grab = null; // what a hand has taken, where, and of which region
    /** @type {number | undefined} */
    this.resting = undefined;
    this.later = onceAFrame(() => this.paint()); // however many rows arrive
    this.asking = new Asking(listen, {
      item: (/** @type {any} */ item, /** @type {number} */ turn) => this.item(item, turn),
      done: (/** @type {undefined} */ _, /** @type {number} */ turn) => {
        page.end("crowd", turn);
        this.later();
      },
      ...page.endings("crowd"),
    });
    const of = (/** @type {CrowdScene} */ { crowd }) => crowd.head;
    this.pictures = {
      starts: { draw: drawStarts, key: keyOfStarts, of },
      "crowd-sharpness": { draw: drawSharpness, key: () => [], head: () => "λ₁ at Φ in the end", of },
      "crowd-shares": { draw: drawShares, key: keyOfShares, head: () => "Shares of the runs", of },
    };
    this.listen();
  }

  listen() {
    const { host } = this;
    makeDraggable(host, {
      begins: (event) => this.takes(event),
      moves: (event) => this.draws(event),
      ends: (event, moved) => this.drops(event, moved),
      back: () => this.letGo(),
    });
    host.addEventListener("pointermove", (event) => this.hover(event));
    host.addEventListener("pointerleave", () => this.page.tip.hide());
    host.addEventListener("keydown", (event) => this.keydown(event));
    for (const name of ["crowd-sharpness", "crowd-shares"]) {
      const place = $(name);
      this.curves[name] = addCanvas(place);
      let back = () => {};
      makeDraggable(place, {
        begins: (event) => {
          back = this.page.keep();
          return this.takeSlice(event, place, name);
        },
        moves: (event) => this.takeSlice(event, place, name),
        back: () => back(),
      });
      place.addEventListener("pointermove", (event) => this.alongCurves(event, place, name));
      place.addEventListener("pointerleave", () => this.page.tip.hide());
    }
    for (const place of [host, ...Object.keys(this.curves).map($)]) new ResizeObserver(this.later).observe(place);
  }

  /**
   * @param {number} turn
   */
  ask(turn) {
    this.asking.ask(`../crowd.bin?${writeQuery(queryOf(state, "crowd"))}`, crowdRecords, turn);
  }

  stop() {
    this.asking.stop();
  }

  /**
   * What is asked for and the landscape, then a record for each step size.
   * @param {any} item
   * @param {number} turn
   */
  item({ head, own, ...record }, turn) {
    if (head) return this.page.adopt("crowd", turn, head, head.variables, own);
    if (!dispatch({ type: "crowdRow", turn, record: /** @type {CrowdRow} */ (record) })) return undefined;
    $("panel-crowd").dataset.drawn = "yes";
    this.page.progress.draw();
    return this.later();
  }

  paint() {
    const now = scene(state);
    if (!now.crowd.head || $("panel-crowd").hidden) return;
    if (this.still.size[0]) drawStarts(wipe(this.still), this.still.size, now);
    this.paintAbove();
    for (const [name, draw] of Object.entries({ "crowd-sharpness": drawSharpness, "crowd-shares": drawShares })) {
      const canvas = this.curves[name];
      if (!canvas.size[0]) continue;
      const pen = wipe(canvas);
      draw(pen, canvas.size, now);
      drawSlice(pen, now, curvesFrame(now, canvas.size, name));
    }
    showWords(now);
  }

  paintAbove() {
    const now = scene(state);
    if (!now.crowd.head || !this.above.size[0]) return;
    drawHandles(wipe(this.above), now, mapFrame(now, this.above.size));
    showStart();
  }

  // ---- the region ----

  // The region as the link has it, or as it is drawn.
  get region() {
    const { draft, head } = state.crowd;
    const asked = state.queries.crowd.region;
    return draft || (asked ? asked.split(",").map(Number) : head.settings.region);
  }

  /**
   * A region is asked for. The step sizes stay, so that two regions can be compared.
   * @param {number[]} region
   */
  choose(region) {
    keepPlace();
    dispatch({ type: "drafts", draft: region });
    const { eta } = state.crowd.head.settings;
    if (!state.queries.crowd.eta) dispatch({ type: "sets", key: "eta", text: eta.map(String).join(",") });
    this.page.set("region", regions.written(region).join(","));
  }

  /**
   * @param {PointerEvent} event
   */
  takes(event) {
    if (!state.crowd.head) return false;
    const [x, y] = pointIn(this.host, event);
    const box = mapFrame(scene(state), this.still.size);
    const { region } = this;
    const taken = event.shiftKey ? "new" : regions.takenAt(region, box, x, y, NEAR);
    this.grab = { x, y, taken, region };
    return true;
  }

  /**
   * @param {PointerEvent} event
   */
  draws(event) {
    this.page.tip.hide();
    const box = mapFrame(scene(state), this.still.size);
    const { x, y, taken, region } = this.grab;
    const held = pointIn(this.host, event).map((value, k) => regions.heldIn(box, k, value));
    const to = [box.x.of(held[0]), box.y.of(held[1])];
    dispatch({ type: "drafts", draft: regions.dragged(region, taken, [box.x.of(x), box.y.of(y)], to) });
    this.paintAbove();
  }

  /**
   * A drag makes a region; a click opens a run, and a tap shows it.
   * @param {PointerEvent} event
   * @param {boolean} moved
   */
  drops(event, moved) {
    const { x, y } = this.grab;
    const { draft } = state.crowd;
    this.grab = null;
    if (moved) {
      if (draft && draft[0] < draft[1] && draft[2] < draft[3]) this.choose(draft);
      else this.letGo();
      return;
    }
    const k = this.startAt(mapFrame(scene(state), this.still.size), x, y);
    if (k === null) return;
    this.point(k);
    if (event.pointerType !== "touch") this.open();
  }

  // As it was before it was taken.
  letGo() {
    this.grab = null;
    dispatch({ type: "drafts", draft: null });
    this.paintAbove();
  }

  /**
   * @param {PointerEvent} event
   */
  hover(event) {
    if (!state.crowd.head || this.grab) return undefined;
    const [x, y] = pointIn(this.host, event);
    const box = mapFrame(scene(state), this.still.size);
    this.host.dataset.taken = regions.takenAt(this.region, box, x, y, NEAR);
    const k = this.startAt(box, x, y);
    if (event.pointerType === "touch") return undefined;
    if (k === null) return this.page.tip.hide();
    this.point(k);
    return this.page.tip.show(wordsOf(k), ...inWindow(this.host, [x, y]));
  }

  // ---- a start ----

  /**
   * The start whose cell a point lies in; null where there is none.
   * @param {Axes} box
   * @param {number} x
   * @param {number} y
   */
  startAt(box, x, y) {
    const { cells, settings } = state.crowd.head;
    const cell = regions.cellAt(settings.region, settings.grid, [box.x.of(x), box.y.of(y)]);
    const k = cell === null ? -1 : cells.indexOf(cell);
    return k < 0 ? null : k;
  }

  /**
   * @param {number | null} pointed
   */
  point(pointed) {
    dispatch({ type: "pointsStart", pointed });
    this.paintAbove();
  }

  open() {
    const { pointed } = state.crowd;
    if (pointed === null) return;
    writeLink();
    location.assign(`../?${writeQuery(crowdRunQuery(state, pointed))}`);
  }

  /**
   * @param {any} event
   */
  keydown(event) {
    if (!state.crowd.head || isCommand(event)) return undefined;
    if (event.key === "Enter") return this.open();
    const { hand, head, pointed } = state.crowd;
    if (hand === "start") {
      const next = regions.neighbour(head.cells, head.settings.grid, pointed, event.key);
      if (next === null) return undefined;
      event.preventDefault();
      return this.point(next);
    }
    const region = regions.nudged(this.region, head.view, event.key, event.shiftKey);
    if (!region) return undefined;
    event.preventDefault();
    dispatch({ type: "drafts", draft: region });
    this.paintAbove();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.choose(region), REST);
    return undefined;
  }

  // ---- the curves ----

  /**
   * @param {number} share
   */
  setSlice(share) {
    this.page.set("slice", String(Number(share.toFixed(4))));
  }

  /**
   * The step size that is nearest to a point of the curves.
   * @param {any} event
   * @param {HTMLElement} place
   * @param {string} name
   */
  rowAt(event, place, name) {
    const now = scene(state);
    const box = curvesFrame(now, this.curves[name].size, name);
    const [x, y] = pointIn(place, event);
    const { etas } = now.crowd.head;
    const far = etas.map((/** @type {number} */ eta) => Math.abs(box.x.at(eta) - x));
    return { row: far.indexOf(Math.min(...far)), at: inWindow(place, [x, y]) };
  }

  /**
   * @param {any} event
   * @param {HTMLElement} place
   * @param {string} name
   */
  alongCurves(event, place, name) {
    if (!state.crowd.head) return;
    if (event.pointerType === "touch") return;
    const { row, at } = this.rowAt(event, place, name);
    const told = state.crowd.rows[row];
    if (!told) return;
    this.page.tip.show(rowsOf(told, state.crowd.head.etas[row]), ...at);
  }

  /**
   * @param {any} event
   * @param {HTMLElement} place
   * @param {string} name
   */
  takeSlice(event, place, name) {
    if (!state.crowd.head) return false;
    const { row } = this.rowAt(event, place, name);
    if (row !== crowdRowOf(state)) this.setSlice(row / (state.crowd.head.etas.length - 1));
    return true;
  }
}

// ---- pictures ----

/**
 * @param {CrowdScene} scene
 * @param {Size} size
 */
export function mapFrame({ crowd: { head } }, size) {
  const [x, y] = head.view;
  return axis.frame(size, MARGIN, { kind: "linear", range: x }, { kind: "linear", range: y });
}

/**
 * The landscape with Γ, and on it the starts, coloured by what becomes of them.
 * @param {Pen} pen
 * @param {Size} size
 * @param {CrowdScene} now
 */
export function drawStarts(pen, size, now) {
  const { inks, crowd } = now;
  const box = mapFrame(now, size);
  const [across, up] = crowd.head.variables;
  pens.within(pen, box, () => {
    named(pen, "landscape", () => paintHeights(pen, now, box));
    named(pen, "starts", () => paintCells(pen, now, box));
    named(pen, "conserved", () => paintConserved(pen, now, box));
    named(pen, "manifold", () => paintManifold(pen, now, box));
  });
  axis.paintAxes(pen, inks, box, { x: across, y: up }, { inside: false });
  named(pen, "region", () => outline(pen, now, box, crowd.head.settings.region, inks.ink, 1.6));
}

/**
 * √L in bands, the darker the higher.
 * @param {Pen} pen
 * @param {CrowdScene} now
 * @param {Axes} box
 */
function paintHeights(pen, { inks, crowd: { head, root } }, box) {
  const most = axis.quantile(root, MOST) || 1;
  const n = head.points;
  const [wide, tall] = [box.width / (n - 1), box.height / (n - 1)];
  for (let j = 0; j < n; j++) {
    let from = 0;
    const bandOf = (/** @type {number} */ i) =>
      Math.min(Math.max(Math.floor((BANDS * root[j * n + i]) / most) || 0, 0), BANDS);
    // A stretch of one band is one rectangle.
    for (let i = 1; i <= n; i++) {
      if (i < n && bandOf(i) === bandOf(from)) continue;
      pen.fillStyle = shade(inks.heights, bandOf(from) / BANDS);
      const left = box.left + (from - 0.5) * wide;
      const top = box.top + box.height - (j + 0.5) * tall;
      pen.fillRect(left, top, (i - from) * wide + SEAM, tall + SEAM);
      from = i;
    }
  }
  const levels = Array.from({ length: BANDS }, (_, k) => ((k + 1) * most) / BANDS);
  strokeLevels(pen, box, root, n, levels, [[inks.line, 0.8]]);
}

/**
 * The lines on which values on the grid of the landscape have one of some levels, in one ink over another.
 * @param {Pen} pen
 * @param {Axes} box
 * @param {Float32Array} values
 * @param {number} n
 * @param {number[]} levels
 * @param {[string, number][]} strokes
 */
function strokeLevels(pen, box, values, n, levels, strokes) {
  pen.beginPath();
  for (const level of levels)
    for (const [[i0, j0], [i1, j1]] of levelLines(values, n, n, level)) {
      pen.moveTo(box.left + (i0 / (n - 1)) * box.width, box.top + (1 - j0 / (n - 1)) * box.height);
      pen.lineTo(box.left + (i1 / (n - 1)) * box.width, box.top + (1 - j1 / (n - 1)) * box.height);
    }
  for (const [ink, width] of strokes) {
    pen.strokeStyle = ink;
    pen.lineWidth = width;
    pen.stroke();
  }
}

/**
 * @param {Pen} pen
 * @param {CrowdScene} now
 * @param {Axes} box
 */
function paintManifold(pen, { inks, crowd: { head, side } }, box) {
  if (!side) return;
  strokeLevels(
    pen,
    box,
    side,
    head.points,
    [0],
    [
      [inks.card, 5],
      [inks.theory, 2.4],
    ],
  );
}

/**
 * Gradient flow from a start goes along its line, so all starts on one line have one Φ.
 * @param {Pen} pen
 * @param {CrowdScene} now
 * @param {Axes} box
 */
function paintConserved(pen, { inks, crowd: { head, conserved } }, box) {
  if (!conserved) return;
  const levels = levelsOf(conserved);
  strokeLevels(pen, box, conserved, head.points, levels, [
    [inks.card, 2.6],
    [inks.flow, 1],
  ]);
}

/**
 * Levels between which there is as much of the plane.
 * @param {Float32Array} values
 */
const levelsOf = (values) => Array.from({ length: LEVELS }, (_, k) => axis.quantile(values, (k + 1) / (LEVELS + 1)));

/**
 * @param {CrowdScene} now
 */
const rowShown = ({ crowd, crowdSlice }) => crowd.rows[Math.round(crowdSlice * (crowd.head.etas.length - 1))];

/**
 * @param {Pen} pen
 * @param {CrowdScene} now
 * @param {Axes} box
 */
function paintCells(pen, now, box) {
  const { crowd, crowdColour } = now;
  const { head } = crowd;
  const row = rowShown(now);
  if (!row) return;
  const inkAt = crowdColour === "fate" ? fateInk(now, row) : sharpnessInk(now, row);
  const { grid } = head.settings;
  const [[left, top], [wide, tall]] = cellsIn(head.settings, box);
  head.cells.forEach((/** @type {number} */ cell, /** @type {number} */ k) => {
    const ink = inkAt(k);
    if (!ink) return;
    pen.fillStyle = ink;
    const [i, j] = [cell % grid, Math.floor(cell / grid)];
    pen.fillRect(left + i * wide, top - (j + 1) * tall, wide + SEAM, tall + SEAM);
  });
}

/**
 * The lower left corner of a region on the plot, and the size of a cell.
 * @param {any} settings
 * @param {Axes} box
 */
function cellsIn({ region: [x0, x1, y0, y1], grid }, box) {
  const [left, right, bottom, top] = [box.x.at(x0), box.x.at(x1), box.y.at(y0), box.y.at(y1)];
  return [
    [left, bottom],
    [(right - left) / grid, (bottom - top) / grid],
  ];
}

/**
 * @param {CrowdScene} now
 * @param {CrowdRow} row
 */
const fateInk =
  ({ fateInks }, row) =>
  (/** @type {number} */ k) =>
    fateInks[row.outcome[k]];

/**
 * On one scale for all step sizes.
 * @param {CrowdScene} now
 * @param {CrowdRow} row
 */
function sharpnessInk(now, row) {
  const scale = scaleOf(now);
  if (!scale) return () => "";
  return (/** @type {number} */ k) =>
    Number.isFinite(row.sharpness[k]) ? shade(now.inks.scale, scale.share(row.sharpness[k])) : now.inks.soft;
}

/**
 * @param {CrowdScene} now
 */
function scaleOf({ crowd }) {
  const all = crowd.rows.filter(Boolean).flatMap(({ sharpness }) => Array.from(sharpness));
  return fates.sharpnessScale(Float32Array.from(all));
}

/**
 * The edge of a region, of its kind.
 * @param {Pen} pen
 * @param {CrowdScene} now
 * @param {Axes} box
 * @param {number[]} region
 * @param {string} ink
 * @param {number} width
 */
function outline(pen, { inks, crowd: { head } }, box, [x0, x1, y0, y1], ink, width) {
  const [left, right, bottom, top] = [box.x.at(x0), box.x.at(x1), box.y.at(y0), box.y.at(y1)];
  const [cx, cy, rx, ry] = [(left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2];
  for (const [colour, wide] of /** @type {[string, number][]} */ ([
    [inks.card, width + 2.4],
    [ink, width],
  ])) {
    pen.strokeStyle = colour;
    pen.lineWidth = wide;
    const { kind } = head.settings;
    if (kind === "rectangle") pen.strokeRect(left, top, right - left, bottom - top);
    for (const share of regions.RINGS[kind]) {
      const at = (/** @type {number} */ k) => (2 * Math.PI * k) / regions.ROUND;
      pens.line(pen, colour, wide, [], 0, regions.ROUND, (k) => [
        cx + share * rx * Math.cos(at(k)),
        cy + share * ry * Math.sin(at(k)),
      ]);
    }
  }
}

/**
 * The region as it is drawn, with what a hand can take, and the start that is pointed at.
 * @param {Pen} pen
 * @param {CrowdScene} now
 * @param {Axes} box
 */
function drawHandles(pen, now, box) {
  const { inks, crowd } = now;
  const asked = state.queries.crowd.region;
  const region = crowd.draft || (asked ? asked.split(",").map(Number) : crowd.head.settings.region);
  outline(pen, now, box, region, inks.ink, 2);
  for (const [x, y] of regions.cornersOf(region)) {
    pen.fillStyle = inks.card;
    pen.strokeStyle = inks.ink;
    pen.lineWidth = 1.6;
    pen.beginPath();
    pen.arc(box.x.at(x), box.y.at(y), 4.5, 0, 2 * Math.PI);
    pen.fill();
    pen.stroke();
  }
  if (crowd.pointed === null) return;
  const [, [wide, tall]] = cellsIn(crowd.head.settings, box);
  const [x, y] = crowd.head.starts[crowd.pointed];
  const [half, high] = [Math.max(wide / 2, 3) + 2, Math.max(tall / 2, 3) + 2];
  for (const [ink, width] of /** @type {[string, number][]} */ ([
    [inks.card, 5],
    [inks.ink, 2],
  ])) {
    pen.strokeStyle = ink;
    pen.lineWidth = width;
    pen.strokeRect(box.x.at(x) - half, box.y.at(y) - high, 2 * half, 2 * high);
  }
}

/**
 * @param {CrowdScene} now
 * @param {Size} size
 * @param {string} name
 */
export function curvesFrame({ crowd: { head, rows } }, size, name) {
  const { etas } = head;
  const range = /** @type {Span} */ ([etas[0], etas[etas.length - 1]]);
  const known = rows.filter(Boolean);
  const y =
    name === "crowd-shares"
      ? /** @type {AxisKind} */ ({ kind: "linear", range: [-0.03, 1.03] })
      : /** @type {AxisKind} */ ({
          kind: "log",
          range: axis.rangeOf(
            known.flatMap(({ lower, upper }) => [lower, upper]),
            "log",
            0.12,
          ),
        });
  return axis.frame(size, MARGIN, { kind: "log", range }, y);
}

/**
 * The median and the quartiles, and of GD 2/η, above which it settles nowhere.
 * @param {Pen} pen
 * @param {Size} size
 * @param {CrowdScene} now
 */
export function drawSharpness(pen, size, now) {
  const { inks, crowd } = now;
  const box = curvesFrame(now, size, "crowd-sharpness");
  axis.paintAxes(pen, inks, box, { x: "step size η", y: "sharpness λ₁(Φ)" });
  const { etas } = crowd.head;
  const known = crowd.rows.filter((row) => row && Number.isFinite(row.median));
  const at = (/** @type {CrowdRow} */ { row }) => box.x.at(etas[row]);
  pens.within(pen, box, () => {
    named(pen, "quartiles", () => {
      pen.beginPath();
      known.forEach((row, k) => (k ? pen.lineTo : pen.moveTo).call(pen, at(row), box.y.at(row.lower)));
      [...known].reverse().forEach((row) => pen.lineTo(at(row), box.y.at(row.upper)));
      pen.closePath();
      pen.globalAlpha = 0.22;
      pen.fillStyle = inks.theory;
      pen.fill();
      pen.globalAlpha = 1;
    });
    named(pen, "median", () => {
      pens.line(pen, inks.theory, 2.4, [], 0, known.length - 1, (k) => [at(known[k]), box.y.at(known[k].median)]);
      for (const row of known) dot(pen, inks.theory, at(row), box.y.at(row.median));
    });
    if (!isGd(crowd.head)) return;
    named(pen, "threshold", () =>
      pens.line(pen, inks.threshold, 1.6, [5, 4], 0, etas.length - 1, (k) => [
        box.x.at(etas[k]),
        box.y.at(2 / etas[k]),
      ]),
    );
  });
  const seen = etas.findIndex((/** @type {number} */ eta) => box.y.at(2 / eta) > box.top + 12);
  if (isGd(crowd.head) && seen >= 0 && seen < etas.length - 2)
    pens.label(pen, inks, "2/η", box.x.at(etas[seen]) + 8, box.top + 12, inks.threshold);
}

/**
 * The threshold of other rules is another, or changes from step to step.
 * @param {any} head
 */
const isGd = ({ settings }) => settings.rule[0] === "gd";

/**
 * @param {CrowdScene} now
 */
const sharesOf = ({ crowd }) =>
  Object.keys(SHARES).filter((name) =>
    crowd.rows.some((row) => row && Number.isFinite(row[/** @type {"edge"} */ (name)])),
  );

/**
 * @param {CrowdScene} now
 * @param {string} name
 */
const shareInk = ({ inks }, name) => inks[INKS[name]];

/**
 * @param {Pen} pen
 * @param {Size} size
 * @param {CrowdScene} now
 */
export function drawShares(pen, size, now) {
  const { inks, crowd } = now;
  const box = curvesFrame(now, size, "crowd-shares");
  axis.paintAxes(pen, inks, box, { x: "step size η", y: "share of the runs" });
  const known = crowd.rows.filter(Boolean);
  const at = (/** @type {CrowdRow} */ { row }) => box.x.at(crowd.head.etas[row]);
  pens.within(pen, box, () => {
    for (const name of sharesOf(now)) {
      const value = (/** @type {CrowdRow} */ row) => box.y.at(row[/** @type {"edge"} */ (name)]);
      named(pen, `share-${name}`, () => {
        pens.line(pen, shareInk(now, name), 2.2, DASHES[name], 0, known.length - 1, (k) => [
          at(known[k]),
          value(known[k]),
        ]);
        for (const row of known) dot(pen, shareInk(now, name), at(row), value(row));
      });
    }
    if (!hasLopsided(now)) return;
    named(pen, "share-lopsided", () => {
      for (const row of known) pens.bead(pen, inks, inks.runs[LOPSIDED], at(row), box.y.at(row.lopsided), 3.4);
    });
    named(pen, "share-lopsided-law", () =>
      pens.line(pen, inks.runs[LOPSIDED], 1.8, [5, 4], 0, known.length - 1, (k) => [
        at(known[k]),
        box.y.at(known[k].expected),
      ]),
    );
  });
}

/**
 * @param {Pen} pen
 * @param {string} ink
 * @param {number} x
 * @param {number} y
 */
function dot(pen, ink, x, y) {
  pen.fillStyle = ink;
  pen.beginPath();
  pen.arc(x, y, 2.6, 0, 2 * Math.PI);
  pen.fill();
}

/**
 * @param {CrowdScene} now
 */
const hasLopsided = ({ crowd }) => crowd.rows.some((row) => row && Number.isFinite(row.lopsided));

/**
 * Which step size the map of starts is of.
 * @param {Pen} pen
 * @param {CrowdScene} now
 * @param {Axes} box
 */
function drawSlice(pen, { inks, crowd, crowdSlice }, box) {
  const { etas } = crowd.head;
  const x = box.x.at(etas[Math.round(crowdSlice * (etas.length - 1))]);
  pens.line(pen, inks.ink, 1.4, [], 0, 1, (k) => [x, box.top + k * box.height]);
}

/**
 * The fates of the map, or its scale, below a picture.
 * @param {CrowdScene} now
 * @returns {import("../picture.mjs").Entry[]}
 */
function keyOfStarts(now) {
  const row = rowShown(now);
  const lines = keyOfLines(now);
  if (!row) return lines;
  if (now.crowdColour === "sharpness") return [...legend.scaleEntries(scaleOf(now), now.inks), ...lines];
  const seen = new Set(row.outcome);
  const shown = now.crowd.head.fates
    .filter((/** @type {Fate} */ { value }) => seen.has(value))
    .map((/** @type {Fate} */ fate) => legend.entryOf(fate, now.fateInks));
  return [...shown, ...lines];
}

/**
 * @param {CrowdScene} now
 * @returns {import("../picture.mjs").Entry[]}
 */
const keyOfLines = ({ inks, crowd: { head } }) =>
  head.conserved
    ? [{ text: `${head.conserved}, which gradient flow keeps`, ink: inks.flow, dash: [], kind: "line" }]
    : [];

/**
 * @param {CrowdScene} now
 * @returns {import("../picture.mjs").Entry[]}
 */
function keyOfShares(now) {
  /** @type {import("../picture.mjs").Entry[]} */
  const lines = sharesOf(now).map((name) => ({
    text: SHARES[name],
    ink: shareInk(now, name),
    dash: DASHES[name],
    kind: "line",
  }));
  if (!hasLopsided(now)) return lines;
  return [
    ...lines,
    { text: "lopsided for good", ink: now.inks.runs[LOPSIDED], kind: "patch" },
    { text: "1 − √(λ/λ₀)", ink: now.inks.runs[LOPSIDED], dash: [5, 4], kind: "line" },
  ];
}

// ---- words ----

/**
 * @param {number} share
 */
const percent = (share) => `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;

/**
 * @param {CrowdRow} row
 * @param {number} eta
 */
const rowsOf = (row, eta) => [
  [`η = ${inWords(eta)}`, ""],
  ["median λ₁", inWords(row.median)],
  ["quartiles", `${inWords(row.lower)} … ${inWords(row.upper)}`],
  ...Object.entries(SHARES)
    .map(([name, words]) => [words, row[/** @type {"edge"} */ (name)]])
    .filter(([, share]) => Number.isFinite(share))
    .map(([words, share]) => [String(words), percent(Number(share))]),
];

/**
 * What is known of a start at the step size of the map.
 * @param {number} k
 */
function wordsOf(k) {
  const { head } = state.crowd;
  const row = state.crowd.rows[crowdRowOf(state)];
  const start = head.starts[k].map(inWords).join(", ");
  if (!row) return [[`(${start})`, ""]];
  const fate = head.fates.find((/** @type {Fate} */ { value }) => value === row.outcome[k]);
  const across = Number.isFinite(row.crossed) ? [["crossed Γ", row.across[k] ? "yes" : "no"]] : [];
  return [[`(${start})`, ""], [fates.nameOf(fate), ""], ["λ₁ in the end", inWords(row.sharpness[k])], ...across];
}

function showStart() {
  const { pointed } = state.crowd;
  const told = pointed === null ? [] : wordsOf(pointed).map((words) => words.filter(Boolean).join(" "));
  $("crowd-start").textContent = told.length
    ? `${told.join(", ")}.`
    : "Point at a start to read its run; press it to open it on the stage.";
}

/**
 * @param {CrowdScene} now
 */
function showWords(now) {
  const { head } = now.crowd;
  const { rule, steps } = head.settings;
  const eta = head.etas[crowdRowOf(state)];
  const row = rowShown(now);
  $("crowd-map-aside").textContent =
    `${head.cells.length.toLocaleString("en")} runs of ${ruleName(rule)} at each η, ${steps.toLocaleString("en")} steps each`;
  $("crowd-sharpness-aside").textContent = "median and quartiles";
  $("crowd-key").replaceChildren(...keyOfStarts(now).map(keyItem));
  $("crowd-shares-aside").replaceChildren(...keyOfShares(now).map(keyItem));
  sliders.set("slice", now.crowdSlice, `η = ${inWords(eta)}`);
  $("slice-words").textContent = `η = ${inWords(eta)}`;
  $("crowd-words").textContent = row ? sentenceOf(row, eta) : "";
  const told = row && Number.isFinite(row.lopsided);
  $("crowd-lopsided").hidden = !told;
  if (told)
    $("crowd-lopsided").textContent =
      `Of those at the edge ${percent(row.lopsided)} are lopsided for good, with Γ as one wall; the law says ` +
      `1 − √(λ/λ₀) = ${percent(row.expected)}, since a run may land at any phase of the bounce.`;
}

/**
 * @param {import("../picture.mjs").Entry} entry
 */
function keyItem({ text, ink, dash }) {
  const item = Object.assign(document.createElement("span"), { className: "key", textContent: text });
  item.style.setProperty("--swatch", ink);
  item.toggleAttribute("data-dashed", Boolean(dash?.length));
  return item;
}

/**
 * @param {CrowdRow} row
 * @param {number} eta
 */
function sentenceOf(row, eta) {
  const crossed = Number.isFinite(row.crossed) ? `, ${percent(row.crossed)} crossed Γ on their way` : "";
  const sharp = Number.isFinite(row.median)
    ? `half of the runs end where λ₁ is below ${inWords(row.median)}, half of them between ${inWords(row.lower)} and ${inWords(row.upper)}`
    : "no run ends on Γ";
  return `At η = ${inWords(eta)} ${sharp}; ${percent(row.edge)} end at the edge${crossed}, ${percent(row.diverged)} diverge.`;
}
