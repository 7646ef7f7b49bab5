// Round numbers along an axis, and how they are written there.
import { inWords } from "./numbers.mjs";

/**
 * Round numbers between two, about `most` of them.
 * @param {number} low
 * @param {number} high
 * @param {number} [most]
 */
export function ticks(low, high, most = 5) {
  const rough = (high - low) / most;
  if (!(rough > 0)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const size = power * Number([1, 2, 5, 10].find((m) => m * power >= rough));
  const first = Math.ceil(low / size - 1e-6);
  const count = Math.floor(high / size + 1e-6) - first + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, k) => (first + k) * size);
}

/**
 * The ticks between two numbers with their words, as {value, text}.
 * @param {number} low
 * @param {number} high
 * @param {number} [most]
 */
export function labelledTicks(low, high, most) {
  const values = ticks(low, high, most);
  const size = values.length > 1 ? values[1] - values[0] : Math.abs(values[0]) || 1;
  return values.map((value) => ({ value, text: tickWords(value, size) }));
}

/**
 * A tick in as many digits as its neighbours, `size` away, differ in.
 * @param {number} u
 * @param {number} size
 */
function tickWords(u, size) {
  if (Math.abs(u) >= 1e5 || (u !== 0 && Math.abs(u) < 1e-3 && size < 1e-3)) return inWords(u);
  const digits = Math.min(Math.max(0, Math.ceil(-Math.log10(size) - 1e-9)), 9);
  return (Math.abs(u) < size / 2 ? 0 : u).toFixed(digits);
}
