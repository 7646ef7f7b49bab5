// The lens on the landscape, in the plane, a section or space: a round magnifier at the iterate, as strong as it takes for the bounce to
// fill a third of it. What it shows is the picture itself, larger, and not another one: the same
// marks at places moved away from its middle. Pure but for its pen.
import { inkOf, smoothInk } from "../inks.mjs";
import { clearest, widthOf } from "../labels.mjs";
import { addPoints, strength } from "../marks.mjs";
import * as pens from "../pens.mjs";
import { consecutiveFrom, hasLeft, isSmooth, kindIn, locate, onTheWay, pointAt } from "../run.mjs";
import { ticks } from "../ticks.mjs";
import { rowsOf } from "./frame.mjs";
import { PALE, colourOf } from "./panels/along.mjs";
import { beadsAt, paintRod, showsFlow, shutAbove } from "./rod.mjs";
import { lensFor, paintWhy, raised } from "./why.mjs";

const SHARE = 0.24; // of the shorter side of the picture: its radius
const LEAST = 46; // pixels
const MOST = 150;
const MARGIN = 8;
const ROOM = 0.36; // of the shorter side: a radius of more leaves nothing of the picture
const BOUNCE = 1 / 3; // of the diameter
const HOLDS = 0.7; // of the radius, within which the iterate may be for Φ to be the middle
const WEAKEST = 1.4; // what is larger than this anyway needs no lens
const STRONGEST = 2 ** 11; // beyond, the digits of single precision are seen
const FAINTEST = 4; // times too weak, and the hops would be one dot
const HOPS = 8; // in a row, of which the longest counts for rules without a law
const PAST = 240; // iterates in a row that it shows
const RECENT = 7; // hops that are joined
const OUTSIDE = 0.76; // of the radius, to the right and up: beside the rim, where no hop goes
const WALL = 24; // pieces of either wall
const FINE = 6; // pieces between two points of Γ
/** @type {Point[]} */
const CORNERS = [
  [0, 1],
  [1, 1],
  [1, 0],
  [0, 0],
];
const APART = 12; // pixels between points of its place
const SPREAD = 150; // points of a run by which a corner is judged

/**
 * The lens as it is shown: where a hand has put it, or else in a corner.
 * @param {Scene} scene
 * @param {Ground} ground
 * @param {Point} corner
 * @returns {Lens | null}
 */
export function lensIn(scene, ground, corner) {
  if (scene.why) return lensOfWhy(scene.why, scene, ground);
  return lensOf(scene, ground, placeIn(ground, scene.lensAt || corner));
}

/**
 * Where it lies, how strong it is and what is in its middle; null where it would show nothing new.
 * @param {Scene} scene
 * @param {Ground} ground
 * @param {Point | null} corner
 * @returns {Lens | null}
 */
export function lensOf(scene, ground, corner) {
  const { result, steps, focus } = scene;
  if (!corner) return null;
  const run = result.runs[focus];
  const { part, row } = locate(run, steps[focus]);
  const radius = radiusIn(ground);
  if (radius > ROOM * Math.min(ground.width, ground.height)) return null;
  const strong = (2 * radius * BOUNCE) / bounceAt(run, part, row, ground);
  const power = Math.min(2 ** (Math.floor(2 * Math.log2(strong)) / 2), STRONGEST);
  const [x, y] = ground.place(part)(row);
  if (!(power >= WEAKEST) || strong > FAINTEST * STRONGEST || !Number.isFinite(x + y)) return null;
  const { projection } = part.columns;
  const foot = projection ? ground.floor(projection)(row) : [NaN, NaN];
  const near = Math.hypot(foot[0] - x, foot[1] - y) * power <= HOLDS * radius;
  return { middle: near ? [foot[0], foot[1]] : [x, y], at: corner, radius, power };
}

/**
 * That in which it is shown why a run drifts, whatever that shows: where a hand has put the lens, or in the corner
 * that is farthest from what it shows and from the start.
 * @param {Why} why
 * @param {Scene} scene
 * @param {Ground} ground
 * @returns {Lens}
 */
function lensOfWhy(why, { lensAt, result }, ground) {
  const lens = lensFor(why, ground);
  const start = ground.floor(result.settings.start)(0);
  const places = (lensAt ? [lensAt] : CORNERS).map((corner) => placeIn(ground, corner, lens.radius));
  /**
   * @param {Point} place
   */
  const room = (place) => Math.min(between(place, lens.middle), between(place, start));
  return { ...lens, at: places.reduce((best, place) => (room(place) > room(best) + 1 ? place : best)) };
}

