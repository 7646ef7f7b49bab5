/**
 * Paint a quantity by its name, which a pen that writes SVG keeps: a group, for an editor to find. Where one is
 * painted within another its name follows that of the other.
 * @param {Pen} pen
 * @param {string} name
 * @param {() => void} paint
 */
export function named(pen, name, paint) {
  const writer = /** @type {{ begin?: (name: string) => void, end?: () => void }} */ (pen);
  writer.begin?.(name);
  paint();
  writer.end?.();
}
