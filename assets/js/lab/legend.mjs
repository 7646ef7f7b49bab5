// What the colours of the map mean: every fate with its share of the cells, or the scale of sharpness;
// on the page, and under a picture to keep.
import { $, find } from "../elements.mjs";
import { shade } from "../inks.mjs";
import { inWords } from "../numbers.mjs";
import * as fates from "./fates.mjs";

const STOPS = [0, 0.25, 0.5, 0.75, 1]; // of the scale that are named below a picture
const MANY = 6; // fates with a sentence each for which there is room beside a map

/**
 * `hear` is told the value of a fate that is pressed.
 * @param {(value: number) => void} hear
 */
export function begin(hear) {
  $("legend").addEventListener("click", ({ target }) => {
    const row = target instanceof Element && target.closest("[data-fate]");
    if (row) hear(Number(row.dataset.fate));
  });
}

/**
 * Every fate with its sentence and its share of the cells; or the scale of sharpness.
 * @param {MapScene} now
 */
export function show(now) {
  const scale = now.colour === "sharpness";
  $("legend").hidden = scale;
  $("scale").hidden = !scale;
  $("legend-title").textContent = scale ? "Sharpness in the end" : "What becomes of a run";
  if (scale) return showScale(now);
  const shares = now.cells.shares();
  const { fates } = now.cells.head;
  $("legend").toggleAttribute("data-many", shares.size > MANY);
  for (const fate of fates) {
    const row = $("legend").querySelector(`[data-fate="${fate.value}"]`) || addFate(fate);
    const share = shares.get(fate.value) || 0;
    find(".share", row).textContent = percent(share);
    row.hidden = !share && fate.value === 0;
    row.classList.toggle("absent", !share);
    row.setAttribute("aria-pressed", String(now.only === fate.value));
  }
  return null;
}

/**
 * @param {number} share
 */
function percent(share) {
  if (share === 0) return "none";
  const points = 100 * share;
  return points < 0.1 ? "< 0.1 %" : `${points.toFixed(points < 10 ? 1 : 0)} %`;
}

/**
 * @param {Fate} fate
 */
function addFate(fate) {
  const row = document.createElement("button");
  row.dataset.fate = String(fate.value);
  row.className = "fate";
  row.title = fate.sentence;
  const ink = fate.value ? `var(--fate-${fate.value})` : "var(--card)";
  row.append(
    swatch(ink),
    text("strong", fates.nameOf(fate)),
    text("span", "", "share"),
    text("span", fate.sentence, "sentence"),
  );
  $("legend").append(row);
  return row;
}

/**
 * @param {string} ink
 */
function swatch(ink) {
  const mark = text("span", "", "swatch");
  mark.style.setProperty("--swatch", ink);
  return mark;
}

/**
 * @param {string} name
 * @param {string} content
 * @param {string} [className]
 */
const text = (name, content, className = "") =>
  Object.assign(document.createElement(name), { textContent: content, className });

/**
 * @param {MapScene} mapScene
 */
function showScale({ cells, inks }) {
  const found = fates.sharpnessScale(cells.sharpness);
  $("scale-low").textContent = found ? inWords(found.low) : "–";
  $("scale-middle").textContent = found ? inWords(Math.sqrt(found.low * found.high)) : "–";
  $("scale-high").textContent = found ? inWords(found.high) : "–";
  const stops = Array.from({ length: 9 }, (_, k) => shade(inks.scale, k / 8));
  $("scale-bar").style.background = `linear-gradient(90deg, ${stops.join(", ")})`;
}

/**
 * The same below a picture.
 * @param {MapScene} scene
 * @returns {import("../picture.mjs").Entry[]}
 */
export function keyOf({ colour, cells, fateInks, inks }) {
  if (colour === "sharpness") return scaleEntries(fates.sharpnessScale(cells.sharpness), inks);
  const shares = cells.shares();
  return cells.head.fates
    .filter((/** @type {Fate} */ { value }) => shares.get(value))
    .map((/** @type {Fate} */ fate) => entryOf(fate, fateInks, `, ${percent(shares.get(fate.value))}`));
}

/**
 * @param {Fate} fate
 * @param {string[]} inks of the fates
 * @param {string} [more]
 * @returns {import("../picture.mjs").Entry}
 */
export const entryOf = (fate, inks, more = "") => ({
  text: fates.nameOf(fate) + more,
  ink: inks[fate.value],
  kind: "patch",
});

/**
 * Colours of the scale with what they stand for.
 * @param {ReturnType<typeof fates.sharpnessScale>} scale
 * @param {Inks} inks
 * @returns {import("../picture.mjs").Entry[]}
 */
export function scaleEntries(scale, inks) {
  if (!scale) return [];
  const { low, high } = scale;
  return STOPS.map((share, k) => ({
    text: `${k ? "" : "λ₁ at Φ in the end: "}${inWords(low * (high / low) ** share)}`,
    ink: shade(inks.scale, share),
    kind: "patch",
  }));
}
