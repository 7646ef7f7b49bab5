// The study's page: its settings, its numbers, one playhead under all panels, the link, and the beginning.
import { bytesAtLast } from "../again.mjs";
import { copyLink, keepPlace, onWayBack } from "../address.mjs";
import { addCanvas, inWindow, onDensity, pointIn, wipe } from "../canvas.mjs";
import { canSetProps, whenReady } from "../dash.mjs";
import { makeDraggable } from "../drag.mjs";
import { $, find, write } from "../elements.mjs";
import { Embed } from "../embed.mjs";
import * as fields from "../fields.mjs";
import { chooseFile, takeFiles } from "../filing.mjs";
import { nextFrame, onceAFrame } from "../frames.mjs";
import { readInks } from "../inks.mjs";
import { readQuery } from "../link.mjs";
import { arriving, showMessages, showWaiting } from "../messages.mjs";
import { inWords, short } from "../numbers.mjs";
import { Paper } from "../paper.mjs";
import { ask, json, unreadable } from "../said.mjs";
import { chooseOther, followScheme, scheme, showScheme } from "../scheme.mjs";
import { isCommand, isTyping, shortcut } from "../shortcut.mjs";
import * as sliders from "../sliders.mjs";
import { Tip } from "../tip.mjs";
import * as chart from "./chart.mjs";
import { at, decodeStudy } from "./columns.mjs";
import * as angle from "./panels/angle.mjs";
import * as bounce from "./panels/bounce.mjs";
import * as digits from "./panels/digits.mjs";
import * as distance from "./panels/distance.mjs";
import * as laws from "./panels/laws.mjs";
import * as layer from "./panels/layer.mjs";
import * as sharpness from "./panels/sharpness.mjs";
import * as tests from "./panels/tests.mjs";
import * as valley from "./panels/valley.mjs";
import { dispatch, state, writeLink } from "./state.mjs";
import { PAIRS, frameOf, isPending, isWorking, madeQuery, sceneOf } from "./store.mjs";
import { told } from "./told.mjs";
import { Work } from "./work.mjs";

/** @type {Record<string, StudyPanel>} */
const PANELS = { valley, sharpness, bounce, distance, laws, angle, digits, layer, tests };
const TIMED = ["sharpness", "bounce", "laws", "angle", "tests"]; // time runs across them
const PREVIEW = 500; // ms that a run has, while η is dragged, before there is another
const PLAY = 12; // seconds from end to end
const FIELDS = ["etas", "tau", "seed"];

class StudyPage {
  constructor() {
    this.work = new Work(this);
    this.tip = new Tip();
    this.embed = new Embed({
      play: () => this.setPlaying(true),
      pause: () => this.setPlaying(false),
      seek: (at) => this.seek(at),
    });
    /** @type {Record<string, Sheet>} */
    this.canvases = {};
    this.playing = false;
    this.before = 0;
    this.place = PAIRS; // of the playhead, between two pairs while playing
    this.paint = onceAFrame(() => this.paintAtOnce());
    this.dragging = false; // the step size
    this.previewed = false; // a run is on its way while the hand drags
    this.again = false; // and another is wanted
    this.control = new AbortController(); // of what is asked
    /** @type {[(search: string) => void, (messages: Message[]) => void]} */
    const opening = [(search) => this.open(search), showMessages];
    /** @type {Record<string, () => unknown>} */
    this.buttons = {
      export: () => this.export(),
      "open-file": () => {
        $("export-dialog").close();
        chooseFile(...opening);
      },
      share: async () => showMessages([await copyLink()]),
      scheme: () => this.setScheme(chooseOther()),
      begin: () => this.run(),
      pause: () => this.work.stop(false),
      cancel: () => this.work.stop(true),
      play: () => this.setPlaying(!this.playing),
      back: () => this.step(-1),
      forward: () => this.step(1),
      reset: () => this.seek(0),
    };
    /** @type {Record<string, () => void>} */
    this.keys = {
      e: () => this.export(),
      " ": () => this.setPlaying(!this.playing),
      ArrowLeft: () => this.step(-1),
      ArrowRight: () => this.step(1),
      Home: () => this.seek(0),
      End: () => this.seek(PAIRS),
    };
    fields.begin((id, value) => this.onField(id, value));
    sliders.begin({ hear: (id, value) => this.onSlider(id, value), keep: (id) => this.keepSlid(id) });
    document.addEventListener("click", (event) => this.onClick(event));
    document.addEventListener("keydown", (event) => this.onKey(event));
    $("study").addEventListener("change", () => this.change("study", $("study").value));
    $("eta").addEventListener("change", () => this.onRelease());
    onWayBack((search) => this.open(search));
    takeFiles(...opening);
    for (const name of Object.keys(PANELS)) this.add(name);
    this.setScheme(scheme());
    followScheme((name) => this.setScheme(name));
    new Paper({ caption: () => this.caption, paint: () => this.paintAtOnce() });
    onDensity(() => this.paint());
    this.askRates();
  }

