// Runs of several step sizes on the three clocks, and how far apart their curves are on each. Pure.
import { CLOCKS, clockTime, paceOf } from "../clock.mjs";

const TIMES = 400;

/**
 * A run as a curve on a clock: times and values of the rows at which the value is known.
 * @param {Run} run
 * @param {Clock} clock
 * @param {string} [column]
 */
export function curveOf(run, clock, column = "projection_sharpness") {
  /** @type {TimeCurve} */
  const { times, values } = { times: [], values: [] };
  const { step, [column]: value } = run.columns;
  for (let row = 0; row < run.rows; row++) {
    if (!Number.isFinite(value[row])) continue;
    times.push(clockTime(clock, paceOf(run), step[row]));
    values.push(value[row]);
  }
  return { times, values };
}

/**
 * The value of a curve at a time, straight between its points; NaN beyond them.
 * @param {TimeCurve} timeCurve
 * @param {number} time
 */
export function valueAt({ times, values }, time) {
  const last = times.length - 1;
  if (last < 0 || !(time >= times[0]) || time > times[last]) return NaN;
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time) low = middle;
    else high = middle;
  }
  if (high === low || times[high] === times[low]) return values[high];
  const share = (time - times[low]) / (times[high] - times[low]);
  return values[low] + share * (values[high] - values[low]);
}

/**
 * The largest distance between curves at one time, as a share of their mean there, over the times
 * that all of them have; as {spread, time}, NaN where there are none.
 * @param {TimeCurve[]} curves
 */
export function spreadOf(curves) {
  const whole = curves.length > 1 && curves.every(({ times }) => times.length);
  const from = Math.max(...curves.map(({ times }) => times[0]));
  const to = Math.min(...curves.map(({ times }) => times[times.length - 1]));
  let worst = { spread: NaN, time: NaN };
  for (let k = 0; whole && k <= TIMES; k++) {
    const time = from + ((to - from) * k) / TIMES;
    const values = curves.map((curve) => valueAt(curve, time));
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const spread = (Math.max(...values) - Math.min(...values)) / Math.abs(mean);
    if (Number.isFinite(spread) && !(spread <= worst.spread)) worst = { spread, time };
  }
  return worst;
}

/**
 * The clock on which curves lie closest, of {clock: spread}; null where nothing can be compared.
 * @param {Record<string, number>} spreads
 */
export function closest(spreads) {
  const known = CLOCKS.filter((clock) => Number.isFinite(spreads[clock]));
  return known.length ? known.reduce((a, b) => (spreads[b] < spreads[a] ? b : a)) : null;
}
