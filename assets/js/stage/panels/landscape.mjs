// The landscape: iterates, the theorem's point on Γ, and the way of gradient flow.
import { smoothInk } from "../../inks.mjs";
import { around, beside, clearest, clearestOf, isClear, moved, sidesAlong, spotsOf, widthOf } from "../../labels.mjs";
import { inkOf } from "../../inks.mjs";
import { addPoints, midpointOf, strength } from "../../marks.mjs";
import { nearestOf, nearestRow } from "../../nearest.mjs";
import { inWords } from "../../numbers.mjs";
import * as pens from "../../pens.mjs";
import { named } from "../../quantity.mjs";
import {
  consecutiveFrom,
  failed,
  hasLeft,
  isCentral,
  isSmooth,
  kindIn,
  locate,
  onTheWay,
  ownFrom,
  rowAt,
  shownStep,
  shows,
  upTo,
} from "../../run.mjs";
import { addForks } from "../forks.mjs";
import { frameOf, groundOf, isAbout, isInside, pixelsOf, placeOf, rowsOf, within } from "../frame.mjs";
import { discIn, freeCorner, isLensOn, lensIn, paintLens } from "../lens.mjs";
import { Panel } from "../panel.mjs";
import { beadsAt, isLost, paintEnd, paintRod, paintShut, rodAt, showsFlow, shutAbove } from "../rod.mjs";
import { colourOf } from "./along.mjs";

const RECENT = 7;
const STRONG = 0.6;
const SEEN = 4; // pixels from which a gap is worth a line
const CROWD = 50; // pixels within which names keep clear of each other's iterates
const REACH = 24; // pixels within which the pointer finds an iterate
export const FLATTEST = "flattest";
const BAND = 0.16; // of the ink of the central flow
const CENTRAL = "the central flow";
const ROD = "the rod";
const ROD_ENDS = "the rod ends";
const GAMMA = 5; // units that it is wide
const THEOREM = "X(τ), the theorem"; // its gap has a panel of its own
const GRADIENT_FLOW = "gradient flow";
const WAY = [0.4, 0.6, 0.2, 0.8, 0]; // of the way of gradient flow, where its name may stand
const OUTSIDE = "the iterate is outside";
const ARROW = 20; // units of an arrow at the edge
const LEADERS = [34, 72]; // units from the theorem's point to its name
const SLANT = Math.SQRT1_2;
/** @type {Point[]} */
const AROUND = [
  [0, 1],
  [0, -1],
  [SLANT, SLANT],
  [-SLANT, SLANT],
  [SLANT, -SLANT],
  [-SLANT, -SLANT],
  [1, 0],
  [-1, 0],
];
/** @type {Point[]} */
const CORNERS = [
  [1, -1],
  [1, 1],
  [-1, -1],
  [-1, 1],
]; // of an iterate, where its run's name may stand
const ASIDE = 12; // units from an iterate to it
const ABOVE = 16;
const ALONG = 32; // stretches of a run, on each of which a name keeps its side
const LINE = 18; // units from one name to the next below it
const OTHER = 30; // of height that a name rather moves than to the other side
const HEIGHTS = Array.from({ length: 25 }, (_, k) => (k % 2 ? 6 : -6) * Math.ceil(k / 2)); // from where a name would stand
const EVERY = 4; // of the points of Γ that are joined

/** @typedef {{ text: string, middle: Point }} Name and the middle of where it stands */

export class Landscape extends Panel {
  /** @type {Point | null} */
  corner = null;
  /** @type {import("../handle.mjs").Handle | null} */
  handle = null;
  // Sides on which names of moving points stand: of the theorem's, and of each run's.
  /** @type {Record<string, number[]>} */
  sides = {};
  /** @type {Point[]} */
  taken = []; // where names stand that do not move
  /** @type {{ share: number, off: Point } | null} */
  wayName = null; // of the way of gradient flow, where its name stands
  /** @type {{ of: unknown[], curves: Point[][], close: Point[], flattest: Point[] } | null} */
  gamma = null;
  shut = Infinity; // of Γ above this sharpness

