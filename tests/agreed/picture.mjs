/**
 * The picture of sheets that lie on each other, from the lowest.
 * @param {Size} size
 * @param {string} paper
 * @param {ReturnType<typeof import("../../assets/js/svgpen.mjs").svgSheet>[]} sheets
 */
export function svgOf([width, height], paper, sheets) {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`;
  const ground = `<rect width="${width}" height="${height}" fill="${paper}"/>`;
  return [head, ground, ...sheets.flatMap((sheet) => sheet.getContext().lines), "</svg>", ""].join("\n");
}
