// The lab's page: which plot is in view, what is asked for, the link, and the beginning.
import { copyLink, keepPlace, onWayBack } from "../address.mjs";
import { bytesAtLast } from "../again.mjs";
import { onDensity } from "../canvas.mjs";
import { canSetProps, whenReady } from "../dash.mjs";
import { $, find } from "../elements.mjs";
import { chooseFile, takeFiles } from "../filing.mjs";
import { nextFrame } from "../frames.mjs";
import { readInks } from "../inks.mjs";
import { readQuery } from "../link.mjs";
import { arriving, showWaiting } from "../messages.mjs";
import { Paper } from "../paper.mjs";
import { ask, json } from "../said.mjs";
import { chooseOther, followScheme, scheme, showScheme } from "../scheme.mjs";
import { isCommand, isTyping, shortcut } from "../shortcut.mjs";
import { Collapse } from "./collapse.mjs";
import { CrowdPlot } from "./crowd.mjs";
import { Controls, fitting, optionOf, restoreAlong, showFor } from "./controls.mjs";
import * as fates from "./fates.mjs";
import { Flatness } from "./flatness.mjs";
import { ProgressBar } from "./progress.mjs";
import { Rate } from "./rate.mjs";
import { Regimes } from "./regimes.mjs";
import { dispatch, state, writeLink } from "./state.mjs";
import { PLOTS, QUIET, USUAL, isAsked, isFresh, scene, settingsOf } from "./store.mjs";
import { Tip } from "../tip.mjs";

class Lab {
  constructor() {
    this.tip = new Tip();
    this.progress = new ProgressBar();
    this.controls = new Controls(this);
    this.regimes = new Regimes(this);
    /** @type {Record<Plot, LabPlot>} */
    this.plots = {
      regimes: this.regimes,
      rate: new Rate(this),
      collapse: new Collapse(this),
      flatness: new Flatness(this),
      crowd: (this.crowd = new CrowdPlot(this)),
    };
    /** @type {[(search: string) => void, (messages: Message[]) => void]} */
    const opening = [(search) => this.open(search), (messages) => this.say(messages)];
    /** @type {Record<string, () => unknown>} */
    this.buttons = {
      share: () => this.shareLink(),
      scheme: () => this.setScheme(chooseOther()),
      cancel: () => this.plots[state.plot].stop(),
      again: () => this.request(),
      export: () => this.export(),
      "open-file": () => {
        $("export-dialog").close();
        chooseFile(...opening);
      },
    };
    document.addEventListener("click", (event) => this.onClick(event));
    onWayBack((search) => this.open(search));
    takeFiles(...opening);
    document.addEventListener("keydown", (event) => this.onKey(event));
    find("[role=tablist]").addEventListener("keydown", (event) => this.onTabKey(event));
    this.setScheme(scheme());
    followScheme((name) => this.setScheme(name));
    new Paper({ caption: () => titleOf(this.plots[state.plot]), paint: () => this.paintAtOnce() });
    onDensity(() => nextFrame(() => this.plots[state.plot].paint()));
  }

  /**
   * Open a link.
   * @param {string} search
   */
  open(search) {
    const { plot = USUAL, ...query } = readPlot(search);
    if (!PLOTS.includes(plot)) return this.askMeaning(search);
    dispatch({ type: "shows", plot });
    dispatch({ type: "opens", plot, query });
    return this.show(plot);
  }

  /**
   * A plot that there is not is for the server to say something about.
   * @param {string} search
   */
  async askMeaning(search) {
    const turn = state.turns[USUAL];
    const said = await bytesAtLast(ask, `../lab.json${search}`, showWaiting);
    const refusal = said?.status === 400 ? json(said.bytes) : null;
    if (!isAsked(state, USUAL, turn) || state.plot !== USUAL) return; // a person has chosen one meanwhile
    if (refusal) this.refuse(USUAL, turn, refusal);
    else this.show(USUAL);
  }

  // ---- what is asked, and what becomes of it ----

