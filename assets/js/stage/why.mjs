// Why it drifts, in slow motion: a hop and the hop back as arrows, each split into what is across the
// valley and what is along it. Across they cancel; along they add up, and half of that is the drift of a
// step. The numbers are the server's, of the two steps themselves. Pure but for its pen.
import { inkOf } from "../inks.mjs";
import { inWords } from "../numbers.mjs";
import * as pens from "../pens.mjs";
import { edgeOf, isOnFloor, isSmooth, locate, parity, phaseOf } from "../run.mjs";

export const SECONDS = 13; // of slow motion
// When each part begins and ends, as shares of that: the hop, the hop back, what is across, what is along, half of it.
/** @type {Record<keyof WhyParts, Span>} */
const TIMES = { go: [0.02, 0.2], back: [0.24, 0.4], cancel: [0.46, 0.62], add: [0.68, 0.82], half: [0.88, 1] };
const WIDE = 0.4; // of the shorter side of the picture: the radius of the lens
const WIDEST = 230; // pixels
const HOP = 0.4; // of the diameter
const RAISED = 0.2; // of the radius
const LEFT = 0.8; // of the radius, of what is along in both steps, enlarged
const STRONGEST = 2 ** 14;
const ASIDE = 13; // pixels between arrows beside each other
const BESIDE = 22; // pixels from a step to what of it is across
const LINE = 17; // pixels from one line of words to the next
const RIM = 16; // and from the last one to the rim

/**
 * Why there is nothing to be explained at a step; nothing where there is.
 * @param {Result} result
 * @param {Run} run
 * @param {number} step
 */
export function againstWhy({ part, settings }, run, step) {
  if (part) return "not measured yet";
  if (isSmooth(run)) return `${run.name} takes no steps`;
  if (run.central) return "it has no drift along Γ";
  if (!run.phases.length)
    return Number.isFinite(run.columns.flow?.[0]) ? "no law of its hops is known" : `no theorem for ${run.name}`;
  if (settings.codim === settings.start.length) return "the minimum is a point";
  const phase = phaseOf(run, step);
  if (phase === "overlong") return "too large a step for the theorem";
  if (phase === "beyond") return "beyond the theorem";
  if (phase !== "edge" && phase !== "floor") return "not at the edge yet";
  if (settings.explained && !settings.explained.includes(`${run.rule} ${run.eta}`))
    return "at this η that needs a server";
  return firstOf(run, step) < edgeOf(run) ? "it takes two more steps" : "";
}

/**
 * The step with which a hop and the hop back begin, at the end of a run the last ones: where one wall is
 * the floor that from the floor, for the other two go to either side of it.
 * @param {Run} run
 * @param {number} step
 */
export function firstOf(run, step) {
  const last = run.last - 2;
  const at = Math.min(step, last);
  if (!isOnFloor(run, at)) return at;
  const { part, row } = locate(run, at);
  const { offset, bounce } = part.columns;
  if (Math.abs(offset[row]) < bounce[row] / 2) return at;
  return at < last ? at + 1 : at - 1;
}

/**
 * How far each part has come at a share of the whole, from 0 to 1.
 * @param {number} share
 * @returns {WhyParts}
 */
export function partsAt(share) {
  /**
   * @param {Span} span
   */
  const eased = ([from, to]) => {
    const way = Math.min(Math.max((share - from) / (to - from), 0), 1);
    return way * way * (3 - 2 * way);
  };
  return /** @type {WhyParts} */ (Object.fromEntries(Object.entries(TIMES).map(([name, span]) => [name, eased(span)])));
}

/**
 * What is said while it is shown: a sentence for each part, and in the end the line of the ledger, where there is one.
 * @param {Why} why
 */