  /**
   * What of Γ is shut may change as the playhead moves.
   * @param {Scene} scene
   * @param {any} frame
   */
  paintPast(scene, frame) {
    const shut = shutAbove(scene);
    if (shut !== this.shut) this.painted = null;
    this.shut = shut;
    super.paintPast(scene, frame);
  }

  /**
   * There is nothing to paint on until the figure of the loss has come, and in more than two dimensions
   * the section.
   * @param {Scene} scene
   * @returns {any}
   */
  frameFor(scene) {
    const frame = frameOf(this.graph());
    const ready = frame && isAbout(frame, scene.result) && (scene.section || scene.d === 2);
    return ready ? { ...frame, section: scene.section } : null;
  }

  /**
   * The way of gradient flow, and the theorem's path, which is all that is seen of what is still to come; in
   * a section Γ too, which in the plane stands still.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Frame} frame
   */
  paintStill(pen, scene, frame) {
    const { result, inks } = scene;
    this.taken = this.lensPlace(scene, frame);
    if (frame.section) named(pen, "manifold", () => this.paintValley(pen, scene, frame));
    named(pen, "shut", () => paintShut(pen, inks, scene.valley, this.shut, GAMMA + 1, (x) => pixelsOf(x, frame)));
    const { points, rows } = result.descent;
    const way = pixelsOf(points, frame);
    named(pen, "gradient-flow", () => pens.line(pen, inks.flow, 1.6, [5, 4], 0, rows - 1, way));
    const { close, flattest } = this.gammaIn(scene.valley, frame);
    if (rows > 1) this.paintWayName(pen, inks, way, rows, close, frame);
    for (const middle of flattest) {
      pens.label(pen, inks, FLATTEST, ...middle, inks.soft, "center");
      this.taken.push(...spotsOf(FLATTEST, middle));
    }
    result.runs.forEach((run, i) => {
      if (!showsFlow(scene, run)) return;
      const [own, flow] = [ownFrom(run, run), this.floor(run, "flow", frame)];
      if (isCentral(run)) named(pen, "flow-spread", () => paintBand(pen, inks.theory, run, frame));
      const way = (/** @type {number} */ row) => flow(own + row);
      named(pen, "flow", () => pens.curve(pen, inks.theory, 2, pens.DASHES[i], run.rows - own, way));
    });
    this.paintRodWay(pen, scene, frame);
  }

  /**
   * The way of the rod's middle.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Frame} frame
   */
  paintRodWay(pen, { inks, rod }, frame) {
    if (!rod) return;
    named(pen, "rod", () => pens.curve(pen, inks.rod, 1.4, [], rod.rows, this.floor(rod, "rod", frame)));
  }

  /**
   * The rod at the playhead, or where it has ended.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Frame} frame
   */
  paintRod(pen, { inks, rod, steps, focus }, frame) {
    if (!rod) return;
    const beads = beadsAt(rod, steps[focus]);
    if (beads) return paintRod(pen, inks, this.walls(beads, frame));
    const end = this.floor(rod, "rod", frame)(rod.rows - 1);
    if (isLost(rod, steps[focus]) && rod.rows) paintEnd(pen, inks, end);
  }

  /**
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Frame} frame
   */
  paintValley(pen, { valley, inks }, frame) {
    if (!valley) return;
    pen.lineCap = "round";
    for (const { x, rows, sharpness } of valley.curves) {
      const on = pixelsOf(x, frame);
      for (let k = 0; k + 1 < rows; k += EVERY) {
        const ink = colourOf(inks.scale, valley.sharpness_range, sharpness[k]);
        pens.line(pen, ink, GAMMA, [], 0, 1, (j) => on(Math.min(k + j * EVERY, rows - 1)));
      }
    }
    pen.lineCap = "butt";
    for (const point of valley.flattest) {
      const [x, y] = pixelsOf(point, frame)(0);
      pens.mark(pen, { card: inks.ink }, inks.card, "even", x, y, 4.5);
    }
  }

