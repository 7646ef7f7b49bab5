// The stage: what happens when runs arrive and when time passes, and the loop that paints them.
import { lastStep, sameTime } from "../clock.mjs";
import { canSetProps, whenReady } from "../dash.mjs";
import { $, find } from "../elements.mjs";
import { readInks } from "../inks.mjs";
import { forRun, readQuery, writeQuery } from "../link.mjs";
import { isSmooth } from "../run.mjs";
import { scheme, showScheme } from "../scheme.mjs";
import { actions } from "./actions.mjs";
import { requests } from "./asked.mjs";
import * as controls from "./controls.mjs";
import { refine } from "./detail.mjs";
import * as embed from "./embed.mjs";
import * as hover from "./hover.mjs";
import * as keys from "./keys.mjs";
import { Across } from "./panels/across.mjs";
import { Along } from "./panels/along.mjs";
import { Gap } from "./panels/gap.mjs";
import { Ground } from "./panels/ground.mjs";
import { Landscape } from "./panels/landscape.mjs";
import { Sharpness } from "./panels/sharpness.mjs";
import * as readout from "./readout.mjs";
import * as ribbon from "./ribbon.mjs";
import * as ring from "./ring.mjs";
import { scene } from "./scene.mjs";
import { VIEW, graphOf, player, state, steps } from "./state.mjs";
import { frameSharpness } from "./timeaxis.mjs";
import { drawScene, showWhole } from "./view.mjs";
import * as zoom from "./zoom.mjs";

const RETRY = 80; // ms

/** @type {Painter[]} */
let panels = [];
/** @type {{ surface: Promise<unknown> | null, alignment: Promise<unknown> | null }} */
const later = { surface: null, alignment: null }; // panels that few look at: promises of them, once wanted
let painted = "";
/** @type {Record<string, number>} */
const due = {}; // what is put off for a moment, by name

// ---- runs ----

/**
 * @param {Partial<Asked>} options
 */
function request(options) {
  const settings = state.result && state.result.settings;
  const steps = settings && settings.steps * (settings.eta[0] / Math.min(...settings.eta)) ** 2;
  requests.ask({ query: { ...state.query }, steps, ...options });
}

/**
 * @param {boolean} yes
 */
function busy(yes) {
  document.body.toggleAttribute("data-busy", yes);
  find("main").setAttribute("aria-busy", String(yes));
}

/**
 * @param {string} words
 */
function failed(words) {
  controls.say([{ field: "", text: words }]);
}

/**
 * A query that cannot be read: keep the last picture; at first show the nearest valid settings.
 * @param {Message[]} problems
 * @param {string} nearest
 */
function refused(problems, nearest) {
  if (state.result) return controls.say(problems);
  state.query = readQuery(nearest);
  request({ notices: problems, whole: true });
}

/**
 * Runs have arrived: keep the playhead at the same time, tell what was changed, paint.
 * @param {Result} result
 * @param {Asked} asked
 */
function accept(result, asked) {
  const previous = state.result;
  const before = previous && { eta: previous.runs[0].eta, at: player.at };
  state.result = result;
  state.focus = focusFor(result.runs, previous && previous.runs[state.focus]);
  measureTime();
  if (previous) carryOver(before, asked.adopt);
  if (!previous || asked.adopt) beginWith(result.page, readQuery(result.query));
  if (!asked.dragged) settle(result, asked, !previous);
  controls.showRun(result);
  if (!asked.dragged) frameSharpness(); // axes stay under a moving hand
  if (!previous || previous.settings.loss !== result.settings.loss || asked.adopt) showWhole();
  repaint();
  readout.show(!asked.dragged);
  if (asked.dragged) return;
  sharpen();
  refine();
}

/**
 * The run in focus stays in focus, by its rule and step size or by its place; at first, and when it
 * has gone, it is the first that bounces.
 * @param {Run[]} runs
 * @param {Run | null} [before]
 */
function focusFor(runs, before) {
  const same = before ? runs.findIndex(({ rule, eta }) => rule === before.rule && eta === before.eta) : -1;
  if (same >= 0) return same;
  if (before && runs[state.focus]?.rule === before.rule) return state.focus;
  return Math.max(
    0,
    runs.findIndex((run) => !isSmooth(run)),
  );
}

