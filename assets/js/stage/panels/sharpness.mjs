// The sharpness panel: λ₁ of the run and of the theorem against a clock, and the threshold 2/η_t.
import { clockTime, paceOf, stepAt } from "../../clock.mjs";
import { widthOf } from "../../labels.mjs";
import { inkOf } from "../../inks.mjs";
import { addMark, addPoints, midpointOf } from "../../marks.mjs";
import { nearestOf } from "../../nearest.mjs";
import { inWords } from "../../numbers.mjs";
import * as pens from "../../pens.mjs";
import { named } from "../../quantity.mjs";
import {
  edgeName,
  hasEdge,
  hasLeft,
  isOnFloor,
  isSmooth,
  locate,
  ownFrom,
  parityFrom,
  shownStep,
  shows,
} from "../../run.mjs";
import { addForks } from "../forks.mjs";
import { frameOf, isInside } from "../frame.mjs";
import { Panel } from "../panel.mjs";
import { paintEnd, rodAt, showsFlow } from "../rod.mjs";
import { thresholdAt } from "./ground.mjs";

const SAMPLE = 16; // pixels of a line or mark of the key

export class Sharpness extends Panel {
  /**
   * @param {Scene} scene
   * @param {Run} run
   * @param {Part} part
   * @param {Frame} frame
   * @param {string} name
   * @returns {Place}
   */
  curve(scene, run, part, frame, name) {
    const steps = part.columns.step;
    const column = part.columns[name];
    return (row) => [frame.x(clockTime(scene.clock, paceOf(run), steps[row])), frame.y(column[row])];
  }

  /**
   * The phases as bands, and the theorem's prediction for the whole run.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Frame} frame
   */
  paintStill(pen, scene, frame) {
    named(pen, "phases", () => this.paintPhases(pen, scene, frame));
    scene.result.runs.forEach((run, i) => {
      if (!showsFlow(scene, run)) return;
      const [own, place] = [ownFrom(run, run), this.curve(scene, run, run, frame, "flow_sharpness")];
      const way = (/** @type {number} */ row) => place(own + row);
      named(pen, "flow-sharpness", () => pens.curve(pen, scene.inks.theory, 2, pens.DASHES[i], run.rows - own, way));
    });
    named(pen, "rod-sharpness", () => this.paintRod(pen, scene, frame));
  }

  /**
   * λ₁ at the rod's middle, and where it ends before the run does.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Frame} frame
   */
  paintRod(pen, scene, frame) {
    const { rod, inks, result, focus } = scene;
    if (!rod?.rows) return;
    const place = this.curve(scene, result.runs[focus], rod, frame, "rod_sharpness");
    pens.line(pen, inks.rod, 2, [], 0, rod.rows - 1, place);
    if (rod.lost !== null) paintEnd(pen, inks, place(rod.rows - 1));
  }

  /**
   * In the inks of the phase ribbon.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Frame} frame
   */
  paintPhases(pen, { result, focus, clock, inks }, frame) {
    const run = result.runs[focus];
    run.phases.forEach(({ name, first }, k) => {
      const end = k + 1 < run.phases.length ? run.phases[k + 1].first : run.last;
      const [from, to] = [first, end].map((t) => Math.max(frame.x(clockTime(clock, paceOf(run), t)), frame.left));
      if (!(to > from) || name === "descent") return;
      pen.globalAlpha = 0.07;
      pen.fillStyle =
        name === "edge" || name === "floor"
          ? inks.theory
          : name === "beyond" || name === "overlong"
            ? inks.warn
            : inks.flow;
      pen.fillRect(from, frame.top, to - from, frame.height);
      pen.globalAlpha = 1;
    });
  }

  /**
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Frame} frame
   * @param {Run} run
   * @param {number} i
   * @param {Part} part
   * @param {number} from
   * @param {number} to
   */
  paintRows(pen, scene, frame, run, i, part, from, to) {
    const { inks } = scene;
    const start = Math.max(from - 1, 0);
    /**
     * @param {string} name
     */
    const curve = (name) => this.curve(scene, run, part, frame, name);
    if (i === scene.focus && !isSmooth(run)) {
      pen.globalAlpha = 0.5;
      named(pen, "threshold", () => addPoints(pen, scene, run, part, from, to, curve("threshold"), 2.6));
      pen.globalAlpha = 1;
      const mean = curve("threshold_mean");
      named(pen, "threshold-mean", () => pens.line(pen, inks.threshold, 1.6, [5, 4], start, to, mean));
    }
    if (i === scene.focus) {
      const place = curve("sharpness");
      named(pen, "sharpness", () => this.paintSpecks(pen, scene, inks.ink, 0.4, part, from, to, place));
    }
    if (i === scene.focus) {
      const place = curve("step_curvature");
      named(pen, "step-curvature", () => this.paintSpecks(pen, scene, inks.curvature, 0.75, part, from, to, place));
    }
    const ink = scene.result.runs.length > 1 ? inks.runs[i] : inks.ink;
    named(pen, "projection-sharpness", () => pens.line(pen, ink, 2, [], start, to, curve("projection_sharpness")));
  }

