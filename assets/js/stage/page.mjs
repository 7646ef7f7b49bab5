// The stage: what happens when runs arrive and when time passes, and the loop that paints them.
import { onWayBack, showLink, takeAlong } from "../address.mjs";
import { onDensity } from "../canvas.mjs";
import { etaAt, lastStep, paceOf, sameTime } from "../clock.mjs";
import { canSetProps, persevere, whenReady } from "../dash.mjs";
import { $, find, isOffline } from "../elements.mjs";
import { Embed } from "../embed.mjs";
import { nextFrame, onceAFrame, whenSeen } from "../frames.mjs";
import { readInks } from "../inks.mjs";
import { readQuery, writeQuery } from "../link.mjs";
import { arriving, showWaiting } from "../messages.mjs";
import { Paper } from "../paper.mjs";
import { ask } from "../said.mjs";
import { followScheme, scheme, showScheme } from "../scheme.mjs";
import { actions } from "./actions.mjs";
import { Answers, isWhole, needsOf } from "./answers.mjs";
import { requests } from "./asked.mjs";
import * as controls from "./controls.mjs";
import { Detail } from "./detail.mjs";
import * as fold from "./fold.mjs";
import { Handle } from "./handle.mjs";
import { heading } from "./heading.mjs";
import { Hover } from "./hover.mjs";
import * as keys from "./keys.mjs";
import { Across } from "./panels/across.mjs";
import * as offer from "./offer.mjs";
import * as own from "./own.mjs";
import { Along } from "./panels/along.mjs";
import { Gap } from "./panels/gap.mjs";
import { Ground } from "./panels/ground.mjs";
import { Landscape } from "./panels/landscape.mjs";
import { Sharpness } from "./panels/sharpness.mjs";
import { Readout, showPlaying } from "./readout.mjs";
import { Ribbon } from "./ribbon.mjs";
import { PUSH, Ring, START } from "./ring.mjs";
import { scene } from "./scene.mjs";
import { dispatch, graphOf, isStill, player, state, steps } from "./state.mjs";
import { chosenView, focusFor, forLab, isAsked, isOpening } from "./store.mjs";
import { frameSharpness } from "./timeaxis.mjs";
import { drawScene } from "./view.mjs";
import { againstWhy, firstOf, SECONDS } from "./why.mjs";
import { Wheel } from "./wheel.mjs";
import { Zoom } from "./zoom.mjs";

const RETRY = 80; // ms
const PATIENCE = 10000; // ms that runs wait for a still figure, which may never come
/**
 * Panels that few look at, by their names in a link, which are those of their places too.
 * @type {Record<string, () => Promise<any>>}
 */
const LATER = {
  alignment: async () => (await import("./panels/alignment.mjs")).Alignment,
  ledger: async () => (await import("./panels/ledger.mjs")).Ledger,
  bounce: async () => (await import("./panels/bounce.mjs")).Bounce,
  difference: async () => (await import("./panels/difference.mjs")).Difference,
};
// What its parts may ask of the stage.
const ACTIONS = /** @type {const} */ ([
  "accept",
  "veil",
  "refused",
  "failed",
  "busy",
  "request",
  "repaint",
  "play",
  "press",
  "pause",
  "seek",
  "seekOwn",
  "attend",
  "explain",
  "stopExplaining",
  "setView",
  "setScheme",
  "writeLink",
]);

class Stage {
  constructor() {
    /** @type {Painter[]} */
    this.panels = [];
    /** @type {Record<string, Promise<unknown> | undefined>} */
    this.later = {}; // panels that few look at: promises of them, once wanted
    this.painted = "";
    this.answers = new Answers(
      ask,
      (answer) => this.heardAnswer(answer),
      showWaiting,
      () => this.paint(),
    );
    /** @type {Record<string, number>} */
    this.due = {}; // what is put off for a moment, by name
    this.embed = new Embed(actions);
    this.ribbon = new Ribbon();
    this.readout = new Readout(this.ribbon, this.embed);
    this.hover = new Hover();
    this.detail = new Detail();
    this.repaintLater = onceAFrame(() => this.repaint());
    /** @type {Ring[]} */
    this.rings = []; // as long as there is no plot to put them on
  }

