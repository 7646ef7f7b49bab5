// The dialog that makes pictures to keep: what, in which form, how large and how it looks. What is chosen stands in
// its controls, and is remembered; what comes of it is shown at once. What there is to draw is the page's own.
import { copy } from "./address.mjs";
import { canvasOf } from "./canvas.mjs";
import { $, element, find } from "./elements.mjs";
import { keepFile, keepPng, saying } from "./filing.mjs";
import { inksOf } from "./inks.mjs";
import { keep, kept } from "./kept.mjs";
import { latexOf } from "./latex.mjs";
import { markedSvg } from "./origin.mjs";
import { heightOfWords } from "./picture.mjs";
import { vocabulary } from "./vocabulary.mjs";

const LARGE = 1.4; // times as large are words for the back row
const MILLIMETRE = 96 / 25.4; // pixels
const FIELDS = ["what", "form", "size", "pixels", "scheme", "width", "height"];
const PARTS = ["title", "caption", "legend", "link", "large"];
const OWN = { width: 1200, height: 800 };
const SHEET = 850; // units across, where a size is one's own: words are as large as on a slide
const LEAST = 200; // pixels
const COPY = "Copy for LaTeX";
const FINE = 2; // pixels of the page, of what is filled pixel by pixel within vectors
const SAID = 2000; // ms
const MOST = 4000; // at 4× as many as a browser has room for

/** @typedef {import("./picture.mjs").Wanted} Wanted */
/** @typedef {Record<string, string> & { parts: string[] }} Choice */

/**
 * Films, of a page that moves.
 * @typedef {object} Films
 * @property {string[]} forms
 * @property {string[]} fields that are remembered too
 * @property {string[]} parts
 * @property {() => void} prepare once
 * @property {() => void} open each time that the dialog is
 * @property {(choice: Choice) => void} show what is chosen of a film alone
 * @property {(choice: Choice, link: string) => Promise<void>} make
 */

/**
 * What of a page is kept.
 * @typedef {object} Subject
 * @property {string} remembered where what was chosen last is
 * @property {(what: string) => string} link what a picture is to open
 * @property {(what: string) => string} caption
 * @property {(what: string) => string} [shortened] why less is shown than was asked for, which every picture says
 * @property {(what: string) => boolean} has whether there is such a picture just now
 * @property {(what: string) => string} nameOf a file, without its ending
 * @property {(what: string, width: number) => number} tallness times as high as usual, so many units across
 * @property {(what: string) => { title: string, entries: import("./picture.mjs").Entry[] }} words
 * @property {(wanted: Wanted) => Promise<string>} portrait the picture, as SVG in units
 * @property {(file: string) => string | null} addressOf a file that the server makes
 * @property {Films} [films]
 */

/**
 * Open it, with what was chosen last.
 * @param {Subject} subject
 */
export function openExports(subject) {
  const dialog = $("export-dialog");
  if (!dialog.dataset.ready) prepare(dialog, subject);
  for (const option of $("picture-what").querySelectorAll("option")) {
    option.disabled = option.hidden = !subject.has(option.value);
  }
  if (!subject.has($("picture-what").value)) $("picture-what").value = find("#picture-what :enabled").value;
  subject.films?.open();
  dialog.showModal();
  $("picture-what").focus();
  preview(subject);
}

/**
 * @param {HTMLElement} dialog
 * @param {Subject} subject
 */
function prepare(dialog, subject) {
  dialog.dataset.ready = "yes";
  const lengths = { min: LEAST, max: MOST };
  $("picture-own").append(numberField("width", "Width, px ", { ...lengths, value: OWN.width }));
  $("picture-own").append(numberField("height", "Height, px ", { ...lengths, value: OWN.height }));
  for (const times of [1, 2, 3, 4]) $("picture-pixels").append(new Option(`${times}×`, String(times)));
  $("picture-pixels").value = "2";
  subject.films?.prepare();
  choose(subject, remembered(subject));
  const changed = () => {
    keep(subject.remembered, JSON.stringify(chosen(subject)));
    preview(subject);
  };
  dialog.addEventListener("change", changed);
  dialog.addEventListener("click", ({ target }) => {
    const button = /** @type {HTMLElement} */ (target).closest("button");
    if (!button) return;
    if (button.dataset.export) keepAddress(subject.addressOf(button.dataset.export));
    if (!button.dataset.partOfPicture) return;
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    changed();
  });
  find("[data-save]").addEventListener("click", () => save(subject));
  find("[data-copy]").addEventListener("click", copyLatex);
}

/**
 * A field for a number.
 * @param {string} name
 * @param {string} words
 * @param {Record<string, string | number>} more
 */
export function numberField(name, words, more) {
  const label = element("label", words);
  const input = Object.assign(document.createElement("input"), { type: "number", ...more });
  Object.assign(input, { id: `picture-${name}`, className: "select" });
  label.append(input);
  return label;
}

/**
 * What was chosen last; nothing where that cannot be read.
 * @param {Subject} subject
 * @returns {Partial<Choice>}
 */
function remembered({ remembered }) {
  try {
    return JSON.parse(kept(remembered) || "{}");
  } catch {
    return {};
  }
}

/**
 * @param {Subject} subject
 */
const fieldsOf = ({ films }) => [...FIELDS, ...(films?.fields || [])];

/**
 * @param {Subject} subject
 */
const partsOf = ({ films }) => [...PARTS, ...(films?.parts || [])];

/**
 * @param {Subject} subject
 * @param {Partial<Choice>} choice
 */