  get caption() {
    return state.made ? `${$("study").selectedOptions[0].textContent}: ${$("told").textContent}` : "";
  }

  /** @param {string} name */
  add(name) {
    const host = $(`${name}-plot`);
    this.canvases[name] = addCanvas(host);
    new ResizeObserver(() => this.paint()).observe(host);
    if (!TIMED.includes(name)) return;
    host.classList.add("timed");
    let back = () => {};
    makeDraggable(host, {
      begins: (event) => {
        back = this.keepPlayhead();
        this.seekTo(host, name, event);
      },
      moves: (event) => this.seekTo(host, name, event),
      back: () => back(),
    });
    host.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse") this.probe(host, name, event);
    });
    host.addEventListener("pointerleave", () => this.tip.hide());
  }

  /**
   * The playhead goes where a chart is pressed.
   * @param {HTMLElement} host
   * @param {string} name
   * @param {PointerEvent} event
   */
  seekTo(host, name, event) {
    this.setPlaying(false);
    this.seek(this.placeOf(host, name, event));
  }

  /**
   * The place of the playhead that is pointed at.
   * @param {HTMLElement} host
   * @param {string} name
   * @param {PointerEvent} event
   */
  placeOf(host, name, event) {
    const { left, right } = chart.MARGIN;
    return ((pointIn(host, event)[0] - left) / (this.canvases[name].size[0] - left - right)) * PAIRS;
  }

  /**
   * What a chart says at the pair that is pointed at, of the run in focus.
   * @param {HTMLElement} host
   * @param {string} name
   * @param {PointerEvent} event
   */
  probe(host, name, event) {
    const place = this.placeOf(host, name, event);
    if (!state.made || place < 0 || place > PAIRS) return this.tip.hide();
    const now = sceneOf(state, place);
    const { run, row, limiting, made, focus } = now;
    if (!run || row < 0) return this.tip.hide();
    const rows = [
      [`η = ${short(made.etas[focus])}`, ""],
      [limiting ? "τ" : "ηt", inWords(at(run.tau, row))],
      ["step", at(run.step, row).toLocaleString("en")],
      ...(PANELS[name].values?.(now) || [])
        .filter(([, value]) => Number.isFinite(value))
        .map(([words, value]) => [words, inWords(value)]),
    ];
    return this.tip.show(rows, ...inWindow(host, pointIn(host, event)));
  }

  // ---- what is asked, and what comes ----

  /**
   * A link; `problems` are what was wrong with one that it is the nearest to.
   * @param {string} search
   * @param {Message[]} [problems]
   */
  open(search, problems = []) {
    dispatch({ type: "opens", query: readQuery(search) });
    this.place = state.at;
    this.request(null, problems);
  }

  /**
   * A setting of which the one before is a place to go back to.
   * @param {string} key
   * @param {string} text
   */
  change(key, text) {
    keepPlace();
    return this.set(key, text);
  }

  /**
   * Another setting. What is computed for the one before stops where it is, and goes on from there when it is wanted
   * again.
   * @param {string} key
   * @param {string} text
   * @param {number | null} [first]
   */
  async set(key, text, first = null) {
    if (isWorking(state)) await this.work.halt();
    dispatch({ type: "sets", key, text });
    await this.request(first);
  }

  /**
   * Ask what is known; what is not is computed, the run of one η before the others. `problems` are told with the
   * answer.
   * @param {number | null} [first]
   * @param {Message[]} [problems]
   */
  async request(first = null, problems = []) {
    const { turn } = state;
    this.control.abort();
    const { signal } = (this.control = new AbortController());
    const said = await bytesAtLast(ask, `../study.bin?${madeQuery(state)}`, showWaiting, signal);
    if (!said || turn !== state.turn) return;
    const { status, bytes } = said;
    if (status === 400) return this.refused(json(bytes));
    try {
      const answer = decodeStudy(bytes);
      dispatch({ type: "answers", turn, answer });
      this.adopted([...problems, ...answer.notices]);
      if (!answer.known) this.run(first);
    } catch (error) {
      showMessages([{ field: "", text: unreadable(error) }]);
    }
  }

  /** @param {number | null} [first] */
  run(first = null) {
    dispatch({
      type: "tells",
      turn: state.turn,
      line: { state: "waits", words: "begins", share: 0, left: null, runs: [] },
    });
    this.work.begin(first);
    this.work.show();
  }

  /**
   * @param {any} line
   * @param {number} turn
   */
  hears(line, turn) {
    if (line.settings) {
      if (dispatch({ type: "means", turn, meaning: line })) this.adopted(line.notices);
    } else if (dispatch({ type: "tells", turn, line })) {
      if (line.state === "failed") showMessages([{ field: "", text: line.words }]);
      this.work.show();
      this.paint();
    }
  }

  /**
   * The work is over: what is known now is all of it.
   * @param {number} turn
   */
  async ended(turn) {
    if (turn === state.turn && state.job.state === "done") await this.request();
    this.work.show();
  }

  /** @param {Refusal} refusal */
  refused({ problems, nearest }) {
    for (const { field, text } of problems) if (FIELDS.includes(field)) fields.refuse(field, text);
    showMessages(problems.filter(({ field }) => !FIELDS.includes(field)));
    dispatch({ type: "rests", turn: state.turn, words: "" });
    this.work.show();
    if (!state.made) this.open(`?${nearest}`, problems);
  }

  async askRates() {
    const said = await bytesAtLast(ask, "../study-rates.json", () => {});
    if (said?.status === 200 && dispatch({ type: "rates", rates: json(said.bytes) })) this.paint();
  }

  /** @param {Message[]} notices */
  adopted(notices) {
    const frame = frameOf(state);
    if (!document.body.dataset.drawn) this.embed.begin(frame);
    if (!frame.embed) showMessages(notices);
    for (const field of FIELDS) fields.refuse(field, "");
    this.showSettings();
    this.work.show();
    writeLink();
    this.paint();
    document.body.dataset.drawn = "yes";
  }

  showSettings() {
    const { made, focus } = state;
    $("study").value = made.study;
    const { dataset } = $("study").selectedOptions[0];
    write($("network"), `${dataset.network}, ${dataset.activation}: ${dataset.parameters} parameters`);
    fields.put("rule", made.rule);
    if (!this.dragging) fields.put("etas", made.etas.map(short).join(", "));
    fields.put("tau", short(made.tau));
    fields.nameField("tau", made.rule === "gd" ? "Time ηt" : "Slow time τ");
    fields.put("seed", String(made.seed));
    this.showRuns();
    if (!this.dragging) sliders.set("eta", Math.log10(made.etas[focus]), short(made.etas[focus]));
    fields.put("shown-distance", state.distance);
    fields.put("shown-layer", state.layer);
  }

  showRuns() {
    const { made, focus } = state;
    const buttons = made.etas.map((eta, k) => {
      const button = Object.assign(document.createElement("button"), { textContent: `η = ${short(eta)}` });
      button.dataset.run = String(k);
      button.style.setProperty("--swatch", `var(--run-${k + 1})`);
      button.setAttribute("aria-pressed", String(k === focus));
      return button;
    });
    const kept = Number(/** @type {HTMLElement} */ (document.activeElement)?.dataset?.run ?? -1);
    $("runs").replaceChildren(...buttons);
    if (kept >= 0) buttons[kept]?.focus();
  }

  // ---- controls ----

  /**
   * @param {string} id
   * @param {any} value
   */
  onField(id, value) {
    if (id === "shown-distance") dispatch({ type: "chooses", distance: value });
    else if (id === "shown-layer") dispatch({ type: "chooses", layer: value });
    else return this.change(id, id === "etas" ? value.replace(/\s/g, "") : value.trim());
    writeLink();
    return this.paint();
  }

  /**
   * @param {string} id
   * @param {number} value
   */
  onSlider(id, value) {
    if (id === "playhead") return this.seek(value);
    const text = short(Number((10 ** value).toPrecision(2)));
    this.dragging = true;
    fields.write("etas", this.etasWith(text).map(short).join(", "));
    return this.preview();
  }

  /**
   * While the hand drags the run of its η is computed as far as it comes before there is another.
   */
  async preview() {
    if (this.previewed) return void (this.again = true);
    this.previewed = true;
    this.again = false;
    await this.setEtas();
    setTimeout(() => {
      this.previewed = false;
      if (this.again && this.dragging) this.preview();
    }, PREVIEW);
    return undefined;
  }

  /**
   * What brings back what a slider is about.
   * @param {string} id
   */
  keepSlid(id) {
    if (id === "playhead") return this.keepPlayhead();
    const { query, made, focus } = state;
    return () => {
      this.dragging = this.again = false;
      fields.write("etas", made.etas.map(short).join(", "));
      if (state.query !== query) this.set("etas", query.etas ?? "", made.etas[focus]);
    };
  }

  keepPlayhead() {
    const { at } = state;
    return () => this.seek(at);
  }

  // The hand lets go of the slider.
  onRelease() {
    if (!this.dragging) return undefined;
    this.dragging = this.again = false;
    keepPlace();
    return this.setEtas();
  }

  setEtas() {
    const text = $("etas").value.replace(/\s/g, "");
    return this.set("etas", text, Number(text.split(",")[state.focus]));
  }

  /** @param {string} text */
  etasWith(text) {
    return state.made.etas.map((eta, k) => (k === state.focus ? Number(text) : eta));
  }

  /** @param {any} event */
  onClick({ target }) {
    const button = target.closest("button");
    if (!button) return;
    if (this.buttons[button.id]) this.buttons[button.id]();
    if (button.dataset.run === undefined) return;
    dispatch({ type: "focuses", focus: Number(button.dataset.run) });
    writeLink();
    this.showSettings();
    this.paint();
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.key === "Escape") showMessages([]);
    if (
      isCommand(event) ||
      find("dialog[open]") ||
      isTyping(event) ||
      (target.matches("input") && (event.key === " " || event.key.length > 1)) || // its own: Home, arrows
      (target.matches("button, a") && event.key === " ")
    )
      return;
    const name = shortcut(event, this.keys);
    if (!name) return;
    event.preventDefault();
    this.keys[name]();
  }

  async export() {
    if (!state.flow) return showMessages([{ field: "", text: "There is no picture yet." }]);
    const { openStudyExports } = await arriving(() => import("./exports.mjs")); // seldom wanted, and never at first
    return openStudyExports(PANELS, () => this.caption);
  }

  /** @param {string} name */
  setScheme(name) {
    showScheme(name);
    this.paintAtOnce();
  }

  // ---- time ----

  /** @param {number} by */
  step(by) {
    this.setPlaying(false);
    this.seek(state.at + by);
  }

  /** @param {number} at */
  seek(at) {
    dispatch({ type: "seeks", at });
    this.place = state.at;
    writeLink();
    this.paint();
  }

  /** @param {boolean} playing */
  setPlaying(playing) {
    if (playing === this.playing) return;
    this.playing = playing;
    $("play").classList.toggle("playing", playing);
    $("play").setAttribute("aria-label", playing ? "Pause" : "Play");
    $("play").title = playing ? "Pause" : "Play";
    if (!playing) return void writeLink();
    if (state.at >= PAIRS) this.place = 0;
    this.before = performance.now();
    nextFrame((now, away) => this.tick(now, away));
  }

  /**
   * @param {number} now
   * @param {boolean} away whether nobody has looked meanwhile
   */
  tick(now, away) {
    if (!this.playing) return;
    if (!away) this.place += (Math.min(now - this.before, 250) / 1000) * (PAIRS / PLAY);
    this.before = now;
    if (dispatch({ type: "seeks", at: Math.min(Math.floor(this.place), PAIRS) })) this.paintAtOnce();
    if (state.at >= PAIRS) this.setPlaying(false);
    else nextFrame((next, away) => this.tick(next, away));
  }

  // ---- pictures ----

  paintAtOnce() {
    dispatch({ type: "paintsIn", inks: readInks() });
    if (!state.made) return;
    const now = sceneOf(state);
    for (const [name, { draw, title, aside }] of Object.entries(PANELS)) {
      const canvas = this.canvases[name];
      if (title) write($(`${name}-title`), title(now));
      if (aside) write($(`${name}-aside`), aside(now));
      if (canvas.size[0] > 0 && canvas.size[1] > 0) draw(wipe(canvas), canvas.size, now);
    }
    this.showWords(now);
  }

  /** @param {StudyScene} now */
  showWords(now) {
    sliders.set("playhead", state.at, `τ = ${inWords(now.time)}`);
    write($("now"), `${now.limiting ? "τ" : "ηt"} = ${short(now.time)} of ${short(now.made.tau)}`);
    write($("told"), told(now));
    this.embed.tell(state.at, now.made.etas[now.focus], at(now.run?.sharpness, now.row));
    $("board").setAttribute("aria-busy", String(isPending(state)));
  }
}

// Once the page is there.
export function start() {
  whenReady(() => $("sharpness-plot") && canSetProps(), begin);
}

function begin() {
  const page = new StudyPage();
  document.body.dataset.ready = "yes";
  page.open(location.search);
}
