// Numbers as a person reads and writes them.

const NUMBER = /^([-+−]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:[eE]([-+−]?[0-9]+)|·10(⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))?$/;
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * The number that a text says, as the server reads it: NaN where it says none.
 * @param {string} text
 */
export function readNumber(text) {
  if (/^[-+]?inf$/.test(text.trim())) return text.trim()[0] === "-" ? -Infinity : Infinity;
  const [, digits, power, raised] = text.trim().match(NUMBER) || [];
  if (digits === undefined) return NaN;
  const plain = `${digits}e${power || raised || 0}`.replace(/[−⁻]/g, "-");
  return Number(plain.replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (c) => String(RAISED.indexOf(c))));
}

/**
 * A number as a person reads it: four significant digits or to the unit, small and large ones with
 * a power.
 * @param {number} value
 */
export function inWords(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    const [digits, power] = value.toExponential(2).split("e");
    return `${digits}·10${superscript(Number(power))}`;
  }
  if (size >= 1e3) return value.toFixed(0);
  return value === 0 ? "0" : value.toPrecision(4);
}

/**
 * The shortest text of six digits.
 * @param {number} value
 */
export const short = (value) => String(Number(value.toPrecision(6)));

/**
 * @param {number} power
 */
export function superscript(power) {
  return String(power).replace(/[-0-9]/g, (c) => (c === "-" ? "⁻" : RAISED[Number(c)]));
}
