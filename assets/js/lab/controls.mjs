// The controls of the lab: what a person sets there becomes the text of the query, and the other way
// round.
import { short } from "../numbers.mjs";
import { $, find } from "../elements.mjs";
import * as fields from "../fields.mjs";
import { showMessages } from "../messages.mjs";
import * as numbers from "../numbersliders.mjs";
import * as sliders from "../sliders.mjs";
import { vocabulary } from "../vocabulary.mjs";
import { dispatch, state, writeLink } from "./state.mjs";
import { flatnessIn } from "./store.mjs";

const REST = 150; // ms that a slider rests before anything is asked for
export const FIELDS = [
  "eta-low",
  "eta-high",
  "eta-one",
  "range",
  "region",
  "grid",
  "from",
  "to",
  "off",
  "size",
  "steps",
  "start",
  "tau",
  "etas",
];
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
const LISTS = ["from", "to", "start", "etas", "range", "region"];
const AXES = ["across", "up"];

export class Controls {
  /**
   * @param {LabPage} page
   */
  constructor(page) {
    this.page = page;
    /** @type {number | undefined} */
    this.resting = undefined;
    $("loss").addEventListener("change", () => this.chooseLoss($("loss").value));
    for (const id of AXES) $(id).addEventListener("change", () => this.chooseAxis(id, $(id).value));
    fields.begin((id, value) => this.heard(id, value));
    sliders.begin({ hear: (id, value) => this.slid(id, value), keep: (id) => this.keepSlid(id) });
    this.numbers = ""; // those that are offered
  }

  // ---- what a person does ----

  /**
   * @param {string} id
   * @param {any} value
   */
  heard(id, value) {
    if (FIELDS.includes(id)) return this.setField(id, value);
    if (id.startsWith("rule-")) return this.chooseRules([value].flat());
    if (id === "orbit-view") return this.page.setOrbitView(value);
    if (id === "rate-view") return this.page.setRateView(value);
    if (id === "crowd-hand") return this.page.setCrowdHand(value);
    if (id === "crowd-colour") return this.page.set("colour", value);
    return this.page.set(id, value);
  }

