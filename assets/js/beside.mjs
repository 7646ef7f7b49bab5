// A tip beside what it is about.

const FAR = 14; // pixels of a tip from what is pointed at

/**
 * Show a tip below and to the right of a point of the window, or on the other side where there is no
 * room.
 * @param {HTMLElement} tip
 * @param {number} x
 * @param {number} y
 */
export function showBeside(tip, x, y) {
  tip.hidden = false;
  const { offsetWidth: width, offsetHeight: height } = tip;
  const left = x + FAR + width > window.innerWidth ? Math.max(4, x - FAR - width) : x + FAR;
  const top = y + FAR + height > window.innerHeight ? Math.max(4, y - FAR - height) : y + FAR;
  tip.style.transform = `translate(${left}px, ${top}px)`;
}
