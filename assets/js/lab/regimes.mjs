// The first plot: the map, the orbit diagram of its slice, and the cell under the cursor with its path.
import { keepPlace } from "../address.mjs";
import { decode, decodeValley } from "../binary.mjs";
import { pointIn } from "../canvas.mjs";
import { makeDraggable } from "../drag.mjs";
import { $ } from "../elements.mjs";
import { nextFrame, onceAFrame, whenSeen } from "../frames.mjs";
import { lossIn, writeQuery } from "../link.mjs";
import { showWaiting } from "../messages.mjs";
import { inWords } from "../numbers.mjs";
import { failed } from "../run.mjs";
import { listen } from "../said.mjs";
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
import * as zoom from "./zoom.mjs";
import { mapRecords } from "../stream.mjs";

const NEAR = 8; // pixels from the slice at which it can be taken
const CLOSER = 0.5; // a window, of the one before, by key or button
const TURN = 0.0015; // its logarithm for a pixel of the wheel
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
    this.asking = new Asking(listen, {
      item: (/** @type {any} */ item, /** @type {number} */ turn) => this.item(item, turn),
      done: (/** @type {undefined} */ _, /** @type {number} */ turn) => this.replaces(() => page.end("regimes", turn)),
      ...page.endings("regimes"),
    });
    this.kept = {
      paths: new Kept(listen, decode, showWaiting),
      orbits: new Kept(listen, decodeOrbit, showWaiting),
      valleys: new Kept(listen, decodeValley, showWaiting),
    };
    this.later = onceAFrame(() => this.paint()); // however many rows arrive
    /** @type {Record<string, number>} */
    this.due = {}; // what waits for the hand to rest, by name
    /** @type {{ x: number, y: number, back: (() => void) | null } | null} */
    this.grab = null; // where the pointer went down, and what brings the slice back where that is taken
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
    host.addEventListener("pointermove", (event) => this.hover(event));
    makeDraggable(host, {
      begins: (event) => this.takes(event),
      moves: (event) => this.draws(event),
      ends: (event, moved) => this.drops(event, moved),
      back: () => this.letGo(),
    });
    // What lies under a finger is known only as it comes: beside the slice it scrolls the page.
    host.addEventListener("touchstart", (event) => this.touched(event), { passive: false });
    for (const place of [host, $("orbit-plot")])
      place.addEventListener("wheel", (event) => this.turned(event, place), { passive: false });
    const middle = [0.5, 0.5];
    const orbit = $("orbit-plot");
    $("zoom-in").addEventListener("click", () => this.zoomAbout(middle, CLOSER));
    $("zoom-out").addEventListener("click", () => this.zoomAbout(middle, 1 / CLOSER));
    $("zoom-whole").addEventListener("click", () => this.showWhole());
    makeDraggable(orbit, {
      begins: (event) => this.takesAcross(event),
      moves: (event) => this.drawsAcross(event),
      ends: (event, moved) => this.dropsAcross(event, moved),
      back: () => this.letGo(),
    });
    host.addEventListener("keydown", (event) => this.keydown(event));
    $("orbit-plot").addEventListener("pointermove", (event) => this.alongSlice(event));
    legend.begin((value) => this.pick(value));
    for (const place of [host, $("orbit-plot"), $("path-plot")]) new ResizeObserver(this.later).observe(place);
  }

  // ---- the map ----

  /**
   * @param {number} turn
   */
  ask(turn) {
    this.asking.ask(address("regimes.bin", state.queries.regimes), mapRecords, turn);
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
    showCaption();
    whenSeen(() => {
      this.pointed();
      this.askOrbit();
    });
  }

  paint() {
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
    nextFrame(() => this.path.paint(scene(state)));
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
  hover(event) {
    if (!state.cells || this.grab) return;
    const [x, y] = at(event);
    this.host.classList.toggle("at-slice", this.nearSlice(x, y));
    const found = state.window ? null : state.cells.find(this.map.frame(scene(state)), x, y);
    if (found && event.pointerType !== "touch") this.point(found);
  }

  /**
   * @param {TouchEvent} event
   */
  touched(event) {
    if (event.cancelable && state.cells && this.nearSlice(...at(event.touches[0]))) event.preventDefault();
  }

  /**
   * A step size under the pointer on the orbit diagram is a cell of the slice.
   * @param {PointerEvent} event
   */
  alongSlice(event) {
    if (!state.cells || state.window || event.pointerType === "touch") return;
    const now = scene(state);
    const { top, left, width, height } = this.map.frame(now);
    const [x] = pointIn($("orbit-plot"), event);
    const found = state.cells.find({ top, left, width, height }, x, top + height / 2);
    if (found) this.point({ row: found.row, column: columnOf(now.slice, state.cells.columns) });
  }

  /**
   * @param {PointerEvent} event
   */
  takes(event) {
    if (!state.cells) return false;
    const [x, y] = at(event);
    this.grab = { x, y, back: this.nearSlice(x, y) ? this.keep() : null };
    return true;
  }

  /**
   * The slice, or a window; a finger beside the slice scrolls the page.
   * @param {PointerEvent} event
   */
  draws(event) {
    if (!this.grab) return;
    const [x, y] = at(event);
    const box = this.map.frame(scene(state));
    if (this.grab.back) return this.setSlice(sliceOf(y, box, state.cells.columns));
    if (event.pointerType === "touch") return;
    this.map.mark([[this.grab.x, this.grab.y], heldIn(box, x, y)]);
    this.paintAbove();
  }

  /**
   * A window is computed; a click opens the run; a tap shows it first, and its link opens it.
   * @param {PointerEvent} event
   * @param {boolean} moved
   */
  drops(event, moved) {
    const { grab } = this;
    this.grab = null;
    this.unmark();
    if (!grab || grab.back || !state.cells) return;
    const [x, y] = at(event);
    if (moved) {
      if (event.pointerType !== "touch") this.zoomOnto([grab.x, grab.y], [x, y]);
      return;
    }
    const found = state.window ? null : state.cells.find(this.map.frame(scene(state)), x, y);
    if (!found) return;
    this.point(found);
    if (event.pointerType !== "touch") open();
  }

  // As it was before it was taken.
  letGo() {
    const { grab } = this;
    this.grab = null;
    this.unmark();
    grab?.back?.();
  }

  unmark() {
    this.map.mark(null);
    if (state.cells) this.paintAbove();
  }

  // ---- windows ----

  /**
   * Another window, whose cells are asked for when the hand rests; till then those there are stretched.
   * @param {Span[]} window shares of what is seen, across and upwards
   */
  zoom(window) {
    if (!state.cells) return;
    if (!this.due.zoom) keepPlace(); // of many turns of a wheel once
    dispatch({ type: "zooms", window });
    writeLink();
    this.paint();
    clearTimeout(this.due.zoom);
    this.due.zoom = setTimeout(() => {
      this.due.zoom = 0;
      this.page.request();
    }, REST);
  }

  showWhole() {
    if (!state.cells) return;
    keepPlace();
    dispatch({ type: "unzooms" });
    this.page.request();
  }

  /**
   * @param {number[]} share of what is seen, that stays where it is
   * @param {number} factor
   */
  zoomAbout(share, factor) {
    this.zoom(share.map((at) => zoom.about(at, factor)));
  }

  /**
   * What lies between two points of the map.
   * @param {Point} from
   * @param {Point} to
   */
  zoomOnto(from, to) {
    const box = this.map.frame(scene(state));
    const [one, other] = [from, to].map((point) => shareIn(box, heldIn(box, ...point)));
    const window = [zoom.between(one[0], other[0]), zoom.between(one[1], other[1])];
    if (window[0] && window[1]) this.zoom(/** @type {Span[]} */ (window));
  }

  get shareOfCursor() {
    const { cursor, cells } = state;
    return [(cursor.row + 0.5) / cells.rows, (cursor.column + 0.5) / cells.columns];
  }

  /**
   * The wheel scrolls the page as elsewhere; with Ctrl, which two fingers drawn apart on a pad press too, it zooms. On
   * the orbit diagram along its axis alone.
   * @param {WheelEvent} event
   * @param {HTMLElement} place
   */
  turned(event, place) {
    if (!event.ctrlKey || !state.cells) return;
    event.preventDefault();
    const box = this.map.frame(scene(state));
    const [x, y] = shareIn(box, pointIn(place, event));
    const factor = Math.exp(TURN * Math.max(-400, Math.min(400, event.deltaY)));
    const upright = place === this.host ? zoom.about(y, factor) : zoom.WHOLE;
    this.zoom([zoom.about(x, factor), upright]);
  }

  /**
   * @param {PointerEvent} event
   */
  takesAcross(event) {
    if (!state.cells || event.pointerType === "touch") return false;
    this.grab = { x: pointIn($("orbit-plot"), event)[0], y: 0, back: null };
    return true;
  }

  /**
   * The window is seen on the map above.
   * @param {PointerEvent} event
   */
  drawsAcross(event) {
    if (!this.grab) return;
    const box = this.map.frame(scene(state));
    const [x] = pointIn($("orbit-plot"), event);
    this.map.mark([heldIn(box, this.grab.x, box.top), heldIn(box, x, box.top + box.height)]);
    this.paintAbove();
  }

  /**
   * @param {PointerEvent} event
   * @param {boolean} moved
   */
  dropsAcross(event, moved) {
    const { grab } = this;
    this.grab = null;
    this.unmark();
    if (!grab || !moved || !state.cells) return;
    const [x] = pointIn($("orbit-plot"), event);
    const span = zoom.between(...ends(grab.x, x, this.map.frame(scene(state))));
    if (span) this.zoom([span, zoom.WHOLE]);
  }

  /**
   * @param {any} event
   */
  keydown(event) {
    if (!state.cells || isCommand(event)) return;
    if (event.key === "Enter") return open();
    if (shortcut(event, { "+": true, "=": true })) return this.zoomAbout(this.shareOfCursor, CLOSER);
    if (shortcut(event, { "-": true })) return this.zoomAbout(this.shareOfCursor, 1 / CLOSER);
    if (shortcut(event, { 0: true })) return this.showWhole();
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
    this.sliced();
  }

  // What brings the settings of the map back.
  keep() {
    const back = this.page.keep();
    return () => {
      back();
      this.sliced();
    };
  }

  sliced() {
    if (!state.cells) return;
    showSlice();
    clearTimeout(this.due.orbit);
    this.due.orbit = setTimeout(() => this.askOrbit(), REST);
  }

  async askOrbit() {
    showSlice();
    const question = writeQuery(orbitQuery(state));
    const found = await this.kept.orbits.get(`../orbit.bin?${question}`);
    if (found && dispatch({ type: "orbit", question, found })) nextFrame(() => this.orbit.paint(scene(state)));
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

/**
 * A point of the map, held within its box.
 * @param {Box} box
 * @param {number} x
 * @param {number} y
 * @returns {Point}
 */
const heldIn = ({ left, top, width, height }, x, y) => [
  Math.min(Math.max(x, left), left + width),
  Math.min(Math.max(y, top), top + height),
];

/**
 * Which share of what is seen a point lies at, across and upwards.
 * @param {Box} box
 * @param {Point} point
 */
const shareIn = ({ left, top, width, height }, [x, y]) => [(x - left) / width, 1 - (y - top) / height];

/**
 * The shares across of two places, held within the box.
 * @param {number} one
 * @param {number} other
 * @param {Box} box
 * @returns {[number, number]}
 */
const ends = (one, other, box) => {
  const share = (/** @type {number} */ x) => shareIn(box, heldIn(box, x, box.top))[0];
  return [share(one), share(other)];
};

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
