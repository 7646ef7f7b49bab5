// Sliders: the browser's own, which keyboards and screen readers know and which follow the hand without a
// detour through the page's framework. Their places and ranges stand in the layout, or are made by a page.
// How a hand moves one is the browser's affair; what undoes it is the same as for all that is dragged.

import { makeDraggable } from "./drag.mjs";
import { put } from "./elements.mjs";

/** @type {Record<string, HTMLInputElement>} */
const inputs = {};

/**
 * `hear(id, value)` is told what a person does to a slider; `keep(id)`, as a hand takes hold of one, answers with what
 * brings back what the slider is about.
 * @typedef {{ hear: (id: string, value: number) => void, keep: (id: string) => () => void }} Told
 */

/**
 * Make the sliders.
 * @param {Told} told
 */
export function begin(told) {
  for (const place of document.querySelectorAll(".slider")) add(place, told);
}

/**
 * Make one, in a place that says its label, range, step and value.
 * @param {HTMLElement} place
 * @param {Told} told
 */
export function add(place, { hear, keep }) {
  const { label, low, high, step, value } = place.dataset;
  const input = Object.assign(document.createElement("input"), { type: "range", min: low, max: high, step });
  input.setAttribute("aria-label", label || "");
  let undone = ""; // what it is put back to, of which Firefox tells too
  input.addEventListener("input", () => {
    const isTold = input.value === undone;
    undone = "";
    fill(input);
    if (isTold) return;
    hear(place.id, Number(input.value));
  });
  let back = () => {};
  makeDraggable(input, {
    native: true,
    begins: () => {
      const { value: before } = input;
      const restore = keep(place.id);
      back = () => {
        input.disabled = true; // for a moment, in which the browser's own dragging ends
        input.disabled = false;
        input.value = undone = before;
        fill(input);
        restore();
      };
    },
    back: () => back(),
  });
  place.append(input);
  inputs[place.id] = input;
  set(place.id, Number(value));
}

/**
 * Show a value, and how it is said where the number alone would say little.
 * @param {string} id
 * @param {number} value
 * @param {string} [words]
 */
export function set(id, value, words) {
  const input = inputs[id];
  if (input.value !== String(value)) input.value = String(value);
  if (words) put(input, { ariaValueText: words });
  fill(input);
}

/**
 * @param {string} id
 * @param {number} high
 */
export function setMost(id, high) {
  if (Number(inputs[id].max) !== high) inputs[id].max = String(high);
}

/**
 * Another range, in whole numbers from 0 on.
 * @param {string} id
 * @param {number} high
 */
export function count(id, high) {
  if (inputs[id].step === "1" && Number(inputs[id].max) === high) return;
  Object.assign(inputs[id], { min: "0", max: String(high), step: "1", disabled: high < 1 });
}

/**
 * @param {HTMLInputElement} input
 */
function fill(input) {
  const [value, low, high] = [input.value, input.min, input.max].map(Number);
  const share = (value - low) / (high - low || 1);
  input.style.setProperty("--share", `${(100 * share).toFixed(2)}%`);
}