export function storyOf({ at, x, hops, drifts, left, law, formula, share, ledger }) {
  const { back, cancel, add, half } = partsAt(share);
  const length = Math.hypot(...x[1].map((value, i) => value - x[0][i]));
  if (half) {
    return (
      `Half of what is left of a hop and the hop back is the drift of a step: ${inWords(left)}. ` +
      `The theorem says ${formula} = ${inWords(law)}.${ledger ? ` ${ledger}` : ""}`
    );
  }
  if (add) {
    const both = drifts.every((way) => way > 0) ? "both lean to the flatter side, and add up" : "they add up";
    return `Along the valley ${both}: ${inWords(drifts[0])} and ${inWords(drifts[1])}.`;
  }
  if (cancel) {
    const rest = Math.abs(hops[0] + hops[1]);
    const end = rest < 0.02 * Math.abs(hops[0] - hops[1]) ? "they cancel" : `all but ${inWords(rest)} cancels`;
    return `Across the valley ${end}: ${inWords(hops[0])} and ${inWords(hops[1])}.`;
  }
  if (back) return `Step ${at + 1}: down the slope of the other wall, and back.`;
  return `Step ${at}: down the slope, ${inWords(length)} long and nearly straight across the floor.`;
}

/**
 * The lens in which it is shown: large, about Φ(x_t), with the hop as high as it can be.
 * @param {Why} why
 * @param {Ground} ground
 * @returns {Omit<Lens, "at">}
 */
export function lensFor({ x, foot }, ground) {
  const radius = Math.min(WIDE * Math.min(ground.width, ground.height), WIDEST);
  const [middle, from, to] = [foot, x[0], x[1]].map((point) => ground.floor(point)(0));
  const hop = Math.hypot(to[0] - from[0], to[1] - from[1]);
  return { middle: [middle[0], middle[1]], radius, power: (2 * radius * HOP) / hop };
}

/**
 * What it shows is above its middle, with words below.
 * @param {Lens} lens
 * @returns {Lens}
 */
export const raised = (lens) => ({ ...lens, at: [lens.at[0], lens.at[1] - RAISED * lens.radius] });

/**
 * What is painted in it. `place` is from a list of points to where the lens shows each of them.
 * @param {Pen} pen
 * @param {Scene} scene
 * @param {Why} why
 * @param {Lens} lens
 * @param {(points: number[]) => Place} place
 */
export function paintWhy(pen, scene, why, lens, place) {
  const { at, x, foot, along, across, hops } = why;
  const middle = place(foot)(0);
  const unit = Math.abs(hops[0]);
  /**
   * A direction of the space in the picture, for each of its length.
   * @param {number[]} way
   */
  const seen = (way) => {
    const end = place(foot.map((value, i) => value + unit * way[i]))(0);
    return minus(end, middle).map((value) => value / unit);
  };
  const u = seen(along);
  const drawn = {
    parts: partsAt(why.share),
    kinds: [at, at + 1, at + 2].map(parity),
    inks: [at, at + 1].map((step) => inkOf(scene, parity(step))),
    points: x.map((point) => place(point)(0)),
    ...{ middle, u, v: seen(across), aside: turned(u, ASIDE) },
  };
  paintSteps(pen, scene, drawn);
  paintAcross(pen, why, drawn);
  const power = scaleOf(why, drawn, lens);
  paintAlong(pen, scene.inks, why, drawn, power);
  paintWords(pen, scene.inks, lens, wordsOf(scene.inks, why, drawn.parts, power));
}

/**
 * The hop and the hop back; fainter once they have been split.
 * @param {Pen} pen
 * @param {Scene} scene
 * @param {WhyDrawn} drawn
 */
function paintSteps(pen, scene, { parts: { go, back, cancel }, points, kinds, inks }) {
  [go, back].forEach((share, k) => {
    pen.globalAlpha = 1 - 0.6 * cancel;
    if (share) pens.arrow(pen, inks[k], 2.5, points[k], plus(points[k], minus(points[k + 1], points[k]), share));
    pen.globalAlpha = 1;
  });
  points
    .slice(0, 1 + Math.floor(go) + Math.floor(back))
    .forEach((point, k) => pens.mark(pen, scene.inks, inkOf(scene, kinds[k]), kinds[k], ...point, 4.5));
}

