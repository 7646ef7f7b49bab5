// The tour: six stops that move the stage itself, of the run that the page opens with. Their words stand in
// the layout and have the numbers of the run; at the end all is as it was before.
import { $, find } from "../elements.mjs";
import { nextFrame } from "../frames.mjs";
import { readQuery } from "../link.mjs";
import { inWords } from "../numbers.mjs";
import { edgeOf, locate } from "../run.mjs";
import { actions } from "./actions.mjs";
import { requests } from "./asked.mjs";
import * as controls from "./controls.mjs";
import { showMarked } from "./marked.mjs";
import { isStill, player, state } from "./state.mjs";
import { isOpening } from "./store.mjs";

const PATIENCE = 15000; // ms for a run to come
const EVERY = 30;
const HOPS = 10; // of them that are seen one by one
const SLOW = 3; // steps a second
const SECONDS = 7; // for what is seen as a whole

/** @typedef {{ edge: number, middle: number, last: number }} Places steps of the run that is shown */

/**
 * From which step to which each stop plays, and how many of them a second.
 * @type {Record<string, (places: Places) => [number, number, number]>}
 */
const PLAYED = {
  hops: ({ edge }) => [0, edge + HOPS, SLOW],
  drifts: ({ edge, last }) => [edge + HOPS, last, (last - edge - HOPS) / SECONDS],
  falls: ({ edge, last }) => [edge, last, (last - edge) / SECONDS],
  theorem: ({ middle }) => [middle, middle, SLOW],
  halves: ({ middle }) => [middle, middle, SLOW],
};

class Tour {
  constructor() {
    this.card = $("tour-card");
    this.stops = [...$("tour-stops").children].map((item) => /** @type {HTMLElement} */ (item));
    this.at = -1;
    this.turn = 0; // of what is shown; what has been overtaken says nothing any more
    this.opener = document.activeElement;
    actions.pause();
    actions.writeLink();
    this.search = location.search;
    const { speed, seconds, rises, loop } = player;
    this.pace = { speed, seconds, rises, loop };
    this.controller = new AbortController();
    const { signal } = this.controller;
    this.card.addEventListener("click", (event) => this.onClick(event), { signal });
    this.card.addEventListener("keydown", (event) => this.onKey(event), { signal });
    document.addEventListener("keydown", ({ key }) => key === "Escape" && !find("dialog[open]") && this.end(), {
      signal,
    });
    this.card.hidden = false;
    this.go(0);
    this.button("next").focus();
  }

  /**
   * @param {string} way
   */
  button(way) {
    return find(`[data-way="${way}"]`, this.card);
  }

  /**
   * @param {any} event
   */
  onClick({ target }) {
    const way = target.closest("button")?.dataset.way;
    if (way === "back") this.go(this.at - 1);
    else if (way === "next") this.go(this.at + 1);
    else if (way) this.end();
  }