/**
 * @param {Pick<Scene, "lens" | "why">} scene
 */
export const isLensOn = ({ lens, why }) => lens === "on" || Boolean(why);

/**
 * @param {Box} box
 */
export const radiusIn = ({ width, height }) => Math.min(Math.max(SHARE * Math.min(width, height), LEAST), MOST);

/**
 * From wall to wall in pixels: by the law of the rule, or by the longest of the last hops.
 * @param {Run} run
 * @param {Part} part
 * @param {number} row
 * @param {Ground} ground
 */
function bounceAt(run, part, row, ground) {
  const { bounce, direction, projection } = part.columns;
  const length = bounce ? bounce[row] : NaN;
  if (length > 0) {
    const d = run.widths.x;
    const [foot, v] = [projection, direction].map((column) => pointAt(column, d, row));
    const walls = ground.floor([...foot, ...foot.map((z, i) => z + length * v[i])]);
    return between(walls(0), walls(1));
  }
  const place = ground.place(part);
  const first = Math.max(consecutiveFrom(part, row, HOPS), 0);
  let longest = 0;
  for (let k = first; k < row; k++) longest = Math.max(longest, between(place(k), place(k + 1)));
  return longest;
}

/**
 * @param {Point} one
 * @param {Point} other
 */
const between = ([x, y], [a, b]) => Math.hypot(a - x, b - y);

/**
 * Where the lens lies as a share of the frame, [0, 0] at its upper left and [1, 1] at its lower right.
 * @param {Box} frame
 * @param {Point} share
 * @param {number} [radius]
 * @returns {Point}
 */
export function placeIn(frame, [u, v], radius = radiusIn(frame)) {
  const room = radius + MARGIN;
  return [
    frame.left + room + u * Math.max(frame.width - 2 * room, 0),
    frame.top + room + v * Math.max(frame.height - 2 * room, 0),
  ];
}

/**
 * The share of the frame at a pixel.
 * @param {Box} frame
 * @param {Point} pixel
 * @param {number} [radius]
 * @returns {Point}
 */
export function shareAt(frame, [x, y], radius = radiusIn(frame)) {
  const room = radius + MARGIN;
  /**
   * @param {number} value
   * @param {number} low
   * @param {number} size
   */
  const within = (value, low, size) => Math.min(Math.max((value - low - room) / Math.max(size - 2 * room, 1), 0), 1);
  return [within(x, frame.left, frame.width), within(y, frame.top, frame.height)];
}

/**
 * The place of a lens as points, for names to keep clear of; none where there is no room for it.
 * @param {Box} frame
 * @param {Point} share
 */
export function discIn(frame, share) {
  const [[x, y], radius] = [placeIn(frame, share), radiusIn(frame)];
  /** @type {Point[]} */
  const points = [];
  if (radius > ROOM * Math.min(frame.width, frame.height)) return points;
  for (let a = -radius; a <= radius; a += APART)
    for (let b = -radius; b <= radius; b += APART) if (Math.hypot(a, b) <= radius) points.push([x + a, y + b]);
  return points;
}

/**
 * The corner of the frame that is farthest from Γ and from all that runs pass through, as a share of it.
 * @param {Scene} scene
 * @param {Ground} ground
 * @returns {Point}
 */
export function freeCorner({ result, valley }, ground) {
  const points = result.runs.flatMap((run) => {
    const place = ground.place(run);
    const every = Math.max(1, Math.floor(run.rows / SPREAD));
    return Array.from({ length: Math.ceil(run.rows / every) }, (_, k) => place(k * every));
  });
  /**
   * @param {ArrayLike<number>} x
   * @param {number} rows
   */
  const along = (x, rows) => {
    const way = ground.floor(x);
    for (let k = 0; k < rows; k += 4) points.push(way(k));
  };
  points.push(...(ground.apart || []));
  along(result.descent.points, result.descent.rows);
  for (const { x, rows } of valley?.curves || []) along(x, rows);
  /**
   * @param {Point} corner
   */
  const room = (corner) => Math.min(...points.filter(isPlace).map((point) => between(point, placeIn(ground, corner))));
  return CORNERS.reduce((best, corner) => (room(corner) > room(best) + 1 ? corner : best));
}

/**
 * @param {Point} point
 */
const isPlace = ([x, y]) => Number.isFinite(x + y);

