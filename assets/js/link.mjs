// The link: settings as the text of a query, and back. The server alone knows what is valid. Pure.
import { vocabulary } from "./vocabulary.mjs";

/**
 * @param {string} search
 */
export function readQuery(search) {
  return Object.fromEntries(new URLSearchParams(search));
}

/**
 * Commas are legible in a link, and allowed.
 * @param {Query} query
 */
export function writeQuery(query) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  return given.map(([key, value]) => `${key}=${encodeURIComponent(value).replace(/%2C/g, ",")}`).join("&");
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
 * The numbers in the formula of a loss, `p.k` and the like, out of a query or of settings.
 * @param {Record<string, any>} query
 */
export function numbersOf(query) {
  return Object.fromEntries(Object.entries(query).filter(([key]) => key.startsWith("p.")));
}
