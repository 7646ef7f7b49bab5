// A pen that writes SVG: what the panels ask of a canvas's context, as text that can be read. Pure.
//
// It has no matrix of its own: a panel paints in pixels of the page, and SVG is sharp at every density. Where one is moved or
// turned, what follows is a group, until it is as before.

import { enlarged } from "./canvas.mjs";

const INHERITED = {
  fillStyle: "#000000",
  strokeStyle: "#000000",
  lineWidth: 1,
  lineCap: "butt",
  lineJoin: "miter",
  globalAlpha: 1,
  font: "10px sans-serif",
  textAlign: "start",
  textBaseline: "alphabetic",
  imageSmoothingEnabled: true,
};

const ANCHORS = /** @type {Record<string, string>} */ ({ center: "middle", right: "end", end: "end" });
const MIDDLE = 0.36; // of the size of letters, from their middle to the line on which they stand
const FINE = 1.5; // pixels a unit of an image whose cells stay sharp
const CELLS = 2; // of a pixel, in which shapes of one fill are seen as one
const CLOSE = 0.4; // pixels of a line from one point to the next
const OVERLAID = 3; // specks on one pixel, above which more are not seen
const WHOLE = 2 * Math.PI - 1e-9;

/**
 * To a tenth of a pixel.
 * @param {number} value
 */
const short = (value) => String(Math.round(10 * value) / 10 || 0);

/**
 * @param {string} text
 */
const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");

/**
 * @param {Record<string, string | number | null>} values
 */
const attributes = (values) =>
  Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join("");

/** @typedef {[letter: string, ...numbers: number[]]} Move */

/**
 * @param {Move[]} path
 */
const written = (path) => path.map(([letter, ...numbers]) => letter + numbers.map(short).join(" ")).join(" ");

/**
 * A path without the shapes that lie within half a pixel of others like them, as marks of many steps do. Pure.
 * @param {Move[]} path
 */
function merged(path) {
  const seen = new Set();
  /** @type {Move[]} */
  const kept = [];
  for (let from = 0; from < path.length;) {
    let to = from + 1;
    while (to < path.length && path[to][0] !== "M") to++;
    const [, x, y] = path[from];
    const place = [x, y].map((value) => Math.round(CELLS * value));
    const kind = path
      .slice(from, to)
      .map(([letter, size]) => (letter === "A" || letter === "h" ? letter + size : letter));
    const shape = [...place, ...kind].join(" ");
    if (!seen.has(shape)) for (let k = from; k < to; k++) kept.push(path[k]);
    seen.add(shape);
    from = to;
  }
  return kept;
}

/**
 * A path without points of a line that are closer together than is seen; its ends stay. Pure.
 * @param {Move[]} path
 */
function thinned(path) {
  let [left, top] = [NaN, NaN];
  return path.filter(([letter, x, y], k) => {
    const goesOn = letter === "L" && k + 1 < path.length && path[k + 1][0] === "L";
    if (goesOn && Math.abs(x - left) < CLOSE && Math.abs(y - top) < CLOSE) return false;
    [left, top] = letter === "L" || letter === "M" ? [x, y] : [NaN, NaN];
    return true;
  });
}

class SvgPen {
  /**
   * @param {string} name of the sheet, by which its clips differ from those of others
   * @param {string} family of all its letters; that of the pen where it is empty
   */
  constructor(name, family) {
    Object.assign(this, INHERITED);
    this.name = name;
    this.family = family;
    /** @type {string[]} */
    this.lines = [];
    /** @type {Move[]} */
    this.path = [];
    /** @type {{ style: string, end: number, cells: Map<string, number> } | null} */
    this.specks = null; // filled one by one, of late
    /** @type {string[]} */
    this.names = []; // of the quantities that are being painted
    /** @type {number[]} */
    this.dash = [];
    /** @type {any[]} */
    this.saved = [];
    this.clips = 0;
    this.open = 0;
  }

  // What is painted stays as sharp as it is, whatever the density of a screen.
  setTransform() {}

  clearRect() {
    this.lines = [];
    this.specks = null;
    this.clips = this.open = 0;
  }

