// What of the stage is kept: its pictures, films of the run, and the run as files.
import { $, find } from "../elements.mjs";
import { numberField, openExports, toggle, wantedOf } from "../exports.mjs";
import { saying } from "../filing.mjs";
import { inksOf } from "../inks.mjs";
import { vocabulary } from "../vocabulary.mjs";
import { actions } from "./actions.mjs";
import { portrait, tallness, wordsOf } from "./portrait.mjs";
import { panelsOf, scene } from "./scene.mjs";
import { graphOf, player } from "./state.mjs";

const PATIENCE = 20_000; // ms
const SOON = 100;
const SPEED = 12; // seconds of a film
const FORMS = ["gif", "webm", "mp4"];
const BEST_FIRST = ["mp4", "webm", "gif"]; // of which the next takes the place of one that cannot be made

/** @typedef {import("../exports.mjs").Choice} Choice */

/**
 * Open the dialog.
 * @param {() => string} link what a picture is to open
 * @param {(file: string) => string | null} addressOf a file of the run
 */
export function openStageExports(link, addressOf) {
  /** @type {import("../exports.mjs").Subject} */
  const subject = {
    ...{ remembered: "edgewalk-picture", link, addressOf, tallness, nameOf },
    caption: () => captionOf(scene()),
    shortened: () => scene().result.shortened.join(" "),
    words: () => wordsOf(scene()),
    has: (what) =>
      !["alignment", "bounce", "ledger", "difference"].includes(what) ||
      panelsOf(scene().result, scene().focus).includes(what),
    portrait: async (wanted) => {
      await whole();
      return portrait(scene(), ofPage(wanted));
    },
    films: {
      forms: FORMS,
      fields: ["speed", "unit", "rate"],
      parts: ["loop"],
      prepare: prepareFilms,
      open: showSpan,
      show: showFilm,
      make: (choice, link) => film(subject, choice, link),
    },
  };
  openExports(subject);
}

// A run of which there are the iterates alone is waited for, as far as there is patience.
async function whole() {
  for (let waited = 0; scene().result.part && waited < PATIENCE; waited += SOON)
    await new Promise((resolve) => setTimeout(resolve, SOON));
}

/**
 * With what a painter of the stage's pictures needs of its page.
 * @param {import("../picture.mjs").Wanted} wanted
 * @returns {import("./portrait.mjs").Wanted}
 */
const ofPage = (wanted) => ({
  ...wanted,
  graph: graphOf,
  nameOf: (panel) => find(`#picture-what [value="${panel}"]`).textContent || "",
  solid: actions.surfacePicture,
});

/**
 * @param {Scene} now
 */
function captionOf({ result, steps, focus }) {
  const { last } = result.runs[focus];
  return `${result.words.caption}${steps[focus] < last ? `; shown to step ${steps[focus]}` : ""}.`;
}

/**
 * @param {string} what
 */
const nameOf = (what) => `edgewalk-${scene().result.settings.loss}-${what}`;

// ---- films ----

function prepareFilms() {
  $("film-span").append(numberField("from", "From step ", { min: 0 }), numberField("to", "To step ", { min: 0 }));
  $("film-speed").prepend(numberField("speed", "Speed ", { min: 0, step: "any", value: SPEED }));
}

// All of the run, which may be another than before.
function showSpan() {
  [find("#picture-from").value, find("#picture-to").value] = ["0", String(player.last)];
}

/**
 * Whether this browser makes a form is tried once it is chosen, since an encoder is begun for it. What it cannot make is
 * said where it is chosen, and the next form takes its place.
 * @param {string} name
 */
async function tryForm(name) {
  const { isMade } = await import("../film.mjs");
  const option = /** @type {any} */ (find(`#picture-form [value="${name}"]`));
  if (option.disabled || (await isMade(name))) return;
  const form = $("picture-form");
  const why = isSecureContext ? "not in this browser" : "needs HTTPS";
  const words = option.text;
  [option.disabled, option.text] = [true, `${words}: ${why}`];
  if (form.value !== name) return;
  form.value = BEST_FIRST[BEST_FIRST.indexOf(name) + 1];
  $("film-fault").textContent = `${words}: ${why}. ${form.selectedOptions[0].text} takes its place.`;
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

/**
 * @param {Choice} choice
 */
function showFilm({ form }) {
  const isFilm = FORMS.includes(form);
  $("picture-film").hidden = !isFilm;
  if (isFilm) tryForm(form);
  toggle("loop").hidden = form !== "gif";
  const clear = find('#picture-scheme [value="clear"]'); // films have a ground
  clear.disabled = isFilm;
  if (isFilm && $("picture-scheme").value === "clear") $("picture-scheme").value = "light";
  const [from, to] = ["#picture-from", "#picture-to"].map((field) => Number(find(field).value));
  $("film-steps").hidden = Math.abs(to - from) < vocabulary.rows;
}

/**
 * One film at a time; it goes on while the dialog is closed.
 * @param {import("../exports.mjs").Subject} subject
 * @param {Choice} choice
 * @param {string} link
 */
async function film(subject, choice, link) {
  const { isMade } = await import("../film.mjs");
  if (!(await isMade(choice.form))) return; // another form takes its place, and says why
  const { bytesOf, keepFilm, planOf, scenesOf, timesAs } = await import("./filming.mjs");
  const plan = planOf({ ...choice, from: find("#picture-from").value, to: find("#picture-to").value }, player.last);
  const making = { cancelled: false };
  const cancel = () => (making.cancelled = true);
  const saves = find("[data-save]");
  $("film-fault").textContent = "";
  [saves.disabled, $("film-making").hidden] = [true, false];
  find("[data-cancel]").addEventListener("click", cancel);
  try {
    await whole();
    const sceneAt = await scenesOf(plan, making);
    if (making.cancelled) return;
    const last = sceneAt(plan.to);
    const caption = captionOf(last);
    const filmed = { ...subject, caption: () => caption, words: () => wordsOf(last) };
    const { wanted, pixels } = wantedOf(filmed, choice, link, 1);
    const times = timesAs(pixels);
    const sized = ofPage({ ...wanted, fine: wanted.fine * times });
    const fine = pixels.map((length) => length * times);
    const said = saying(caption, link);
    const bytes = await bytesOf(choice, sized, fine, sceneAt, plan, said, inksOf(wanted.scheme), making);
    if (bytes) keepFilm(nameOf(choice.what), choice.form, bytes);
  } catch (error) {
    $("film-fault").textContent = `No film came of it: ${/** @type {Error} */ (error).message}.`;
  } finally {
    find("[data-cancel]").removeEventListener("click", cancel);
    [saves.disabled, $("film-making").hidden] = [false, true];
  }
}
