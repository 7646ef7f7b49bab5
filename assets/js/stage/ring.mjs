// Rings on the map, moved by mouse, finger or arrow keys, in a section within its plane: where the run starts, and where
// the branch in focus does.
import { pointIn } from "../canvas.mjs";
import { makeDraggable } from "../drag.mjs";
import { put } from "../elements.mjs";
import { inWords } from "../numbers.mjs";
import * as controls from "./controls.mjs";
import { frameOf, isAbout } from "./frame.mjs";
import { beginOf, isOnBranch } from "./lineage.mjs";
import { scene } from "./scene.mjs";
import { coordinates, moved } from "./section.mjs";
import { graphOf, state } from "./state.mjs";

const EDGE = 1; // pixel beyond the map that a start on its edge may be rounded to
const NUDGE = 0.01; // of the width in view; ten times that with Shift
/** @type {Record<string, number[]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function frame() {
  const found = frameOf(graphOf("landscape"));
  return found && isAbout(found, state.result) ? found : null;
}

/**
 * What a ring stands for: its point in the runs on screen, if there is one; where that is by now; what moves it, by texts of
 * coordinates; what brings it back to where it is; and its name.
 * @typedef {{ className: string, shown: () => number[] | null, now: () => number[], move: (point: string[]) => void, keep: () => () => void, name: string }} Held
 */

/** @type {Held} */
export const START = {
  className: "start",
  shown: () => state.result.settings.start,
  now: controls.startNow,
  move: controls.dragStart,
  keep: controls.keepStart,
  name: "Start",
};

/** @type {Held} */
export const PUSH = {
  className: "push",
  shown: () => (isOnBranch(state) ? beginOf(state) : null),
  now: controls.pushedNow,
  move: controls.dragPush,
  keep: controls.keepPush,
  name: "Where the branch begins",
};

export class Ring {
  /**
   * @param {HTMLElement} host
   * @param {Held} held
   */
  constructor(host, held) {
    this.host = host;
    this.held = held;
    const { className } = held;
    const ring = Object.assign(document.createElement("button"), { className, type: "button", hidden: true });
    this.ring = ring;
    host.append(ring);
    let back = () => {};
    makeDraggable(ring, {
      begins: (event) => {
        event.preventDefault();
        ring.focus();
        back = held.keep();
      },
      moves: (event) => this.follow(event),
      back: () => back(),
    });
    ring.addEventListener("keydown", (event) => nudge(event, held));
  }

  /**
   * @param {PointerEvent} event
   */
  follow(event) {
    const map = frame();
    if (!map) return;
    const at = pointIn(this.host, event);
    /**
     * @param {number} value
     * @param {number} low
     * @param {number} size
     */
    const within = (value, low, size) => Math.min(Math.max(value, low), low + size);
    const x = within(at[0], map.left, map.width);
    const y = within(at[1], map.top, map.height);
    move(map.dataX(x), map.dataY(y), map, this.held);
  }

  // Put the ring where its point is on screen.
  place() {
    const { result } = state;
    const { ring } = this;
    const map = result && frame();
    if (!map) return;
    const point = this.held.shown();
    const { section } = scene();
    if (!point || (point.length > 2 && !section)) return put(ring, { hidden: true });
    const [x, y] = coordinates(section, point)(0);
    const [left, top] = [map.x(x) - map.left, map.y(y) - map.top];
    const isWithin = (/** @type {number} */ at, /** @type {number} */ side) => at >= -EDGE && at <= side + EDGE;
    const inside = isWithin(left, map.width) && isWithin(top, map.height);
    ring.style.transform = `translate(${map.unit * map.x(x)}px, ${map.unit * map.y(y)}px)`;
    ring.classList.toggle("outside", !inside);
    const words = point.map((value) => inWords(value)).join(", ");
    const name = `${this.held.name} (${words}). Arrow keys move it.`;
    put(ring, { hidden: scene().look === "surface", ariaLabel: name });
    ring.style.setProperty("--swatch", `var(--run-${state.focus + 1})`);
  }
}

/**
 * @param {KeyboardEvent} event
 * @param {Held} held
 */
function nudge(event, held) {
  const way = ARROWS[event.key];
  if (!way) return;
  event.preventDefault();
  event.stopPropagation();
  const map = frame();
  if (!map) return;
  const [x, y] = inPicture(held.now());
  const share = NUDGE * (event.shiftKey ? 10 : 1);
  move(x + way[0] * share * size(map.rangeX), y + way[1] * share * size(map.rangeY), map, held);
}

/**
 * @param {Span} range
 */
const size = (range) => Math.abs(range[1] - range[0]);

/**
 * Rounded to a thousandth of the view, finer than a pixel can tell.
 * @param {number} x
 * @param {number} y
 * @param {Frame} map
 * @param {Held} held
 */
function move(x, y, map, held) {
  const { section } = scene();
  /**
   * @param {number} value
   * @param {Span} range
   */
  const round = (value, range) => {
    const digits = Math.max(0, 3 - Math.floor(Math.log10(size(range))));
    return String(Number(value.toFixed(digits)));
  };
  const point = moved(section, held.now(), x, y);
  const ranges = section ? point.map(() => map.rangeY) : [map.rangeX, map.rangeY];
  held.move(point.map((value, i) => round(value, ranges[i])));
}

/**
 * @param {number[]} point
 */
const inPicture = (point) => coordinates(scene().section, point)(0);
