// A slider for each number in the formula of a loss, or of rules: offered as the loss and the rules have them.
import { $, element, find, write } from "./elements.mjs";
import { inWords } from "./numbers.mjs";
import * as sliders from "./sliders.mjs";

const DIGITS = 4; // of a number that is dragged

/**
 * @param {string} id of their place
 * @param {Parameter[]} parameters
 * @param {string} before the names of the keys that they have in the link
 * @param {import("./sliders.mjs").Told} told
 */
export function offer(id, parameters, before, told) {
  const rows = parameters.map(({ name, symbol, range: [low, high], words }) => {
    const row = Object.assign(element("div", ""), { className: "number", title: words });
    const slider = Object.assign(element("div", ""), { className: "slider", id: before + name });
    const step = 10 ** Math.floor(Math.log10((high - low) / 100));
    Object.assign(slider.dataset, { label: symbol, low, high, step, value: low });
    row.append(element("span", symbol), slider, Object.assign(element("span", ""), { className: "value" }));
    return row;
  });
  $(id).replaceChildren(...rows);
  for (const place of document.querySelectorAll(`#${id} .slider`)) sliders.add(place, told);
  for (const { name, value } of parameters) show(before + name, value);
}

/**
 * What a slider says, where there is one.
 * @param {string} key
 * @param {number} value
 */
export function show(key, value) {
  const place = $(key);
  if (!place?.classList.contains("slider")) return;
  sliders.set(key, value);
  write(find(".value", /** @type {HTMLElement} */ (place.parentElement)), inWords(value));
}

/**
 * A number that was dragged, as the text of the link.
 * @param {number} value
 */
export const textOf = (value) => String(Number(value.toPrecision(DIGITS)));