/**
 * What of the link belongs to the page and not to a run.
 * @param {PageSettings & Record<string, any>} page
 * @param {Query} query
 */
function beginWith(page, { hide, embed: framed }) {
  if (!Object.keys(state.frame).length) {
    state.frame = { hide, embed: framed };
    embed.begin(page);
  }
  for (const name of Object.keys(VIEW)) state.view[name] = page[name];
  if (page.focus !== null) state.focus = Math.min(page.focus, state.result.runs.length - 1);
  controls.showView(state.view);
  measureTime();
  player.seek(page.at);
}

// The time bar counts steps of the first run, to the end of the last one.
function measureTime() {
  player.resize(lastStep(state.result.runs, state.view.clock));
}

/**
 * The same time on the clock at another η; in slow time where η was halved.
 * @param {{ eta: number, at: number }} given
 * @param {boolean | undefined} adopted
 */
function carryOver({ eta, at }, adopted) {
  if (adopted) return player.seek(0);
  const now = state.result.runs[0].eta;
  const clock = state.halved ? "tau" : state.view.clock;
  if (now === eta || clock === "step") return;
  player.seek(sameTime(clock, now, eta, at));
  if (!player.playing) player.seek(Math.round(player.at));
}

/**
 * The full run after the last change: the link is now the server's, and so are clamped values.
 * @param {Result} result
 * @param {Asked} asked
 * @param {boolean} first
 */
function settle(result, asked, first) {
  controls.say([...(asked.notices || []), ...result.notices]);
  if (!requests.pending) {
    state.query = forRun(readQuery(result.query));
    controls.showFocusEta();
  }
  if (first || asked.adopt || result.notices.length) controls.showSettings(result.settings);
  writeLink();
}

function writeLink() {
  const query = { ...state.query, ...state.frame };
  for (const [name, usual] of Object.entries(VIEW)) {
    if (state.view[name] !== usual) query[name] = state.view[name];
  }
  if (state.result && state.focus !== focusFor(state.result.runs)) query.focus = state.focus;
  if (player.step > 0) query.at = player.step;
  const text = writeQuery(query);
  history.replaceState(null, "", text ? `?${text}` : location.pathname);
}

async function sharpen() {
  const { result } = state;
  if (!result) return;
  clearTimeout(due.sharpen);
  const came = await requests.window(result, player, steps());
  if (came === "later" && !player.playing) due.sharpen = setTimeout(sharpen, RETRY);
  if (came !== true || state.result !== result) return;
  paint(true);
  readout.show(true);
}

// ---- painting ----

/**
 * Paint what has changed since the last picture.
 * @param {boolean} [anew]
 */
function paint(anew) {
  if (!state.result) return;
  const now = scene();
  if (panels.length) addWanted(now);
  const shown = now.steps.join();
  if (!anew && shown === painted) return;
  painted = shown;
  for (const panel of panels) panel.paint(now);
  hover.follow();
}

// Everything afresh: a new run, size, zoom, strobe, clock or scheme.
function repaint() {
  for (const panel of panels) panel.reset();
  paint(true);
  ring.place();
}

/**
 * What few look at is loaded when it is wanted first.
 * @param {Scene} scene
 */
function addWanted({ look, panel }) {
  if (look === "surface") later.surface = later.surface || addSurface();
  if (panel === "alignment") later.alignment = later.alignment || addAlignment();
}

async function addSurface() {
  const { Surface } = await import("./panels/surface.mjs");
  const surface = new Surface(find(".card.landscape .plot"), repaint);
  actions.surfacePicture = () => surface.toDataURL();
  panels.push(surface);
  repaint();
  return surface;
}

async function addAlignment() {
  const { Alignment } = await import("./panels/alignment.mjs");
  const alignment = new Alignment($("alignment"));
  hover.listen(alignment.host, alignment);
  panels.push(alignment);
  repaint();
  return alignment;
}

/**
 * @param {number} time
 */
function loop(time) {
  if (!player.playing) return;
  player.tick(time / 1000);
  paint();
  readout.show(!player.playing);
  sharpen();
  if (player.playing) requestAnimationFrame(loop);
  else stand();
}

