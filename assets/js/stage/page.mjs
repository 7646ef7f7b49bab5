// The stage: what happens when runs arrive and when time passes, and the loop that paints them.
import { lastStep, sameTime } from "../clock.mjs";
import { canSetProps, whenReady } from "../dash.mjs";
import { $, find } from "../elements.mjs";
import { readInks } from "../inks.mjs";
import { readQuery, writeQuery } from "../link.mjs";
import { scheme, showScheme } from "../scheme.mjs";
import { actions } from "./actions.mjs";
import { Answers, needsOf } from "./answers.mjs";
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
import { dispatch, graphOf, player, state, steps } from "./state.mjs";
import { VIEW, focusFor, isAsked, isOpening } from "./store.mjs";
import { frameSharpness } from "./timeaxis.mjs";
import { drawScene } from "./view.mjs";
import * as zoom from "./zoom.mjs";

const RETRY = 80; // ms

/** @type {Painter[]} */
let panels = [];
/** @type {{ surface: Promise<unknown> | null, alignment: Promise<unknown> | null }} */
const later = { surface: null, alignment: null }; // panels that few look at: promises of them, once wanted
let painted = "";
const answers = new Answers((url) => fetch(url), heardAnswer);
/** @type {Record<string, number>} */
const due = {}; // what is put off for a moment, by name

// ---- runs ----

/**
 * @param {Partial<Asked>} options
 */
function request(options) {
  const settings = state.result && state.result.settings;
  const steps = settings && settings.steps * (settings.eta[0] / Math.min(...settings.eta)) ** 2;
  const { opening, carried } = state;
  requests.ask({ query: { ...state.query, ...carried }, steps, whole: isOpening(state), opening, carried, ...options });
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
 * @param {Asked} asked
 */
function refused(problems, nearest, asked) {
  if (!isAsked(state, asked)) return;
  if (state.result) return controls.say(problems);
  dispatch({ type: "mends", query: readQuery(nearest) });
  request({ notices: problems });
}

/**
 * Runs have arrived: keep the playhead at the same time, tell what was changed, paint.
 * @param {Result} result
 * @param {Asked} asked
 */
function accept(result, asked) {
  const previous = state.result;
  const before = { eta: previous?.runs[0].eta || 0, at: player.at };
  const first = isOpening(state); // of a link or a loss
  if (!dispatch({ type: "ran", result, asked, newest: !requests.pending })) return;
  measureTime();
  if (first) beginWith(result.page, !previous);
  else carryOver(before);
  if (first || (!asked.dragged && result.notices.length)) controls.showSettings(result.settings);
  if (!asked.dragged) settle(result, asked);
  controls.showRun(result);
  if (!asked.dragged) frameSharpness(); // axes stay under a moving hand
  drawScene(asked.dragged);
  repaint();
  readout.show(!asked.dragged);
  if (asked.dragged) return;
  sharpen();
  refine();
}

/**
 * What of the link belongs to the page and not to a run; at the very beginning its frame too.
 * @param {PageSettings} page
 * @param {boolean} atAll
 */
function beginWith(page, atAll) {
  if (atAll) embed.begin(page);
  controls.showView(state.view);
  player.seek(page.at);
}

// The time bar counts steps of the first run, to the end of the last one.
function measureTime() {
  player.resize(lastStep(state.result.runs, state.view.clock));
}

/**
 * The same time on the clock at another η; in slow time where η was halved.
 * @param {{ eta: number, at: number }} given
 */
function carryOver({ eta, at }) {
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
 */
function settle(result, asked) {
  controls.say([...(asked.notices || []), ...result.notices]);
  if (!requests.pending) {
    controls.showFocusEta();
    controls.showNumbers(result.settings);
  }
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

const provide = () => answers.provide(needsOf(state, steps()), state.answers);

/**
 * Something else to paint from has come. The first section of a loss says what its picture shows.
 * @param {Answer} answer
 */
function heardAnswer(answer) {
  if (!dispatch({ type: "came", answer })) return provide();
  drawScene();
  repaint();
}

// ---- painting ----

/**
 * Paint what has changed since the last picture.
 * @param {boolean} [anew]
 */
function paint(anew) {
  if (!state.result) return;
  provide();
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
  dispatch({ type: "attends", i });
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
  dispatch({ type: "chooses", name, value });
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
  dispatch({ type: "paintsIn", inks: readInks() });
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
  dispatch({ type: "opens", query: readQuery(location.search), carried: {} });
  request({});
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