  save() {
    const { fillStyle, strokeStyle, lineWidth, lineCap, lineJoin, globalAlpha, open } = /** @type {any} */ (this);
    this.saved.push({ fillStyle, strokeStyle, lineWidth, lineCap, lineJoin, globalAlpha, open, dash: this.dash });
  }

  restore() {
    const { open, ...before } = this.saved.pop();
    for (; this.open > open; this.open--) this.lines.push("</g>");
    Object.assign(this, before);
  }

  // Clips are nested, as they are on a canvas: each opens a group that ends with `restore`.
  clip() {
    const id = `${this.name}clip-${this.clips++}`;
    this.lines.push(`<clipPath id="${id}"><path d="${written(this.path)}"/></clipPath>`, `<g clip-path="url(#${id})">`);
    this.open++;
  }

  /** @type {(x: number, y: number) => void} */
  translate(x, y) {
    this.transform(`translate(${short(x)} ${short(y)})`);
  }

  /** @param {number} angle */
  rotate(angle) {
    this.transform(`rotate(${short((180 * angle) / Math.PI)})`);
  }

  /** @param {string} how */
  transform(how) {
    this.lines.push(`<g transform="${how}">`);
    this.open++;
  }

  /** @param {number[]} dash */
  setLineDash(dash) {
    this.dash = dash;
  }

  beginPath() {
    this.path = [];
  }

  closePath() {
    this.path.push(["Z"]);
  }

  /**
   * @param {string} letter
   * @param {number[]} numbers
   */
  add(letter, ...numbers) {
    this.path.push([letter, ...numbers]);
  }

  /** @type {(x: number, y: number) => void} */
  moveTo(x, y) {
    this.add("M", x, y);
  }

  /** @type {(x: number, y: number) => void} */
  lineTo(x, y) {
    this.add("L", x, y);
  }

  /** @type {(cx: number, cy: number, x: number, y: number) => void} */
  quadraticCurveTo(cx, cy, x, y) {
    this.add("Q", cx, cy, x, y);
  }

  /** @type {(x: number, y: number, width: number, height: number) => void} */
  rect(x, y, width, height) {
    this.add("M", x, y);
    this.add("h", width);
    this.add("v", height);
    this.add("h", -width);
    this.closePath();
  }

  /** @type {(x: number, y: number, r: number, from: number, to: number) => void} */
  arc(x, y, r, from, to) {
    const at = (/** @type {number} */ angle) => [x + r * Math.cos(angle), y + r * Math.sin(angle)];
    const half = (/** @type {number} */ angle) => this.add("A", r, r, 0, 0, 1, ...at(angle));
    const [x0, y0] = at(from);
    const [, x1, y1] = this.path[this.path.length - 1] || [];
    if (x0 !== x1 || y0 !== y1) this.add(this.path.length ? "L" : "M", x0, y0);
    if (to - from >= WHOLE) half(from + Math.PI);
    if (to - from >= WHOLE) half(from);
    else this.add("A", r, r, 0, Math.abs(to - from) > Math.PI ? 1 : 0, 1, ...at(to));
  }

  fill() {
    this.put({ d: written(merged(this.path)), ...this.filled() });
  }

  stroke() {
    this.put({ d: written(thinned(this.path)), fill: "none", ...this.stroked() });
  }

  /** @type {(x: number, y: number, width: number, height: number) => void} */
  fillRect(x, y, width, height) {
    const before = this.path;
    this.beginPath();
    this.rect(x, y, width, height);
    this.addSpeck(written(this.path), x, y);
    this.path = before;
  }

  /** @type {(x: number, y: number, width: number, height: number) => void} */
  strokeRect(x, y, width, height) {
    const before = this.path;
    this.beginPath();
    this.rect(x, y, width, height);
    this.stroke();
    this.path = before;
  }

