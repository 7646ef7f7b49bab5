// A picture as PDF: its lines as vectors and its words as text, in letters that the file brings along. What makes it is
// large, and loaded when a PDF is asked for.
import { penFor } from "./canvas.mjs";
import { NAME } from "./origin.mjs";

const FAMILY = "DejaVuSansCondensed"; // as wide as the letters that pictures name, with Greek and subscripts
const LETTERS = "dejavu-condensed.ttf";
const POINTS = /** @type {Record<string, number>} */ ({ px: 0.75, mm: 72 / 25.4 });
const QUALITY = 0.95;
const PIECE = 0x8000; // bytes that one call takes

/**
 * @param {string} name
 */
const asset = (name) => new URL(`../${name}`, import.meta.url).href;

/**
 * @param {string} svg
 * @param {string[]} lengths its width and height, as SVG writes them
 * @param {import("./origin.mjs").Said} said
 * @param {string} ground none where it is empty
 * @returns {Promise<ArrayBuffer>}
 */
export async function pdfOf(svg, lengths, { caption, link, licence }, ground) {
  const { jsPDF } = await library();
  const format = lengths.map((length) => parseFloat(length) * POINTS[length.slice(-2)]);
  const orientation = format[0] > format[1] ? "landscape" : "portrait";
  const pdf = new jsPDF({ unit: "pt", format, orientation, compress: true, putOnlyUsedFonts: true });
  pdf.addFileToVFS(LETTERS, await letters());
  for (const style of ["normal", "bold", "italic"]) pdf.addFont(LETTERS, FAMILY, style);
  pdf.setFont(FAMILY);
  pdf.setProperties({
    title: caption,
    subject: `${caption} ${licence}.`,
    keywords: `${NAME}: ${plain(link)} , ${licence}`,
    creator: NAME,
  });
  const drawing = /** @type {any} */ (new DOMParser().parseFromString(svg, "image/svg+xml").documentElement);
  for (const words of drawing.querySelectorAll("text, tspan")) {
    words.style.fontFamily = "";
    words.setAttribute("font-family", FAMILY);
  }
  if (ground) for (const image of drawing.querySelectorAll("image")) await flatten(image, ground);
  await pdf.svg(drawing, { x: 0, y: 0, width: format[0], height: format[1] });
  return pdf.output("arraybuffer");
}

/**
 * An image on its ground, in a form that a PDF takes as it is: PNG would be unpacked and packed again for many seconds.
 * @param {SVGImageElement} image
 * @param {string} ground
 */
async function flatten(image, ground) {
  const picture = new Image();
  picture.src = /** @type {string} */ (image.getAttribute("xlink:href") || image.getAttribute("href"));
  await picture.decode();
  const { width, height } = picture;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = penFor(canvas);
  pen.fillStyle = ground;
  pen.fillRect(0, 0, width, height);
  pen.drawImage(picture, 0, 0);
  image.removeAttribute("xlink:href");
  image.setAttribute("href", canvas.toDataURL("image/jpeg", QUALITY));
}

/**
 * A link without the signs that stand for something else within a text of a PDF.
 * @param {string} link
 */
const plain = (link) => link.replace(/[()\\]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** @returns {Promise<any>} */
async function library() {
  await import(asset("vendor/jspdf.umd.min.js"));
  await import(asset("vendor/svg2pdf.umd.min.js")); // which adds to the former
  return /** @type {any} */ (globalThis).jspdf;
}

// As jsPDF takes a file: in base 64.
async function letters() {
  const answer = await fetch(asset(`fonts/${LETTERS}`));
  const bytes = new Uint8Array(await answer.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(text);
}
