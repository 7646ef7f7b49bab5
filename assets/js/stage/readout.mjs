// Words and numbers that follow the playhead.
import { clockTime, etaAt, paceOf } from "../clock.mjs";
import { $, put, write } from "../elements.mjs";
import { inWords, short } from "../numbers.mjs";
import {
  consecutiveFrom,
  edgeOf,
  failed,
  isCentral,
  isPredicted,
  isSmooth,
  locate,
  phaseAt,
  phaseOf,
  rowAt,
} from "../run.mjs";
import * as sliders from "../sliders.mjs";
import { vocabulary } from "../vocabulary.mjs";
import { showFolded } from "./fold.mjs";
import { showMarked } from "./marked.mjs";
import { acrossView } from "./panels/across.mjs";
import { isShut, rodAt, rodWords, showsFlow, shutAbove } from "./rod.mjs";
import { scene } from "./scene.mjs";
import { isPlaying, player, state, steps } from "./state.mjs";
import { againstWhy, storyOf } from "./why.mjs";

/** @typedef {import("./ribbon.mjs").Ribbon} Ribbon */
/** @typedef {import("../embed.mjs").Embed} Embed */

const SWEEPS = 1e-6; // of A a pair of steps
const KEPT = 0.05; // of A
const HANGS = 0.01; // of the balance
const PAUSE = 0.1; // seconds between two read-outs while a run plays

/**
 * @param {string} id
 * @param {string} text
 */
const setText = (id, text) => write($(id), text);

export class Readout {
  /**
   * @param {Ribbon} ribbon
   * @param {Embed} embed
   */
  constructor(ribbon, embed) {
    this.ribbon = ribbon;
    this.embed = embed;
    this.shown = 0;
  }

  /**
   * At most ten times a second, unless the playhead stands.
   * @param {boolean} standing
   */
  show(standing) {
    const now = performance.now() / 1000;
    if (!state.result || state.veiled || (!standing && now - this.shown < PAUSE)) return;
    this.shown = now;
    const run = state.result.runs[state.focus];
    const step = steps()[state.focus];
    const place = locate(run, step);
    const numbers = numbersAt(run, place);
    for (const [name, words] of Object.entries(numbers)) setText(`now-${name}`, words);
    const held = vocabulary.laws.map((name) => showGauge(run, name, place));
    setText("edge-answer", answerOf(run, step, held.every(Boolean)));
    $("now-gap").classList.toggle("off", !isPredicted(run, step));
    showLopsided(run, place);
    showBalance(run, place);
    showAsides(place);
    if (run.conserved) setText("conserved-words", run.conserved.words);
    showHalved(run, place);
    showRod(run, step);
    showWhy(run, step);
    showFolded(run, step, state.result.words.stories[state.focus]);
    showStory(run, place, state.result.words.stories[state.focus], numbers);
    this.ribbon.mark(step);
    sliders.set("playhead", player.step, `step ${player.step} of ${player.last}`);
    this.embed.tell(player.step, etaAt(paceOf(run), step), place.part.columns.sharpness[place.row]);
    const { why } = scene();
    if (why) setText("summary", storyOf(why));
    else if (standing && !player.playing) summarise(run, numbers);
  }
}

/**
 * @param {Run} run
 * @param {Located} located
 */
function numbersAt(run, { part, row }) {
  /**
   * @param {string} name
   */
  const value = (name) => part.columns[name][row];
  return {
    step: value("step").toLocaleString("en"),
    tau: inWords(clockTime("tau", paceOf(run), value("step"))),
    loss: inWords(value("loss")),
    sharpness: inWords(value("sharpness")),
    threshold: isSmooth(run) ? "–" : inWords(value("threshold")),
    gap: inWords(value("gap")),
  };
}

/**
 * Green from where the phases say the edge begins, as long as the law holds there. Whether it does.
 * @param {Run} run
 * @param {string} name
 * @param {Located} located
 */
function showGauge(run, name, { part, row }) {
  const value = isSmooth(run) ? NaN : part.columns[name][row];
  const { tolerance } = state.result.laws;
  const holds =
    isAtEdge(run, part.columns.step[row]) && Math.abs(meanSince(edgeOf(run), part, row, name) - 1) <= tolerance;
  setGauge(name, value, Math.min(Math.max(value / 2, 0), 1), holds ? "holds" : "");
  $(`gauge-${name}`).classList.toggle("beyond", value > 2);
  return holds;
}

/**
 * Whether the edge holds, in words.
 * @param {Run} run
 * @param {number} step
 * @param {boolean} held
 */
export function answerOf(run, step, held) {
  const phase = phaseOf(run, step);
  if (!phase && isCentral(run)) return centralAnswer(run, step);
  if (!phase) return `${run.name} has no law of the edge`;
  if (phase === "overlong") return "no: too large a step";
  if (phase === "beyond") return "beyond the theorem";
  if (!isAtEdge(run, step)) return "not at the edge yet";
  return held ? "yes" : "not at this step";
}

