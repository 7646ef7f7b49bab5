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
    document.addEventListener("visibilitychange", ask, { once: true });
  };
  if (away) wait();
  else ask();
}