  /**
   * Beside a part of it that is in view, clear of Γ.
   * @param {Pen} pen
   * @param {Inks} inks
   * @param {Place} way
   * @param {number} rows
   * @param {Point[]} gamma
   * @param {Frame} frame
   */
  paintWayName(pen, inks, way, rows, gamma, frame) {
    this.wayName = this.wayName || this.placeForWay(way, rows, gamma, frame);
    if (!this.wayName) return;
    const { share, off } = this.wayName;
    const [x, y] = way(Math.floor(share * rows));
    const middle = moved(frame, GRADIENT_FLOW, [x + off[0], y + off[1]]);
    pens.label(pen, inks, GRADIENT_FLOW, ...middle, inks.soft, "center");
    this.taken.push(...spotsOf(GRADIENT_FLOW, middle));
  }

  /**
   * @param {Place} way
   * @param {number} rows
   * @param {Point[]} gamma
   * @param {Frame} frame
   */
  placeForWay(way, rows, gamma, frame) {
    const aside = 14 + widthOf(GRADIENT_FLOW) / 2;
    const places = WAY.map((share) => ({ share, point: way(Math.floor(share * rows)) })).flatMap(({ share, point }) => {
      const [x, y] = point;
      /** @type {Point[]} */
      const middles = [[x + aside, y], [x - aside, y], ...around(GRADIENT_FLOW, point)];
      return isInside(frame, x, y) ? middles.map((middle) => ({ share, point, middle })) : [];
    });
    if (!places.length) return null;
    const line = Array.from({ length: rows }, (_, row) => way(row));
    const middles = places.map(({ middle }) => middle);
    const best = clearestOf(frame, GRADIENT_FLOW, middles, [...gamma, ...line, ...this.taken]);
    const { share, point, middle } = places[best];
    /** @type {Point} */
    const off = [middle[0] - point[0], middle[1] - point[1]];
    return { share, off };
  }

  /**
   * Γ in pixels, row by row and as close as names need it to keep clear of it, and the middles of the names of its flattest
   * points: found once for as long as Γ and the picture are the same.
   * @param {Valley | null} valley
   * @param {Frame} frame
   */
  gammaIn(valley, frame) {
    const { left, top, width, height, section } = frame;
    const of = [valley, section, left, top, width, height, ...[0, 1].flatMap((one) => [frame.x(one), frame.y(one)])];
    if (this.gamma?.of.every((one, k) => one === of[k])) return this.gamma;
    const close = valleyIn(valley, frame);
    const flattest = flattestNames(valley, close, frame).map(({ middle }) => middle);
    const curves = (valley?.curves || []).map(({ x, rows }) => rowsOf(pixelsOf(x, frame), rows));
    this.gamma = { of, curves, close, flattest };
    return this.gamma;
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
    const place = this.place(part, frame);
    if (isSmooth(run)) return pens.line(pen, smoothInk(scene, i), 3, [], Math.max(from - 1, 0), to, place);
    pen.globalAlpha = STRONG * strength(scene, i);
    named(pen, "iterates", () => addPoints(pen, scene, run, part, from, to, place, 3, i));
    pen.globalAlpha = 1;
  }

  /**
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Frame} frame
   */
  paintNow(pen, scene, frame) {
    const runs = scene.result.runs.map((run, i) => ({ run, i })).filter(({ run, i }) => hasLeft(run, scene.steps[i]));
    pens.within(pen, frame, () => {
      for (const { run, i } of runs) named(pen, "gap", () => this.paintGap(pen, scene, frame, run, scene.steps[i]));
      addForks(pen, scene, (_, part) => this.place(part, frame));
    });
    const focused = scene.result.runs[scene.focus];
    const theorem = showsFlow(scene, focused) ? this.paintGhost(pen, scene, frame) : null;
    this.paintRodName(pen, scene, frame, theorem);
    if (scene.result.runs.length > 1) this.paintNames(pen, scene, frame, theorem);
    this.paintFailures(pen, scene, frame);
    pens.within(pen, frame, () => {
      named(pen, "rod-now", () => this.paintRod(pen, scene, frame));
      for (const { run, i } of runs) named(pen, "now", () => this.paintHead(pen, scene, frame, run, i));
    });
    for (const { run, i } of runs) this.paintOutside(pen, scene, frame, run, i);
    this.paintLens(pen, scene, frame);
  }

