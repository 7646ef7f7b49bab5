// What a key means, on whatever keyboard.

export const TEXT_FIELDS = "input:not([type=checkbox], [type=radio], [type=range]), select, textarea";
/** @type {Record<string, string>} */
const PLACES = {
  KeyE: "e",
  KeyL: "l",
  KeyM: "m",
  KeyS: "s",
  BracketLeft: "[",
  BracketRight: "]",
  Minus: "-",
  Equal: "=",
  Digit0: "0",
  "Shift+Slash": "?",
};
const LATIN = /^\p{Script=Latin}$/u;

/**
 * The name in `known` that a key stands for: what is written on it or, where its letter is of another alphabet or its
 * sign another, what stands at its place on an English keyboard. A Latin letter elsewhere means itself. Undefined if none.
 * @param {Pick<KeyboardEvent, "key" | "code" | "shiftKey">} pressed
 * @param {Record<string, unknown>} known
 */
export function shortcut({ key, code, shiftKey }, known) {
  const there = PLACES[shiftKey ? `Shift+${code}` : code];
  const names = [key, key.toLowerCase(), ...(there && !(LATIN.test(key) && LATIN.test(there)) ? [there] : [])];
  return names.find((name) => Object.hasOwn(known, name));
}

/**
 * Whether a key is held that makes a command of the browser or the system out of another. What is written with AltGr,
 * as brackets are in much of Europe, is none.
 * @param {KeyboardEvent} event
 */
export const isCommand = (event) =>
  event.metaKey || ((event.ctrlKey || event.altKey) && !event.getModifierState("AltGraph"));

/**
 * Whether a key belongs to a text field or a list.
 * @param {any} event
 */
export const isTyping = ({ target }) => Boolean(target.closest(TEXT_FIELDS));