  /**
   * λ₁(x_t) and κ_t as points: a line through both walls would be a scribble.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {string} ink
   * @param {number} strength
   * @param {Part} part
   * @param {number} from
   * @param {number} to
   * @param {Place} place
   */
  paintSpecks(pen, { strobe }, ink, strength, part, from, to, place) {
    const middle = strobe === "midpoints" ? midpointOf(part, place) : place;
    pen.globalAlpha = strength;
    pen.fillStyle = ink;
    for (let row = from; row <= to; row++) {
      if (strobe !== "midpoints" && !shows(strobe, part.columns.step[row])) continue;
      const [x, y] = middle(row);
      if (Number.isFinite(x + y)) pen.fillRect(x - 1.2, y - 1.2, 2.4, 2.4);
    }
    pen.globalAlpha = 1;
  }

  /**
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Frame} frame
   */
  paintNow(pen, scene, frame) {
    const { inks, result, steps } = scene;
    const x = frame.x(clockTime(scene.clock, paceOf(result.runs[0]), scene.at));
    const paintTime = () => {
      pens.line(pen, inks.soft, 1, [], 0, 1, (k) => [x, frame.top + k * frame.height]);
      addForks(pen, scene, (run, part) => this.curve(scene, run, part, frame, "projection_sharpness"));
      result.runs.forEach((run, i) => {
        if (!hasLeft(run, steps[i])) return;
        const { part, row } = locate(run, steps[i]);
        const [gx, gy] = this.curve(scene, run, part, frame, "flow_sharpness")(row);
        if (Number.isFinite(gy) && showsFlow(scene, run)) pens.bead(pen, inks, inks.theory, gx, gy, 6);
        const [sx, sy] = this.curve(scene, run, part, frame, "projection_sharpness")(row);
        if (Number.isFinite(sy)) dot(pen, result.runs.length > 1 ? inks.runs[i] : inks.ink, sx, sy);
      });
      const rod = scene.rod && rodAt(scene.rod, steps[scene.focus]);
      if (rod) pens.bead(pen, inks, inks.rod, x, frame.y(rod.sharpness), 5);
    };
    named(pen, "now", () => pens.within(pen, frame, paintTime));
    this.paintBeyond(pen, scene, frame);
    this.paintLabels(pen, scene, frame);
  }

  /**
   * A threshold off the scale is told at its edge, so that it need not squash what is on it.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Frame} frame
   */
  paintBeyond(pen, scene, { left, top, width, rangeY }) {
    const { inks, result, focus } = scene;
    const threshold = thresholdAt(scene);
    if (isSmooth(result.runs[focus]) || !(threshold > rangeY[1])) return;
    pens.label(
      pen,
      inks,
      `↑ ${edgeName(result.runs[focus])} is ${inWords(threshold)}`,
      left + width - 6,
      top + 11,
      inks.threshold,
      "right",
    );
  }

  /**
   * The key at the right: what is drawn, each with its line or mark, in one order whatever the values are.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Frame} frame
   */
  paintLabels(pen, scene, frame) {
    const names = this.namesOf(scene);
    const width = this.now.size[0];
    const x = Math.min(frame.left + frame.width + 8, ...names.map(({ text }) => width - widthOf(text) - SAMPLE - 5));
    const room = Math.min((frame.height - 8) / names.length, 20);
    this.labels = names.map((name, k) => ({ ...name, x, y: frame.top + 8 + k * room }));
    for (const { text, sample, ink, y } of this.labels) {
      sample(pen, ink, x, y);
      pens.label(pen, scene.inks, text, x + SAMPLE + 5, y, ink);
    }
  }

  /**
   * From the marks to the lines.
   * @param {Scene} scene
   * @returns {Named[]}
   */
  namesOf(scene) {
    const { inks, steps, result, focus } = scene;
    const many = result.runs.length > 1;
    const run = result.runs[focus];
    const own = result.runs.flatMap((one, i) => {
      const { part, row } = locate(one, steps[i]);
      const text = many ? result.words.labels[i] : "λ₁(Φ(xₜ))";
      const ink = many ? inks.runs[i] : inks.ink;
      const isThere = Number.isFinite(part.columns.projection_sharpness[row]);
      return isThere ? [{ text, ink, symbol: "projection_sharpness", sample: lineOf(2, []) }] : [];
    });
    const isPredicted = Number.isFinite(run.columns.flow_sharpness[run.rows - 1]);
    const theorem = {
      text: run.central ? "λ₁, central flow" : "λ₁(X), theorem",
      ink: inks.theory,
      symbol: "flow_sharpness",
      sample: lineOf(2, []),
    };
    const rod = { text: "λ₁, rod", ink: inks.rod, symbol: "rod", sample: lineOf(2, []) };
    return [
      ...(isSmooth(run) ? [] : this.stepNames(scene, run, many)),
      ...own,
      ...(isPredicted && showsFlow(scene, run) ? [theorem] : []),
      ...(scene.rod?.rows ? [rod] : []),
    ];
  }

