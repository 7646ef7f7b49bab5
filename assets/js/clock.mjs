// The three clocks: steps t, time ηt and slow time τ = η²t.
import { vocabulary } from "./vocabulary.mjs";

/** @type {Clock[]} */
export const CLOCKS = /** @type {any} */ (Object.keys(vocabulary.clocks));
// How often each clock multiplies t by η.
const POWERS = /** @type {Record<Clock, number>} */ (Object.fromEntries(CLOCKS.map((clock, k) => [clock, k])));
const LONGEST = 4; // of the time bar, in times of what runs did

/**
 * How fast the clocks of a run go: by its step size or, where that changes on the way, by each with its first step.
 * @param {Pick<Run, "eta" | "changes">} run
 * @returns {Pace}
 */
export const paceOf = ({ eta, changes }) => changes || eta;

/**
 * The step size of the step from x_t.
 * @param {Pace} pace
 * @param {number} t
 */
export function etaAt(pace, t) {
  if (typeof pace === "number") return pace;
  let k = 0;
  while (k + 1 < pace.length && pace[k + 1][1] <= t) k++;
  return pace[k][0];
}

/**
 * Its step sizes.
 * @param {Pace} pace
 */
export const etasIn = (pace) => (typeof pace === "number" ? [pace] : pace.map(([eta]) => eta));

/**
 * As a link has it.
 * @param {Pace} pace
 * @param {(eta: number) => string} [write]
 * @param {string} [between]
 */
export const writePace = (pace, write = String, between = ",") =>
  typeof pace === "number" ? write(pace) : pace.map(([eta, first]) => `${write(eta)}@${first}`).join(between);

/**
 * It with another step size from a step on: what has been stays.
 * @param {Pace} pace
 * @param {number} step
 * @param {number} eta
 * @returns {Pace}
 */
export function changedFrom(pace, step, eta) {
  const pieces = typeof pace === "number" ? /** @type {[number, number][]} */ ([[pace, 0]]) : pace;
  const kept = pieces.filter(([, first]) => first < step);
  if (!kept.length) return eta;
  if (etaAt(kept, step) !== eta) kept.push([eta, step]);
  return kept.length > 1 ? kept : kept[0][0];
}

/**
 * Time on a clock at step t.
 * @param {Clock} clock
 * @param {Pace} pace
 * @param {number} t
 */
export function clockTime(clock, pace, t) {
  const power = POWERS[clock];
  if (typeof pace === "number") return pace ** power * t;
  let time = 0;
  for (const [k, [eta, first]] of pace.entries()) {
    if (k && first >= t) break;
    time += eta ** power * (Math.min(t, pace[k + 1]?.[1] ?? t) - first);
  }
  return time;
}

/**
 * The step at a time on a clock, which need not be whole; beyond the ends as fast as there.
 * @param {Clock} clock
 * @param {Pace} pace
 * @param {number} time
 */
export function stepAt(clock, pace, time) {
  const power = POWERS[clock];
  if (typeof pace === "number") return time / pace ** power;
  let left = time;
  for (const [k, [eta, first]] of pace.entries()) {
    const length = (pace[k + 1]?.[1] ?? Infinity) - first;
    const steps = left / eta ** power;
    if (steps < length) return first + steps;
    left -= length * eta ** power;
  }
  return Infinity;
}

/**
 * A step of a run of one pace at the same time as step t of a run of another.
 * @param {Clock} clock
 * @param {Pace} pace
 * @param {Pace} other
 * @param {number} t
 */
export function sameTime(clock, pace, other, t) {
  if (typeof pace === "number" && typeof other === "number")
    return pace === other ? t : t * (other / pace) ** POWERS[clock];
  return String(pace) === String(other) ? t : stepAt(clock, pace, clockTime(clock, other, t));
}

/**
 * The step of a run when the first run is at `at`, which need not be whole.
 * @param {Run} run
 * @param {Run} lead
 * @param {Clock} clock
 * @param {number} at
 */
export function stepOf(run, lead, clock, at) {
  return Math.min(Math.floor(sameTime(clock, paceOf(run), paceOf(lead), at) + 1e-6), run.last);
}

/**
 * The step of the first run at which the last of the runs ends.
 * @param {Run[]} runs
 * @param {Clock} clock
 */
export function lastStep(runs, clock) {
  return Math.max(...runs.map((run) => Math.ceil(sameTime(clock, paceOf(runs[0]), paceOf(run), run.last) - 1e-6)));
}

/**
 * The step of the first run at which the time bar ends: where the runs were to go or, where they stopped long before,
 * so far that what they did is still a quarter of it.
 * @param {Run[]} runs
 * @param {Clock} clock
 */
export function barEnd(runs, clock) {
  const wanted = Math.max(
    ...runs.map((run) => Math.ceil(sameTime(clock, paceOf(runs[0]), paceOf(run), run.steps) - 1e-6)),
  );
  const last = lastStep(runs, clock);
  return Math.max(Math.min(wanted, LONGEST * last), last, 1);
}