/**
 * @param {Pen} pen
 * @param {Scene} scene
 * @param {Ground} ground
 * @param {Lens} lens
 */
export function paintLens(pen, scene, ground, lens) {
  const { inks, why } = scene;
  paintRays(pen, inks, lens);
  pen.save();
  pen.beginPath();
  pen.arc(...lens.at, lens.radius, 0, 2 * Math.PI);
  pen.fillStyle = inks.card;
  pen.fill();
  pen.clip();
  const seen = why ? raised(lens) : lens;
  paintValley(pen, scene, ground, seen);
  if (why) paintWhy(pen, scene, why, lens, (points) => larger(seen, ground.floor(points)));
  else {
    const beads = scene.rod && beadsAt(scene.rod, scene.steps[scene.focus]);
    if (beads) paintRod(pen, inks, larger(lens, (ground.walls || ground.place)(beads)));
    scene.result.runs.forEach((run, i) => {
      if (hasLeft(run, scene.steps[i])) paintRun(pen, scene, ground, lens, run, i);
    });
  }
  pen.restore();
  paintRim(pen, scene, ground, lens);
  if (!why && ground.one) paintBar(pen, inks, ground, lens);
}

/**
 * A place of the picture as the lens shows it.
 * @param {Lens} lens
 * @param {Place} place
 * @returns {Place}
 */
export const larger =
  ({ middle, at, power }, place) =>
  (row) => {
    const [x, y] = place(row);
    return [at[0] + power * (x - middle[0]), at[1] + power * (y - middle[1])];
  };

/**
 * From what is magnified to the lens.
 * @param {Pen} pen
 * @param {Inks} inks
 * @param {Lens} lens
 */
function paintRays(pen, inks, { middle, at, radius, power }) {
  const small = Math.max(radius / power, 3);
  const [dx, dy] = [at[0] - middle[0], at[1] - middle[1]];
  const length = Math.hypot(dx, dy) || 1;
  const aside = [-dy / length, dx / length];
  for (const side of [-1, 1]) {
    const ends = [
      [middle[0] + side * small * aside[0], middle[1] + side * small * aside[1]],
      [at[0] + side * radius * aside[0], at[1] + side * radius * aside[1]],
    ];
    pen.globalAlpha = 0.5;
    pens.line(pen, inks.soft, 1, [], 0, 1, (k) => /** @type {Point} */ (ends[k]));
    pen.globalAlpha = 1;
  }
  pen.beginPath();
  pen.arc(...middle, small, 0, 2 * Math.PI);
  pen.strokeStyle = inks.soft;
  pen.lineWidth = 1.2;
  pen.stroke();
}

/**
 * Γ, by cubics through the points that there are of it: straight pieces would be seen to be straight.
 * @param {Pen} pen
 * @param {Scene} scene
 * @param {Ground} ground
 * @param {Lens} lens
 */
function paintValley(pen, scene, ground, lens) {
  const { valley, inks } = scene;
  if (!valley) return;
  const shut = shutAbove(scene);
  const reach = lens.radius / lens.power;
  const curves = curvesIn(valley, ground);
  valley.curves.forEach(({ rows, sharpness }, i) => {
    const points = curves[i];
    const place = (/** @type {number} */ row) => points[row];
    for (let k = 0; k + 1 < rows; k++) {
      const [from, to] = [points[k], points[k + 1]];
      if (Math.min(between(from, lens.middle), between(to, lens.middle)) > reach + between(from, to)) continue;
      const curve = larger(lens, cubicThrough(place, k, rows));
      const ink = colourOf(inks.scale, valley.sharpness_range, sharpness[k]);
      pen.globalAlpha = sharpness[k] > shut ? PALE : 1;
      pens.line(pen, ink, 4, [], 0, FINE, (j) => curve(k + j / FINE));
    }
    pen.globalAlpha = 1;
  });
}

/**
 * Pixels of the rows of Γ, curve by curve.
 * @param {Valley | null} valley
 * @param {Ground} ground
 */
const curvesIn = (valley, { curves, floor }) =>
  curves || (valley?.curves || []).map(({ x, rows }) => rowsOf(floor(x), rows));

/**
 * Between the rows k and k + 1 of a curve the cubic through them and their neighbours, by row.
 * @param {Place} place
 * @param {number} k
 * @param {number} rows
 * @returns {Place}
 */
