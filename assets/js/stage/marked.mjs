// Sentences in which each symbol says what it is: where it is pointed at, or has the focus. Help lists them.
import { find, write } from "../elements.mjs";

/** @typedef {{ text: string, explains: string }} Piece of a sentence; `explains` only of a symbol */

/**
 * Write a sentence. The symbols of one that differs in numbers alone stay what they are, and keep the focus.
 * @param {HTMLElement} place
 * @param {string} text
 */
export function showMarked(place, text) {
  if (place.textContent === text) return;
  const pieces = piecesOf(text, meanings());
  const before = /** @type {HTMLElement[]} */ ([...place.childNodes]);
  const isSame =
    before.length === pieces.length &&
    pieces.every(({ explains }, k) => (before[k].dataset?.explains || "") === explains);
  if (!isSame) return place.replaceChildren(...pieces.map(node));
  pieces.forEach(({ text }, k) => write(before[k], text));
}

/**
 * A sentence in pieces, text and symbols in turn. The longest of the symbols that begin at a place is meant. Pure.
 * @param {string} text
 * @param {Record<string, string>} meanings
 * @returns {Piece[]}
 */
export function piecesOf(text, meanings) {
  const symbols = Object.keys(meanings).sort((one, other) => other.length - one.length);
  if (!symbols.length) return [{ text, explains: "" }];
  const any = new RegExp(`(${symbols.map((symbol) => symbol.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")).join("|")})`, "u");
  return text
    .split(any)
    .map((text, k) => ({ text, explains: k % 2 ? meanings[text] : "" }))
    .filter(({ text }) => text);
}

/**
 * What each symbol means, as it is written.
 * @returns {Record<string, string>}
 */
const meanings = () =>
  Object.fromEntries(
    [...find(".symbols").children].flatMap((item) => {
      const { written } = /** @type {HTMLElement} */ (item).dataset;
      return (written || "").split(" ").flatMap((symbol) => (symbol ? [[symbol, item.textContent || ""]] : []));
    }),
  );

/**
 * @param {Piece} piece
 */
function node({ text, explains }) {
  if (!explains) return document.createTextNode(text);
  const symbol = Object.assign(document.createElement("dfn"), { textContent: text, className: "symbol", tabIndex: 0 });
  symbol.dataset.explains = explains;
  return symbol;
}
