// Where data lie on a Plotly graph. Plotly's private axis attributes are touched here alone.
import { TYPE } from "../canvas.mjs";
import { nameOfLoss } from "../link.mjs";
import { coordinates } from "./section.mjs";

/**
 * Whether a figure has come, be it one without a trace; until then a graph has axes of no meaning.
 * @param {Graph | null} graph
 */
export const isDrawn = (graph) => Boolean(graph?.layout && graph.layout.uirevision);

/**
 * Where data lie on a Plotly graph, in units of its canvases: functions from data to places, and the box of the axes. The
 * figure is drawn with words of the size that a label has.
 * @param {Graph | null} graph
 * @returns {Frame | null}
 */
export function frameOf(graph) {
  const layout = graph && graph._fullLayout;
  if (!layout || !layout.xaxis || !layout.xaxis._length || !isDrawn(graph)) return null;
  const { xaxis, yaxis } = layout;
  const unit = layout.font.size / TYPE;
  const ends = xaxis.range.map(Number);
  return {
    unit,
    x: (value) => (xaxis._offset + xaxis.d2p(value)) / unit,
    y: (value) => (yaxis._offset + yaxis.d2p(value)) / unit,
    dataX: (place) => xaxis.p2d(place * unit - xaxis._offset),
    dataY: (place) => yaxis.p2d(place * unit - yaxis._offset),
    left: xaxis._offset / unit,
    top: yaxis._offset / unit,
    width: xaxis._length / unit,
    height: yaxis._length / unit,
    rangeX: xaxis.type === "log" ? ends.map((/** @type {number} */ power) => 10 ** power) : ends,
    rangeY: yaxis.range.map(Number),
    of: graph?.layout.meta,
  };
}

/**
 * Whether a figure of the landscape is about the loss of some runs; the one before stays until its own has come.
 * @param {Frame} frame
 * @param {Result} result
 */
export const isAbout = (frame, { settings }) => frame.of?.loss === nameOfLoss(settings);

/**
 * @param {Box} frame
 * @param {number} x
 * @param {number} y
 */
export const isInside = (frame, x, y) =>
  x >= frame.left && x <= frame.left + frame.width && y >= frame.top && y <= frame.top + frame.height;

/**
 * The place next to a point that lies inside, so far from the edges.
 * @param {Box} frame
 * @param {Point} point
 * @param {number} margin
 * @returns {Point}
 */
export const within = ({ left, top, width, height }, [x, y], margin) => [
  Math.min(Math.max(x, left + margin), left + width - margin),
  Math.min(Math.max(y, top + margin), top + height - margin),
];

/**
 * A function from a row of a part to the pixel of a column of points, in the frame's plane.
 * @param {Part} part
 * @param {string} name
 * @param {Frame} frame
 */
export const placeOf = (part, name, frame) => pixelsOf(part.columns[name], frame);

/**
 * What a lens magnifies of a frame in the plane or a section.
 * @param {Frame} frame
 * @returns {Ground}
 */
export const groundOf = (frame) => ({
  ...{ left: frame.left, top: frame.top, width: frame.width, height: frame.height },
  place: (part) => placeOf(part, "x", frame),
  floor: (column) => pixelsOf(column, frame),
  one: Math.abs(frame.x(1) - frame.x(0)),
});

/**
 * @param {ArrayLike<number>} column
 * @param {Frame} frame
 * @returns {Place}
 */
export function pixelsOf(column, frame) {
  const at = coordinates(frame.section ?? null, column);
  return (row) => {
    const [a, b] = at(row);
    return [frame.x(a), frame.y(b)];
  };
}

/**
 * @param {Place} place
 * @param {number} rows
 */
export const rowsOf = (place, rows) => Array.from({ length: rows }, (_, row) => place(row));