export function cubicThrough(place, k, rows) {
  const first = Math.min(Math.max(k - 1, 0), Math.max(rows - 4, 0));
  const known = Array.from({ length: Math.min(rows, 4) }, (_, j) => place(first + j));
  return (row) => {
    const t = row - first;
    const sum = [0, 0];
    known.forEach(([x, y], i) => {
      const weight = known.reduce((share, _, j) => (i === j ? share : (share * (t - j)) / (i - j)), 1);
      sum[0] += weight * x;
      sum[1] += weight * y;
    });
    return /** @type {Point} */ (sum);
  };
}

/**
 * The last iterates of a run and the hops between them, and the theorem's point.
 * @param {Pen} pen
 * @param {Scene} scene
 * @param {Ground} ground
 * @param {Lens} lens
 * @param {Run} run
 * @param {number} i
 */
function paintRun(pen, scene, ground, lens, run, i) {
  const { inks, strobe } = scene;
  const { part, row } = locate(run, scene.steps[i]);
  const place = larger(lens, ground.place(part));
  const first = consecutiveFrom(part, row, PAST);
  if (part.columns.flow && showsFlow(scene, run)) {
    const [x, y] = larger(lens, ground.floor(part.columns.flow))(row);
    if (Number.isFinite(x)) pens.bead(pen, inks, inks.theory, x, y, 6);
  }
  if (isSmooth(run)) return pens.line(pen, smoothInk(scene, i), 3, [], first, row, place);
  if (i === scene.focus) paintWall(pen, scene, ground, lens, part, row);
  pen.globalAlpha = 0.35 * strength(scene, i);
  addPoints(pen, scene, run, part, first, row, place, 2.6, i);
  pen.globalAlpha = strength(scene, i);
  const recent = Math.max(first, row - RECENT);
  if (strobe === "all") pens.line(pen, inks.ink, 1, [], recent, row, place);
  addPoints(pen, scene, run, part, recent, row, place, 3.6, i);
  if (scene.hop) {
    const head = onTheWay(part, row, place, scene.hop);
    const kind = kindIn(run, part)(row);
    pens.line(pen, inks.ink, 1, [], 0, 1, (k) => (k ? head : place(row)));
    pens.mark(pen, inks, inkOf(scene, kind, i), kind, ...head, 4.5);
  }
  pen.globalAlpha = 1;
  return undefined;
}

/**
 * Of a surface its height across the valley, on which the iterates are: Γ lies on the floor below it.
 * @param {Pen} pen
 * @param {Scene} scene
 * @param {Ground} ground
 * @param {Lens} lens
 * @param {Part} part
 * @param {number} row
 */
function paintWall(pen, { inks, result }, { wall }, lens, part, row) {
  const height = wall && wall(part, row, result.profile_axis);
  if (height)
    pens.line(
      pen,
      inks.soft,
      1.5,
      [],
      -WALL,
      WALL,
      larger(lens, (k) => height(k / WALL)),
    );
}

/**
 * Its rim, and beside it, clear of Γ, how strong it is.
 * @param {Pen} pen
 * @param {Scene} scene
 * @param {Ground} ground
 * @param {Lens} lens
 */
function paintRim(pen, { inks, valley }, ground, { at: [x, y], radius, power }) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.strokeStyle = inks.control;
  pen.lineWidth = 2;
  pen.stroke();
  const text = `× ${factorWords(power)}`;
  const gamma = curvesIn(valley, ground).flat();
  const aside = OUTSIDE * radius;
  const wide = aside + widthOf(text) / 2;
  /** @type {Point[]} */
  const middles = [
    [x + wide, y - aside],
    [x - wide, y - aside],
    [x + wide, y + aside],
    [x - wide, y + aside],
  ];
  pens.label(pen, inks, text, ...clearest(ground, text, middles, gamma), inks.soft, "center");
}

/**
 * A bar of a round length.
 * @param {Pen} pen
 * @param {Inks} inks
 * @param {Ground} ground
 * @param {Lens} lens
 */
function paintBar(pen, inks, ground, { at: [x, y], radius, power }) {
  const unit = ground.one * power;
  const length = ticks(0, (1.2 * radius) / unit, 3)[1];
  const low = y + radius * 0.72;
  const half = (length * unit) / 2;
  pens.line(pen, inks.ink, 2, [], 0, 1, (k) => [x - half + 2 * k * half, low]);
  pens.label(pen, inks, String(Number(length.toPrecision(2))), x, low + 10, inks.soft, "center");
}

/**
 * @param {number} power
 */
const factorWords = (power) => String(Number(power.toPrecision(power < 100 ? 2 : 3)));
