// The three clocks: steps t, time ηt and slow time τ = η²t.
import { vocabulary } from "./vocabulary.mjs";

/** @type {Clock[]} */
export const CLOCKS = /** @type {any} */ (Object.keys(vocabulary.clocks));
// How often each clock multiplies t by η.
const POWERS = /** @type {Record<Clock, number>} */ (Object.fromEntries(CLOCKS.map((clock, k) => [clock, k])));
const LONGEST = 4; // of the time bar, in times of what runs did

/**
 * Time on a clock at step t.
 * @param {Clock} clock
 * @param {number} eta
 * @param {number} t
 */
export function clockTime(clock, eta, t) {
  return eta ** POWERS[clock] * t;
}

/**
 * A step of a run with step size `eta` at the same time as step t at `other`.
 * @param {Clock} clock
 * @param {number} eta
 * @param {number} other
 * @param {number} t
 */
export function sameTime(clock, eta, other, t) {
  return eta === other ? t : t * (other / eta) ** POWERS[clock];
}

/**
 * The step of a run when the first run is at `at`, which need not be whole.
 * @param {Run} run
 * @param {Run} lead
 * @param {Clock} clock
 * @param {number} at
 */
export function stepOf(run, lead, clock, at) {
  return Math.min(Math.floor(sameTime(clock, run.eta, lead.eta, at) + 1e-6), run.last);
}

/**
 * The step of the first run at which the last of the runs ends.
 * @param {Run[]} runs
 * @param {Clock} clock
 */
export function lastStep(runs, clock) {
  return Math.max(...runs.map((run) => Math.ceil(sameTime(clock, runs[0].eta, run.eta, run.last) - 1e-6)));
}

/**
 * The step of the first run at which the time bar ends: where the runs were to go or, where they stopped long before,
 * so far that what they did is still a quarter of it.
 * @param {Run[]} runs
 * @param {Clock} clock
 */
export function barEnd(runs, clock) {
  const wanted = Math.max(...runs.map((run) => Math.ceil(sameTime(clock, runs[0].eta, run.eta, run.steps) - 1e-6)));
  const last = lastStep(runs, clock);
  return Math.max(Math.min(wanted, LONGEST * last), last, 1);
}