  /**
   * @param {string} id
   * @param {string} text
   */
  setField(id, text) {
    if (id === "eta-one") return this.page.set("eta", text.trim());
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
    fields.write(name, text);
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.setField(name, text), REST);
    return undefined;
  }

  /**
   * What brings back what a slider is about.
   * @param {string} id
   */
  keepSlid(id) {
    if (id === "slice") return this.page.keepSlice();
    const name = POWERS[id];
    const { value } = $(name);
    const back = this.page.keep();
    return () => {
      clearTimeout(this.resting);
      fields.write(name, value);
      back();
    };
  }

  /**
   * In the order of the list.
   * @param {string[]} chosen
   */
  chooseRules(chosen) {
    const { plot } = state;
    const kept = Object.keys(names(plot)).filter((key) => chosen.includes(key));
    if (kept.length) return this.page.set("rule", kept.join(","));
    this.say([{ field: "", text: "Choose at least one rule." }]);
    return fields.put(`rule-${plot}`, state.settings[plot].rule);
  }

  /**
   * Two axes that would show the same change places.
   * @param {string} id
   * @param {string} name
   */
  chooseAxis(id, name) {
    const now = state.settings.regimes;
    const other = AXES[1 - AXES.indexOf(id)];
    if (name === now[other]) dispatch({ type: "sets", key: other, text: now[id] });
    this.page.set(id, name);
  }

  /**
   * What an axis of a map may show.
   * @param {{ name: string, words: string }[]} offered
   */
  offerAxes(offered) {
    const { across, up } = state.settings.regimes;
    for (const [id, chosen] of Object.entries({ across, up })) {
      $(id).replaceChildren(...offered.map(({ name, words }) => new Option(words, name)));
      $(id).value = chosen;
    }
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
   * The numbers of the rules in view.
   * @param {Parameter[]} parameters
   */
  offerNumbers(parameters) {
    const offered = JSON.stringify(parameters.map(({ name, range }) => [name, range]));
    if (offered === this.numbers) {
      for (const { name, value } of parameters) numbers.show(name, value);
      return;
    }
    this.numbers = offered;
    numbers.offer("rule-numbers", parameters, "", {
      hear: (key, value) => this.slidNumber(key, value),
      keep: (key) => this.keepNumber(key),
    });
  }

  /**
   * @param {string} key
   * @param {number} value
   */
  slidNumber(key, value) {
    numbers.show(key, value);
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.page.set(key, numbers.textOf(value)), REST);
  }

  /**
   * @param {string} key
   */
  keepNumber(key) {
    const { value } = find("input", $(key));
    const back = this.page.keep();
    return () => {
      clearTimeout(this.resting);
      numbers.show(key, Number(value));
      back();
    };
  }

  /**
   * Put the settings of a plot into the controls.
   * @param {Plot} plot
   * @param {any} settings
   */
  show(plot, settings) {
    showLoss(settings);
    fields.put(`rule-${plot}`, vocabulary.most_rules[plot] > 1 ? settings.rule : settings.rule[0]);
    if (plot === "flatness") fields.put("flatness", flatnessIn(state));
    if (plot === "regimes") this.showMap(settings);
    else if (plot === "crowd") this.showCrowd(settings);
    else this.showRuns(settings);
  }

  /**
   * @param {any} any
   */
  showMap({ across, up, eta, range, start, along, from, to, off, size, steps, colour, slice }) {
    const shown = [across, up];
    const [low, high = low] = eta;
    for (const [name, value] of [
      ["eta-low", low],
      ["eta-high", high],
      ["eta-one", low],
      ["off", off],
      ["size", size],
      ["steps", steps],
    ])
      fields.put(name, short(value));
    fields.put("from", list(from));
    fields.put("to", list(to));
    if (range) fields.put("range", list(range));
    if (start) fields.put("start", list(start));
    fields.put("along", along);
    fields.put("colour", colour);
    for (const part of document.querySelectorAll("[data-along]")) part.hidden = part.dataset.along !== along;
    showAxes({ eta: shown.includes("eta"), start: shown.includes("start"), range: Boolean(range) });
    const powers = { "eta-low-slider": low, "eta-high-slider": high, "steps-slider": steps };
    for (const [id, value] of Object.entries(powers)) sliders.set(id, Math.log10(value), short(value));
    sliders.set("slice", slice);
  }

  /**
   * @param {any} any
   */
  showCrowd({ eta: [low, high], region, kind, grid, steps, colour, slice, start }) {
    /** @type {Record<string, number>} */
    const numbers = { "eta-low": low, "eta-high": high, grid, steps };
    for (const [name, value] of Object.entries(numbers)) fields.put(name, short(value));
    fields.put("region", list(region));
    fields.put("start", list(start));
    fields.put("kind", kind);
    fields.put("crowd-colour", colour);
    showAxes({ eta: true, start: start.length < 3, range: false });
    for (const name of ["eta-low", "eta-high", "steps"])
      sliders.set(`${name}-slider`, Math.log10(numbers[name]), short(numbers[name]));
    sliders.set("slice", slice);
  }

  /**
   * @param {any} any
   */
  showRuns({ start, tau, etas }) {
    fields.put("start", list(start));
    fields.put("tau", short(tau));
    fields.put("etas", list(etas));
    sliders.set("tau-slider", Math.log10(tau), short(tau));
  }

  /**
   * Messages at the control they are about, the others over the page; older ones go.
   * @param {Message[]} messages
   */
  say(messages) {
    const at = Object.fromEntries(messages.map(({ field, text }) => [PLACES[field], text]));
    for (const id of FIELDS) fields.refuse(id, at[id] || "");
    showMessages(messages.filter(({ field }) => !PLACES[field] || isHidden(PLACES[field])));
  }
}

/**
 * The controls that belong to what is seen, and no others.
 * @param {Record<string, boolean>} seen
 */
function showAxes(seen) {
  for (const part of document.querySelectorAll("[data-axis]")) {
    const elsewhere = part.dataset.for && !part.dataset.for.split(" ").includes(state.plot);
    const wanted = (part.dataset.axis || "").split(" ");
    part.hidden = elsewhere || !wanted.every((name) => seen[name.replace("!", "")] !== name.startsWith("!"));
  }
}

// There is no valley to start along: the choice goes back, as there is no text to mend.
export function restoreAlong() {
  dispatch({ type: "staysAlong" });
  fields.put("along", state.queries.regimes.along);
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
const names = (plot) => JSON.parse(find(`#rule-${plot}`).dataset.words || "{}");

/**
 * The rules that a plot can be made of, and how many of them.
 * @param {Plot} plot
 */
export const fitting = (plot) => ({
  fit: Object.keys(names(plot)),
  most: vocabulary.most_rules[plot],
});

/**
 * @param {string[]} keys
 */
export const ruleName = (keys) => {
  const every = Object.assign(
    {},
    ...[...document.querySelectorAll(".chips .picks")].map(({ dataset }) => JSON.parse(dataset.words || "{}")),
  );
  return keys.map((key) => every[key]).join(", ");
};

/**
 * @param {number[]} values
 */
const list = (values) => values.map(short).join(", ");

/**
 * @param {any} settings
 */
function showLoss({ loss, formula }) {
  $("loss").value = loss;
  const { dataset } = $("loss").selectedOptions[0];
  $("formula").textContent = formula || dataset.formula || "";
  $("valley").textContent = dataset.valley ? `valley ${dataset.valley}` : "";
  $("valley-sharpness").textContent = dataset.sharpness || "";
}

/**
 * What the page knows of a loss, chosen or not.
 * @param {string} key
 */
export const optionOf = (key) => find(`option[value="${CSS.escape(key)}"]`, $("loss"));

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