  /**
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {any} frame
   */
  paintLens(pen, scene, frame) {
    const ground = this.groundIn(scene, frame);
    if (!ground) return;
    const lens = this.lensIn(scene, ground);
    if (lens && isLensOn(scene))
      named(pen, "lens", () => pens.within(pen, frame, () => paintLens(pen, scene, ground, lens)));
    this.handle?.show(scene, frame, lens);
  }

  /**
   * An iterate outside the picture is pointed at, from the place on the edge that is next to it.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Frame} frame
   * @param {Run} run
   * @param {number} i
   */
  paintOutside(pen, scene, frame, run, i) {
    const [x, y] = this.headOf(scene, run, i, frame);
    if (!Number.isFinite(x + y) || isInside(frame, x, y)) return;
    const edge = within(frame, [x, y], ARROW);
    const words = scene.result.runs.length > 1 ? `${scene.result.words.labels[i]} is outside` : OUTSIDE;
    const middle = clearest(frame, words, around(words, edge), this.gammaIn(scene.valley, frame).close);
    const share = ARROW / Math.hypot(x - edge[0], y - edge[1]);
    pens.arrow(pen, headInk(scene, run, i), 5, edge, [
      edge[0] + share * (x - edge[0]),
      edge[1] + share * (y - edge[1]),
    ]);
    pens.label(pen, scene.inks, words, ...middle, scene.inks.ink, "center");
  }

  /**
   * What is magnified; in space another panel does.
   * @param {Scene} scene
   * @param {any} frame
   * @returns {Ground | null}
   */
  groundIn({ look, valley }, frame) {
    return look === "surface" ? null : { ...groundOf(frame), curves: this.gammaIn(valley, frame).curves };
  }

  /**
   * Where the lens is, or will be once the run bounces.
   * @param {Scene} scene
   * @param {Frame} frame
   */
  lensPlace(scene, frame) {
    const ground = scene.lens === "on" ? this.groundIn(scene, frame) : null;
    if (!ground) return [];
    this.corner = this.corner || freeCorner(scene, ground);
    return discIn(ground, scene.lensAt || this.corner);
  }

  /**
   * The lens where a hand has put it, or in the corner that is free.
   * @param {Scene} scene
   * @param {Ground} ground
   */
  lensIn(scene, ground) {
    this.corner = this.corner || freeCorner(scene, ground);
    return lensIn(scene, ground, this.corner);
  }

  /**
   * Names and the lens keep their places under a moving hand.
   * @param {boolean} [dragged]
   */
  reset(dragged) {
    super.reset();
    if (dragged) return;
    this.corner = null;
    this.wayName = null;
    this.sides = {};
  }

  /**
   * Pixels of iterates, and of points of Γ.
   * @param {Part} part
   * @param {Frame} frame
   */
  place(part, frame) {
    return placeOf(part, "x", frame);
  }

  /**
   * Pixels of points of which no loss is known.
   * @param {Part} part
   * @param {any} frame
   */
  walls(part, frame) {
    return this.place(part, frame);
  }

  /**
   * Pixels midway between iterates.
   * @param {Part} part
   * @param {any} frame
   */
  middle(part, frame) {
    return midpointOf(part, this.place(part, frame));
  }

  /**
   * @param {Part} part
   * @param {string} name
   * @param {Frame} frame
   */
  floor(part, name, frame) {
    return placeOf(part, name, frame);
  }

  /**
   * From Φ(x_t) to the theorem's point, where that is long enough to be seen.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Frame} frame
   * @param {Run} run
   * @param {number} step
   */
  paintGap(pen, { inks, ghost }, frame, run, step) {
    if (!showsFlow({ ghost }, run)) return;
    const { part, row } = locate(run, step);
    const ends = ["projection", "flow"].map((name) => this.floor(part, name, frame)(row));
    const [[x0, y0], [x1, y1]] = ends;
    if (!(Math.hypot(x1 - x0, y1 - y0) > SEEN)) return;
    pens.line(pen, inks.theory, 3, [], 0, 1, (k) => ends[k]);
    pens.line(pen, inks.theory, 2, [], 0, 1, (k) => [x0, y0 - 5 + 10 * k]);
  }

