// The controls of the lab: what a person sets there becomes the text of the query, and the other way
// round.
import { setProps } from "../dash.mjs";
import { $, element, find } from "../elements.mjs";
import { numbersOf } from "../link.mjs";
import * as sliders from "../sliders.mjs";
import { actions } from "./actions.mjs";
import { state, writeLink } from "./state.mjs";

const REST = 150; // ms that a slider rests before anything is asked for
export const FIELDS = ["eta-low", "eta-high", "from", "to", "off", "size", "steps", "start", "tau", "etas"];
// Where a message about a key of the link is shown.
/** @type {Record<string, string>} */
const PLACES = { eta: "eta-low", ...Object.fromEntries(FIELDS.map((name) => [name, name])) };
/** @type {Record<string, string>} */
const POWERS = {
  "eta-low-slider": "eta-low",
  "eta-high-slider": "eta-high",
  "steps-slider": "steps",
  "tau-slider": "tau",
};
const LISTS = ["from", "to", "start", "etas"];
// Of another loss these mean nothing.
const OF_A_LOSS = ["eta", "along", "from", "to", "off", "slice", "start", "tau", "etas"];

/** @type {Record<string, string>} */
const shown = {}; // what each field says, as far as the page has heard
/** @type {Record<string, string | undefined>} */
const errors = {};
/** @type {number | undefined} */
let resting;

export function begin() {
  const controls = find(".controls");
  controls.addEventListener("focusout", ({ target }) => heard(target));
  controls.addEventListener("keydown", (event) => event.key === "Enter" && heard(event.target));
  document.addEventListener("change", ({ target }) => chosen(target));
  sliders.begin(slid);
}

// ---- what a person does ----

/**
 * @param {any} field
 */
function heard(field) {
  if (!FIELDS.includes(field.id) || field.value === (shown[field.id] ?? "")) return;
  shown[field.id] = field.value;
  setField(field.id, field.value);
}

/**
 * @param {string} id
 * @param {string} text
 */
function setField(id, text) {
  if (id.startsWith("eta-"))
    return actions.set("eta", ["eta-low", "eta-high"].map((name) => $(name).value.trim()).join(","));
  return actions.set(id, LISTS.includes(id) ? packed(text) : text.trim());
}

/**
 * @param {string} text
 */
