// The first plot: the map, the orbit diagram of its slice, and the cell under the cursor with its path.
import { decode, decodeValley } from "../binary.mjs";
import { $ } from "../elements.mjs";
import { numbersOf, writeQuery } from "../link.mjs";
import { inWords } from "../numbers.mjs";
import { failed } from "../run.mjs";
import * as sliders from "../sliders.mjs";
import { actions } from "./actions.mjs";
import { Asking, Kept } from "./ask.mjs";
import { Cells, placesOf, rangesOf } from "./cells.mjs";
import * as controls from "./controls.mjs";
import * as legend from "./legend.mjs";
import { columnOf, RegimeMap, sliceAt, sliceOf } from "./map.mjs";
import { decodeOrbit, Orbit } from "./orbit.mjs";
import { Path } from "./path.mjs";
import * as progress from "./progress.mjs";
import { Records } from "./stream.mjs";
import { query, state as page, writeLink } from "./state.mjs";

const NEAR = 8; // pixels from the slice at which it can be taken
const STILL = 4; // pixels of a press that is no drag
const REST = 90; // ms that the hand rests before a path or an orbit is asked for
const PICTURE = { map: [980, 640], orbit: [980, 420] };

/** @type {RegimesState} */
export const state = {
  cells: null,
  places: null,
  ranges: /** @type {any} */ (null), // of the map on screen
  coming: null, // of one that is on its way and has no row yet
  cursor: /** @type {any} */ (null),
  only: null,
  orbit: /** @type {any} */ (null),
  orbitView: "offset",
  path: null,
};
/** @type {RegimeMap} */
let map = /** @type {any} */ (null);
/** @type {Orbit} */
let orbit = /** @type {any} */ (null);
/** @type {Path} */
let path = /** @type {any} */ (null);
/** @type {Asking} */
let asking = /** @type {any} */ (null);
/** @type {Record<"paths" | "orbits" | "valleys", Kept>} */
const kept = /** @type {any} */ ({});
let drawn = 0; // the picture that is due
/** @type {Record<string, number>} */
const due = {}; // what waits for the hand to rest, by name
/** @type {{ x: number, y: number, slice: boolean } | null} */
let grab = null; // where the pointer went down, and whether it has taken the slice

export function begin() {
  [map, orbit, path] = [new RegimeMap($("map-plot")), new Orbit($("orbit-plot")), new Path($("path-plot"))];
  /**
   * @param {string} address
   * @param {any} options
   */
  const get = (address, options) => fetch(address, options);
  asking = new Asking(get, { item, done, refused: actions.refused, failed: brokeOff, stopped });
  kept.paths = new Kept(get, decode);
  kept.orbits = new Kept(get, decodeOrbit);
  kept.valleys = new Kept(get, decodeValley);
  const host = $("map-plot");
  for (const [name, hear] of Object.entries({ pointermove, pointerdown, pointerup, pointercancel, keydown }))
    host.addEventListener(name, hear);
  $("orbit-plot").addEventListener("pointermove", alongSlice);
  legend.begin(pick);
  for (const place of [host, $("orbit-plot"), $("path-plot")])
    new ResizeObserver(() => requestAnimationFrame(paint)).observe(place);
}

const colour = () => page.queries.regimes.colour || "fate";
const slice = () => Number(page.queries.regimes.slice ?? (state.cells ? state.cells.head.settings.slice : 0.5));

export function scene() {
  const { inks, fateInks } = page;
  return { ...state, inks, fateInks, colour: colour(), slice: slice() };
}

// ---- the map ----

/**
 * @param {string} name
 * @param {Query} query
 */
const address = (name, query) => `../${name}?${writeQuery(query)}`;

// What the server is asked with: the link without its name of the plot.
function asked() {
  const { plot, ...own } = query("regimes");
  return own;
}

export function ask() {
  state.coming = null;
  progress.begin("regimes", () => asking.stop());
  asking.ask(address("regimes.bin", asked()), new Records());
}

/**
 * @param {any} any
 */
function item({ head, ...record }) {
  if (head) return expect(head);
  if (state.coming) adopt();
  state.cells.take(record);
  progress.show("regimes", state.cells.share);
  return later();
}

/**
 * What the map will be is known, and none of it yet: the last picture stays a little longer.
 * @param {MapHead} head
 */
function expect(head) {
  state.coming = new Cells(head);
  actions.adopted("regimes", head);
}

