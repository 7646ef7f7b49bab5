// One's own loss: a formula, read as it is typed and shown when it is done.
import { bytesAtLast } from "../again.mjs";
import { $, element } from "../elements.mjs";
import { readQuery, writeQuery } from "../link.mjs";
import { WAITED, ask, json } from "../said.mjs";
import * as controls from "./controls.mjs";

const RESTS = 120; // ms after a key

/** @type {{ control: AbortController, due: number | undefined }} */
const reading = { control: new AbortController(), due: undefined };

/** @typedef {{ mathml: string, problem: { text: string, place: string } | null }} Read */

export function begin() {
  const text = $("own-text");
  text.addEventListener("input", () => {
    clearTimeout(reading.due);
    reading.due = setTimeout(() => read(), RESTS);
  });
  text.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    show();
  });
  $("gallery").addEventListener("change", choose);
  $("own").addEventListener("toggle", () => $("own").open && text.focus());
}

/**
 * Where a link has a formula that cannot be read: its text, and what is wrong with it.
 * @param {string} text
 */
export function mend(text) {
  $("own").open = true;
  write(text);
}

/**
 * @param {string} text
 */
function write(text) {
  $("own-text").value = text;
  return read();
}

function choose() {
  const [option] = $("gallery").selectedOptions;
  const { about, of } = option.dataset;
  $("gallery-words").replaceChildren(element("span", about || ""), element("span", of || ""));
  if (option.value) write(option.value);
}

/**
 * How the text is read, or what is wrong with it; nothing where another text stands there by now.
 * @param {Query} [more]
 */
async function read(more = {}) {
  clearTimeout(reading.due);
  reading.control.abort();
  const { signal } = (reading.control = new AbortController());
  const formula = $("own-text").value;
  if (!formula.trim()) return say({ mathml: "", problem: null });
  const waits = (/** @type {boolean} */ yes) =>
    yes && !signal.aborted && say({ mathml: "", problem: { text: WAITED, place: "" } });
  const said = await bytesAtLast(ask, `formula.json?${writeQuery({ formula, ...more })}`, waits, signal);
  if (!said) return false;
  const found = /** @type {Read} */ (json(said.bytes));
  say(found);
  return !found.problem;
}

/**
 * @param {Read} found
 */
function say({ mathml, problem }) {
  if (!problem) $("own-read").innerHTML = mathml; // of the server's own making, which escapes what was typed
  const words = problem ? [problem.place, problem.text].filter(Boolean) : [];
  $("own-slip").hidden = !problem;
  $("own-slip").replaceChildren(...words.map((text) => element("span", text)));
  $("own-text").setAttribute("aria-invalid", String(Boolean(problem)));
}

export async function show() {
  const formula = $("own-text").value;
  $("own-show").disabled = true;
  const good = await read({ whole: 1 });
  $("own-show").disabled = false;
  if (!good) return;
  $("own").open = false;
  const [option] = $("gallery").selectedOptions;
  if (option?.value === formula) controls.open(option.dataset.query || "");
  else controls.chooseLoss(readQuery(writeQuery({ formula })));
}
