// What every panel is painted with: strokes of a pen, which is a canvas's context.
import { TYPE } from "./canvas.mjs";
import { addMark } from "./marks.mjs";

export const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3], [12, 4], [4, 2, 1, 2]];
const SMOOTH = 400; // points that make a smooth curve

/**
 * Paint what is cut off at the edges of a frame.
 * @param {Pen} pen
 * @param {Box} frame
 * @param {() => void} paint
 */
export function within(pen, frame, paint) {
  pen.save();
  pen.beginPath();
  pen.rect(frame.left, frame.top, frame.width, frame.height);
  pen.clip();
  paint();
  pen.restore();
}

/**
 * @param {Pen} pen
 * @param {string} ink
 * @param {number} width
 * @param {number[]} dash
 * @param {number} from
 * @param {number} to
 * @param {Place} place
 */
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

/**
 * A smooth curve through all rows of a part, of which a few hundred do.
 * @param {Pen} pen
 * @param {string} ink
 * @param {number} width
 * @param {number[]} dash
 * @param {number} rows
 * @param {Place} place
 */
export function curve(pen, ink, width, dash, rows, place) {
  const stride = Math.max(1, Math.floor(rows / SMOOTH));
  const count = Math.ceil((rows - 1) / stride);
  line(pen, ink, width, dash, 0, count, (k) => place(Math.min(k * stride, rows - 1)));
}

/**
 * @param {Pen} pen
 * @param {Pick<Inks, "card">} inks
 * @param {string} ink
 * @param {Kind} kind
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
export function mark(pen, inks, ink, kind, x, y, r) {
  pen.beginPath();
  addMark(pen, kind, x, y, r);
  pen.fillStyle = ink;
  pen.fill();
  pen.strokeStyle = inks.card;
  pen.lineWidth = 2;
  pen.stroke();
}

/**
 * @param {Pen} pen
 * @param {Pick<Inks, "card">} inks
 * @param {string} ink
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
export function bead(pen, inks, ink, x, y, r) {
  mark(pen, inks, ink, "even", x, y, r);
}

/**
 * Its head is no longer than itself.
 * @param {Pen} pen
 * @param {string} ink
 * @param {number} width
 * @param {Point} from
 * @param {Point} to
 */
export function arrow(pen, ink, width, from, to) {
  const way = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(...way);
  if (!(length > 0)) return;
  const head = Math.min(3.6 * width, length);
  const [x, y] = way.map((value) => (value * head) / length);
  /** @type {Point} */
  const neck = [to[0] - x, to[1] - y];
  line(pen, ink, width, [], 0, 1, (k) => (k ? neck : from));
  pen.beginPath();
  pen.moveTo(...to);
  pen.lineTo(neck[0] - y / 2, neck[1] + x / 2);
  pen.lineTo(neck[0] + y / 2, neck[1] - x / 2);
  pen.closePath();
  pen.fillStyle = ink;
  pen.fill();
}

/**
 * Text with a halo, so that it is legible on whatever lies below.
 * @param {Pen} pen
 * @param {Pick<Inks, "card">} inks
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {string} ink
 * @param {CanvasTextAlign} [align]
 */
export function label(pen, inks, text, x, y, ink, align) {
  pen.font = `${TYPE}px Inter, system-ui, "Segoe UI", sans-serif`;
  pen.textAlign = align || "left";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.strokeStyle = inks.card;
  pen.lineWidth = 4;
  pen.strokeText(text, x, y);
  pen.fillStyle = ink;
  pen.fillText(text, x, y);
}