/**
 * Where the central flow is, and what it says of the hops and of their loss.
 * @param {Run} run
 * @param {number} step
 */
function centralAnswer(run, step) {
  const { part, row } = locate(run, step);
  const { flow_spread: spread, flow_loss: mean } = part.columns;
  if (!(spread[row] > 0)) return "below the edge";
  return `hops of σ = ${inWords(spread[row])}, mean loss ${inWords(mean[row])}`;
}

/**
 * @param {string} name
 * @param {number} value
 * @param {number} share of the track, where the needle stands
 * @param {string} verdict of a law that holds, or nothing
 * @param {string} [text] of the value
 */
function setGauge(name, value, share, verdict, text = inWords(value)) {
  const gauge = $(`gauge-${name}`);
  setText(`now-${name}`, text);
  setText(`verdict-${name}`, verdict);
  gauge.classList.toggle("on", Boolean(verdict));
  gauge.classList.toggle("none", !Number.isFinite(value));
  gauge.style.setProperty("--share", String(share || 0));
}

/**
 * @param {Run} run
 * @param {number} step
 */
const isAtEdge = (run, step) => step >= edgeOf(run) && isPredicted(run, step);

/**
 * The bounce's lopsidedness; green from the edge on as long as its law holds: what is kept is kept, or it sweeps.
 * @param {Run} run
 * @param {Located} located
 */
function showLopsided(run, { part, row }) {
  const name = vocabulary.lopsided;
  const value = isSmooth(run) ? NaN : part.columns[name][row];
  const onEdge = isAtEdge(run, part.columns.step[row]);
  const text = Number.isFinite(value) ? (Math.round(value * 1e4) / 1e4 || 0).toFixed(4) : "–";
  setGauge(name, value, (1 + value) / 2, onEdge ? lopsidedVerdict(run, part, row) : "", text);
}

/**
 * Whether the loss hangs: green where the mean of κ is that of 2/η. What it is from step 0, and for GD on √L κ of the
 * last two steps in its own terms, whose mean is 2.
 * @param {Run} run
 * @param {Located} located
 */
function showBalance(run, { part, row }) {
  const { curvature_balance: whole, curvature_balance_late: late } = part.columns;
  const value = isSmooth(run) || !late ? NaN : late[row];
  const hangs = Math.abs(value - 1) <= HANGS;
  setGauge(vocabulary.balance, value, Math.min(Math.max(value / 2, 0), 1), hangs ? "hangs" : "");
  const told = Number.isFinite(whole?.[row]) && !isSmooth(run) ? [`From step 0: ${inWords(whole[row])}.`] : [];
  setText("balance-told", [...told, ...rootWords(part, row)].join(" "));
}

/**
 * @param {Part} part
 * @param {number} row
 */
function rootWords({ columns: { root_step_curvature: own, step } }, row) {
  if (!own || row < 2 || step[row - 2] !== step[row] - 2) return [];
  const two = [own[row - 2], own[row - 1]];
  if (!two.every(Number.isFinite)) return [];
  return [`In its own terms √L has ηκ = ${two.map(inWords).join(" and ")}, mean ${inWords((two[0] + two[1]) / 2)}.`];
}

/**
 * @param {Run} run
 * @param {Part} part
 * @param {number} row
 */
function lopsidedVerdict(run, part, row) {
  const { lopsidedness, lopsidedness_kept: kept, lopsidedness_sweep: sweep } = part.columns;
  const { landed, lasting } = state.result.laws;
  if (!Number.isFinite(kept[row])) return "";
  if (Math.abs(sweep[row]) > SWEEPS) return "sweeps";
  if (Math.abs(lopsidedness[row]) >= landed) return run.rule === "ngd" ? "wall on Γ" : "";
  const first = rowAt(run, edgeOf(run) + lasting);
  const off = Math.abs(kept[row] - run.columns.lopsidedness_kept[first]) * Math.abs(lopsidedness[row] / kept[row] || 0);
  return off <= KEPT ? `keeps ${run.rule === "ngd" ? "A√λ₁" : "A"}` : "";
}

/**
 * The mean over the last steps in a row, on the edge: a swing from pair to pair leaves it as it is.
 * @param {number} begin
 * @param {Part} part
 * @param {number} row
 * @param {string} name
 */
