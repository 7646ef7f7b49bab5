// A film of the run: its frames one after the other, in small portions, so that the page stays usable meanwhile.
import { stepOf } from "../clock.mjs";
import { $ } from "../elements.mjs";
import { TYPES, filmOf, timesOf } from "../film.mjs";
import { keepFile } from "../filing.mjs";
import { locate } from "../run.mjs";
import { ask } from "../said.mjs";
import { actions } from "./actions.mjs";
import { Answers, needsOf } from "./answers.mjs";
import { requests } from "./asked.mjs";
import { hopAt } from "./player.mjs";
import { Reel, evenSize } from "./reel.mjs";
import { lookIn, sceneOf } from "./scene.mjs";
import { player, state } from "./state.mjs";

const PORTION = 12; // ms of work until others have their turn
const TOLD = 200; // ms from one time that is told to the next
const BEFORE = 8; // steps before the first one, which a picture of it shows too
const SHORTEST = 0.5; // seconds
const LONGEST = 120;
const MOST_SECTIONS = 60; // of a film: one for every other frame of a few seconds
const WIDTH = 1280; // pixels that a film has at least, where its picture is a small one

/**
 * What is filmed: steps of the first run, seconds, and frames a second. Pure.
 * @param {Record<string, any>} choice
 * @param {number} last step
 */
export function planOf({ from, to, speed, unit, rate }, last) {
  const [begin, end] = [from, to].map((text) => Math.min(Math.max(Math.round(Number(text)) || 0, 0), last));
  const [first, final] = [Math.min(begin, end), Math.max(begin, end)];
  const seconds = unit === "steps" ? (final - first) / Number(speed) : Number(speed);
  return { from: first, to: final, seconds: Math.min(Math.max(seconds || 0, SHORTEST), LONGEST), rate: Number(rate) };
}

/**
 * How many pixels of a film are one of its picture. Pure.
 * @param {number[]} pixels
 */
export const timesAs = ([width]) => Math.max(Math.round(WIDTH / width), 1);

/**
 * Scenes of the run by the place of the playhead, with all that the server has of the steps between two.
 * @param {{ from: number, to: number, seconds: number }} plan
 * @param {Making} making
 * @returns {Promise<(at: number) => Scene>}
 */
export async function scenesOf({ from, to, seconds }, making) {
  const { result, view } = state;
  const pace = (to - from) / seconds;
  const [lead] = result.runs;
  const { last } = player;
  const runs = await Promise.all(
    result.runs.map(async (run) => {
      if (run.rows > run.last) return run;
      const [first, end] = [from, to].map((at) => stepOf(run, lead, view.clock, at));
      const begin = Math.max(first - BEFORE, 0);
      return { ...run, window: (await requests.stretch(result, run, begin, end - begin + 1)) || run.window };
    }),
  );
  const own = { ...state, result: { ...result, runs }, why: null };
  const stepsAt = (/** @type {number} */ at) => runs.map((run) => stepOf(run, lead, view.clock, at));
  const sections = await sectionsOf(own, stepsAt, from, to, making);
  return (at) => {
    const asked = Math.min(Math.floor(at + 1e-6), last);
    const { part, row } = locate(runs[0], asked);
    const step = runs.length > 1 ? asked : part.columns.step[row]; // one that is there
    const section = sections.findLast((one) => one.at <= step + 1e-6)?.answer;
    const there = section ? { ...own, answers: { ...own.answers, section } } : own;
    const playhead = { at, last, step, hop: step < to ? hopAt(at - step, pace) : 0 };
    return sceneOf(there, playhead, stepsAt(runs.length > 1 ? at : step));
  };
}

/**
 * Of a loss of more than two parameters the planes that its landscape is seen in, at so many steps of a span as there
 * is patience for, by those steps.
 * @param {StageState} own
 * @param {(at: number) => number[]} stepsAt
 * @param {number} from
 * @param {number} to
 * @param {Making} making
 */
async function sectionsOf(own, stepsAt, from, to, making) {
  if (own.result.settings.start.length < 3 || lookIn(own.result.settings.start.length, own.view.look) === "surface")
    return [];
  const count = Math.min(to - from, MOST_SECTIONS - 1);
  const places = Array.from({ length: count + 1 }, (_, k) => Math.round(from + ((to - from) * k) / (count || 1)));
  const asked = new Answers(ask, () => {});
  const found = [];
  for (const at of places) {
    if (making.cancelled) break;
    $("film-left").textContent = `landscape ${found.length + 1} of ${places.length}`;
    const need = needsOf(own, stepsAt(at)).find(({ kind }) => kind === "section");
    const answer = need && (await asked.answer(need));
    if (need && answer) found.push({ at, answer: { ...need, found: answer } });
  }
  return found;
}

/** @typedef {{ cancelled: boolean }} Making */

/**
 * A film as a file; null where it was cancelled.
 * @param {Record<string, any>} choice
 * @param {import("./portrait.mjs").Wanted} wanted
 * @param {number[]} pixels
 * @param {(at: number) => Scene} sceneAt
 * @param {{ from: number, to: number, seconds: number, rate: number }} plan
 * @param {import("../origin.mjs").Said} said
 * @param {Inks} inks
 * @param {Making} making
 */
export async function bytesOf(choice, wanted, pixels, sceneAt, plan, said, inks, making) {
  const reel = new Reel(wanted, evenSize(pixels), inks, choice.form === "gif");
  const times = timesOf(plan);
  const { canvas } = reel;
  try {
    await reel.prepare(sceneAt(plan.to), actions.surfaceOn);
    const sample = () => reel.sample([plan.to, (plan.from + plan.to) / 2, plan.from].map(sceneAt));
    const film = await filmOf(choice.form, {
      ...{ canvas, rate: plan.rate, loop: choice.parts.includes("loop"), said, sample },
    });
    const begun = performance.now();
    let [rested, told] = [begun, 0];
    for (const [k, at] of times.entries()) {
      reel.paint(sceneAt(at));
      await film.add(canvas, k);
      const now = performance.now();
      if (now - told > TOLD) showProgress((k + 1) / times.length, (now - begun) / 1000);
      if (now - told > TOLD) told = now;
      if (now - rested > PORTION) {
        await turn();
        rested = performance.now();
      }
      if (!making.cancelled) continue;
      film.leave();
      return null;
    }
    return await film.end();
  } finally {
    reel.remove();
  }
}

/**
 * @param {string} name
 * @param {string} form
 * @param {Uint8Array} bytes
 */
export const keepFilm = (name, form, bytes) => keepFile(`${name}.${form}`, /** @type {any} */ (bytes), TYPES[form]);

/**
 * @param {number} share
 * @param {number} seconds that it took
 */
function showProgress(share, seconds) {
  /** @type {any} */ ($("film-share")).value = share;
  $("film-left").textContent = `${Math.ceil((seconds / share) * (1 - share))} s left`;
}

// Others' turn; a timer would be held up where nobody looks at the page.
const turn = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resolve;
    port2.postMessage(0);
  });