  /**
   * @param {KeyboardEvent} event
   */
  onKey(event) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    this.go(Math.min(Math.max(this.at + way, 0), this.stops.length - 1));
  }

  /**
   * @param {number} at
   */
  async go(at) {
    if (at === this.at) return;
    if (at >= this.stops.length) return this.end();
    this.at = at;
    const turn = ++this.turn;
    const stop = this.stops[at];
    const name = stop.dataset.stop || "";
    mark((stop.dataset.panels || "").split(" "));
    this.write(stop, null);
    actions.pause();
    if (PLAYED[name]) await openFirst();
    if (turn !== this.turn || !PLAYED[name]) return this.turn === turn && this.write(stop, {});
    const [from, to, speed] = PLAYED[name](placesIn(state.result.runs[0]));
    actions.seek(from);
    if (name === "halves") controls.halve();
    await settled();
    if (turn !== this.turn) return;
    this.write(stop, known(to));
    if (to > from) this.play(to, speed, turn);
  }

  /**
   * @param {number} to
   * @param {number} speed
   * @param {number} turn
   */
  play(to, speed, turn) {
    if (isStill()) return actions.seek(to);
    Object.assign(player, { rises: false, loop: false });
    player.choose(speed);
    actions.play();
    const watch = () => {
      if (turn !== this.turn || !player.playing) return;
      if (player.step < to) return nextFrame(watch);
      actions.pause();
      actions.seek(to);
    };
    watch();
  }

  /**
   * @param {HTMLElement} stop
   * @param {Record<string, string> | null} numbers none as long as its run has not come
   */
  write(stop, numbers) {
    const [title, words] = [...stop.children].map(({ textContent }) => textContent || "");
    $("tour-title").textContent = title;
    $("tour-count").textContent = `${this.at + 1} of ${this.stops.length}`;
    showMarked($("tour-words"), numbers ? words.replace(/\{(\w+)\}/g, (_, name) => numbers[name]) : "…");
    this.button("back").disabled = this.at === 0;
    const isLast = this.at === this.stops.length - 1;
    this.button("next").textContent = isLast ? "Done" : "Next";
    $("tour-lab").hidden = !isLast;
  }

  // As it was: settings, playhead, pace and focus.
  end() {
    this.turn++;
    this.controller.abort();
    this.card.hidden = true;
    mark([]);
    actions.pause();
    Object.assign(player, this.pace);
    actions.writeLink();
    if (!isSame(location.search, this.search)) controls.returnTo(this.search);
    else actions.seek(Number(readQuery(this.search).at || 0));
    controls.showSpeed();
    const opener = /** @type {any} */ (this.opener);
    (opener?.checkVisibility?.() && opener !== document.body ? opener : $("help")).focus();
  }
}

/**
 * The panels that a stop is about; on a small screen the first of them is brought into sight.
 * @param {string[]} names
 */
function mark(names) {
  for (const card of document.querySelectorAll(".panels .card")) {
    const at = names.findIndex((name) => card.classList.contains(name));
    card.toggleAttribute("data-toured", at >= 0);
    if (at === 0) card.scrollIntoView({ block: "nearest", inline: "center" });
  }
}

// The run that the page opens with, unless it is there.
async function openFirst() {
  if (state.halved || !isSame(location.search, "")) controls.returnTo("");
  await settled();
}

/**
 * Whether two links show the same but for the playhead, and but for what is hidden.
 * @param {string[]} searches
 */
function isSame(...searches) {
  const [one, other] = searches.map((search) => {
    const { at, hide, embed, ...query } = readQuery(search);
    return JSON.stringify(Object.entries(query).sort());
  });
  return one === other;
}

/**
 * @param {Run} run
 * @returns {Places}
 */
function placesIn(run) {
  const edge = Math.min(edgeOf(run), run.last);
  return { edge, middle: Math.round((edge + run.last) / 2), last: run.last };
}

/**
 * The numbers of the words, at a step; where η was halved, those of before too.
 * @param {number} step
 * @returns {Record<string, string>}
 */
function known(step) {
  const { halved, result } = state;
  const [run] = result.runs;
  const { part, row } = locate(run, halved ? 4 * halved.step : step);
  /**
   * @param {string} name
   */
  const value = (name) => inWords(part.columns[name][row]);
  return {
    eta: String(run.eta),
    edge: edgeOf(run).toLocaleString("en"),
    first_sharpness: inWords(run.columns.projection_sharpness[0]),
    sharpness: value("projection_sharpness"),
    gap: value("gap"),
    stableness_pair: value("stableness_pair"),
    sqrt_loss_pair: value("sqrt_loss_pair"),
    answer: capital($("edge-answer").textContent || ""),
    ...(halved && {
      eta_before: String(halved.eta),
      gap_before: inWords(halved.gap),
      times: (halved.gap / part.columns.gap[row]).toPrecision(2),
    }),
  };
}

/**
 * @param {string} words
 */
const capital = (words) => words.slice(0, 1).toUpperCase() + words.slice(1);

// No run is on its way any more.
/** @type {() => Promise<void>} */
const settled = () =>
  new Promise((resolve) => {
    const last = performance.now() + PATIENCE;
    const look = () =>
      (requests.busy || isOpening(state) || state.veiled) && performance.now() < last
        ? setTimeout(look, EVERY)
        : resolve();
    look();
  });

export function begin() {
  if (state.result && $("tour-card").hidden) new Tour();
}
