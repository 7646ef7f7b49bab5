// Frames of a film: panels painted by their own painters on canvases of their own, from a scene at each frame's own time.
// What stands still is drawn once, and the page's own canvases are left alone.
import { canvasOf, penFor } from "../canvas.mjs";
import { FONT, writeTitle } from "../picture.mjs";
import { heading } from "./heading.mjs";
import { boxOf, hasAxes, layOut, nameOf, paintersOf, stillOf } from "./portrait.mjs";

const SAMPLED = 2; // rows and columns of which one is looked at for its colours

/** @typedef {{ sheet: Sheet, x: number, y: number }} Laid */
/** @typedef {{ paint: (scene: Scene) => void, centre: (scene: Scene) => number[] }} Solid */

export class Reel {
  /**
   * @param {import("./portrait.mjs").Wanted} wanted
   * @param {Size} size in pixels
   * @param {Inks} inks
   * @param {boolean} isRead whether the pixels of each frame are, so that they had better not lie with a graphics card
   */
  constructor(wanted, [width, height], inks, isRead) {
    this.wanted = wanted;
    this.inks = inks;
    this.isRead = isRead;
    this.canvas = Object.assign(document.createElement("canvas"), { width, height });
    this.pen = /** @type {Pen} */ (this.canvas.getContext("2d", { willReadFrequently: isRead, alpha: false }));
    /** @type {Laid[]} */
    this.below = []; // what stands still
    /** @type {Laid[]} */
    this.above = [];
    /** @type {{ paint: (scene: Scene) => void, reset?: () => void, of?: PanelName }[]} */
    this.painters = [];
    /** @type {Scene["section"]} */
    this.section = null; // in which they have painted
    /** @type {(() => void)[]} */
    this.undo = [];
    /** @type {HTMLCanvasElement | null} */
    this.still = null;
  }

  /**
   * Lay out all panels as in a picture of the last frame.
   * @param {Scene} seen
   * @param {(host: any) => Solid} solid
   */
  async prepare(seen, solid) {
    const { wanted, inks } = this;
    const scene = { ...seen, inks };
    const { words, places } = layOut(scene, wanted, true);
    const svg = [...words];
    for (const [name, place] of places) {
      const { head, size } = boxOf(name, place);
      const [x, y] = [place.x, place.y + head].map((length) => Math.round(length * wanted.fine));
      const isSolid = name === "landscape" && scene.look === "surface";
      const still = hasAxes(name) && !isSolid ? await stillOf(wanted.graph(name), size, seen.inks, inks, true) : null;
      if (still) this.undo.push(still.remove);
      const at = [x, y].map((length) => length / wanted.fine).join(" ");
      svg.push(`<g transform="translate(${at})">`, still?.svg || "", "</g>");
      svg.push(`<g transform="translate(${place.x} ${place.y})">`, ...nameOf(name, scene, wanted), "</g>");
      const host = this.hostAt(x, y, size);
      if (isSolid) this.addSolid(solid(host), host, scene);
      else
        for (const painter of paintersOf(name, host, still?.graph))
          this.painters.push(Object.assign(painter, { of: name }));
    }
    this.still = await imageOf(wanted, this.canvas, svg.join("\n"));
  }

  /**
   * What is seen in space, in the middle of its place as in a picture.
   * @param {Solid} painter
   * @param {any} host
   * @param {Scene} scene
   */
  addSolid(painter, host, scene) {
    const [x, y] = painter.centre(scene);
    host.move(x, y);
    this.painters.push(painter);
  }

  /**
   * What stands for a panel's place on the page.
   * @param {number} x
   * @param {number} y
   * @param {Size} size
   */
  hostAt(x, y, size) {
    const { fine } = this.wanted;
    /** @type {Laid[]} */
    const own = [];
    /** @type {any} */
    const host = {
      hidden: false,
      move: (/** @type {number} */ dx, /** @type {number} */ dy) => {
        for (const laid of own) [laid.x, laid.y] = [laid.x + dx, laid.y + dy];
      },
      addSheet: (/** @type {boolean} */ isBelow) => {
        const sheet = /** @type {Sheet} */ (
          Object.assign(document.createElement("canvas"), { size, fine, measure() {} })
        );
        inFont(/** @type {Pen} */ (sheet.getContext("2d", { willReadFrequently: this.isRead })));
        const laid = { sheet, x, y };
        own.push(laid);
        if (isBelow) this.below.unshift(laid);
        else this.above.push(laid);
        return sheet;
      },
    };
    return host;
  }

  /**
   * One frame, on the canvas.
   * @param {Scene} seen
   */
  paint(seen) {
    const { pen, canvas, inks, wanted } = this;
    const scene = { ...seen, inks };
    if (scene.section !== this.section) for (const painter of this.painters) painter.reset?.();
    this.section = scene.section;
    for (const painter of this.painters) painter.paint({ ...scene, panel: painter.of || scene.panel });
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = inks.card;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    for (const { sheet, x, y } of this.below) if (sheet.width) pen.drawImage(sheet, x, y);
    if (this.still) pen.drawImage(this.still, 0, 0);
    for (const { sheet, x, y } of this.above) if (sheet.width) pen.drawImage(sheet, x, y);
    pen.setTransform(wanted.fine, 0, 0, wanted.fine, 0, 0);
    inFont(pen);
    writeTitle(pen, inks, heading(scene), wanted);
  }

  /**
   * Pixels of some frames, of which its colours are.
   * @param {Scene[]} scenes
   */
  sample(scenes) {
    const [width, height] = [this.canvas.width, this.canvas.height].map((length) => Math.floor(length / SAMPLED));
    const sheet = Object.assign(document.createElement("canvas"), { width, height: height * scenes.length });
    const pen = penFor(sheet);
    pen.imageSmoothingEnabled = false; // colours as they are
    scenes.forEach((scene, k) => {
      this.paint(scene);
      pen.drawImage(this.canvas, 0, k * height, width, height);
    });
    return pen.getImageData(0, 0, width, sheet.height).data;
  }

  remove() {
    for (const step of this.undo.splice(0)) step();
  }
}

/**
 * The size of a film in pixels: even, as its codecs want it.
 * @param {number[]} pixels
 * @returns {Size}
 */
export const evenSize = (pixels) => /** @type {Size} */ (pixels.map((length) => 2 * Math.floor(length / 2)));

/**
 * A pen that has the letters of a picture, whichever it is given.
 * @param {Pen} pen
 */
function inFont(pen) {
  const own = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(pen), "font");
  if (!own || Object.hasOwn(pen, "font")) return;
  Object.defineProperty(pen, "font", {
    get: () => own.get?.call(pen),
    set(font) {
      own.set?.call(pen, font.replace(/px .*/, `px ${FONT}`));
    },
  });
}

/**
 * @param {import("./portrait.mjs").Wanted} wanted
 * @param {{ width: number, height: number }} canvas
 * @param {string} body
 */
function imageOf({ size }, { width, height }, body) {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${size.join(" ")}" preserveAspectRatio="none">`;
  return canvasOf(`${head}${body}</svg>`, [width, height]);
}
