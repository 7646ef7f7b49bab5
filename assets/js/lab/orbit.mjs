// The orbit diagram: where the last iterates lie along the first axis of the map, for one slice of it.
import { addCanvas, wipe } from "../canvas.mjs";
import * as pens from "../pens.mjs";
import { named } from "../quantity.mjs";
import { parity } from "../run.mjs";
import { vocabulary } from "../vocabulary.mjs";
import * as axis from "../axis.mjs";
import { axisOf } from "./cells.mjs";
import { MARGIN } from "./map.mjs";
import { floats, readHead } from "../stream.mjs";

const STRIP = 8; // pixels of the strip of fates, and its distance from the diagram
const GAP = 4;
const SEEN = 0.995; // of the iterates that the axis has room for
const RESTS = 1e-9; // of the step size: offsets below it are rounding
const POINT = 0.9; // half-width in pixels

/**
 * The buffer of /orbit.bin: its header, and offset and loss [n × keep]; sharpness, exponent and fate [n].
 * @param {ArrayBuffer} buffer
 */
export function decodeOrbit(buffer) {
  const bytes = new Uint8Array(buffer);
  const { head, end } = /** @type {{ head: any, end: number }} */ (readHead(bytes));
  const values = floats(bytes.subarray(end));
  const n = head.etas.length;
  const many = n * head.keep;
  const [offset, loss] = [values.subarray(0, many), values.subarray(many, 2 * many)];
  return {
    ...head,
    offset,
    loss,
    sharpness: values.subarray(2 * many, 2 * many + n),
    exponent: values.subarray(2 * many + n, 2 * (many + n)),
    fate: values.subarray(2 * (many + n)),
  };
}

export class Orbit {
  /**
   * @param {HTMLElement} host
   */
  constructor(host) {
    this.host = host;
    this.still = addCanvas(host);
    this.above = addCanvas(host);
  }

  /**
   * @param {OrbitScene} orbitScene
   * @param {Size} [size]
   */
  frame({ axes, orbit, orbitView }, size = this.still.size) {
    const { left, right, top, bottom } = MARGIN;
    const margin = { left, right, top, bottom: bottom + STRIP + GAP };
    const y = rangeFor(orbit, orbitView);
    return axis.frame(size, margin, axes.across, y);
  }

  /**
   * @param {OrbitScene} scene
   * @param {{ above?: boolean }} [given1]
   */
  paint(scene, { above = false } = {}) {
    if (!scene.axes || !this.still.size[0]) return;
    const [still, pen] = [above ? null : wipe(this.still), wipe(this.above)];
    if (!scene.orbit) return;
    if (still) this.draw(still, this.still.size, scene);
    if (!scene.cursor) return;
    const box = this.frame(scene);
    const x = box.x.at(scene.axes.across.values[scene.cursor.row]);
    pens.line(pen, scene.inks.soft, 1, [2, 3], 0, 1, (k) => [x, box.top + k * box.height]);
  }

  /**
   * @param {Pen} pen
   * @param {Size} size
   * @param {OrbitScene} scene
   */
  draw(pen, size, scene) {
    const { inks, orbitView } = scene;
    const box = this.frame(scene, size);
    const axes = { ...box, height: box.height + GAP + STRIP };
    axis.paintAxes(pen, inks, axes, { x: scene.axes.across.title, y: vocabulary.orbit_titles[orbitView] });
    pens.within(pen, box, () => {
      if (orbitView === "sharpness") this.drawSharpness(pen, scene, box);
      else if (orbitView === "exponent") this.drawExponent(pen, scene, box);
      else this.drawOffsets(pen, scene, box);
    });
    named(pen, "fates", () => pens.within(pen, axes, () => this.drawFates(pen, scene, box)));
  }

  /**
   * Even and odd steps in their inks, those that come last on top.
   * @param {Pen} pen
   * @param {OrbitScene} orbitScene
   * @param {Axes} box
   */
  drawOffsets(pen, { inks, orbit, orbitView }, box) {
    pens.line(pen, inks.soft, 1, [], 0, 1, (k) => [box.left + k * box.width, box.y.at(0)]);
    for (const kind of ["even", "odd"])
      named(pen, `iterates-${kind}`, () => {
        pen.fillStyle = inks[kind];
        pen.globalAlpha = 0.55;
        const { values } = axisOf(orbit, 0);
        for (let k = 0; k < orbit.keep; k++) {
          if (parity(stepOf(orbit, k)) !== kind) continue;
          for (let i = 0; i < orbit.etas.length; i++) {
            const value = valueAt(orbit, orbitView, i, k);
            if (!Number.isFinite(value)) continue;
            pen.fillRect(box.x.at(values[i]) - POINT, box.y.at(value) - POINT, 2 * POINT, 2 * POINT);
          }
        }
        pen.globalAlpha = 1;
      });
  }