  /**
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Frame} frame
   * @param {Run} run
   * @param {number} i
   */
  paintHead(pen, scene, frame, run, i) {
    const { inks, strobe } = scene;
    const { part, row } = locate(run, shownStep(strobe, scene.steps[i]));
    const first = consecutiveFrom(part, row, RECENT);
    const place = this.place(part, frame);
    if (strobe === "all" && !isSmooth(run)) {
      pen.globalAlpha = 0.8 * strength(scene, i);
      pens.line(pen, inks.ink, 1, [], first, row, place);
      pen.globalAlpha = 1;
    }
    if (!isSmooth(run)) addPoints(pen, scene, run, part, first, row, place, 3, i, this.middle(part, frame));
    const [ghostX, ghostY] = this.floor(part, "flow", frame)(row);
    if (Number.isFinite(ghostX) && showsFlow(scene, run)) pens.bead(pen, inks, inks.theory, ghostX, ghostY, 7);
    const [x, y] = this.headOf(scene, run, i, frame);
    if (scene.hop) pens.line(pen, inks.ink, 1, [], 0, 1, (k) => (k ? [x, y] : place(row)));
    if (Number.isFinite(x)) pens.mark(pen, inks, headInk(scene, run, i), headKind(scene, run, i), x, y, 6);
  }

  /**
   * Where the last iterate that the strobe shows is painted.
   * @param {Scene} scene
   * @param {Run} run
   * @param {number} i
   * @param {Frame} frame
   */
  headOf({ strobe, steps, hop }, run, i, frame) {
    const { part, row } = locate(run, shownStep(strobe, steps[i]));
    const place = this.place(part, frame);
    return strobe === "midpoints" && !isSmooth(run) ? this.middle(part, frame)(row) : onTheWay(part, row, place, hop);
  }

  /**
   * The name of the theorem's point, and where it stands.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Frame} frame
   * @returns {Name | null}
   */
  paintGhost(pen, scene, frame) {
    const { inks, result, steps, focus } = scene;
    const run = result.runs[focus];
    const { part, row } = locate(run, steps[focus]);
    const [x, y] = this.floor(part, "flow", frame)(row);
    if (!isInside(frame, x, y)) return null;
    const name = run.central ? CENTRAL : THEOREM;
    const text = scene.gapHidden ? `${name}; gap ${inWords(part.columns.gap[row])}` : name;
    const leaders = LEADERS.flatMap((length) => AROUND.map((way) => ({ way, length })));
    const sides = leaders.map((leader) => (/** @type {Point} */ point) => standingOff(point, leader, text));
    const chosen = this.sideOf("theorem", scene, frame, focus, text, sides, this.floor(run, "flow", frame));
    const { way, length } = leaders[chosen];
    pens.line(pen, inks.theory, 1, [], 0, 1, (k) => [x + (k ? length : 8) * way[0], y + (k ? length : 8) * way[1]]);
    const middle = moved(frame, text, standingOff([x, y], leaders[chosen], text));
    pens.label(pen, inks, text, ...middle, inks.theory, "center");
    return { text, middle };
  }