  // ---- runs ----

  /**
   * @param {Partial<Asked>} options
   */
  request(options) {
    const settings = state.result && state.result.settings;
    const steps = settings && settings.steps * (settings.eta[0] / Math.min(...settings.eta)) ** settings.power;
    const { opening, carried } = state;
    requests.ask({
      query: { ...state.query, ...carried },
      steps,
      whole: isOpening(state),
      opening,
      carried,
      ...options,
    });
  }

  /**
   * @param {boolean} yes
   */
  busy(yes) {
    document.body.toggleAttribute("data-busy", yes);
    find("main").setAttribute("aria-busy", String(yes));
  }

  /**
   * @param {string} words
   */
  failed(words) {
    if (isOpening(state)) this.lift();
    controls.say([{ field: "", text: words }]);
  }

  /**
   * A query that cannot be read: keep the last picture; of a link or a loss show the nearest valid settings.
   * @param {Message[]} problems
   * @param {string} nearest
   * @param {Asked} asked
   */
  refused(problems, nearest, asked) {
    if (!isAsked(state, asked)) return;
    if (!isOpening(state)) {
      dispatch({ type: "refuses", problems, asked });
      return controls.say(problems);
    }
    if (problems.some(({ field }) => field === "formula")) own.mend(asked.query.formula);
    dispatch({ type: "mends", query: readQuery(nearest), asked });
    this.request({ notices: problems });
  }

  /**
   * Runs have arrived: keep the playhead at the same time, tell what was changed, paint.
   * @param {Result} result
   * @param {Asked} asked
   */
  accept(result, asked) {
    const previous = state.result;
    const before = { pace: previous ? paceOf(previous.runs[0]) : 0, at: player.at };
    const first = isOpening(state); // of a link or a loss
    const { behind } = state;
    const newest = !requests.pending;
    if (!dispatch({ type: "ran", result, asked, newest })) return;
    this.measureTime();
    if (first) this.beginWith(result.page, !previous);
    else this.carryOver(before);
    // A newer text stands in some control while its runs are on their way.
    if (first || (newest && (behind || (!asked.dragged && result.notices.length))))
      controls.showSettings(result.settings);
    if (!asked.dragged) this.settle(result, asked, first);
    drawScene(asked.dragged);
    if (!state.veiled) return this.show(asked.dragged);
    if (!result.part) this.due.reveal = this.due.reveal || setTimeout(() => this.reveal(), PATIENCE);
    return this.paint();
  }

  /**
   * The runs that are there, in all panels and in words.
   * @param {boolean} [dragged]
   */
  show(dragged) {
    if (!dragged) frameSharpness(); // axes stay under a moving hand
    // Words are written once all is painted: a label asks for the style of its canvas, which is found anew after each writing.
    this.repaint(dragged);
    document.body.toggleAttribute("data-part", Boolean(state.result.part));
    controls.showRun(state.result);
    this.readout.show(!dragged);
    if (dragged) return;
    this.sharpen();
    this.detail.refine();
  }

  // What was opened is there: all changes together, and what was pressed meanwhile is done.
  reveal() {
    if (!state.veiled) return;
    const { playing, at, moved } = state.pressed;
    this.lift();
    if (at !== null) player.seek(at);
    this.show();
    if (at !== null || moved) this.seekOwn(steps()[state.focus] + moved);
    if (playing) this.play();
  }

  veil() {
    document.body.dataset.veiled = "";
    controls.showAwaited();
  }

  lift() {
    clearTimeout(this.due.reveal);
    this.due.reveal = 0;
    dispatch({ type: "lifts" });
    delete document.body.dataset.veiled;
    showPlaying();
  }

  /**
   * What of the link belongs to the page and not to a run; at the very beginning its frame too.
   * @param {PageSettings} page
   * @param {boolean} atAll
   */
  beginWith(page, atAll) {
    if (atAll) this.embed.begin(page);
    controls.showView(state.view);
    player.seek(page.at);
  }

