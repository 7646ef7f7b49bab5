// Dragging, the same for all that a hand can drag: by the main button or the first finger alone. Esc, and whatever takes the
// pointer away (a touch that becomes a scroll), brings back what was there before.

/**
 * `begins` tells whether anything is taken hold of, and `moves` of each place while it is; `ends` once it is let go, and
 * whether it has moved; `back` when it is to be as it was.
 * @typedef {{
 *   begins?: (event: PointerEvent) => boolean | void,
 *   moves: (event: PointerEvent) => void,
 *   ends?: (event: PointerEvent, moved: boolean) => void,
 *   back: () => void,
 * }} Drag
 */

const STILL = 3; // pixels that a hand may move and yet press

/**
 * Make a part of the page one that can be dragged.
 * @param {HTMLElement} part
 * @param {Drag} drag
 */
export function makeDraggable(part, { begins, moves, ends, back }) {
  /** @type {{ pointer: number, x: number, y: number, moved: boolean } | null} */
  let held = null;

  /**
   * @param {KeyboardEvent} event
   */
  const onKey = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    event.preventDefault();
    letGo(true);
  };

  /**
   * @param {boolean} undone
   */
  const letGo = (undone) => {
    if (!held) return;
    const { pointer, moved } = held;
    held = null;
    window.removeEventListener("keydown", onKey, true);
    if (part.hasPointerCapture(pointer)) part.releasePointerCapture(pointer);
    if (undone && moved) back();
  };

  part.addEventListener("pointerdown", (event) => {
    if (held || event.button !== 0 || !event.isPrimary || begins?.(event) === false) return;
    held = { pointer: event.pointerId, x: event.clientX, y: event.clientY, moved: false };
    part.setPointerCapture(event.pointerId);
    window.addEventListener("keydown", onKey, true);
  });
  part.addEventListener("pointermove", (event) => {
    if (event.pointerId !== held?.pointer) return;
    held.moved ||= Math.hypot(event.clientX - held.x, event.clientY - held.y) > STILL;
    if (held.moved) moves(event);
  });
  part.addEventListener("pointerup", (event) => {
    if (event.pointerId !== held?.pointer) return;
    const { moved } = held;
    letGo(false);
    ends?.(event, moved);
  });
  for (const name of /** @type {const} */ (["pointercancel", "lostpointercapture"]))
    part.addEventListener(name, (event) => event.pointerId === held?.pointer && letGo(true));
  // Neither a selection nor a picture is dragged along.
  part.addEventListener("dragstart", (event) => event.preventDefault());
}
