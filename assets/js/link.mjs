// The link: settings as the text of a query, and back. The server alone knows what is valid. Pure.
import { vocabulary } from "./vocabulary.mjs";

/**
 * @param {string} search
 */
export function readQuery(search) {
  return Object.fromEntries(new URLSearchParams(search));
}

/**
 * Commas are legible in a link, and allowed, and so is what stands before the step of a change or between the numbers of a
 * push.
 * @param {Query} query
 */
export function writeQuery(query) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  return given
    .map(
      ([key, value]) =>
        `${key}=${encodeURIComponent(value).replace(/%2C/g, ",").replace(/%40/g, "@").replace(/%3A/g, ":")}`,
    )
    .join("&");
}

/**
 * What is sent for a run: the query without what belongs to the page, so that no run is asked for again
 * when that changes.
 * @param {Query} query
 */
export function forRun(query) {
  const entries = Object.entries(query).filter(([key]) => !vocabulary.page_keys.includes(key));
  return Object.fromEntries(entries);
}

/**
 * What of a query or of settings says which loss, and the numbers in its formula: all that answers about a plane
 * are about.
 * @param {Record<string, any>} query
 */
export function lossIn(query) {
  const { loss, formula } = query;
  return { ...(formula ? { formula } : { loss }), ...numbersOf(query) };
}

/**
 * What tells a loss from others: its key, or the text of a formula.
 * @param {Record<string, any>} query
 * @returns {string}
 */
export const nameOfLoss = ({ loss, formula }) => formula || loss;

/**
 * The numbers of rules, `beta` and the like, out of a query or of settings.
 * @param {Record<string, any>} query
 */
export function ruleNumbersOf(query) {
  return Object.fromEntries(Object.entries(query).filter(([key]) => key in vocabulary.rule_numbers));
}

/**
 * The numbers in the formula of a loss, `p.k` and the like, out of a query or of settings.
 * @param {Record<string, any>} query
 */
export function numbersOf(query) {
  return Object.fromEntries(Object.entries(query).filter(([key]) => key.startsWith("p.")));
}