function meanSince(begin, part, row, name) {
  let first = consecutiveFrom(part, row, state.result.laws.lasting);
  while (first < row && part.columns.step[first] < begin) first++;
  const values = part.columns[name].subarray(first, row + 1);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * @param {Located} located
 */
function showAsides({ part, row }) {
  const run = state.result.runs[state.focus];
  const view = isSmooth(run) ? null : acrossView(part, row, state.result.profile_axis);
  put($("across-unit"), { hidden: !view });
  if (view) setText("across-aside", inWords(view.unit));
  const critical = 2 / part.columns.sharpness[row];
  setText("critical", `2/λ₁ here: ${inWords(critical > 0 ? critical : NaN)}`);
}

/**
 * The gap before η was halved and now, at the same slow time.
 * @param {Run} run
 * @param {Located} located
 */
function showHalved(run, { part, row, exact }) {
  const { halved } = state;
  const bare = !Number.isFinite(run.columns.flow[0]);
  put($("halve"), { disabled: bare || Boolean(run.changes || state.result.settings.forks) });
  if (run.changes) return tellHalved("");
  if (!halved || bare) return tellHalved(bare && !run.absent ? `${run.name} has no limiting flow here.` : "");
  if (!exact || Math.abs(run.eta / halved.eta - 0.5) > 1e-9) return tellHalved("");
  if (part.columns.step[row] !== 4 * halved.step) return tellHalved("This run does not reach the same τ.");
  const gap = part.columns.gap[row];
  const times = halved.gap > 0 && gap > 0 ? `, ${(halved.gap / gap).toPrecision(2)} times less` : "";
  tellHalved(`η = ${short(halved.eta)}: ${inWords(halved.gap)} → η = ${short(run.eta)}: ${inWords(gap)}${times}`);
}

/**
 * With a mark that there are words: WebKit does not look again whether a part of a panel is empty.
 * @param {string} words
 */
function tellHalved(words) {
  setText("halved", words);
  $("halved").toggleAttribute("data-told", Boolean(words));
}

/**
 * The gap to the rod, beside that to the central flow or in its place, and where it begins and ends; and whether
 * something of Γ is shut.
 * @param {Run} run
 * @param {number} step
 */
function showRod(run, step) {
  const now = scene();
  const gap = inWords((now.rod && rodAt(now.rod, step)?.gap) ?? NaN);
  const alone = !showsFlow(now, run);
  const words = now.rod ? rodWords(now.rod, step) || (alone ? "" : gap) : "";
  put($("rod-gap"), { hidden: !run.central || now.ghost === "central" || !words });
  setText("now-rod", words);
  if (alone) setText("now-gap", gap);
  $("now-gap").classList.toggle("of-rod", alone);
  put($("shut"), { hidden: !isShut(now.valley, shutAbove(now), now.d === 2 ? now.result.settings.view : []) });
}

/**
 * Whether there is a drift to be explained, and if not why not.
 * @param {Run} run
 * @param {number} step
 */
function showWhy(run, step) {
  const against = againstWhy(state.result, run, step);
  put($("why"), { disabled: Boolean(against), ariaPressed: String(Boolean(state.why)) });
  setText("why-not", against);
}

/**
 * The sentence of the phase that the playhead is in, with the numbers there.
 * @param {Run} run
 * @param {Located} located
 * @param {any} story
 * @param {Record<string, string>} numbers
 */
function showStory(run, { part, row }, story, numbers) {
  const step = part.columns.step[row];
  const ended = Boolean(story.end) && step >= run.outcome_step;
  /** @type {Record<string, string>} */
  const known = {
    ...numbers,
    sharpness: inWords(part.columns.projection_sharpness[row]),
    first_sharpness: inWords(run.columns.projection_sharpness[0]),
    stableness_pair: inWords(part.columns.stableness_pair[row]),
    flow_sharpness: inWords(part.columns.flow_sharpness[row]),
  };
  const landed = Math.abs(part.columns[vocabulary.lopsided][row]) >= state.result.laws.landed;
  known.theorem = Number.isFinite(part.columns.flow_sharpness[row]) ? fill(story.theorem, known) : "";
  known.jump = landed ? story.lands : story.jumps;
  known.drift = fill(known.sharpness === known.first_sharpness ? story.stays : story.drifts, known);
  const now = run.phases.length ? story.phases[phaseAt(run.phases, step)] : story.all;
  const parted = run.parted_from !== null && step >= run.parted_from ? story.parted : "";
  const { why } = scene();
  showMarked($("story"), unbroken(why ? storyOf(why) : fill(ended ? story.end : now, known) + parted));
  $("story").classList.toggle("failed", ended && failed(run));
}

/**
 * @param {string} template
 * @param {Record<string, string>} known
 */
const fill = (template, known) => template.replace(/\{(\w+)\}/g, (_, name) => known[name]);

/**
 * A formula in a sentence stays on one line.
 * @param {string} sentence
 */
const unbroken = (sentence) => sentence.replace(/ ([=→]) /g, "\u00a0$1\u00a0");

/**
 * For those who listen: the picture in a sentence, when the playhead stands.
 * @param {Run} run
 * @param {Record<string, string>} record
 */
function summarise(run, { step, loss, sharpness, gap }) {
  const known = gap === "–" ? "" : `, gap to the theorem ${gap}`;
  const last = run.last.toLocaleString("en");
  setText("summary", `${run.name}, step ${step} of ${last}. Loss ${loss}, sharpness ${sharpness}${known}.`);
}

export function showPlaying() {
  const playing = isPlaying();
  const name = playing ? "Pause" : "Play";
  put($("play"), { ariaLabel: name, title: name });
  $("play").classList.toggle("pause", playing);
}
