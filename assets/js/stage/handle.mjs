// The handle of the lens: a round button over it, by which it is moved, and pressed to put it away. Then
// it is a small one, which brings it back.
import { pointIn } from "../canvas.mjs";
import { makeDraggable } from "../drag.mjs";
import { put } from "../elements.mjs";
import { actions } from "./actions.mjs";
import { isLensOn, shareAt } from "./lens.mjs";
import { dispatch, state } from "./state.mjs";

const NUDGE = 0.05; // of the picture
/** @type {Record<string, Point>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export const toggleLens = () => actions.setView("lens", state.view.lens === "on" ? "off" : "on");

export class Handle {
  /**
   * @param {HTMLElement} host
   */
  constructor(host) {
    this.host = host;
    const button = Object.assign(document.createElement("button"), { className: "lens", type: "button", hidden: true });
    this.button = button;
    /** @type {Frame | null} */
    this.frame = null;
    /** @type {Lens | null} */
    this.lens = null;
    /** @type {Point | null} */
    this.before = null; // it was dragged
    /** @type {Point} */
    this.off = [0, 0]; // from its middle to where it was taken
    this.dragged = false; // by what is a click besides; no click by a key is
    this.shown = "";
    button.setAttribute("aria-label", "Lens on the iterate. Arrow keys move it.");
    host.append(button);
    for (const name of ["pointerdown", "pointermove"])
      button.addEventListener(name, (event) => event.stopPropagation()); // the plot below it would be dragged
    makeDraggable(button, {
      begins: (event) => this.take(event),
      moves: (event) => this.follow(event),
      ends: (_, moved) => (this.dragged = moved),
      back: () => this.giveBack(),
    });
    button.addEventListener("click", ({ detail }) => this.press(detail > 0));
    button.addEventListener("keydown", (event) => this.nudge(event));
  }

  /**
   * Where the lens is painted, if it is; written only when that has changed.
   * @param {Scene} scene
   * @param {Frame} frame
   * @param {Lens | null} lens
   */
  show(scene, frame, lens) {
    [this.frame, this.lens] = [frame, lens];
    const isOpen = isLensOn(scene);
    const size = lens && isOpen ? 2 * frame.unit * lens.radius : 0;
    const [x, y] = lens ? lens.at.map((place) => Math.round(frame.unit * place)) : [];
    const shown = lens ? [x, y, size, isOpen].join() : "";
    if (shown === this.shown) return;
    this.shown = shown;
    const { button } = this;
    put(button, { hidden: !lens });
    if (!lens) return;
    button.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`;
    button.style.setProperty("--size", size ? `${size}px` : "");
    put(button, { ariaPressed: String(isOpen) });
  }

  /**
   * @param {PointerEvent} event
   */
  take(event) {
    const [x, y] = pointIn(this.host, event);
    const [u, v] = this.lens?.at || [x, y];
    this.off = [x - u, y - v];
    this.dragged = false;
    this.before = state.lensAt;
  }

  /**
   * @param {PointerEvent} event
   */
  follow(event) {
    const { frame, lens } = this;
    if (!frame || !lens) return;
    const [x, y] = pointIn(this.host, event);
    this.move(shareAt(frame, [x - this.off[0], y - this.off[1]], lens.radius));
  }

  giveBack() {
    this.dragged = true; // what is let go of now is no press
    this.move(this.before);
  }

  /**
   * @param {boolean} byHand
   */
  press(byHand) {
    const dragged = byHand && this.dragged;
    this.dragged = false;
    if (dragged) return;
    if (state.why) actions.stopExplaining();
    else toggleLens();
  }

  /**
   * @param {KeyboardEvent} event
   */
  nudge(event) {
    const way = ARROWS[event.key];
    if (!way || !this.frame || !this.lens) return;
    event.preventDefault();
    event.stopPropagation();
    const [u, v] = shareAt(this.frame, this.lens.at, this.lens.radius).map((value, i) =>
      Math.min(Math.max(value + NUDGE * way[i], 0), 1),
    );
    this.move([u, v]);
  }

  /**
   * @param {Point | null} at
   */
  move(at) {
    dispatch({ type: "movesLens", at });
    actions.repaint();
  }
}