/**
 * What of them is across the valley, beside them; it goes to the floor, and what cancels is gone there.
 * @param {Pen} pen
 * @param {Why} why
 * @param {WhyDrawn} drawn
 */
function paintAcross(pen, { hops }, { parts: { cancel }, points, middle, inks, u, v }) {
  if (!cancel) return;
  const rest = (hops[0] + hops[1]) / 2;
  hops.forEach((hop, k) => {
    const from = plus(points[k], u, ((k ? 1 : -1) * BESIDE) / Math.hypot(...u));
    pens.line(pen, inks[k], 1.2, [3, 3], 0, 1, (end) => (end ? plus(from, v, hop) : from));
    const tail = plus(from, minus(middle, points[k]), cancel);
    pens.arrow(pen, inks[k], 2.5, tail, plus(tail, v, hop + cancel * (rest - hop)));
  });
}

/**
 * How many times larger what is along the valley is shown than the rest: until it is as long as the lens is high.
 * @param {Why} why
 * @param {WhyDrawn} drawn
 * @param {Lens} lens
 */
function scaleOf({ drifts }, { parts: { add }, u }, { radius }) {
  const most = (LEFT * radius) / (Math.abs(drifts[0] + drifts[1]) * Math.hypot(...u));
  return Math.min(Math.max(most, 1), STRONGEST) ** add;
}

/**
 * What of both is along it, tip to tail; then half of that, beside what the theorem says.
 * @param {Pen} pen
 * @param {Inks} inks
 * @param {Why} why
 * @param {WhyDrawn} drawn
 * @param {number} power
 */
function paintAlong(pen, inks, { drifts, left, law }, { parts: { add, half }, inks: own, middle, u, aside }, power) {
  if (!add) return;
  const tail = plus(middle, aside, half ? -1 : 0);
  const tip = plus(tail, u, power * drifts[0]);
  pens.arrow(pen, own[0], 3, tail, tip);
  pens.arrow(pen, own[1], 3, tip, plus(tip, u, power * drifts[1]));
  if (!half) return;
  pens.arrow(pen, inks.ink, 4, middle, plus(middle, u, power * left * (2 - half)));
  const below = plus(middle, aside, 1);
  pens.arrow(pen, inks.theory, 4, below, plus(below, u, power * law * half));
}

/**
 * The lines at the foot of the lens.
 * @param {Inks} inks
 * @param {Why} why
 * @param {WhyParts} parts
 * @param {number} power
 * @returns {{ text: string, ink: string }[]}
 */
function wordsOf(inks, { left, law }, { add, half }, power) {
  const scale = { text: `along × ${Math.round(power)}`, ink: inks.soft };
  const told = [
    { text: `left over ${inWords(left)}`, ink: inks.ink },
    { text: `theorem ${inWords(law)}`, ink: inks.theory },
  ];
  return [...(half ? told : []), ...(add === 1 && power > 1 ? [scale] : [])];
}

/**
 * @param {Pen} pen
 * @param {Inks} inks
 * @param {Lens} lens
 * @param {{ text: string, ink: string }[]} words
 */
function paintWords(pen, inks, { at: [x, y], radius }, words) {
  const top = y + Math.min(0.6 * radius, radius - RIM - LINE * (words.length - 1));
  words.forEach(({ text, ink }, k) => pens.label(pen, inks, text, x, top + LINE * k, ink, "center"));
}

/**
 * @param {number[]} one
 * @param {number[]} other
 * @param {number} times
 * @returns {Point}
 */
const plus = ([a, b], [c, d], times) => [a + times * c, b + times * d];
/**
 * @param {number[]} one
 * @param {number[]} other
 * @returns {Point}
 */
const minus = ([a, b], [c, d]) => [a - c, b - d];
/**
 * At a right angle to a way, of a length.
 * @param {number[]} way
 * @param {number} length
 * @returns {Point}
 */
function turned([a, b], length) {
  const size = Math.hypot(a, b) || 1;
  return [(-b * length) / size, (a * length) / size];
}
