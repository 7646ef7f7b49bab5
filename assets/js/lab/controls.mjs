// The controls of the lab: what a person sets there becomes the text of the query, and the other way
// round.
import { setProps } from "../dash.mjs";
import { $, find } from "../elements.mjs";
import { showMessages } from "../messages.mjs";
import * as sliders from "../sliders.mjs";
import { vocabulary } from "../vocabulary.mjs";
import { dispatch, state, writeLink } from "./state.mjs";

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

export class Controls {
  /**
   * @param {LabPage} page
   */
  constructor(page) {
    this.page = page;
    /** @type {Record<string, string>} */
    this.shown = {}; // what each field says, as far as the page has heard
    /** @type {Record<string, string | undefined>} */
    this.errors = {}; // and what stands below it
    /** @type {number | undefined} */
    this.resting = undefined;
    const controls = find(".controls");
    controls.addEventListener("focusout", ({ target }) => this.heard(target));
    controls.addEventListener("keydown", (event) => event.key === "Enter" && this.heard(event.target));
    document.addEventListener("change", ({ target }) => this.chosen(target));
    sliders.begin((id, value) => this.slid(id, value));
  }

  // ---- what a person does ----

  /**
   * @param {any} field
   */
  heard(field) {
    if (!FIELDS.includes(field.id) || field.value === (this.shown[field.id] ?? "")) return;
    this.shown[field.id] = field.value;
    this.setField(field.id, field.value);
  }

  /**
   * @param {string} id
   * @param {string} text
   */
  setField(id, text) {
    if (id.startsWith("eta-"))
      return this.page.set("eta", ["eta-low", "eta-high"].map((name) => $(name).value.trim()).join(","));
    return this.page.set(id, LISTS.includes(id) ? packed(text) : text.trim());
  }

  /**
   * @param {string} id
   * @param {number} value
   */
  slid(id, value) {
    if (id === "slice") return this.page.setSlice(value);
    const name = POWERS[id];
    const text = name === "steps" ? String(Math.round(10 ** value)) : String(Number((10 ** value).toPrecision(3)));
    this.put(name, text);
    $(name).value = text;
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.setField(name, text), REST);
    return undefined;
  }

  /**
   * A list, a chip or a choice.
   * @param {any} target
   */
  chosen(target) {
    if (target.id === "loss") return this.chooseLoss(target.value);
    if (target.closest(".chips")) return this.chooseRules(target);
    const choice = target.closest("[role=radiogroup]");
    if (!choice) return undefined;
    if (choice.id === "orbit-view") return this.page.setOrbitView(target.value);
    if (choice.id === "rate-view") return this.page.setRateView(target.value);
    if (choice.id === "colour" || choice.id === "along") return this.page.set(choice.id, target.value);
    return undefined;
  }

  /**
   * @param {any} target
   */
  chooseRules(target) {
    const { plot } = state;
    const keys = Object.keys(names(plot));
    const known = state.settings[plot].rule;
    const kept =
      plot === "collapse"
        ? keys.filter((key) => (key === target.value ? target.checked : known.includes(key)))
        : [target.value];
    if (kept.length) return this.page.set("rule", kept.join(","));
    this.say([{ field: "", text: "Choose at least one rule." }]);
    return setProps(`rule-${plot}`, { value: [...known] });
  }

  /**
   * @param {string} key
   */
  chooseLoss(key) {
    dispatch({ type: "takesLoss", key });
    this.page.request();
  }

  // ---- the other way round ----

  /**
   * Not while a person is writing there.
   * @param {string} id
   * @param {string} text
   */
  put(id, text) {
    if ($(id) === document.activeElement && $(id).value !== (this.shown[id] ?? "")) return;
    this.shown[id] = text;
    setProps(id, { value: text });
  }

  /**
   * Put the settings of a plot into the controls.
   * @param {Plot} plot
   * @param {any} settings
   */
  show(plot, settings) {
    showLoss(settings.loss);
    setProps(`rule-${plot}`, { value: plot === "collapse" ? settings.rule : settings.rule[0] });
    if (plot === "regimes") this.showMap(settings);
    else this.showRuns(settings);
  }

  /**
   * @param {any} any
   */
  showMap({ eta, along, from, to, off, size, steps, colour, slice }) {
    for (const [name, value] of [
      ["eta-low", eta[0]],
      ["eta-high", eta[1]],
      ["off", off],
      ["size", size],
      ["steps", steps],
    ])
      this.put(name, short(value));
    this.put("from", list(from));
    this.put("to", list(to));
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
  showRuns({ start, tau, etas }) {
    this.put("start", list(start));
    this.put("tau", short(tau));
    this.put("etas", list(etas));
    sliders.set("tau-slider", Math.log10(tau), short(tau));
  }

  /**
   * Messages at the control they are about, the others over the page; older ones go.
   * @param {Message[]} messages
   */
  say(messages) {
    const at = Object.fromEntries(messages.map(({ field, text }) => [PLACES[field], text]));
    for (const id of FIELDS) {
      if (at[id] || this.errors[id]) setProps(id, { error: at[id] || false });
      this.errors[id] = at[id];
    }
    showMessages(messages.filter(({ field }) => !PLACES[field] || isHidden(PLACES[field])));
  }
}

// There is no valley to start along: the choice goes back, as there is no text to mend.
export function restoreAlong() {
  dispatch({ type: "staysAlong" });
  setProps("along", { value: state.queries.regimes.along });
  writeLink();
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
 * @param {Plot} plot
 */
const names = (plot) => JSON.parse(find(`.chips[data-for="${plot}"]`).dataset.names || "[]");

/**
 * The rules that a plot can be made of, and how many of them.
 * @param {Plot} plot
 */
export const fitting = (plot) => ({
  fit: Object.keys(names(plot)),
  most: plot === "collapse" ? vocabulary.most_runs : 1,
});

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
 * @param {number} value
 */
const short = (value) => String(Number(value.toPrecision(6)));
/**
 * @param {number[]} values
 */
const list = (values) => values.map(short).join(", ");

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
 * What the page knows of a loss, chosen or not.
 * @param {string} key
 */
export const optionOf = (key) => find(`option[value="${CSS.escape(key)}"]`, $("loss"));

/**
 * The names of a loss's coordinates, where it has its own.
 * @param {string} key
 */
export const variablesOf = (key) => (optionOf(key).dataset.variables || "").split(",").filter(Boolean);

/**
 * The controls of a plot, and no others.
 * @param {Plot} plot
 */
export function showFor(plot) {
  for (const part of document.querySelectorAll("[data-for]"))
    part.hidden = !part.dataset.for?.split(" ").includes(plot);
}

/**
 * @param {string} id
 */
const isHidden = (id) => Boolean($(id).closest("[hidden]"));
