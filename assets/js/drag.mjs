// Dragging, the same for all that a hand can drag: by the main button or the first finger alone. Esc, and whatever takes the
// pointer away (a touch that becomes a scroll, a window that comes between), brings back what was there before.

/**
 * `begins` tells whether anything is taken hold of, and `moves` of each place while it is; `ends` once it is let go, and
 * whether it has moved; `back` when it is to be as it was; and `twice` of two presses that moved nothing: WebKit tells
 * of two drags alike. What is `native` the browser itself drags: only how it begins and what undoes it is heard of.
 * @typedef {{
 *   begins?: (event: PointerEvent) => boolean | void,
 *   moves?: (event: PointerEvent) => void,
 *   ends?: (event: PointerEvent, moved: boolean) => void,
 *   back: () => void,
 *   twice?: () => void,
 *   native?: boolean,
 * }} Drag
 */

const STILL = 3; // pixels that a hand may move and yet press
const MAIN = 1; // of the buttons that are down
const FIRST = { capture: true, passive: false }; // to hear of an event, and to prevent what follows

/**
 * Make a part of the page one that can be dragged.
 * @param {HTMLElement} part
 * @param {Drag} drag
 */
export function makeDraggable(part, { begins, moves, ends, back, twice, native = false }) {
  /** @type {{ pointer: number, x: number, y: number } | null} */
  let held = null;
  let moved = [false, false]; // by the last two presses

  /**
   * What is heard while it is held, before anything else on the page hears of it and wherever the pointer is, so that
   * a part that is taken from the page is let go too.
   * @type {Record<string, (event: any) => void>}
   */
  const meanwhile = {
    pointermove: (event) => event.pointerId === held?.pointer && follow(event),
    pointerup: (event) => event.pointerId === held?.pointer && drop(event),
    pointercancel: (event) => event.pointerId === held?.pointer && letGo(true),
    lostpointercapture: (event) => !native && event.pointerId === held?.pointer && letGo(true),
    keydown: (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      if (!native) event.preventDefault(); // Firefox lets go of its slider by itself
      letGo(true);
    },
    selectstart: (event) => event.preventDefault(),
    contextmenu: (event) => event.preventDefault(),
    // A browser lets another finger take its slider over.
    touchstart: (event) => event.cancelable && event.touches.length > 1 && event.preventDefault(),
    touchmove: (event) => event.cancelable && event.touches.length > 1 && event.preventDefault(),
  };

  /**
   * Of a mouse whose other buttons are down too, letting go of the main one is a move; and where nothing is down any more
   * it was let go of where the page could not see it.
   * @param {PointerEvent} event
   */
  const follow = (event) => {
    if (!held) return;
    if (!(event.buttons & MAIN)) return event.button === 0 ? drop(event) : letGo(true);
    moved[1] ||= Math.hypot(event.clientX - held.x, event.clientY - held.y) > STILL;
    if (moved[1]) moves?.(event);
  };

  /**
   * @param {PointerEvent} event
   */
  const drop = (event) => {
    letGo(false);
    ends?.(event, moved[1]);
  };

  /**
   * @param {boolean} undone
   */
  const letGo = (undone) => {
    if (!held) return;
    const { pointer } = held;
    held = null;
    for (const [name, hear] of Object.entries(meanwhile)) window.removeEventListener(name, hear, FIRST);
    if (part.hasPointerCapture(pointer)) part.releasePointerCapture(pointer);
    if (undone) back();
  };

  part.addEventListener("pointerdown", (event) => {
    if (held || event.button !== 0 || !event.isPrimary || begins?.(event) === false) return;
    held = { pointer: event.pointerId, x: event.clientX, y: event.clientY };
    moved = [moved[1], false];
    if (!native) part.setPointerCapture(event.pointerId);
    if (!document.hasFocus()) window.focus(); // in a frame of another page keys go to that page else
    for (const [name, hear] of Object.entries(meanwhile)) window.addEventListener(name, hear, FIRST);
  });
  if (twice) part.addEventListener("dblclick", () => moved.includes(true) || twice());
  // Neither a selection nor a picture is dragged along.
  part.addEventListener("dragstart", (event) => event.preventDefault());
}