const packed = (text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .join(",");

/**
 * @param {string} id
 * @param {number} value
 */
function slid(id, value) {
  if (id === "slice") return actions.setSlice(value);
  const name = POWERS[id];
  const text = name === "steps" ? String(Math.round(10 ** value)) : String(Number((10 ** value).toPrecision(3)));
  put(name, text);
  $(name).value = text;
  clearTimeout(resting);
  resting = setTimeout(() => setField(name, text), REST);
  return undefined;
}

/**
 * A list, a chip or a choice.
 * @param {any} target
 */
function chosen(target) {
  if (target.id === "loss") return chooseLoss(target.value);
  if (target.closest(".chips")) return chooseRules(target);
  const choice = target.closest("[role=radiogroup]");
  if (!choice) return undefined;
  if (choice.id === "orbit-view") return actions.setOrbitView(target.value);
  if (choice.id === "colour") return actions.set("colour", target.value, { quiet: true });
  if (choice.id === "along") return actions.set("along", target.value);
  return undefined;
}

/**
 * @param {any} target
 */
function chooseRules(target) {
  const { plot } = state;
  const keys = Object.keys(names(plot));
  const known = state.settings[plot].rule;
  const kept =
    plot === "collapse"
      ? keys.filter((key) => (key === target.value ? target.checked : known.includes(key)))
      : [target.value];
  if (kept.length) return actions.set("rule", kept.join(","));
  say([{ field: "", text: "Choose at least one rule." }]);
  return setProps(`rule-${plot}`, { value: [...known] });
}

/**
 * Another loss brings its own starts, step sizes and numbers.
 * @param {string} key
 */
function chooseLoss(key) {
  for (const query of Object.values(state.queries)) {
    for (const name of [...OF_A_LOSS, ...Object.keys(numbersOf(query))]) delete query[name];
    query.loss = key;
  }
  actions.request();
}

// There is no valley to start along: the choice goes back, as there is no text to mend.
export function restoreAlong() {
  const { queries, settings } = state;
  queries.regimes.along = settings.regimes.along;
  setProps("along", { value: settings.regimes.along });
  writeLink();
}

// ---- the other way round ----

/**
 * @param {Plot} plot
 */
const names = (plot) => JSON.parse(find(`.chips[data-for="${plot}"]`).dataset.names || "[]");

/**
 * @param {string[]} keys
 */
export const ruleName = (keys) => {
  const every = Object.assign(
    {},
    ...[...document.querySelectorAll(".chips")].map(({ dataset }) => JSON.parse(dataset.names || "[]")),
  );
  return keys.map((key) => every[key]).join(", ");
};

/**
 * Not while a person is writing there.
 * @param {string} id
 * @param {string} text
 */
function put(id, text) {
  if ($(id) === document.activeElement && $(id).value !== (shown[id] ?? "")) return;
  shown[id] = text;
  setProps(id, { value: text });
}

/**
 * @param {number} value
 */
const short = (value) => String(Number(value.toPrecision(6)));
/**
 * @param {number[]} values
 */
const list = (values) => values.map(short).join(", ");

/**
 * Put the settings of a plot into the controls.
 * @param {Plot} plot
 * @param {any} settings
 */
export function show(plot, settings) {
  showLoss(settings.loss);
  setProps(`rule-${plot}`, { value: plot === "collapse" ? settings.rule : settings.rule[0] });
  if (plot === "regimes") showMap(settings);
  else showRuns(settings);
}

/**
 * @param {string} key
 */
function showLoss(key) {
  $("loss").value = key;
  const { dataset } = $("loss").selectedOptions[0];
  $("formula").textContent = dataset.formula || "";
  $("valley").textContent = `valley ${dataset.valley}`;
  $("valley-sharpness").textContent = dataset.sharpness || "";
}

/**
 * @param {any} any
 */
function showMap({ eta, along, from, to, off, size, steps, colour, slice }) {
  for (const [name, value] of [
    ["eta-low", eta[0]],
    ["eta-high", eta[1]],
    ["off", off],
    ["size", size],
    ["steps", steps],
  ])
    put(name, short(value));
  put("from", list(from));
  put("to", list(to));
  setProps("along", { value: along });
  setProps("colour", { value: colour });
  for (const part of document.querySelectorAll("[data-along]")) part.hidden = part.dataset.along !== along;
  const powers = { "eta-low-slider": eta[0], "eta-high-slider": eta[1], "steps-slider": steps };
  for (const [id, value] of Object.entries(powers)) sliders.set(id, Math.log10(value), short(value));
  sliders.set("slice", slice);
}

/**
 * @param {any} any
 */
function showRuns({ start, tau, etas }) {
  put("start", list(start));
  put("tau", short(tau));
  put("etas", list(etas));
  sliders.set("tau-slider", Math.log10(tau), short(tau));
}

// The names of the loss's coordinates, where it has its own.
export const variables = () => ($("loss").selectedOptions[0].dataset.variables || "").split(",").filter(Boolean);

/**
 * The controls of a plot, and no others.
 * @param {Plot} plot
 */
export function showFor(plot) {
  for (const part of document.querySelectorAll("[data-for]"))
    part.hidden = !part.dataset.for?.split(" ").includes(plot);
}

/**
 * Messages at the control they are about, the others over the page; older ones go.
 * @param {Message[]} messages
 */
export function say(messages) {
  const at = Object.fromEntries(messages.map(({ field, text }) => [PLACES[field], text]));
  for (const id of FIELDS) {
    if (at[id] || errors[id]) setProps(id, { error: at[id] || false });
    errors[id] = at[id];
  }
  const elsewhere = messages.filter(({ field }) => !PLACES[field] || isHidden(PLACES[field]));
  const close = element("button", "×");
  close.setAttribute("aria-label", "Close the message");
  close.addEventListener("click", () => $("messages").replaceChildren());
  $("messages").replaceChildren(
    ...(elsewhere.length ? [...elsewhere.map(({ text }) => element("p", text)), close] : []),
  );
}

/**
 * @param {string} id
 */
const isHidden = (id) => Boolean($(id).closest("[hidden]"));
