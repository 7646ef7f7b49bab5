// The dialog that makes pictures to keep: what, in which form, how large and how it looks. What is chosen stands in
// its controls, and is remembered; what comes of it is shown at once.
import { copy } from "../address.mjs";
import { canvasOf } from "../canvas.mjs";
import { $, element, find } from "../elements.mjs";
import { keepFile, keepPng, saying } from "../filing.mjs";
import { inksOf } from "../inks.mjs";
import { keep, kept } from "../kept.mjs";
import { latexOf } from "../latex.mjs";
import { markedSvg } from "../origin.mjs";
import { vocabulary } from "../vocabulary.mjs";
import { actions } from "./actions.mjs";
import { portrait, tallness } from "./portrait.mjs";
import { scene } from "./scene.mjs";
import { graphOf, player } from "./state.mjs";

const REMEMBERED = "edgewalk-picture";
const LARGE = 1.4; // times as large are words for the back row
const MILLIMETRE = 96 / 25.4; // pixels
const FIELDS = ["what", "form", "size", "pixels", "scheme", "width", "height", "speed", "unit", "rate"];
const PARTS = ["title", "caption", "legend", "link", "large", "loop"];
const OWN = { width: 1200, height: 800 };
const SPEED = 12; // seconds of a film
const SHEET = 850; // units across, where a size is one's own: words are as large as on a slide
const LEAST = 200; // pixels
const COPY = "Copy for LaTeX";
const FINE = 2; // pixels of the page, of what is filled pixel by pixel within vectors
const SAID = 2000; // ms
const FILMS = ["gif", "webm", "mp4"];
const MOST = 4000; // at 4× as many as a browser has room for

/** @typedef {Record<string, string> & { parts: string[] }} Choice */

/**
 * Open it, with what was chosen last.
 * @param {() => string} link what the picture is to open
 */
export function openExports(link) {
  const dialog = $("export-dialog");
  if (!dialog.dataset.ready) prepare(dialog, link);
  const alone = find('#picture-what [value="alignment"]');
  alone.disabled = scene().result.settings.codim < 2;
  if (alone.disabled && $("picture-what").value === "alignment") $("picture-what").value = "both";
  [find("#picture-from").value, find("#picture-to").value] = ["0", String(player.last)];
  dialog.showModal();
  $("picture-what").focus();
  preview(link);
}

/**
 * @param {HTMLElement} dialog
 * @param {() => string} link
 */
function prepare(dialog, link) {
  dialog.dataset.ready = "yes";
  const lengths = { min: LEAST, max: MOST };
  $("picture-own").append(number("width", "Width, px ", { ...lengths, value: OWN.width }));
  $("picture-own").append(number("height", "Height, px ", { ...lengths, value: OWN.height }));
  $("film-span").append(number("from", "From step ", { min: 0 }), number("to", "To step ", { min: 0 }));
  $("film-speed").prepend(number("speed", "Speed ", { min: 0, step: "any", value: SPEED }));
  for (const times of [1, 2, 3, 4]) $("picture-pixels").append(new Option(`${times}×`, String(times)));
  $("picture-pixels").value = "2";
  choose(remembered());
  const changed = () => {
    keep(REMEMBERED, JSON.stringify(chosen()));
    preview(link);
  };
  dialog.addEventListener("change", changed);
  dialog.addEventListener("click", ({ target }) => {
    const part = /** @type {HTMLElement} */ (target).closest("[data-part-of-picture]");
    if (!part) return;
    part.setAttribute("aria-pressed", String(part.getAttribute("aria-pressed") !== "true"));
    changed();
  });
  find("[data-save]").addEventListener("click", () => save(link));
  offerFilms();
  find("[data-copy]").addEventListener("click", copyLatex);
}

/**
 * A field for a number.
 * @param {string} name
 * @param {string} words
 * @param {Record<string, string | number>} more
 */
function number(name, words, more) {
  const label = element("label", words);
  const input = Object.assign(document.createElement("input"), { type: "number", ...more });
  Object.assign(input, { id: `picture-${name}`, className: "select" });
  label.append(input);
  return label;
}

/**
 * What was chosen last; nothing where that cannot be read.
 * @returns {Partial<Choice>}
 */
function remembered() {
  try {
    return JSON.parse(kept(REMEMBERED) || "{}");
  } catch {
    return {};
  }
}