  // The time bar counts steps of the first run, to the end of the last one.
  measureTime() {
    player.resize(lastStep(state.result.runs, state.view.clock));
  }

  /**
   * The same time on the clock at another η; in slow time where η was halved. Where it begins as before, so did the run.
   * @param {{ pace: Pace, at: number }} given
   */
  carryOver({ pace, at }) {
    const now = paceOf(state.result.runs[0]);
    const clock = state.halved ? "tau" : state.view.clock;
    if (etaAt(now, 0) === etaAt(pace, 0) || clock === "step") return;
    player.seek(sameTime(clock, now, pace, at));
    if (!player.playing) player.seek(Math.round(player.at));
  }

  /**
   * The full run after the last change: the link is now the server's, and so are clamped values.
   * What there is to know of a loss is said as it opens.
   * @param {Result} result
   * @param {Asked} asked
   * @param {boolean} first
   */
  settle(result, asked, first) {
    const known = first && !result.part ? result.settings.remarks : [];
    const remarks = known.map((text) => ({ field: "", text }));
    controls.say([...(asked.notices || []), ...result.notices, ...remarks]);
    if (!requests.pending) {
      controls.showFocusEta();
      controls.showNumbers(result.settings);
    }
    this.writeLink();
  }

  writeLink() {
    const query = { ...state.query, ...state.frame, ...(state.result && chosenView(state)) };
    if (state.result && !isOpening(state) && state.focus !== focusFor(state.result.runs)) query.focus = state.focus;
    if (player.step > 0) query.at = player.step;
    showLink(query);
    if (!state.result) return;
    takeAlong("Lab", forLab(state));
    /** @type {any} */ ($("three-clocks")).search = writeQuery({ plot: "collapse", ...forLab(state) });
  }

  async sharpen() {
    const { result } = state;
    if (!result) return;
    clearTimeout(this.due.sharpen);
    const came = await requests.window(result, player, steps());
    if (came === "later" && !player.playing)
      this.due.sharpen = setTimeout(() => whenSeen(() => this.sharpen()), Math.max(RETRY, requests.windowWaited));
    if (came !== true || state.result !== result) return;
    this.paint(true);
    this.readout.show(true);
  }

  provide() {
    return this.answers.provide(needsOf(state, steps()), state.answers);
  }

  /**
   * Something else to paint from has come. The first section of a loss says what its picture shows.
   * @param {Answer} answer
   */
  heardAnswer(answer) {
    if (!dispatch({ type: "came", answer })) return this.provide();
    drawScene();
    this.repaint();
    if (answer.kind === "nudge" || answer.kind === "rod") this.readout.show(true);
  }

  // ---- painting ----

  /**
   * Paint what has changed since the last picture.
   * @param {boolean} [anew]
   */
  paint(anew) {
    if (!state.result) return;
    this.provide();
    if (state.veiled) return void (isWhole(state, steps()) && this.reveal());
    if (document.hidden) return this.repaintLater();
    const now = scene();
    if (this.panels.length) this.addWanted(now);
    const shown = [...now.steps, now.hop, now.why?.share].join();
    if (!anew && shown === this.painted) return;
    this.painted = shown;
    for (const panel of this.panels) panel.paint(now);
    this.hover.follow();
  }

  /**
   * Everything afresh: a new run, size, zoom, strobe, clock or scheme.
   * @param {boolean} [dragged]
   */
  repaint(dragged) {
    for (const panel of this.panels) panel.reset(dragged);
    this.paint(true);
    for (const ring of this.rings) ring.place();
  }

  // All of it with the inks that the style sheet has now, the still figures apart.
  paintAtOnce() {
    dispatch({ type: "paintsIn", inks: readInks() });
    this.repaint();
  }

  /**
   * What few look at is loaded when it is wanted first.
   * @param {Scene} scene
   */
  addWanted({ look, panel }) {
    if (look === "surface") this.later.surface ||= this.addSurface();
    if (LATER[panel]) this.later[panel] ||= this.addPanel(panel);
  }

