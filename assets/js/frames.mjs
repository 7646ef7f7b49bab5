// Frames of a page that is seen. Where nobody looks there is none, and no time goes by.

/**
 * Do something in the next frame; on a page that is hidden, in the first after it is shown again.
 * @param {(time: number, away: boolean) => void} paint told in ms when it is, and whether the page was hidden since it was asked
 */
export function nextFrame(paint) {
  let away = document.hidden;
  const ask = () => requestAnimationFrame((time) => (document.hidden ? wait() : paint(time, away)));
  const wait = () => {
    away = true;
    whenSeen(ask);
  };
  if (away) wait();
  else ask();
}

/**
 * What paints in the next frame, once, however often it is called until then.
 * @param {() => void} paint
 */
export function onceAFrame(paint) {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    nextFrame(() => {
      due = false;
      paint();
    });
  };
}

/**
 * Do something at once; on a page that is hidden, as soon as it is shown again.
 * @param {() => void} then
 */
export function whenSeen(then) {
  if (document.hidden) document.addEventListener("visibilitychange", () => whenSeen(then), { once: true });
  else then();
}
