// A canvas that fills its host at the screen's resolution. Its size is observed, because asking
// for it in the midst of a picture would lay the page out anew.
//
// It is painted in units of which there are so many in a pixel of the page that a label is as large as the words of
// its host: where the style sheet has larger words, all that is painted grows with them.

const PAPER = 3;
export const TYPE = 14; // the size of a label, in units

/**
 * How many pixels of the page a unit is in a host.
 * @param {Element} host
 */
export const unitOf = (host) => parseFloat(getComputedStyle(host).fontSize) / TYPE || 1;

/**
 * Where a pointer is in a host, in its units.
 * @param {Element} host
 * @param {{ clientX: number, clientY: number }} event
 * @returns {Point}
 */
export function pointIn(host, { clientX, clientY }) {
  const [unit, box] = [unitOf(host), host.getBoundingClientRect()];
  return [(clientX - box.left) / unit, (clientY - box.top) / unit];
}

/**
 * The place in the window of a point of a host.
 * @param {Element} host
 * @param {Point} point
 * @returns {Point}
 */
export function inWindow(host, [x, y]) {
  const [unit, box] = [unitOf(host), host.getBoundingClientRect()];
  return [box.left + unit * x, box.top + unit * y];
}

/**
 * @param {HTMLElement & { addSheet?: (below: boolean) => Sheet }} host which may have sheets of its own
 * @param {boolean} [below]
 */
export function addCanvas(host, below) {
  if (host.addSheet) return host.addSheet(Boolean(below));
  const canvas = /** @type {Sheet} */ (document.createElement("canvas"));
  canvas.setAttribute("aria-hidden", "true");
  if (below) host.prepend(canvas);
  else host.append(canvas);
  canvas.measure = () => {
    canvas.unit = unitOf(host);
    canvas.size = [host.clientWidth / canvas.unit, host.clientHeight / canvas.unit];
  };
  new ResizeObserver(canvas.measure).observe(host);
  canvas.measure();
  return canvas;
}

// Pixels of a canvas for one of the page: those of the screen, or enough for paper.
export const density = () => (onPaper() ? PAPER : Math.min(globalThis.devicePixelRatio || 1, 2));

// The same for what is filled pixel by pixel, which costs time as a hand turns it.
export const fineness = () => (onPaper() ? PAPER : 1);

/**
 * Do something as often as the screen has become a finer or a coarser one: the page is as large as before, so that
 * nothing else says so.
 * @param {() => void} then
 */
export function onDensity(then) {
  const here = window.matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
  const changed = () => {
    onDensity(then);
    then();
  };
  here.addEventListener("change", changed, { once: true });
}

const onPaper = () => Boolean(globalThis.document?.documentElement?.dataset.paper);

/**
 * The pen of a canvas, brought to its size; as fine as the screen unless it says otherwise.
 * @param {Sheet} canvas
 */
export function penOf(canvas) {
  const fine = canvas.fine || density() * (canvas.unit || 1);
  const size = canvas.size.map((length) => Math.round(length * fine));
  if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
  const pen = penFor(canvas);
  pen.setTransform(fine, 0, 0, fine, 0, 0);
  return pen;
}

/**
 * @param {HTMLCanvasElement} canvas
 */
export const penFor = (canvas) => /** @type {Pen} */ (canvas.getContext("2d"));

/**
 * A canvas is printed as the strokes that made it, and there clearing would clear what lies below it as well;
 * one that is given its size has none.
 * @param {Sheet} canvas
 */
export function wipe(canvas) {
  if (onPaper()) canvas.width = 0;
  const pen = penOf(canvas);
  if (onPaper()) return pen;
  pen.clearRect(0, 0, canvas.width, canvas.height);
  return pen;
}

/**
 * An SVG as pixels: an image of it is drawn anew each time, what it left on a canvas is not.
 * @param {string} svg
 * @param {number[]} size in pixels
 */
export async function canvasOf(svg, [width, height]) {
  const image = new Image(width, height);
  image.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  penFor(canvas).drawImage(image, 0, 0, width, height);
  URL.revokeObjectURL(image.src);
  return canvas;
}

/**
 * A canvas with each of its pixels some times as large, and as sharp.
 * @param {HTMLCanvasElement} canvas
 * @param {number} times
 */
export function enlarged(canvas, times) {
  const [width, height] = [times * canvas.width, times * canvas.height];
  const larger = Object.assign(document.createElement("canvas"), { width, height });
  const pen = penFor(larger);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(canvas, 0, 0, width, height);
  return larger;
}
