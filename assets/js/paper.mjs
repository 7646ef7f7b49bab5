// Paper. What is printed is laid out and painted afresh for it, in light inks, with a caption and the
// link; afterwards all is as it was. A browser waits for what is done at once, and for nothing else.
import { TYPE, unitOf } from "./canvas.mjs";
import { element } from "./elements.mjs";
import { between, readInks, rgb, shade } from "./inks.mjs";

const LIGHT = "light";
const PLACES = Array.from({ length: 201 }, (_, k) => k / 200); // on a scale, at which a colour of it is sought

/** @typedef {{ caption: () => string, paint: () => void }} Printed what stands below the page, and paints it all with the inks of now */

export class Paper {
  /**
   * @param {Printed} page
   */
  constructor(page) {
    this.page = page;
    /** @type {(() => void)[]} */
    this.undo = [];
    window.addEventListener("beforeprint", () => this.begin());
    window.addEventListener("afterprint", () => this.end());
  }

  begin() {
    this.end();
    const before = readInks();
    this.layOut();
    this.write();
    for (const plot of document.querySelectorAll(".plot")) this.fix(/** @type {HTMLElement} */ (plot));
    measureCanvases();
    for (const graph of document.querySelectorAll(".js-plotly-plot")) this.redraw(/** @type {any} */ (graph), before);
    this.page.paint();
  }

  end() {
    if (!this.undo.length) return;
    for (const step of this.undo.splice(0)) step(); // in this order: a graph asks for its room
    measureCanvases();
    this.page.paint();
  }

  layOut() {
    const { dataset } = document.documentElement;
    const { inks } = dataset;
    dataset.paper = "yes";
    dataset.inks = LIGHT;
    this.undo.push(() => {
      delete dataset.paper;
      dataset.inks = inks;
    });
  }

  write() {
    const words = document.createElement("footer");
    words.className = "imprint";
    words.append(element("p", this.page.caption()), element("p", location.href));
    document.body.append(words);
    this.undo.push(() => words.remove());
  }

  /**
   * A plot stays as large as it is painted, whatever room the paper would give it.
   * @param {HTMLElement} plot
   */
  fix(plot) {
    const { clientWidth, clientHeight, style } = plot;
    const before = plot.getAttribute("style") || "";
    Object.assign(style, { flex: "none", width: `${clientWidth}px`, height: `${clientHeight}px` });
    this.undo.push(() => plot.setAttribute("style", before));
  }

  /**
   * @param {any} graph
   * @param {Inks} before
   */
  redraw(graph, before) {
    const { data, layout } = graph;
    const plot = /** @type {Element} */ (graph.closest(".plot"));
    const { clientWidth: width, clientHeight: height } = plot;
    const after = readInks();
    const figure = resized({ data, layout }, (unitOf(plot) * TYPE) / layout.font.size);
    const [painted, laidOut] = [figure.data, figure.layout].map((part) => recoloured(part, before, after));
    window.Plotly.react(graph, painted, { ...laidOut, width, height, autosize: false });
    this.undo.push(() => window.Plotly.react(graph, data, layout));
  }
}

function measureCanvases() {
  for (const canvas of document.querySelectorAll("canvas")) /** @type {any} */ (canvas).measure?.();
}

/**
 * A figure with words, margins, lines and marks some times as large. Pure.
 * @param {{ data: any[], layout: any }} figure
 * @param {number} times
 */
export function resized({ data, layout }, times) {
  /**
   * @param {any} part
   * @param {string[]} names
   * @returns {any}
   */
  const larger = (part, ...names) =>
    Object.fromEntries(
      Object.entries(part || {}).map(([name, value]) => [name, names.includes(name) ? times * value : value]),
    );
  /**
   * @param {any} axis
   */
  const axis = (axis) => ({ ...axis, title: { ...axis.title, font: larger(axis.title?.font, "size") } });
  return {
    data: data.map((trace) => ({
      ...trace,
      ...(trace.line && { line: larger(trace.line, "width") }),
      ...(trace.marker && { marker: { ...larger(trace.marker, "size"), line: larger(trace.marker.line, "width") } }),
    })),
    layout: {
      ...layout,
      font: larger(layout.font, "size"),
      margin: larger(layout.margin, "l", "r", "t", "b"),
      xaxis: axis(layout.xaxis),
      yaxis: axis(layout.yaxis),
    },
  };
}

/**
 * A figure, or a part of one, in other inks: a named ink stays that ink, and a colour of a scale keeps its place on
 * it. Pure.
 * @template Part
 * @param {Part} part
 * @param {Inks} before
 * @param {Inks} after
 * @returns {Part}
 */
export function recoloured(part, before, after) {
  /**
   * @param {any} value
   * @returns {any}
   */
  const other = (value) => {
    if (typeof value === "string") return otherInk(value, before, after);
    if (Array.isArray(value)) return value.map(other);
    if (value?.constructor !== Object) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, other(inner)]));
  };
  return other(part);
}

/**
 * @param {string} text
 * @param {Inks} before
 * @param {Inks} after
 */
function otherInk(text, before, after) {
  if (!/^(#[0-9a-f]{6}|rgb\([^a]*\))$/i.test(text)) return text;
  const named = Object.keys(after).find((name) => before[name] === text);
  if (named) return after[named];
  const colour = text[0] === "#" ? rgb(text) : (text.match(/[\d.]+/g) || []).map(Number);
  const [scale, share] = placeOn(["scale", "heights"], colour, before);
  return shade(after[scale], share);
}

/**
 * The scale on which a colour lies, and where.
 * @param {string[]} scales
 * @param {Colour} colour
 * @param {Inks} inks
 * @returns {[string, number]}
 */
function placeOn(scales, colour, inks) {
  /**
   * @param {string} scale
   * @param {number} share
   */
  const off = (scale, share) => Math.hypot(...between(inks[scale], share).map((c, j) => c - colour[j]));
  const places = scales.flatMap((scale) => PLACES.map((share) => ({ scale, share, off: off(scale, share) })));
  const { scale, share } = places.reduce((best, place) => (place.off < best.off ? place : best));
  return [scale, share];
}