  async addSurface() {
    const { Surface } = await arriving(() => import("./panels/surface.mjs"));
    const surface = new Surface(find(".card.landscape .plot"), () => this.repaint());
    actions.surfacePicture = (/** @type {Size} */ size, /** @type {Scene} */ seen, /** @type {number} */ fine) =>
      surface.toDataURL(seen, size, fine);
    actions.surfaceOn = (/** @type {any} */ host) => surface.on(host);
    surface.handle = /** @type {Landscape} */ (this.panels.find((panel) => panel instanceof Landscape)).handle;
    this.panels.push(surface);
    this.repaint();
    return surface;
  }

  /**
   * @param {string} name
   */
  async addPanel(name) {
    const Panel = await arriving(LATER[name]);
    const panel = new Panel($(name));
    this.hover.listen(panel.host, panel);
    this.panels.push(panel);
    this.repaint();
    return panel;
  }

  /**
   * @param {number} time
   * @param {boolean} away whether nobody has looked meanwhile: the run goes on where it was
   */
  loop(time, away) {
    if (!player.playing) return;
    if (away) player.wait(time / 1000);
    player.tick(time / 1000);
    this.paint();
    this.readout.show(!player.playing);
    this.sharpen();
    if (player.playing) nextFrame((time, away) => this.loop(time, away));
    else this.stand();
  }

  play() {
    if (state.veiled) return this.press({ playing: true });
    if (!state.result) return;
    this.stopExplaining();
    player.eases = !isStill();
    player.play(performance.now() / 1000);
    this.paint(true);
    showPlaying();
    nextFrame((time, away) => this.loop(time, away));
  }

  pause() {
    if (state.veiled) this.press({ playing: false });
    player.pause();
    this.stand();
  }

  /**
   * While what was opened is still to come.
   * @param {Partial<Pressed>} what
   */
  press(what) {
    dispatch({ type: "presses", ...what });
    showPlaying();
  }

  // The playhead stands: the picture, the numbers and the link are exact.
  stand() {
    showPlaying();
    this.paint(true);
    this.readout.show(true);
    this.writeLink();
    this.sharpen();
  }

  /**
   * Go to a step of the first run.
   * @param {number} at
   */
  seek(at) {
    if (state.veiled) return this.press({ at, moved: 0 });
    dispatch({ type: "hasExplained" });
    player.seek(at);
    this.paint(true);
    this.readout.show(true);
    if (player.playing) return;
    this.sharpen();
    clearTimeout(this.due.link);
    this.due.link = setTimeout(() => this.writeLink(), 200);
  }

  // Why the run drifts, at the playhead: in slow motion or, where motion is not wanted, all at once.
  explain() {
    if (state.why || !state.result || state.veiled) return this.stopExplaining();
    const run = state.result.runs[state.focus];
    const step = steps()[state.focus];
    if (againstWhy(state.result, run, step)) return;
    if (player.playing) this.pause();
    dispatch({ type: "explains", step: firstOf(run, step), share: isStill() ? 1 : 0 });
    this.paint(true);
    this.readout.show(true);
    nextFrame((time) => this.explainOn(time, time));
  }

  /**
   * @param {number} time
   * @param {number} before
   */
  explainOn(time, before) {
    const { why } = state;
    if (!why) return;
    if (scene().why && why.share < 1) {
      const share = Math.min(why.share + (time - before) / 1000 / SECONDS, 1);
      dispatch({ type: "explains", step: why.step, share });
      this.paint();
      this.readout.show(true);
    }
    if (why.share < 1) nextFrame((next, away) => this.explainOn(next, away ? next : time));
  }

  stopExplaining() {
    if (!state.why) return;
    dispatch({ type: "hasExplained" });
    this.paint(true);
    this.readout.show(true);
  }

  /**
   * Go to a step of the run in focus; those of the first run are then not always whole.
   * @param {number} step
   */
  seekOwn(step) {
    if (state.veiled) return;
    const { runs } = state.result;
    const within = Math.min(Math.max(step, 0), runs[state.focus].last);
    this.seek(sameTime(state.view.clock, paceOf(runs[0]), paceOf(runs[state.focus]), within));
  }

