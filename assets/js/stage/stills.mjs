// Still figures where no server draws them: they were made when the page was, in light inks, and are put into the
// size, the inks and the view of the page here.
import { $ } from "../elements.mjs";
import { inksOf, readInks } from "../inks.mjs";
import { recoloured, resized } from "../paper.mjs";
import { graphOf } from "./state.mjs";

const GRAPHS = /** @type {const} */ (["landscape", "sharpness"]);

/** @typedef {{ landscape: Record<string, any>, sharpness: any }} Figures the landscape by its look */

/** @param {string} id */
const configOf = (id) => JSON.parse(/** @type {HTMLElement} */ (graphOf(id).parentElement).dataset.config || "{}");

/**
 * Do what Dash does for the stage's figures.
 * @param {() => Figures} figures those of the runs on screen
 */
export async function begin(figures) {
  window.dash_clientside = { set_props: (_, { data }) => draw(figures(), data) };
  await Promise.all(GRAPHS.map((id) => window.Plotly.newPlot(graphOf(id), [], {}, configOf(id))));
  for (const id of GRAPHS) new ResizeObserver(() => window.Plotly.Plots.resize(graphOf(id))).observe($(id));
}

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

/**
 * @param {Figures} figures
 * @param {Still} still
 */
function draw(figures, still) {
  const light = inksOf("light");
  const { data, layout } = dressed(figures.landscape[still.look], light, still);
  const [x, y] = still.view;
  const key = `${still.of.loss} ${still.zoom}`;
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
  for (const option of /** @type {NodeListOf<HTMLInputElement>} */ (document.getElementsByName("look")))
    /** @type {HTMLElement} */ (option.parentElement).hidden = !(option.value in figures.landscape);
}
