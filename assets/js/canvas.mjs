// A canvas that fills its host at the screen's resolution. Its size is observed, because asking
// for it in the midst of a picture would lay the page out anew.

export function addCanvas(host, below) {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  if (below) host.prepend(canvas);
  else host.append(canvas);
  canvas.measure = () => (canvas.size = [host.clientWidth, host.clientHeight]);
  new ResizeObserver(canvas.measure).observe(host);
  canvas.measure();
  return canvas;
}

export const density = () => Math.min(globalThis.devicePixelRatio || 1, 2);

export function penOf(canvas) {
  const size = canvas.size.map((length) => Math.round(length * density()));
  if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
  const pen = canvas.getContext("2d");
  pen.setTransform(density(), 0, 0, density(), 0, 0);
  return pen;
}

export function wipe(canvas) {
  const pen = penOf(canvas);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  return pen;
}