  /**
   * The name of the rod beside its middle, or where it has ended; on the side that is clear of the theorem's name.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Frame} frame
   * @param {Name | null} theorem
   */
  paintRodName(pen, { inks, rod, valley, steps, focus }, frame, theorem) {
    if (!rod) return;
    const lost = isLost(rod, steps[focus]);
    const text = lost ? ROD_ENDS : ROD;
    if (!lost && !rodAt(rod, steps[focus])) return;
    const beads = beadsAt(rod, steps[focus]);
    const ends = beads ? rowsOf(this.walls(beads, frame), 2) : [this.floor(rod, "rod", frame)(rod.rows - 1)];
    const from = ends.filter(([x, y]) => isInside(frame, x, y)).sort(([, a], [, b]) => a - b)[0];
    if (!from) return;
    const places = LEADERS.flatMap((length) => AROUND.map((way) => standingOff(from, { way, length }, text)));
    const free = theorem ? places.filter((middle) => isOff({ text, middle }, theorem)) : places;
    const keep = [...this.gammaIn(valley, frame).close, ...this.taken, ...ends];
    const [x, y] = moved(frame, text, clearest(frame, text, free.length ? free : places, keep));
    pens.label(pen, inks, text, x, y, inks.rod, "center");
  }

  /**
   * The side on which a name stands at a step of a run: clear of Γ, of iterates and of other names, and the same as long as it is.
   * @param {string} name
   * @param {Scene} scene
   * @param {Frame} frame
   * @param {number} i
   * @param {string} text
   * @param {((point: Point) => Point)[]} sides
   * @param {Place} place
   */
  sideOf(name, { valley, result, steps }, frame, i, text, sides, place) {
    const run = result.runs[i];
    if (!(name in this.sides)) {
      const way = Array.from({ length: ALONG + 1 }, (_, k) => place(rowAt(run, (k * run.last) / ALONG)));
      const gamma = this.gammaIn(valley, frame).close.filter(([x, y]) => isInside(frame, x, y));
      const hops = Array.from({ length: 2 * ALONG }, (_, k) =>
        this.place(run, frame)(Math.floor((k * run.rows) / (2 * ALONG))),
      );
      const iterates = hops.filter(([x, y]) => isInside(frame, x, y));
      this.sides[name] = sidesAlong(frame, text, way, [...gamma, ...this.taken, ...iterates], sides);
    }
    return this.sides[name][Math.floor((ALONG * Math.min(steps[i], run.last)) / Math.max(run.last, 1))];
  }

  /**
   * How runs ended that could not go on.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Frame} frame
   */
  paintFailures(pen, { result, steps, inks, valley }, frame) {
    const ended = result.runs.filter((run, i) => failed(run) && steps[i] >= run.outcome_step);
    if (!ended.length) return;
    const words = ended.map(
      (run) => `${result.words.labels[result.runs.indexOf(run)]} ends at step ${run.outcome_step}`,
    );
    const longest = words.reduce((a, b) => (b.length > a.length ? b : a));
    const [wide, high] = [widthOf(longest) / 2 + 12, 16 + 19 * (words.length - 1)];
    const { left, top, width, height } = frame;
    /** @type {Point[]} */
    const corners = [
      [left + wide, top + 16],
      [left + width - wide, top + 16],
      [left + wide, top + height - high],
      [left + width - wide, top + height - high],
    ];
    const [x, y] = clearest(frame, longest, corners, this.gammaIn(valley, frame).close);
    words.forEach((text, k) => pens.label(pen, inks, text, x + 12 - wide, y + 19 * k, inks.warn));
  }

  /**
   * The runs' names beside their iterates, moved apart where they would meet, and off the theorem's.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Frame} frame
   * @param {Name | null} theorem
   */
  paintNames(pen, scene, frame, theorem) {
    const { result, inks } = scene;
    const heads = result.runs.map((run, i) => this.headOf(scene, run, i, frame));
    const trails = result.runs.flatMap((run, i) => this.trailOf(scene, run, i, frame));
    const names = heads
      .map(([x, y], i) => {
        const [right, below] = this.cornerOf(scene, frame, i);
        const near = trails.filter(([a, b]) => Math.abs(a - x) < CROWD && Math.abs(b - y) < CROWD);
        const all = [x, ...near.map(([a]) => a)];
        const ends = { left: Math.min(...all), right: Math.max(...all) };
        const left = hasLeft(result.runs[i], scene.steps[i]);
        return {
          text: result.words.labels[i],
          ink: inks.runs[i],
          right,
          x: left ? x : NaN,
          ends,
          y: y + below * ABOVE,
        };
      })
      .filter(({ x, y }) => isInside(frame, x, y));
    const gamma = this.gammaIn(scene.valley, frame).close.filter(([x, y]) => isInside(frame, x, y));
    const flattest = this.gammaIn(scene.valley, frame).flattest.map((middle) => ({ text: FLATTEST, middle }));
    const others = theorem ? [theorem, ...flattest] : flattest;
    for (const { text, ink, x, y, side } of apart(frame, names, [...gamma, ...trails, ...this.taken], others)) {
      pens.label(pen, inks, text, x, y, ink, side);
    }
  }

