// The stage on a page that needs no server. What it asks for is in the page, and what Dash does is done here.
import { decodeHeights } from "../binary.mjs";
import { $ } from "../elements.mjs";
import { inksOf, readInks } from "../inks.mjs";
import { readQuery } from "../link.mjs";
import { recoloured, resized } from "../paper.mjs";
import { start } from "./page.mjs";
import { graphOf } from "./state.mjs";

const GRAPHS = /** @type {const} */ (["landscape", "sharpness"]);
const held = window.edgewalkHeld;
const text = (/** @type {string} */ name) => new TextDecoder().decode(only(name)?.content);
const only = (/** @type {string} */ name) => held.find((one) => one.name === name);

const figures = JSON.parse(text("figures.json"));

/**
 * What a server would answer: of a run what is held of it, at the nearest step.
 * @param {string} address
 */
function answered(address) {
  const [name, search] = address.split("?");
  const { rule, eta, at, first, view } = readQuery(search || "");
  const some = held.filter((one) => one.name === name && (!one.rule || (one.rule === rule && one.eta === Number(eta))));
  if (first !== undefined || !some.length) return new Response(null, { status: 404 });
  const off = (/** @type {Held} */ one) => Math.abs((one.at ?? 0) - Number(at ?? 0));
  const near = some.reduce((best, one) => (off(one) < off(best) ? one : best));
  if (name === "nudge.json" && off(near)) return new Response(null, { status: 404 });
  return new Response((name === "heights.bin" ? ofView(some, view) : near).content);
}

/**
 * Heights of the view that is asked for, or else of the widest.
 * @param {Held[]} some
 * @param {string} view
 */
function ofView(some, view) {
  return some.find(({ content }) => String(decodeHeights(content).view) === view) || some[0];
}

/** @param {string} id */
const configOf = (id) => JSON.parse(/** @type {HTMLElement} */ (graphOf(id).parentElement).dataset.config || "{}");

/**
 * A figure of the page, which was made in light inks and small.
 * @param {any} figure
 * @param {Inks} light
 * @param {Still} still
 */
function dressed(figure, light, { unit, touch }) {
  const { data, layout } = resized(figure, unit);
  const template = { ...layout.template, layout: resized({ data: [], layout: layout.template.layout }, unit).layout };
  const inks = readInks();
  return {
    data: recoloured(data, light, inks),
    layout: recoloured({ ...layout, template, ...(touch && { dragmode: false }) }, light, inks),
  };
}

/** @param {Still} still */
function draw(still) {
  const light = inksOf("light");
  const { data, layout } = dressed(figures.landscape[still.look], light, still);
  const [x, y] = still.view;
  const key = `${still.loss} ${still.zoom}`;
  layout.xaxis = { ...layout.xaxis, range: x };
  layout.yaxis = { ...layout.yaxis, range: y };
  window.Plotly.react(
    graphOf("landscape"),
    data,
    { ...layout, uirevision: key, meta: still.of },
    configOf("landscape"),
  );
  const axes = dressed(figures.sharpness, light, still);
  window.Plotly.react(graphOf("sharpness"), axes.data, axes.layout, configOf("sharpness"));
}

async function begin() {
  window.fetch = async (address) => answered(String(address));
  window.dash_clientside = { set_props: (_, { data }) => draw(data) };
  $("why").hidden = !only("nudge.json");
  await Promise.all(GRAPHS.map((id) => window.Plotly.newPlot(graphOf(id), [], {}, configOf(id))));
  for (const id of GRAPHS) new ResizeObserver(() => window.Plotly.Plots.resize(graphOf(id))).observe($(id));
  start(text("query"));
  for (const option of /** @type {NodeListOf<HTMLInputElement>} */ (document.getElementsByName("look")))
    /** @type {HTMLElement} */ (option.parentElement).hidden = !(option.value in figures.landscape);
}

begin();
