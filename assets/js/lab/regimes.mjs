// The first plot: the map, the orbit diagram of its slice, and the cell under the cursor with its path.
import { decode, decodeValley } from "../binary.mjs";
import { pointIn } from "../canvas.mjs";
import { $ } from "../elements.mjs";
import { lossIn, writeQuery } from "../link.mjs";
import { inWords } from "../numbers.mjs";
import { failed } from "../run.mjs";
import { ask } from "../said.mjs";
import { isCommand, shortcut } from "../shortcut.mjs";
import * as sliders from "../sliders.mjs";
import { Asking, Kept } from "../ask.mjs";
import { columnOf } from "./cells.mjs";
import { ruleName } from "./controls.mjs";
import * as legend from "./legend.mjs";
import { RegimeMap, sliceAt, sliceOf } from "./map.mjs";
import { decodeOrbit, Orbit } from "./orbit.mjs";
import { Path } from "./path.mjs";
import { dispatch, state, writeLink } from "./state.mjs";
import { cellOf, orbitQuery, runQuery, scene } from "./store.mjs";
import { mapRecords } from "../stream.mjs";

const NEAR = 8; // pixels from the slice at which it can be taken
const STILL = 4; // pixels of a press that is no drag
const REST = 90; // ms that the hand rests before a path or an orbit is asked for

export class Regimes {
  /**
   * @param {LabPage} page
   */
  constructor(page) {
    this.page = page;
    this.share = 0;
    this.host = $("map-plot");
    this.map = new RegimeMap(this.host);
    this.orbit = new Orbit($("orbit-plot"));
    this.path = new Path($("path-plot"));
    this.asking = new Asking(ask, {
      item: (/** @type {any} */ item, /** @type {number} */ turn) => this.item(item, turn),
      done: (/** @type {undefined} */ _, /** @type {number} */ turn) => this.replaces(() => page.end("regimes", turn)),
      ...page.endings("regimes"),
    });
    this.kept = {
      paths: new Kept(ask, decode),
      orbits: new Kept(ask, decodeOrbit),
      valleys: new Kept(ask, decodeValley),
    };
    this.drawn = 0; // the picture that is due
    /** @type {Record<string, number>} */
    this.due = {}; // what waits for the hand to rest, by name
    /** @type {{ x: number, y: number, slice: boolean } | null} */
    this.grab = null; // where the pointer went down, and whether it has taken the slice
    const { map, orbit, path } = this;
    const ofMap = { key: legend.keyOf, of: (/** @type {MapScene} */ { cells }) => cells && cells.head };
    this.pictures = {
      map: { draw: map.draw.bind(map), ...ofMap },
      sliced: { draw: map.drawSliced.bind(map), ...ofMap },
      orbit: { draw: orbit.draw.bind(orbit), key: orbitKey, of: (/** @type {OrbitScene} */ { orbit }) => orbit },
      path: {
        draw: path.draw.bind(path),
        key: () => [],
        of: (/** @type {PathScene} */ { path }) => path?.result || null,
      },
    };
    this.listen();
  }

  listen() {
    const { host } = this;
    host.addEventListener("pointermove", (event) => this.pointermove(event));
    host.addEventListener("pointerdown", (event) => this.pointerdown(event));
    host.addEventListener("pointerup", (event) => this.pointerup(event));
    host.addEventListener("pointercancel", () => (this.grab = null));
    host.addEventListener("keydown", (event) => this.keydown(event));
    $("orbit-plot").addEventListener("pointermove", (event) => this.alongSlice(event));
    legend.begin((value) => this.pick(value));
    for (const place of [host, $("orbit-plot"), $("path-plot")])
      new ResizeObserver(() => requestAnimationFrame(() => this.paint())).observe(place);
  }

  // ---- the map ----

  /**
   * @param {number} turn
   */
  ask(turn) {
    this.asking.ask(address("regimes.bin", state.queries.regimes), mapRecords(), turn);
  }

  stop() {
    this.asking.stop();
  }

  /**
   * What the map will be, then its rows.
   * @param {any} any
   * @param {number} turn
   */
  item({ head, ...record }, turn) {
    if (head) return this.page.adopt("regimes", turn, head, head.variables);
    this.replaces(() => dispatch({ type: "row", turn, record }));
    return this.page.progress.draw();
  }

  /**
   * Something that may put another map into the place of the one on screen.
   * @param {() => unknown} happens
   */
  replaces(happens) {
    const before = state.cells?.head;
    happens();
    if (!state.cells) return;
    if (state.cells.head !== before) this.begins();
    this.later();
  }