  /**
   * Change a setting of the plot in view; quietly where that needs no new numbers.
   * @param {string} key
   * @param {string} text
   */
  set(key, text) {
    dispatch({ type: "sets", key, text });
    if (!QUIET.includes(key)) return this.request();
    writeLink();
    return this.plots[state.plot].paint();
  }

  // What brings the settings of the plot in view back.
  keep() {
    const { plot, queries, home } = state;
    const query = queries[plot];
    return () => {
      if (state.queries[plot] === query) return undefined;
      const turn = state.turns[plot];
      dispatch({ type: "returns", plot, query, home });
      if (turn !== state.turns[plot]) return this.request();
      writeLink();
      return this.plots[plot].paint();
    };
  }

  request() {
    const { plot } = state;
    dispatch({ type: "asks", plot, share: this.plots[plot].share });
    writeLink();
    this.progress.begin(plot, state.turns[plot]);
    this.plots[plot].ask(state.turns[plot]);
  }

  /**
   * An answer has begun: the link is now the server's, and so are the values that it had to change.
   * @param {Plot} plot
   * @param {number} turn
   * @param {Meaning} meaning
   * @param {string[]} [names]
   * @param {Float32Array} [own]
   */
  adopt(plot, turn, meaning, names, own) {
    const { mended } = state;
    if (!dispatch({ type: "adopts", plot, turn, meaning, names, own }) || plot !== state.plot) return;
    this.say([...(mended || []), ...meaning.notices]);
    this.controls.show(plot, settingsOf(state, plot));
    this.controls.offerNumbers(meaning.rule_parameters || []);
    if (meaning.offered) this.controls.offerAxes(meaning.offered);
    writeLink();
  }

  /**
   * A query that cannot be read: keep the last picture; at first show the nearest valid settings or,
   * should they be none, the usual ones.
   * @param {Plot} asked
   * @param {number} turn
   * @param {Refusal} refusal
   */
  refuse(asked, turn, { problems, nearest }) {
    if (!dispatch({ type: "refuses", plot: asked, turn }) || asked !== state.plot) return undefined;
    this.progress.draw();
    if (state.settings[asked]) {
      if (problems.some(({ field }) => field === "along")) restoreAlong();
      return this.say(problems);
    }
    const { plot = USUAL, ...query } = state.mended ? { plot: asked } : readPlot(nearest);
    if (state.mended && !Object.keys(state.queries[asked]).length) return this.say(problems);
    dispatch({ type: "opens", plot, query, problems });
    return this.show(plot);
  }

  /**
   * Nothing more comes; `words` say why where something is missing.
   * @param {Plot} plot
   * @param {number} turn
   * @param {string | null} [words]
   */
  end(plot, turn, words = null) {
    if (!dispatch({ type: "ends", plot, turn, early: words !== null })) return;
    this.progress.draw();
    if (words) this.say([{ field: "", text: words }]);
  }

  /**
   * @param {number} share
   */
  setSlice(share) {
    if (state.plot === "crowd") this.crowd.setSlice(share);
    else this.regimes.setSlice(share);
  }

  keepSlice() {
    return state.plot === "crowd" ? this.keep() : this.regimes.keep();
  }

  /**
   * @param {OrbitView} view
   */
  setOrbitView(view) {
    this.regimes.setOrbitView(view);
  }

  /**
   * @param {RateView} rateView
   */
  setRateView(rateView) {
    dispatch({ type: "weighs", rateView });
    this.plots.rate.paint();
  }

  /**
   * @param {CrowdHand} hand
   */
  setCrowdHand(hand) {
    dispatch({ type: "hands", hand });
    this.plots.crowd.paint();
  }

  /**
   * @param {Message[]} messages
   */
  say(messages) {
    this.controls.say(messages);
  }