/**
 * @param {Partial<Choice>} choice
 */
function choose(choice) {
  for (const name of FIELDS) {
    const control = $(`picture-${name}`);
    const before = control.value;
    if (choice[name]) control.value = choice[name];
    if (!control.value) control.value = before; // it is no longer to be had
  }
  if (!Array.isArray(choice.parts)) return;
  for (const part of PARTS) toggle(part).setAttribute("aria-pressed", String(choice.parts.includes(part)));
}

/** @returns {Choice} */
function chosen() {
  const values = FIELDS.map((name) => [name, $(`picture-${name}`).value]);
  const parts = PARTS.filter((part) => toggle(part).getAttribute("aria-pressed") === "true");
  return /** @type {any} */ ({ ...Object.fromEntries(values), parts });
}

/**
 * @param {string} part
 */
const toggle = (part) => find(`[data-part-of-picture="${part}"]`);

/**
 * A picture's size in pixels at 1×, its length as SVG has it, and the pixels of a unit. Pure.
 * @param {Choice} choice
 * @param {Record<string, PictureSize>} sizes
 */
export function sizeOf({ what, size, width, height, parts }, sizes) {
  const own = [width, height].map((text) => Math.min(Math.max(Number(text) || LEAST, LEAST), MOST));
  const [wide, usual, small, measure] = sizes[size] || [...own, Math.max(own[0] / SHEET, 1), "px"];
  const times = measure === "mm" ? MILLIMETRE : 1;
  const unit = small * (parts.includes("large") ? LARGE : 1);
  // In print a narrow column is as long as what stands in it; a screen has the shape that it has.
  const high = measure === "mm" ? Math.round(usual * tallness(what, (wide * times) / unit)) : usual;
  return {
    pixels: [Math.round(wide * times), Math.round(high * times)],
    lengths: [wide, high].map((length) => `${length}${measure}`),
    unit,
  };
}

/**
 * The picture that is chosen, as SVG.
 * @param {string} link
 * @param {number} [times] as fine as the page
 */
async function drawn(link, times = 1) {
  const now = scene();
  const { wanted, lengths, ...more } = wantedNow(now, link, times);
  const body = await portrait(now, wanted);
  const head = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${lengths[0]}" height="${lengths[1]}" viewBox="0 0 ${wanted.size.join(" ")}" preserveAspectRatio="none">`;
  return { svg: `${head}\n${body}\n</svg>\n`, lengths, ...more };
}

/**
 * What is chosen, as a painter of pictures has it.
 * @param {Scene} now
 * @param {string} link
 * @param {number} times as fine as the page
 */
function wantedNow(now, link, times) {
  const choice = chosen();
  const { pixels, lengths, unit } = sizeOf(choice, vocabulary.picture_sizes);
  const has = (/** @type {string} */ part) => choice.parts.includes(part);
  const caption = captionOf(now);
  /** @type {import("./portrait.mjs").Wanted} */
  const wanted = {
    what: choice.what,
    size: /** @type {Size} */ (pixels.map((length) => length / unit)),
    scheme: choice.scheme === "dark" ? "dark" : "light",
    clear: choice.scheme === "clear",
    title: has("title"),
    legend: has("legend"),
    caption: has("caption") ? caption : "",
    link: has("link") ? link : "",
    graph: graphOf,
    nameOf: (panel) => find(`#picture-what [value="${panel}"]`).textContent || "",
    fine: unit * times,
    solid: actions.surfacePicture,
  };
  return { wanted, choice, pixels, lengths, caption };
}

/**
 * @param {Scene} now
 */
function captionOf({ result, steps, focus }) {
  const { last } = result.runs[focus];
  return `${result.words.caption}${steps[focus] < last ? `; shown to step ${steps[focus]}` : ""}.`;
}

/**
 * @param {() => string} link
 */
async function preview(link) {
  const choice = chosen();
  $("picture-own").hidden = choice.size !== "own";
  /** @type {HTMLElement} */ ($("picture-pixels").parentElement).hidden = choice.form !== "png";
  const image = /** @type {HTMLImageElement} */ (document.getElementById("picture-preview"));
  const turn = String(Number(image.dataset.turn || 0) + 1);
  image.dataset.turn = turn;
  $("picture-latex").hidden = choice.form !== "pdf";
  $("picture-film").hidden = !FILMS.includes(choice.form);
  toggle("loop").hidden = choice.form !== "gif";
  find("[data-save]").textContent = FILMS.includes(choice.form) ? "Make the film" : "Save the picture";
  const address = link();
  const { svg, pixels, lengths, caption } = await drawn(address);
  if (image.dataset.turn !== turn) return;
  $("latex-words").textContent = latexOf(`${nameOf(choice)}.pdf`, lengths[0], caption, address);
  image.style.aspectRatio = `${pixels[0]} / ${pixels[1]}`;
  URL.revokeObjectURL(image.src);
  image.src = addressOf(svg);
}