  // The first row of another map has come.
  begins() {
    $("panel-regimes").dataset.drawn = "yes";
    if (!state.path) $("path-aside").textContent = "computing";
    this.pointed();
    this.askOrbit();
    showCaption();
  }

  // One picture a frame, however many rows arrive.
  later() {
    if (!this.drawn) this.drawn = requestAnimationFrame(() => this.paint());
  }

  paint() {
    this.drawn = 0;
    if (!state.cells || $("panel-regimes").hidden) return;
    const now = scene(state);
    this.map.paint(now);
    this.orbit.paint(now);
    this.path.paint(now);
    legend.show(now);
    showCell();
  }

  paintAbove() {
    const now = scene(state);
    this.map.paint(now, { above: true });
    this.orbit.paint(now, { above: true });
  }

  /**
   * @param {number} value
   */
  pick(value) {
    dispatch({ type: "picks", value });
    this.paint();
  }

  // ---- the cursor ----

  /**
   * @param {Cursor} cursor
   */
  point(cursor) {
    dispatch({ type: "points", cursor });
    this.pointed();
  }

  pointed() {
    this.paintAbove();
    showCell();
    clearTimeout(this.due.path);
    this.due.path = setTimeout(() => this.askPath(), REST);
  }

  async askPath() {
    const query = runQuery(state);
    const ofLoss = lossIn(query);
    $("path-aside").textContent = "computing";
    const [result, valley] = await Promise.all([
      this.kept.paths.get(address("run.bin", query)),
      query.start.split(",").length === 2 ? this.kept.valleys.get(address("valley.bin", ofLoss)) : null,
    ]);
    // None where it is overtaken by another cell, or not to be had.
    if (!result || !dispatch({ type: "path", question: writeQuery(query), found: { result, valley } })) return;
    $("path-aside").textContent = endingOf(result.runs[0]);
    this.path.paint(scene(state));
  }

  // ---- hands and keys ----

  /**
   * @param {number} x
   * @param {number} y
   */
  nearSlice(x, y) {
    const now = scene(state);
    const box = this.map.frame(now);
    const line = sliceAt(now.slice, box, state.cells.columns);
    const beside = x >= box.left - 12 && x <= box.left + box.width + 12;
    return beside && Math.abs(y - line) <= NEAR;
  }

  /**
   * @param {any} event
   */
  pointermove(event) {
    if (!state.cells) return;
    const [x, y] = at(event);
    const box = this.map.frame(scene(state));
    if (this.grab && this.grab.slice) return this.setSlice(sliceOf(y, box, state.cells.columns));
    this.host.classList.toggle("at-slice", this.nearSlice(x, y));
    const found = state.cells.find(box, x, y);
    if (found && event.pointerType !== "touch") this.point(found);
  }

  /**
   * A step size under the pointer on the orbit diagram is a cell of the slice.
   * @param {PointerEvent} event
   */
  alongSlice(event) {
    if (!state.cells || event.pointerType === "touch") return;
    const now = scene(state);
    const { top, left, width, height } = this.map.frame(now);
    const [x] = pointIn($("orbit-plot"), event);
    const found = state.cells.find({ top, left, width, height }, x, top + height / 2);
    if (found) this.point({ row: found.row, column: columnOf(now.slice, state.cells.columns) });
  }

  /**
   * @param {any} event
   */
  pointerdown(event) {
    if (!state.cells || event.button) return;
    const [x, y] = at(event);
    this.grab = { x, y, slice: this.nearSlice(x, y) };
    if (this.grab.slice) this.host.setPointerCapture(event.pointerId);
  }

  /**
   * A click opens the run; a tap shows it first, and its link opens it.
   * @param {any} event
   */
  pointerup(event) {
    const pressed = this.grab;
    this.grab = null;
    if (!pressed || pressed.slice || !state.cells) return;
    const [x, y] = at(event);
    const found = state.cells.find(this.map.frame(scene(state)), x, y);
    if (!found || Math.hypot(x - pressed.x, y - pressed.y) > STILL) return;
    this.point(found);
    if (event.pointerType !== "touch") open();
  }

  /**
   * @param {any} event
   */
  keydown(event) {
    if (!state.cells || isCommand(event)) return;
    if (event.key === "Enter") return open();
    if (shortcut(event, { s: true })) return this.setSlice(state.cursor.column / Math.max(state.cells.columns - 1, 1));
    const moved = state.cells.move(state.cursor, event.key, event.shiftKey);
    if (!moved) return;
    event.preventDefault();
    this.point(moved);
  }