  /**
   * What is done where a question of a plot comes to no answer, or to a part of one.
   * @param {Plot} plot
   */
  endings(plot) {
    return {
      refused: (/** @type {Refusal} */ refusal, /** @type {number} */ turn) => this.refuse(plot, turn, refusal),
      failed: (/** @type {string} */ words, /** @type {number} */ turn) => this.end(plot, turn, words),
      waits: showWaiting,
      stopped: (/** @type {undefined} */ _, /** @type {number} */ turn) => this.end(plot, turn, ""),
    };
  }

  // ---- tabs ----

  /**
   * @param {Plot} plot
   */
  show(plot) {
    dispatch({ type: "shows", plot, ...fitting(plot) });
    for (const name of PLOTS) {
      const here = name === plot;
      $(`panel-${name}`).hidden = !here;
      $(`tab-${name}`).setAttribute("aria-selected", String(here));
      $(`tab-${name}`).tabIndex = here ? 0 : -1;
    }
    showFor(plot);
    this.progress.draw();
    this.tip.hide();
    if (!isFresh(state, plot)) return this.request();
    writeLink();
    if (state.settings[plot]) this.controls.show(plot, settingsOf(state, plot));
    return nextFrame(() => this.plots[plot].paint());
  }

  /**
   * @param {Plot} plot
   */
  choose(plot) {
    this.say([]);
    if (plot !== state.plot) keepPlace();
    this.show(plot);
    $(`tab-${plot}`).focus();
  }

  /**
   * @param {KeyboardEvent} event
   */
  onTabKey(event) {
    const at = PLOTS.indexOf(state.plot);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: PLOTS.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.choose(PLOTS[(to + PLOTS.length) % PLOTS.length]);
  }

  // ---- buttons ----

  async shareLink() {
    writeLink();
    this.say([await copyLink()]);
  }

  async export() {
    if (!$(`panel-${state.plot}`).dataset.drawn) return this.say([{ field: "", text: "There is no picture yet." }]);
    const { openLabExports } = await arriving(() => import("./exports.mjs")); // seldom wanted, and never at first
    return openLabExports(this.plots, titleOf);
  }

  /**
   * @param {KeyboardEvent} event
   */
  onKey(event) {
    if (event.key === "Escape") this.say([]);
    if (isCommand(event) || isTyping(event) || find("dialog[open]") || !shortcut(event, { e: true })) return;
    event.preventDefault();
    this.export();
  }

  /**
   * @param {string} name
   */
  setScheme(name) {
    showScheme(name);
    this.paintAtOnce();
  }

  // All of it with the inks that the style sheet has now.
  paintAtOnce() {
    dispatch({ type: "paintsIn", inks: readInks(), fateInks: fates.read() });
    for (const plot of PLOTS) this.plots[plot].paint();
  }

  /**
   * @param {any} any
   */
  onClick({ target }) {
    // A dialog itself is hit only where its backdrop is.
    if (target.closest(".close") || target.nodeName === "DIALOG") return target.closest("dialog").close();
    const button = target.closest("button");
    if (!button) return;
    if (this.buttons[button.id]) this.buttons[button.id]();
    if (button.dataset.plot) this.choose(button.dataset.plot);
  }
}

/**
 * A link with the plot that it names.
 * @param {string} search
 */
const readPlot = (search) => /** @type {{ plot?: Plot } & Query} */ (readQuery(search));

/**
 * What a plot is about, in a line: as stands over the picture of it, or over its first one.
 * @param {LabPlot} plot
 * @param {string} [what]
 */
function titleOf({ pictures }, what = "") {
  const [[, { of }]] = Object.entries(pictures);
  const shown = of(scene(state));
  if (!shown) return "";
  const place = document.getElementById(`${what}-aside`) || find("figcaption .aside", $(`panel-${state.plot}`));
  const [title, aside] = place.parentElement?.children || [];
  return `${optionOf(shown.settings.loss).textContent}. ${title.textContent}: ${aside.textContent}`;
}

// Once the page is there.
export function start() {
  whenReady(() => $("map-plot") && canSetProps(), begin);
}

function begin() {
  const lab = new Lab();
  document.body.dataset.ready = "yes";
  lab.open(location.search);
}
