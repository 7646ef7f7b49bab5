// The sharpness panel: λ₁ of the run and of the theorem against a clock, and the threshold 2/η_t.
import { clockTime } from "../../clock.mjs";
import { spread, widthOf } from "../../labels.mjs";
import { inkOf } from "../../inks.mjs";
import { addPoints, midpointOf } from "../../marks.mjs";
import { nearestOf } from "../../nearest.mjs";
import * as pens from "../../pens.mjs";
import { isSmooth, kindIn, locate, partnerOf, shownStep, shows, whichOf } from "../../run.mjs";
import { frameOf, isInside } from "../frame.mjs";
import { Panel } from "../panel.mjs";

/** @type {Record<Kind, string>} */
const SHAPES = { even: "●", odd: "■", midpoint: "◆", floor: "◆" };

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
    return (row) => [frame.x(clockTime(scene.clock, run.eta, steps[row])), frame.y(column[row])];
  }

  /**
   * The phases as bands, and the theorem's prediction for the whole run.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Frame} frame
   */
  paintStill(pen, scene, frame) {
    this.paintPhases(pen, scene, frame);
    scene.result.runs.forEach((run, i) => {
      const place = this.curve(scene, run, run, frame, "flow_sharpness");
      pens.curve(pen, scene.inks.theory, 2, pens.DASHES[i], run.rows, place);
    });
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
      const [from, to] = [first, end].map((t) => Math.max(frame.x(clockTime(clock, run.eta, t)), frame.left));
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
      addPoints(pen, scene, run, part, from, to, curve("threshold"), 2.6);
      pen.globalAlpha = 1;
      pens.line(pen, inks.threshold, 1.6, [5, 4], start, to, curve("threshold_mean"));
    }
    if (i === scene.focus) this.paintOwn(pen, scene, part, from, to, curve("sharpness"));
    const ink = scene.result.runs.length > 1 ? inks.runs[i] : inks.ink;
    pens.line(pen, ink, 2, [], start, to, curve("projection_sharpness"));
  }

  /**
   * λ₁(x_t) as points: a line through both walls would be a scribble.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Part} part
   * @param {number} from
   * @param {number} to
   * @param {Place} place
   */
  paintOwn(pen, { inks, strobe }, part, from, to, place) {
    const middle = strobe === "midpoints" ? midpointOf(part, place) : place;
    pen.globalAlpha = 0.4;
    pen.fillStyle = inks.ink;
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
    const x = frame.x(clockTime(scene.clock, result.runs[0].eta, scene.at));
    pens.within(pen, frame, () => {
      pens.line(pen, inks.soft, 1, [], 0, 1, (k) => [x, frame.top + k * frame.height]);
      result.runs.forEach((run, i) => {
        const { part, row } = locate(run, steps[i]);
        const [gx, gy] = this.curve(scene, run, part, frame, "flow_sharpness")(row);
        if (Number.isFinite(gy)) pens.bead(pen, inks, inks.theory, gx, gy, 6);
        const [sx, sy] = this.curve(scene, run, part, frame, "projection_sharpness")(row);
        if (Number.isFinite(sy)) dot(pen, result.runs.length > 1 ? inks.runs[i] : inks.ink, sx, sy);
      });
    });
    this.paintLabels(pen, scene, frame);
  }

  /**
   * Names at the right, by their lines at the playhead, moved apart where they would meet.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Frame} frame
   */
  paintLabels(pen, scene, frame) {
    const names = this.namesOf(scene)
      .filter(({ value }) => Number.isFinite(value))
      .map((name) => ({ ...name, y: frame.y(name.value) }));
    spread(names, frame.top + 8, frame.top + frame.height - 6, 16);
    const [x, width] = [frame.left + frame.width + 8, this.now.size[0]];
    this.labels = names.map((name) => ({ ...name, x: Math.min(x, width - widthOf(name.text)) }));
    for (const { text, x, y, ink } of this.labels) pens.label(pen, scene.inks, text, x, y, ink);
  }

  /**
   * @param {Scene} scene
   */
  namesOf(scene) {
    const { inks, steps, result } = scene;
    const many = result.runs.length > 1;
    return result.runs.flatMap((run, i) => {
      const { part, row } = locate(run, shownStep(scene.strobe, steps[i]));
      /**
       * @param {string} name
       */
      const value = (name) => part.columns[name][row];
      const own = many ? result.words.labels[i] : "λ₁(Φ(xₜ))";
      const first = {
        text: own,
        ink: many ? inks.runs[i] : inks.ink,
        value: value("projection_sharpness"),
        symbol: "projection_sharpness",
      };
      return i === scene.focus ? [first, ...this.focusNames(scene, run, part, row, many)] : [first];
    });
  }

  /**
   * @param {Scene} scene
   * @param {Run} run
   * @param {Part} part
   * @param {number} row
   * @param {boolean} many
   */
  focusNames(scene, run, part, row, many) {
    const { inks, strobe } = scene;
    const end = run.columns.flow_sharpness[run.rows - 1];
    const names = [{ text: "λ₁(X), the theorem", ink: inks.theory, value: end, symbol: "flow_sharpness" }];
    if (isSmooth(run)) return names;
    /**
     * @param {string} name
     * @param {number} [r]
     */
    const value = (name, r = row) => part.columns[name][r];
    const partner = partnerOf(part, row);
    for (const r of new Set([row, partner])) {
      if (!shows(strobe, part.columns.step[r])) continue;
      const kind = kindIn(run, part)(r);
      const text = `${SHAPES[kind]} 2/ηₜ, ${whichOf(run, part.columns.step[r], kind)}`;
      names.push({ text, ink: inkOf(scene, kind), value: value("threshold", r), symbol: "threshold" });
    }
    const own = { text: "· λ₁(xₜ)", ink: inks.soft, value: value("sharpness"), symbol: "sharpness" };
    const mean = { text: "mean of two", ink: inks.threshold, value: value("threshold_mean"), symbol: "threshold_mean" };
    return [...names, ...(many ? [] : [own]), ...(partner !== row ? [mean] : [])];
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
    const name = (this.labels || []).find(({ x, y }) => px >= x && Math.abs(py - y) < 8);
    if (name) return { symbol: name.symbol, x: name.x, y: name.y };
    if (!isInside(frame, px, py)) return null;
    const found = scene.result.runs.map((run, i) => {
      const wanted = frame.dataX(px) / clockTime(scene.clock, run.eta, 1);
      const { part, row } = locate(run, shownStep(scene.strobe, Math.min(Math.max(Math.round(wanted), 0), run.last)));
      const [x, y] = this.curve(scene, run, part, frame, "projection_sharpness")(row);
      return { run, i, part, row, x, y, distance: Math.abs(y - py) };
    });
    return nearestOf(found);
  }
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