  // ---- the slice ----

  /**
   * @param {number} share
   */
  setSlice(share) {
    this.page.set("slice", String(Number(share.toFixed(4))));
    if (!state.cells) return;
    showSlice();
    clearTimeout(this.due.orbit);
    this.due.orbit = setTimeout(() => this.askOrbit(), REST);
  }

  async askOrbit() {
    showSlice();
    const question = writeQuery(orbitQuery(state));
    const found = await this.kept.orbits.get(`../orbit.bin?${question}`);
    if (found && dispatch({ type: "orbit", question, found })) this.orbit.paint(scene(state));
  }

  /**
   * @param {OrbitView} orbitView
   */
  setOrbitView(orbitView) {
    dispatch({ type: "looks", orbitView });
    this.orbit.paint(scene(state));
  }
}

/**
 * What the dots and the strip of an orbit diagram are, below a picture.
 * @param {OrbitScene} scene
 * @returns {import("../picture.mjs").Entry[]}
 */
function orbitKey({ inks, fateInks, orbit, orbitView }) {
  const isOffset = orbitView === "offset" || orbitView === "scaled";
  /** @type {import("../picture.mjs").Entry[]} */
  const parities = ["even", "odd"].map((kind) => ({ text: `${kind} t`, ink: inks[kind], kind: "patch" }));
  const seen = new Set(orbit.fate);
  const fates = orbit.fates.filter((/** @type {Fate} */ { value }) => seen.has(value));
  return [...(isOffset ? parities : []), ...fates.map((/** @type {Fate} */ fate) => legend.entryOf(fate, fateInks))];
}

/**
 * @param {string} name
 * @param {Query} query
 */
const address = (name, query) => `../${name}?${writeQuery(query)}`;

/**
 * Where on the map a pointer is.
 * @param {any} event
 */
const at = (event) => pointIn($("map-plot"), event);

function open() {
  writeLink();
  location.assign($("open").href);
}

// ---- words around it ----

function showCaption() {
  const { rows, columns, head } = state.cells;
  const { rule, steps } = head.settings;
  $("map-story").textContent = head.story;
  $("map-aside").textContent =
    `${rows} × ${columns} runs of ${ruleName(rule)}, ${steps.toLocaleString("en")} steps each`;
}

function showCell() {
  const { eta, start, own, known, fate, sharpness, period, steps } = cellOf(state);
  $("cell-eta").textContent = inWords(eta);
  $("cell-start").textContent = `(${start.map(inWords).join(", ")})`;
  $("cell-own").textContent = own
    .map((/** @type {Own} */ { symbol, value }) => `${symbol} = ${inWords(value)}`)
    .join(", ");
  $("cell-own").parentElement?.toggleAttribute("hidden", !own.length);
  $("cell-threshold").textContent = inWords(2 / eta);
  $("cell-sharpness").textContent = known ? inWords(sharpness) : "–";
  $("cell-period").textContent = known && period > 0 ? `${period} steps` : "none";
  const later = steps > state.cells.head.settings.steps ? ` Decided after ${steps.toLocaleString("en")} steps.` : "";
  $("cell-fate").textContent = known ? fate.sentence + later : "Not computed yet.";
  $("cell-swatch").style.setProperty("--swatch", known && fate.value ? `var(--fate-${fate.value})` : "var(--card)");
  $("open").href = `../?${writeQuery(runQuery(state))}`; // the stage, with the run of the cell
}

/**
 * How long it lasted; how it ended is told by its fate.
 * @param {Run} run
 */
const endingOf = (run) => `${(failed(run) ? run.outcome_step : run.last).toLocaleString("en")} steps`;

function showSlice() {
  const { slice, cells } = scene(state);
  const column = columnOf(slice, cells.columns);
  const { eta, start, own } = cells.at(0, column);
  const [{ name: across }, { name: up }] = cells.head.axes;
  const from = `(${start.map(inWords).join(", ")})`;
  const value = up === "eta" ? eta : own.find((/** @type {Own} */ { name }) => name === up)?.value;
  const words = up === "start" ? `start ${from}` : `${cells.head.axes[1].symbol} = ${inWords(value)}`;
  sliders.set("slice", slice, words);
  $("slice-words").textContent = words;
  const of = [...(across === "start" ? [] : [`from ${from}`]), ...(up === "start" ? [] : [`at ${words}`])];
  $("orbit-aside").textContent = `the last iterates ${of.join(" ")}`;
}
