// A canvas that fills its host at the screen's resolution. Its size is observed, because asking
// for it in the midst of a picture would lay the page out anew.

/**
 * @param {HTMLElement} host
 * @param {boolean} [below]
 */
export function addCanvas(host, below) {
  const canvas = /** @type {Sheet} */ (document.createElement("canvas"));
  canvas.setAttribute("aria-hidden", "true");
  if (below) host.prepend(canvas);
  else host.append(canvas);
  canvas.measure = () => (canvas.size = [host.clientWidth, host.clientHeight]);
  new ResizeObserver(canvas.measure).observe(host);
  canvas.measure();
  return canvas;
}

export const density = () => Math.min(globalThis.devicePixelRatio || 1, 2);

/**
 * The pen of a canvas, brought to its size.
 * @param {Sheet} canvas
 */
export function penOf(canvas) {
  const size = canvas.size.map((length) => Math.round(length * density()));
  if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
  const pen = penFor(canvas);
  pen.setTransform(density(), 0, 0, density(), 0, 0);
  return pen;
}

/**
 * @param {HTMLCanvasElement} canvas
 */
export const penFor = (canvas) => /** @type {Pen} */ (canvas.getContext("2d"));

/**
 * @param {Sheet} canvas
 */
export function wipe(canvas) {
  const pen = penOf(canvas);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  return pen;
}