function choose(subject, choice) {
  for (const name of fieldsOf(subject)) {
    const control = $(`picture-${name}`);
    const before = control.value;
    if (choice[name]) control.value = choice[name];
    if (!control.value) control.value = before; // it is no longer to be had
  }
  const { parts } = choice;
  if (!Array.isArray(parts)) return;
  for (const part of partsOf(subject)) toggle(part).setAttribute("aria-pressed", String(parts.includes(part)));
}

/**
 * @param {Subject} subject
 * @returns {Choice}
 */
function chosen(subject) {
  const values = fieldsOf(subject).map((name) => [name, $(`picture-${name}`).value]);
  const parts = partsOf(subject).filter((part) => toggle(part).getAttribute("aria-pressed") === "true");
  return /** @type {any} */ ({ ...Object.fromEntries(values), parts });
}

/**
 * @param {string} part
 */
export const toggle = (part) => find(`[data-part-of-picture="${part}"]`);

/**
 * A picture's size in pixels at 1×, its length as SVG has it, and the pixels of a unit. Pure.
 * @param {Choice} choice
 * @param {Record<string, PictureSize>} sizes
 * @param {Subject["tallness"]} tallness
 * @param {(width: number) => number} highOf its words, so many units across
 */
export function sizeOf({ what, size, width, height, parts }, sizes, tallness, highOf) {
  const own = [width, height].map((text) => Math.min(Math.max(Number(text) || LEAST, LEAST), MOST));
  const [wide, usual, small, measure] = sizes[size] || [...own, Math.max(own[0] / SHEET, 1), "px"];
  const times = measure === "mm" ? MILLIMETRE : 1;
  const unit = small * (parts.includes("large") ? LARGE : 1);
  const across = (wide * times) / unit;
  // In print a picture is as long as what stands in it; a screen has the shape that it has.
  const panels = usual * tallness(what, across);
  const high = measure === "mm" ? Math.round(panels + (highOf(across) * unit) / times) : usual;
  return {
    pixels: [Math.round(wide * times), Math.round(high * times)],
    lengths: [wide, high].map((length) => `${length}${measure}`),
    unit,
  };
}

/**
 * The picture that is chosen, as SVG.
 * @param {Subject} subject
 * @param {string} link
 * @param {number} [times] as fine as the page
 */
async function drawn(subject, link, times = 1) {
  const choice = chosen(subject);
  const { wanted, lengths, ...more } = wantedOf(subject, choice, link, times);
  const body = await subject.portrait(wanted);
  const head = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${lengths[0]}" height="${lengths[1]}" viewBox="0 0 ${wanted.size.join(" ")}" preserveAspectRatio="none">`;
  return { svg: `${head}\n${body}\n</svg>\n`, choice, lengths, ...more };
}

/**
 * What is chosen, as a painter of pictures has it.
 * @param {Subject} subject
 * @param {Choice} choice
 * @param {string} link
 * @param {number} times as fine as the page
 */
export function wantedOf(subject, choice, link, times) {
  const has = (/** @type {string} */ part) => choice.parts.includes(part);
  const caption = subject.caption(choice.what);
  const looks = {
    what: choice.what,
    scheme: choice.scheme === "dark" ? "dark" : "light",
    clear: choice.scheme === "clear",
    title: has("title"),
    legend: has("legend"),
    caption: has("caption") ? caption : subject.shortened?.(choice.what) || "",
    link: has("link") ? link : "",
  };
  const { title, entries } = subject.words(choice.what);
  const highOf = (/** @type {number} */ width) =>
    heightOfWords({ ...looks, size: [width, 0], fine: 1 }, title, entries);
  const { pixels, lengths, unit } = sizeOf(choice, vocabulary.picture_sizes, subject.tallness, highOf);
  /** @type {Wanted} */
  const wanted = { ...looks, size: /** @type {Size} */ (pixels.map((length) => length / unit)), fine: unit * times };
  return { wanted, pixels, lengths, caption };
}

/**
 * @param {Subject} subject
 */
async function preview(subject) {
  const choice = chosen(subject);
  $("picture-own").hidden = choice.size !== "own";
  /** @type {HTMLElement} */ ($("picture-pixels").parentElement).hidden = choice.form !== "png";
  const image = /** @type {HTMLImageElement} */ (document.getElementById("picture-preview"));
  const turn = String(Number(image.dataset.turn || 0) + 1);
  image.dataset.turn = turn;
  $("picture-latex").hidden = choice.form !== "pdf";
  find("[data-save]").textContent = subject.films?.forms.includes(choice.form) ? "Make the film" : "Save the picture";
  subject.films?.show(choice);
  const address = subject.link(choice.what);
  const { svg, pixels, lengths, caption } = await drawn(subject, address);
  if (image.dataset.turn !== turn) return;
  $("latex-words").textContent = latexOf(`${subject.nameOf(choice.what)}.pdf`, lengths[0], caption, address);
  image.style.aspectRatio = `${pixels[0]} / ${pixels[1]}`;
  URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
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
 * Let a browser keep what the server answers.
 * @param {string | null} address
 */
function keepAddress(address) {
  if (!address) return;
  const link = document.createElement("a");
  Object.assign(link, { href: address, download: "" });
  link.click();
}

/**
 * @param {Subject} subject
 */
async function save(subject) {
  const { form, what } = chosen(subject);
  const address = subject.link(what);
  if (subject.films?.forms.includes(form)) return subject.films.make(chosen(subject), address);
  const times = form === "png" ? Number($("picture-pixels").value) : FINE;
  const { svg, choice, pixels, lengths, caption } = await drawn(subject, address, times);
  const name = subject.nameOf(what);
  const said = saying(caption, address);
  if (form === "svg") return keepFile(`${name}.svg`, markedSvg(svg, said), "image/svg+xml");
  if (form === "pdf") {
    const { pdfOf } = await import("./pdf.mjs");
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