  /**
   * Pixels of the iterates that are joined at the playhead, the one that the strobe shows last among them.
   * @param {Scene} scene
   * @param {Run} run
   * @param {number} i
   * @param {Frame} frame
   */
  trailOf(scene, run, i, frame) {
    const { part, row } = locate(run, scene.steps[i]);
    const [first, place] = [consecutiveFrom(part, row, RECENT), this.place(part, frame)];
    return [this.headOf(scene, run, i, frame), ...rowsOf((k) => place(first + k), row - first + 1)];
  }

  /**
   * Where a run's name stands beside its iterates.
   * @param {Scene} scene
   * @param {Frame} frame
   * @param {number} i
   */
  cornerOf(scene, frame, i) {
    const text = scene.result.words.labels[i];
    const off = ASIDE + widthOf(text) / 2;
    const sides = CORNERS.map(([right, below]) => (/** @type {Point} */ [x, y]) => {
      /** @type {Point} */
      const middle = [x + right * off, y + below * ABOVE];
      return middle;
    });
    const run = scene.result.runs[i];
    return CORNERS[this.sideOf(`run ${i}`, scene, frame, i, text, sides, this.place(run, frame))];
  }

  /**
   * What the pointer finds: the nearest iterate painted so far.
   * @param {Scene} scene
   * @param {number} px
   * @param {number} py
   */
  probe(scene, px, py) {
    const frame = this.frameFor(scene);
    if (!frame || !isInside(frame, px, py)) return null;
    const found = scene.result.runs.flatMap((run, i) =>
      [...this.partsOf(run), ...(run.window ? [run.window] : [])].map((part) => {
        const [from, to] = [ownFrom(run, part), upTo(part, scene.steps[i])];
        const near = nearestRow(from, to, visible(scene, part, frame), px, py);
        return { ...near, run, i, part };
      }),
    );
    return nearestOf(found, REACH);
  }
}

/**
 * Names beside iterates, each on its side of those that are near or on the other at the nearest height at which it is clear
 * of the names before it, of others that stand and, if it can be, of points.
 * @template {{ text: string, y: number, right: number, ends: { left: number, right: number } }} T
 * @param {Frame} frame
 * @param {T[]} names
 * @param {Point[]} points
 * @param {Name[]} others
 * @returns {(T & { x: number, side: CanvasTextAlign })[]} where they begin or end, in order of the heights of their iterates
 */
export function apart(frame, names, points, others) {
  const stand = [...others];
  return [...names]
    .sort((a, b) => a.y - b.y)
    .map((name) => {
      const { text, right, ends } = name;
      const places = [right, -right].flatMap((way) => {
        const at = beside(frame, text, way > 0 ? ends.right : ends.left, way * ASIDE);
        const x = at.x + ((at.side === "right" ? -1 : 1) * widthOf(text)) / 2;
        return HEIGHTS.map((height) => ({
          ...at,
          middle: moved(frame, text, [x, name.y + height]),
          far: Math.abs(height) + (way === right ? 0 : OTHER),
        }));
      });
      places.sort((a, b) => a.far - b.far);
      const free = places.filter(({ middle }) => stand.every((other) => isOff({ text, middle }, other)));
      const { middle, x, side } = free.find(({ middle }) => isClear(text, middle, points)) || free[0] || places[0];
      stand.push({ text, middle });
      return { ...name, x, side, y: middle[1] };
    });
}

/**
 * Whether two names do not meet.
 * @param {Name} one
 * @param {Name} other
 */