function play() {
  if (!state.result) return;
  player.play(performance.now() / 1000);
  paint(true);
  readout.showPlaying();
  requestAnimationFrame(loop);
}

function pause() {
  player.pause();
  stand();
}

// The playhead stands: the picture, the numbers and the link are exact.
function stand() {
  readout.showPlaying();
  paint(true);
  readout.show(true);
  writeLink();
  sharpen();
}

/**
 * Go to a step of the first run.
 * @param {number} at
 */
function seek(at) {
  player.seek(at);
  paint(true);
  readout.show(true);
  if (player.playing) return;
  sharpen();
  clearTimeout(due.link);
  due.link = setTimeout(writeLink, 200);
}

/**
 * Go to a step of the run in focus; those of the first run are then not always whole.
 * @param {number} step
 */
function seekOwn(step) {
  const { runs } = state.result;
  const within = Math.min(Math.max(step, 0), runs[state.focus].last);
  seek(sameTime(state.view.clock, runs[0].eta, runs[state.focus].eta, within));
}

/**
 * Another run in focus.
 * @param {number} i
 */
function attend(i) {
  state.focus = i;
  state.halved = null;
  controls.showRun(state.result);
  controls.showFocusEta();
  repaint();
  readout.show(true);
  writeLink();
}

/**
 * Another clock, axis, strobe or look.
 * @param {string} name
 * @param {any} value
 */
function setView(name, value) {
  if (state.view[name] === value || !state.result) return;
  state.view[name] = value;
  if (name === "clock") measureTime();
  frameSharpness();
  drawScene();
  controls.showRun(state.result);
  readout.show(true);
  repaint();
  writeLink();
}

/**
 * @param {string} name
 */
function setScheme(name) {
  showScheme(name);
  state.inks = readInks();
  drawScene();
  repaint();
}

// ---- beginning ----

// Once the page is there.
export function start() {
  whenReady(() => $("loss") && $("landscape") && canSetProps(), begin);
}

// The run is asked for at once; Plotly makes its graphs some time after the page.
function begin() {
  Object.assign(actions, {
    accept,
    refused,
    failed,
    busy,
    request,
    repaint,
    play,
    pause,
    seek,
    seekOwn,
    attend,
    setView,
    setScheme,
    writeLink,
  });
  window.dash_clientside.edgewalk.controls = controls.heard;
  controls.begin();
  keys.begin();
  hover.begin();
  ribbon.begin();
  setScheme(scheme());
  state.query = readQuery(location.search);
  request({ whole: true });
  whenReady(() => graphOf("landscape")?.on && graphOf("sharpness")?.on, addPanels);
}

function addPanels() {
  const host = Object.fromEntries(
    ["landscape", "sharpness", "across", "along", "gap"].map((id) => [id, find(`.card.${id} .plot`)]),
  );
  const map = () => graphOf("landscape");
  const landscape = new Landscape(host.landscape, map, "landscape");
  const sharpness = new Sharpness(host.sharpness, () => graphOf("sharpness"), "sharpness");
  const [across, along] = [new Across(host.across), new Along(host.along)];
  const gap = new Gap(host.gap);
  panels = [new Ground(host.landscape, map), landscape, sharpness, across, along, gap];
  /** @type {(now: Scene) => Probed} */
  const shownIn = (now) => /** @type {any} */ (panels.find((panel) => panel.shows?.(now))) || landscape;
  /**
   * @param {Scene} now
   * @param {number} x
   * @param {number} y
   */
  const probe = (now, x, y) => shownIn(now).probe(now, x, y);
  hover.listen(host.landscape, { probe });
  for (const panel of [sharpness, across, along, gap]) hover.listen(panel.host, panel);
  ring.begin(host.landscape);
  zoom.begin();
  const later = () => requestAnimationFrame(repaint);
  for (const id of ["landscape", "sharpness"]) {
    for (const event of ["plotly_afterplot", "plotly_relayouting"]) graphOf(id).on(event, later);
  }
  for (const place of Object.values(host)) new ResizeObserver(later).observe(place);
  repaint();
}