  /**
   * One of many of the same style, which stands but once; of those on one pixel as many as are seen.
   * @param {string} d
   * @param {number} x
   * @param {number} y
   */
  addSpeck(d, x, y) {
    const style = attributes(this.filled());
    const follows = this.specks?.style === style && this.specks.end === this.lines.length;
    const specks = follows && this.specks ? this.specks : { style, end: 0, cells: new Map() };
    const cell = `${Math.round(x)} ${Math.round(y)} ${d.length > 30}`;
    const laid = (specks.cells.get(cell) || 0) + 1;
    specks.cells.set(cell, laid);
    if (follows && laid > OVERLAID) return;
    if (follows) this.lines.pop();
    else this.lines.push(`<g${style}>`);
    this.lines.push(`<path d="${d}"/>`, "</g>");
    specks.end = this.lines.length;
    this.specks = specks;
  }

  /**
   * A group of what is painted until `end`, unless that is nothing.
   * @param {string} name
   */
  begin(name) {
    this.names.push(name);
    this.lines.push(`<g class="${this.names.join("-")}">`);
  }

  end() {
    const begun = `<g class="${this.names.join("-")}">`;
    this.names.pop();
    if (this.lines[this.lines.length - 1] === begun) this.lines.pop();
    else this.lines.push("</g>");
  }

  /** @type {(text: string, x: number, y: number) => void} */
  fillText(text, x, y) {
    this.write(text, x, y, this.filled());
  }

  /** @type {(text: string, x: number, y: number) => void} */
  strokeText(text, x, y) {
    this.write(text, x, y, { fill: "none", ...this.stroked() });
  }

  /**
   * Another sheet, laid on this one, or what pixels a canvas has, stretched to a place.
   * @param {any} sheet
   * @param {number[]} place x, y, width and height
   */
  drawImage(sheet, ...place) {
    if (sheet.toDataURL) {
      const [x, y, width, height] = place.map(short);
      const { imageSmoothingEnabled: isSmooth } = /** @type {any} */ (this);
      // Not every program knows how to leave its cells sharp.
      const source = isSmooth ? sheet : enlarged(sheet, Math.ceil((FINE * place[2]) / sheet.width));
      const box = { "xlink:href": source.toDataURL(), x, y, width, height, preserveAspectRatio: "none" };
      return this.lines.push(`<image${attributes(box)}/>`);
    }
    return this.lines.push(
      `<g opacity="${/** @type {any} */ (this).globalAlpha}">`,
      ...sheet.getContext().lines,
      "</g>",
    );
  }

  filled() {
    const { fillStyle, globalAlpha } = /** @type {any} */ (this);
    return { fill: fillStyle, "fill-opacity": globalAlpha < 1 ? globalAlpha : null };
  }

  stroked() {
    const { strokeStyle, lineWidth, lineCap, lineJoin, globalAlpha } = /** @type {any} */ (this);
    return {
      stroke: strokeStyle,
      "stroke-width": lineWidth,
      "stroke-linecap": lineCap === "butt" ? null : lineCap,
      "stroke-linejoin": lineJoin === "miter" ? null : lineJoin,
      "stroke-dasharray": this.dash.length ? this.dash.join(" ") : null,
      "stroke-opacity": globalAlpha < 1 ? globalAlpha : null,
    };
  }

  /**
   * @param {Record<string, any>} values
   */
  put(values) {
    if (values.d) this.lines.push(`<path${attributes(values)}/>`);
  }

  /**
   * @param {string} text
   * @param {number} x
   * @param {number} y
   * @param {Record<string, any>} ink
   */
  write(text, x, y, ink) {
    const { font, textAlign, textBaseline } = /** @type {any} */ (this);
    const [, size, family] = /([\d.]+)px (.*)/.exec(font) || [];
    const down = textBaseline === "middle" ? MIDDLE * Number(size) : 0;
    const place = { x: short(x), y: short(y + down), "text-anchor": ANCHORS[textAlign] || null };
    const letters = { "font-size": size, "font-family": this.family || family };
    this.lines.push(`<text${attributes({ ...place, ...letters, ...ink })}>${escaped(text)}</text>`);
  }
}

/**
 * What stands for a canvas of a size: its pen writes SVG.
 * @param {Size} size
 * @param {string} [name]
 * @param {string} [family]
 */
export function svgSheet(size, name = "", family = "") {
  const pen = new SvgPen(name, family);
  return { size, width: 0, height: 0, measure() {}, getContext: () => pen };
}
