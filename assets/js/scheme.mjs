// The colour scheme, light or dark. `scheme.js` has chosen it before anything was painted. What is painted has the
// inks of the scheme, but for a while those of a sheet of paper or of a picture to keep.
import { $ } from "./elements.mjs";
import { keep } from "./kept.mjs";

const KEY = "edgewalk-scheme";

export const scheme = () => document.documentElement.dataset.scheme || "light";

/**
 * @param {string} name
 */
export function showScheme(name) {
  Object.assign(document.documentElement.dataset, { scheme: name, inks: name });
  $("scheme").textContent = name === "dark" ? "Light" : "Dark";
}

/**
 * What is chosen on another page, or on the one around a frame, is so here.
 * @param {(name: string) => void} show
 */
export const followScheme = (show) =>
  window.addEventListener("storage", ({ key, newValue }) => void (key === KEY && newValue && show(newValue)));

// What a person chooses stays chosen, for this visit where the browser keeps nothing.
export function chooseOther() {
  const other = scheme() === "dark" ? "light" : "dark";
  keep(KEY, other);
  return other;
}