// The first row of another map has come: what was there goes.
function adopt() {
  const { coming: cells, cells: before } = state;
  const { head } = cells;
  Object.assign(state, { cells, coming: null, places: placesOf(head, controls.variables()) });
  state.ranges = rangesOf(head, state.places.values);
  $("panel-regimes").dataset.drawn = "yes";
  point(before && state.cursor ? scaled(state.cursor, before, cells) : middle());
  askOrbit();
  showCaption();
  showData();
}

/**
 * @param {Cursor} cursor
 * @param {Cells} before
 * @param {Cells} now
 */
const scaled = ({ row, column }, before, now) => ({
  row: Math.min(Math.round((row * now.rows) / before.rows), now.rows - 1),
  column: Math.min(Math.round((column * now.columns) / before.columns), now.columns - 1),
});

function done() {
  if (state.coming) adopt();
  progress.end("regimes");
  later();
}

/**
 * @param {string} text
 */
function brokeOff(text) {
  progress.end("regimes", true);
  controls.say([{ field: "", text }]);
}

function stopped() {
  progress.end("regimes", true);
  if (state.cells) later();
}

// One picture a frame, however many rows arrive.
function later() {
  if (!drawn) drawn = requestAnimationFrame(paint);
}

export function paint() {
  drawn = 0;
  if (!state.cells || $("panel-regimes").hidden) return;
  const now = scene();
  map.paint(now);
  orbit.paint(now);
  path.paint(now, state.path);
  legend.show(now);
  showCell();
}

function paintAbove() {
  const now = scene();
  map.paint(now, { above: true });
  orbit.paint(now, { above: true });
}

// ---- words around it ----

function showCaption() {
  const { settings } = state.cells.head;
  const rule = controls.ruleName(settings.rule);
  $("map-aside").textContent =
    `${state.cells.rows} × ${state.cells.columns} runs of ${rule}, ${settings.steps.toLocaleString("en")} steps each`;
}

function showData() {
  for (const kind of ["csv", "npz"]) {
    $(`regimes-${kind}`).href = address(`regimes.${kind}`, asked());
    $(`orbit-${kind}`).href = address(`orbit.${kind}`, { ...asked(), slice: slice() });
  }
}

/**
 * One fate is picked out, or all are seen again.
 * @param {number} value
 */
function pick(value) {
  state.only = state.only === value ? null : value;
  paint();
}

// ---- the cursor ----

const middle = () => ({ row: Math.floor(state.cells.rows / 2), column: columnOf(slice(), state.cells.columns) });

/**
 * @param {Cursor} cursor
 */
function point(cursor) {
  state.cursor = cursor;
  paintAbove();
  showCell();
  clearTimeout(due.path);
  due.path = setTimeout(askPath, REST);
}

function cell() {
  return state.cells.at(state.cursor.row, state.cursor.column);
}

function showCell() {
  const { eta, start, known, fate, sharpness, period } = cell();
  $("cell-eta").textContent = inWords(eta);
  $("cell-start").textContent = `(${start.map(inWords).join(", ")})`;
  $("cell-threshold").textContent = inWords(2 / eta);
  $("cell-sharpness").textContent = known ? inWords(sharpness) : "–";
  $("cell-period").textContent = known && period > 0 ? `${period} steps` : "none";
  $("cell-fate").textContent = known ? fate.sentence : "Not computed yet.";
  $("cell-swatch").style.setProperty("--swatch", known && fate.value ? `var(--fate-${fate.value})` : "var(--card)");
  $("open").href = stageLink();
}

// The stage with the run of the cell.
function runQuery() {
  const { loss, rule, steps, ...settings } = state.cells.head.settings;
  const { eta, start } = cell();
  return { loss, ...numbersOf(settings), rule, eta: short(eta), start: start.map(short).join(","), steps };
}

/**
 * @param {number} value
 */
const short = (value) => String(Number(value.toPrecision(12)));
const stageLink = () => `../?${writeQuery(runQuery())}`;

async function askPath() {
  const query = runQuery();
  const { loss } = query;
  const ofLoss = { loss, ...numbersOf(query) };
  $("path-words").textContent = "computing";
  const [result, valley] = await Promise.all([
    kept.paths.get(address("run.bin", query)),
    query.start.split(",").length === 2 ? kept.valleys.get(address("valley.bin", ofLoss)) : null,
  ]);
  if (!result) return; // overtaken by another cell, or not to be had
  state.path = { result, valley };
  $("path-words").textContent = endingOf(result.runs[0]);
  path.paint(scene(), state.path);
}

/**
 * @param {Run} run
 */
function endingOf(run) {
  if (failed(run)) return `leaves at step ${run.outcome_step.toLocaleString("en")}`;
  return `${run.last.toLocaleString("en")} steps`;
}