  /**
   * Another run in focus.
   * @param {number} i
   */
  attend(i) {
    dispatch({ type: "attends", i });
    if (state.veiled) return;
    controls.showRun(state.result);
    controls.showFocusEta();
    this.repaint();
    this.readout.show(true);
    this.writeLink();
  }

  /**
   * Another clock, axis, strobe or look.
   * @param {string} name
   * @param {any} value
   */
  setView(name, value) {
    if (state.view[name] === value || !state.result) return;
    dispatch({ type: "chooses", name, value });
    if (name === "clock") this.measureTime();
    if (isOpening(state)) return;
    drawScene();
    if (state.veiled) return;
    frameSharpness();
    controls.showRun(state.result);
    this.readout.show(true);
    this.repaint();
    this.writeLink();
  }

  /**
   * @param {string} name
   */
  setScheme(name) {
    showScheme(name);
    drawScene();
    this.paintAtOnce();
  }

  // ---- beginning ----

  // The run is asked for at once; Plotly makes its graphs some time after the page.
  /**
   * @param {string} search the link that is opened
   */
  begin(search) {
    for (const name of ACTIONS) actions[name] = this[name].bind(this);
    actions.showPhases = (/** @type {Run} */ run) => this.ribbon.show(run);
    controls.begin();
    keys.begin();
    fold.begin();
    offer.begin();
    if (!isOffline()) own.begin();
    onWayBack(controls.returnTo);
    this.setScheme(scheme());
    followScheme((name) => this.setScheme(name));
    dispatch({ type: "opens", query: readQuery(search), carried: {} });
    this.veil();
    this.request({});
    whenReady(
      () => graphOf("landscape")?.on && graphOf("sharpness")?.on,
      () => this.addPanels(),
    );
  }

  addPanels() {
    const host = Object.fromEntries(
      ["landscape", "sharpness", "across", "along", "gap"].map((id) => [id, find(`.card.${id} .plot`)]),
    );
    const map = () => graphOf("landscape");
    const landscape = new Landscape(host.landscape, map, "landscape");
    landscape.handle = new Handle(host.landscape);
    const sharpness = new Sharpness(host.sharpness, () => graphOf("sharpness"), "sharpness");
    const [across, along] = [new Across(host.across), new Along(host.along)];
    const gap = new Gap(host.gap);
    this.panels = [new Ground(host.landscape, map), landscape, sharpness, across, along, gap];
    /** @type {(now: Scene) => Probed} */
    const shownIn = (now) => /** @type {any} */ (this.panels.find((panel) => panel.shows?.(now))) || landscape;
    /**
     * @param {Scene} now
     * @param {number} x
     * @param {number} y
     */
    const probe = (now, x, y) => shownIn(now).probe(now, x, y);
    this.hover.listen(host.landscape, { probe });
    for (const panel of [sharpness, across, along, gap]) this.hover.listen(panel.host, panel);
    this.rings = [START, PUSH].map((held) => new Ring(host.landscape, held));
    new Zoom(this.detail);
    new Wheel();
    new Paper({ caption: () => (state.result ? heading(scene()) : ""), paint: () => this.paintAtOnce() });
    for (const id of ["landscape", "sharpness"]) {
      for (const event of ["plotly_afterplot", "plotly_relayouting"]) graphOf(id).on(event, this.repaintLater);
    }
    const resized = () => {
      drawScene(); // with larger words where there is more room
      this.repaintLater();
    };
    for (const place of Object.values(host)) new ResizeObserver(resized).observe(place);
    onDensity(this.repaintLater);
    this.repaint();
  }
}

/**
 * Once the page is there.
 * @param {string} [search]
 */
export function start(search = location.search) {
  persevere(showWaiting);
  requests.foresee(readQuery(search)); // while Dash makes the page
  whenReady(
    () => $("loss") && $("landscape") && canSetProps(),
    () => new Stage().begin(search),
  );
}