/**
 * One film at a time; it goes on while the dialog is closed.
 * @param {string} link
 */
async function film(link) {
  const { filmed, keepFilm, planOf, scenesOf, timesAs } = await import("./filming.mjs");
  const choice = chosen();
  const plan = planOf({ ...choice, from: find("#picture-from").value, to: find("#picture-to").value }, player.last);
  const making = { cancelled: false };
  const cancel = () => (making.cancelled = true);
  const saves = find("[data-save]");
  $("film-fault").textContent = "";
  [saves.disabled, $("film-making").hidden] = [true, false];
  find("[data-cancel]").addEventListener("click", cancel);
  try {
    const sceneAt = await scenesOf(plan);
    const { pixels } = sizeOf(choice, vocabulary.picture_sizes);
    const times = timesAs(pixels);
    const { wanted, caption } = wantedNow(sceneAt(plan.to), link, times);
    const fine = pixels.map((length) => length * times);
    const said = saying(caption, link);
    const bytes = await filmed(choice, wanted, fine, sceneAt, plan, said, inksOf(wanted.scheme), making);
    if (bytes) keepFilm(nameOf(choice), choice.form, bytes);
  } catch (error) {
    $("film-fault").textContent = `No film came of it: ${/** @type {Error} */ (error).message}.`;
  } finally {
    find("[data-cancel]").removeEventListener("click", cancel);
    [saves.disabled, $("film-making").hidden] = [false, true];
  }
}

// What this browser cannot make is said where it would be chosen.
async function offerFilms() {
  const { isMade } = await import("../film.mjs");
  for (const form of FILMS) {
    const option = /** @type {any} */ (find(`#picture-form [value="${form}"]`));
    if (await isMade(form)) continue;
    const why = isSecureContext ? "not in this browser" : "needs HTTPS";
    [option.disabled, option.text] = [true, `${option.text}: ${why}`];
    if ($("picture-form").value === form) $("picture-form").value = "gif";
  }
}

// Its words say whether it did.
async function copyLatex() {
  const words = $("latex-words");
  const copied = await copy(words.textContent || "");
  if (!copied) window.getSelection()?.selectAllChildren(words);
  find("[data-copy]").textContent = copied ? "Copied" : "Copy what is selected";
  setTimeout(() => (find("[data-copy]").textContent = COPY), SAID);
}

/**
 * @param {Choice} choice
 */
const nameOf = ({ what }) => `edgewalk-${scene().result.settings.loss}-${what}`;

/**
 * @param {string} svg
 */
const addressOf = (svg) => URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));

/**
 * @param {() => string} link
 */
async function save(link) {
  const address = link();
  if (FILMS.includes($("picture-form").value)) return film(address);
  const times = $("picture-form").value === "png" ? Number($("picture-pixels").value) : FINE;
  const { svg, choice, pixels, lengths, caption } = await drawn(address, times);
  const name = nameOf(choice);
  const said = saying(caption, address);
  if (choice.form === "svg") return keepFile(`${name}.svg`, markedSvg(svg, said), "image/svg+xml");
  if (choice.form === "pdf") {
    const { pdfOf } = await import("../pdf.mjs");
    const ground = choice.scheme === "clear" ? "" : inksOf(choice.scheme).card;
    return keepFile(`${name}.pdf`, await pdfOf(svg, lengths, said, ground), "application/pdf");
  }
  const png = await rasterised(svg, /** @type {Size} */ (pixels.map((length) => length * times)));
  return keepPng(`${name}.png`, png, said, times);
}

/**
 * @param {string} svg
 * @param {Size} size
 * @returns {Promise<Blob>}
 */
async function rasterised(svg, size) {
  const canvas = await canvasOf(svg, size);
  return new Promise((resolve, refuse) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : refuse(new Error("no room for a picture as large")))),
  );
}