// ---- hands and keys ----

/**
 * @param {any} event
 */
function at(event) {
  const box = $("map-plot").getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

/**
 * @param {number} x
 * @param {number} y
 */
function nearSlice(x, y) {
  const box = map.frame(scene());
  const line = sliceAt(slice(), box, state.cells.columns);
  const beside = x >= box.left - 12 && x <= box.left + box.width + 12;
  return beside && Math.abs(y - line) <= NEAR;
}

/**
 * @param {any} event
 */
function pointermove(event) {
  if (!state.cells) return;
  const [x, y] = at(event);
  if (grab && grab.slice) return setSlice(sliceOf(y, map.frame(scene()), state.cells.columns));
  $("map-plot").classList.toggle("at-slice", nearSlice(x, y));
  const found = state.cells.find(map.frame(scene()), x, y);
  if (found && event.pointerType !== "touch") point(found);
}

/**
 * A step size under the pointer on the orbit diagram is a cell of the slice.
 * @param {PointerEvent} pointerEvent
 */
function alongSlice({ clientX, pointerType }) {
  if (!state.cells || pointerType === "touch") return;
  const { top, left, width, height } = map.frame(scene());
  const found = state.cells.find(
    { top, left, width, height },
    clientX - $("orbit-plot").getBoundingClientRect().left,
    top + height / 2,
  );
  if (found) point({ row: found.row, column: columnOf(slice(), state.cells.columns) });
}

/**
 * @param {any} event
 */
function pointerdown(event) {
  if (!state.cells || event.button) return;
  const [x, y] = at(event);
  grab = { x, y, slice: nearSlice(x, y) };
  if (grab.slice) $("map-plot").setPointerCapture(event.pointerId);
}

/**
 * A click opens the run; a tap shows it first, and its link opens it.
 * @param {any} event
 */
function pointerup(event) {
  const pressed = grab;
  grab = null;
  if (!pressed || pressed.slice || !state.cells) return;
  const [x, y] = at(event);
  const found = state.cells.find(map.frame(scene()), x, y);
  if (!found || Math.hypot(x - pressed.x, y - pressed.y) > STILL) return;
  point(found);
  if (event.pointerType !== "touch") open();
}

function pointercancel() {
  grab = null;
}

function open() {
  writeLink();
  location.assign($("open").href);
}

/**
 * @param {any} event
 */
function keydown(event) {
  if (!state.cells || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter") return open();
  if (event.key === "s") return setSlice(state.cursor.column / Math.max(state.cells.columns - 1, 1));
  const moved = state.cells.move(state.cursor, event.key, event.shiftKey);
  if (!moved) return;
  event.preventDefault();
  point(moved);
}

// ---- the slice ----

/**
 * @param {number} share
 */
export function setSlice(share) {
  actions.set("slice", String(Number(share.toFixed(4))), { quiet: true });
  paintAbove();
  showSlice();
  showData();
  clearTimeout(due.orbit);
  due.orbit = setTimeout(askOrbit, REST);
}

function showSlice() {
  if (!state.cells) return;
  const column = columnOf(slice(), state.cells.columns);
  const start = `(${state.cells.head.starts[column].map(inWords).join(", ")})`;
  sliders.set("slice", slice(), `start ${start}`);
  $("slice-words").textContent = `start ${start}`;
  $("orbit-aside").textContent = `the last iterates from ${start}`;
}

async function askOrbit() {
  showSlice();
  const found = await kept.orbits.get(address("orbit.bin", { ...asked(), slice: slice() }));
  if (!found) return;
  state.orbit = found;
  orbit.paint(scene());
}

/**
 * @param {OrbitView} view
 */
export function setOrbitView(view) {
  state.orbitView = view;
  orbit.paint(scene());
}

// ---- to keep ----

export const pictures = {
  map: () => ({ size: PICTURE.map, draw: (/** @type {Pen} */ pen, /** @type {Size} */ size) => drawMap(pen, size) }),
  orbit: () =>
    state.orbit && {
      size: PICTURE.orbit,
      draw: (/** @type {Pen} */ pen, /** @type {Size} */ size) => orbit.draw(pen, size, scene()),
    },
};

/**
 * The map with its legend below.
 * @param {Pen} pen
 * @param {Size} size
 */
function drawMap(pen, [width, height]) {
  const now = scene();
  map.draw(pen, [width, height - 50], now);
  legend.draw(pen, now, height - 36);
}

export const frameNow = () => map.frame(scene());

export const isBusy = () => asking.busy;
