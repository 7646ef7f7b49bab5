// Labels that would meet.

/**
 * Move labels apart, in order, keeping them between two heights.
 * @param {{ y: number }[]} names
 * @param {number} top
 * @param {number} bottom
 * @param {number} room
 */
export function spread(names, top, bottom, room) {
  names.sort((a, b) => a.y - b.y);
  let free = top;
  for (const name of names) free = (name.y = Math.max(Math.min(name.y, bottom), free)) + room;
  free = bottom;
  for (const name of [...names].reverse()) free = (name.y = Math.min(name.y, free)) - room;
}
