// What every panel is painted with: strokes of a pen, which is a canvas's context.
import { wipe } from "./canvas.mjs";
import { addMark } from "./marks.mjs";

export const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]];
const SMOOTH = 400; // points that make a smooth curve

// Paint what is cut off at the edges of a frame.
export function within(pen, frame, paint) {
  pen.save();
  pen.beginPath();
  pen.rect(frame.left, frame.top, frame.width, frame.height);
  pen.clip();
  paint();
  pen.restore();
}

export function line(pen, ink, width, dash, from, to, place) {
  pen.beginPath();
  let down = false;
  for (let row = from; row <= to; row++) {
    const [x, y] = place(row);
    if (!Number.isFinite(x + y)) down = false;
    else if (down) pen.lineTo(x, y);
    else {
      pen.moveTo(x, y);
      down = true;
    }
  }
  pen.strokeStyle = ink;
  pen.lineWidth = width;
  pen.setLineDash(dash);
  pen.stroke();
  pen.setLineDash([]);
}

// A smooth curve through all rows of a part, of which a few hundred do.
export function curve(pen, ink, width, dash, rows, place) {
  const stride = Math.max(1, Math.floor(rows / SMOOTH));
  const count = Math.ceil((rows - 1) / stride);
  line(pen, ink, width, dash, 0, count, (k) => place(Math.min(k * stride, rows - 1)));
}

export function mark(pen, inks, ink, kind, x, y, r) {
  pen.beginPath();
  addMark(pen, kind, x, y, r);
  pen.fillStyle = ink;
  pen.fill();
  pen.strokeStyle = inks.card;
  pen.lineWidth = 2;
  pen.stroke();
}

export function bead(pen, inks, ink, x, y, r) {
  mark(pen, inks, ink, "even", x, y, r);
}

// Text with a halo, so that it is legible on whatever lies below.
export function label(pen, inks, text, x, y, ink, align) {
  pen.font = '12px Inter, system-ui, "Segoe UI", sans-serif';
  pen.textAlign = align || "left";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.strokeStyle = inks.card;
  pen.lineWidth = 4;
  pen.strokeText(text, x, y);
  pen.fillStyle = ink;
  pen.fillText(text, x, y);
}

// Paint with a pen for itself, and put the whole down at once, faint. `size` is in pixels of the page.
export function faintly(pen, alpha, [width, height], paint) {
  const scratch = (faintly.scratch = faintly.scratch || document.createElement("canvas"));
  scratch.size = [width, height];
  paint(wipe(scratch));
  pen.globalAlpha = alpha;
  pen.drawImage(scratch, 0, 0, width, height);
  pen.globalAlpha = 1;
}