  /**
   * @param {Pen} pen
   * @param {OrbitScene} orbitScene
   * @param {Axes} box
   */
  drawSharpness(pen, { inks, orbit }, box) {
    const { etas, sharpness } = orbit;
    const { values } = axisOf(orbit, 0);
    const at = (/** @type {number} */ i) => box.x.at(values[i]);
    pens.line(pen, inks.threshold, 1.6, [5, 4], 0, etas.length - 1, (i) => [at(i), box.y.at(2 / etas[i])]);
    pen.fillStyle = inks.ink;
    for (let i = 0; i < etas.length; i++) {
      if (sharpness[i] > 0) pen.fillRect(at(i) - 1.2, box.y.at(sharpness[i]) - 1.2, 2.4, 2.4);
    }
    const i = etas.findIndex((eta) => box.y.at(2 / eta) > box.top + 12);
    if (i >= 0) pens.label(pen, inks, "2/η", Math.max(at(i) + 8, box.left + 8), box.top + 12, inks.threshold);
  }

  /**
   * Above the line at 0 neighbours part: chaos. On it they keep their distance, below they come together.
   * @param {Pen} pen
   * @param {OrbitScene} orbitScene
   * @param {Axes} box
   */
  drawExponent(pen, { inks, orbit }, box) {
    const { exponent } = orbit;
    const { values } = axisOf(orbit, 0);
    pens.line(pen, inks.threshold, 1.6, [5, 4], 0, 1, (k) => [box.left + k * box.width, box.y.at(0)]);
    pen.fillStyle = inks.ink;
    for (let i = 0; i < values.length; i++) {
      if (Number.isFinite(exponent[i])) pen.fillRect(box.x.at(values[i]) - 1.2, box.y.at(exponent[i]) - 1.2, 2.4, 2.4);
    }
    pens.label(pen, inks, "chaos above", box.left + 8, box.y.at(0) - 8, inks.threshold);
  }

  /**
   * What becomes of each, in the inks of the map.
   * @param {Pen} pen
   * @param {OrbitScene} orbitScene
   * @param {Axes} box
   */
  drawFates(pen, { orbit, fateInks }, box) {
    const top = box.top + box.height + GAP;
    const { fate } = orbit;
    const { values } = axisOf(orbit, 0);
    const half = box.width / (values.length - 1) / 2;
    const end = box.x.at(values[values.length - 1]) + half;
    // Each lies over all that follows, so that no paper shows at a seam.
    for (let i = 0; i < values.length; i++) {
      if (i > 0 && fate[i] === fate[i - 1]) continue;
      const from = box.x.at(values[i]) - half;
      pen.fillStyle = fateInks[fate[i]] || fateInks[0];
      pen.fillRect(from, top, end - from, STRIP);
    }
  }
}

/**
 * The step of an iterate that was kept.
 * @param {OrbitData} orbitData
 * @param {number} k
 */
export const stepOf = ({ step }, k) => step + k;

/**
 * @param {OrbitData} orbitData
 * @param {OrbitView} view
 * @param {number} i
 * @param {number} k
 */
export function valueAt({ offset, keep, etas }, view, i, k) {
  return view === "scaled" ? offset[i * keep + k] / etas[i] : offset[i * keep + k];
}

/**
 * The range of the upright axis, wide enough for nearly all that stays.
 * @param {OrbitData} orbit
 * @param {OrbitView} view
 * @returns {AxisKind}
 */
export function rangeFor(orbit, view) {
  if (view === "sharpness") return { kind: "log", range: axis.rangeOf(orbit.sharpness, "log", 0.12) };
  if (view === "exponent") {
    const least = axis.quantile(orbit.exponent, 1 - SEEN); // a cycle may pass where neighbours fall together
    return { kind: "linear", range: axis.rangeOf([-0.1, 0.1, ...orbit.exponent.filter((value) => value >= least)]) };
  }
  const sizes = [];
  for (let i = 0; i < orbit.etas.length; i++) {
    for (let k = 0; k < orbit.keep; k++) sizes.push(Math.abs(valueAt(orbit, view, i, k)));
  }
  const most = axis.quantile(sizes, SEEN);
  const unit = view === "scaled" ? 1 : Math.max(...orbit.etas);
  const half = most > RESTS * unit ? 1.1 * most : unit;
  return { kind: "linear", range: [-half, half] };
}