const isOff = ({ text, middle: [x, y] }, { text: words, middle: [a, b] }) =>
  Math.abs(x - a) > (widthOf(text) + widthOf(words)) / 2 || Math.abs(y - b) >= LINE;

/**
 * Pixels along all of Γ, as close as is needed to keep words off it.
 * @param {Valley | null} valley
 * @param {Frame} frame
 * @returns {Point[]}
 */
export function valleyIn(valley, frame) {
  return (valley?.curves || []).flatMap(({ x, rows }) => {
    const on = pixelsOf(x, frame);
    return Array.from({ length: rows }, (_, row) => between(on(row), on(Math.min(row + 1, rows - 1)))).flat();
  });
}

/**
 * The middle of a name at the end of a leader.
 * @param {Point} point
 * @param {{ way: Point, length: number }} leader
 * @param {string} text
 * @returns {Point}
 */
function standingOff([x, y], { way: [right, below], length }, text) {
  const half = right ? widthOf(text) / 2 + 3 : 0;
  return [x + length * right + Math.sign(right) * half, y + length * below + 9 * Math.sign(below)];
}

/**
 * Points from one to another, a few pixels apart where that takes not too many.
 * @param {Point} from
 * @param {Point} to
 * @returns {Point[]}
 */
function between([a, b], [x, y]) {
  const count = Math.min(Math.max(Math.ceil(Math.hypot(x - a, y - b) / 8), 1), 64);
  return Array.from({ length: count }, (_, k) => [a + (k * (x - a)) / count, b + (k * (y - b)) / count]);
}

/**
 * The flattest points in view and the middles of their names, in pixels, on that side of each that is clear of Γ.
 * @param {Valley | null} valley
 * @param {Point[]} gamma
 * @param {Frame} frame
 */
export function flattestNames(valley, gamma, frame) {
  return (valley?.flattest || [])
    .map((point) => ({ point, mark: pixelsOf(point, frame)(0) }))
    .filter(({ mark: [x, y] }) => isInside(frame, x, y))
    .map(({ point, mark }) => ({ point, middle: clearest(frame, FLATTEST, around(FLATTEST, mark), gamma) }));
}

/**
 * Pixels of rows that the strobe shows, nowhere for others.
 * @param {Scene} scene
 * @param {Part} part
 * @param {Frame} frame
 * @returns {Place}
 */
function visible({ strobe }, part, frame) {
  const place = placeOf(part, "x", frame);
  if (strobe === "midpoints") return midpointOf(part, place);
  return (row) => (shows(strobe, part.columns.step[row]) ? place(row) : [NaN, NaN]);
}

/**
 * @param {Scene} scene
 * @param {Run} run
 * @param {number} i
 */
function headKind({ strobe, steps }, run, i) {
  if (strobe === "midpoints" || isSmooth(run)) return "midpoint";
  const { part, row } = locate(run, shownStep(strobe, steps[i]));
  return kindIn(run, part)(row);
}

/**
 * @param {Scene} scene
 * @param {Run} run
 * @param {number} i
 */
const headInk = (scene, run, i) => (isSmooth(run) ? smoothInk(scene, i) : inkOf(scene, headKind(scene, run, i), i));

/**
 * How far GD hops to either side of its central flow: a band, as wide as its spread says.
 * @param {Pen} pen
 * @param {string} ink
 * @param {Run} run
 * @param {Frame} frame
 */
function paintBand(pen, ink, run, frame) {
  const { flow, flow_reach: reach } = run.columns;
  const sides = [1, -1].map((sign) =>
    pixelsOf(
      Float32Array.from(flow, (value, k) => value + sign * reach[k]),
      frame,
    ),
  );
  pen.globalAlpha = BAND;
  pen.fillStyle = ink;
  const own = ownFrom(run, run);
  pen.beginPath();
  pen.moveTo(...sides[0](own));
  for (let row = own + 1; row < run.rows; row++) pen.lineTo(...sides[0](row));
  for (let row = run.rows - 1; row >= own; row--) pen.lineTo(...sides[1](row));
  pen.fill();
  pen.globalAlpha = 1;
}