  /**
   * What there is of a run that takes steps.
   * @param {Scene} scene
   * @param {Run} run
   * @param {boolean} many
   * @returns {Named[]}
   */
  stepNames(scene, run, many) {
    const { inks, strobe, steps, focus } = scene;
    const known = hasEdge(run);
    const kindsNow = known ? thresholdNames(run, strobe, steps[focus]) : [];
    const thresholds = kindsNow.map(({ text, kinds }) => ({
      text: `${edgeName(run)}, ${text}`,
      ink: inkOf(scene, kinds[0]),
      symbol: "threshold",
      sample: marksOf(kinds, (kind) => inkOf(scene, kind)),
    }));
    const mean = { text: "mean of two", ink: inks.threshold, symbol: "threshold_mean", sample: lineOf(1.6, [5, 4]) };
    const own = { text: "λ₁(xₜ)", ink: inks.soft, symbol: "sharpness", sample: specks };
    const bends = { text: "κₜ, of the step", ink: inks.curvature, symbol: "step_curvature", sample: specks };
    const curved = Number.isFinite(run.columns.step_curvature?.[0]) ? [bends] : [];
    return [...thresholds, ...(known && run.last > 0 ? [mean] : []), ...(many ? [] : [own]), ...curved];
  }

  /**
   * What the pointer finds: the step at its time, of the run whose curve is nearest.
   * @param {Scene} scene
   * @param {number} px
   * @param {number} py
   */
  probe(scene, px, py) {
    const frame = frameOf(this.graph());
    if (!frame) return null;
    const name = (this.labels || []).find(({ x, y }) => px >= x && Math.abs(py - y) < 9);
    if (name) return { symbol: name.symbol, x: name.x, y: name.y };
    if (!isInside(frame, px, py)) return null;
    const found = scene.result.runs.map((run, i) => {
      const wanted = stepAt(scene.clock, paceOf(run), frame.dataX(px));
      const { part, row } = locate(run, shownStep(scene.strobe, Math.min(Math.max(Math.round(wanted), 0), run.last)));
      const [x, y] = this.curve(scene, run, part, frame, "projection_sharpness")(row);
      return { run, i, part, row, x, y, distance: Math.abs(y - py) };
    });
    return nearestOf(found);
  }
}

/**
 * Which thresholds a strobe shows at a step, and the marks that they have.
 * @param {Run} run
 * @param {Strobe} strobe
 * @param {number} step
 * @returns {{ text: string, kinds: Kind[] }[]}
 */
export function thresholdNames(run, strobe, step) {
  if (strobe === "midpoints") return [{ text: "midpoints", kinds: ["midpoint"] }];
  const first = parityFrom(run);
  const hops = first <= run.last;
  /** @type {{ text: string, kinds: Kind[] }[]} */
  const early = first > 0 ? [{ text: hops ? "earlier t" : "each t", kinds: ["early"] }] : [];
  if (isOnFloor(run, step)) {
    return [...early, { text: "far walls", kinds: ["even", "odd"] }, { text: "on Γ", kinds: ["floor"] }];
  }
  const walls = /** @type {Parity[]} */ (["even", "odd"]).filter((_, t) => hops && shows(strobe, t) && run.last >= t);
  return [...early, ...walls.map((kind) => ({ text: `${kind} t`, kinds: [kind] }))];
}

/**
 * @param {number} width
 * @param {number[]} dash
 * @returns {Sample}
 */
const lineOf = (width, dash) => (pen, ink, x, y) => pens.line(pen, ink, width, dash, 0, 1, (k) => [x + k * SAMPLE, y]);

/**
 * @param {Kind[]} kinds
 * @param {(kind: Kind) => string} inkFor
 * @returns {Sample}
 */
const marksOf = (kinds, inkFor) => (pen, ink, x, y) =>
  kinds.forEach((kind, k) => {
    pen.beginPath();
    addMark(pen, kind, x + ((k + 1) * SAMPLE) / (kinds.length + 1), y, 4);
    pen.fillStyle = inkFor(kind);
    pen.fill();
  });

/** @type {Sample} */
function specks(pen, ink, x, y) {
  pen.fillStyle = ink;
  for (const shift of [0.2, 0.5, 0.8]) pen.fillRect(x + shift * SAMPLE - 1.2, y - 1.2, 2.4, 2.4);
}

/**
 * @param {Pen} pen
 * @param {string} ink
 * @param {number} x
 * @param {number} y
 */
function dot(pen, ink, x, y) {
  pen.beginPath();
  pen.arc(x, y, 3.5, 0, 2 * Math.PI);
  pen.fillStyle = ink;
  pen.fill();
}
