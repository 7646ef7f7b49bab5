// A panel over a Plotly graph. It has two canvases: `past`, which only grows while a run plays, and
// `now`, which is painted afresh with each picture.
import { addCanvas, penOf, wipe } from "../canvas.mjs";
import * as pens from "../pens.mjs";
import { ownFrom, upTo } from "../run.mjs";
import { frameOf } from "./frame.mjs";

// A panel over a Plotly graph that remembers what of the past it has painted.
export class Panel {
  /**
   * @param {HTMLElement} host
   * @param {() => Graph} graph
   * @param {string} name
   */
  constructor(host, graph, name) {
    this.host = host;
    this.graph = graph;
    this.name = name;
    this.past = addCanvas(host);
    this.now = addCanvas(host);
    /** @type {number[] | null} */
    this.painted = null;
  }

  // Forget what was painted: sizes, axes, inks or runs have changed.
  reset() {
    this.painted = null;
  }

  /**
   * What there is of a run to paint here: its overview and, where one has zoomed in, a stretch.
   * @param {Run} run
   */
  partsOf(run) {
    const detail = run.details && run.details[this.name];
    return detail ? [run, detail] : [run];
  }

  /**
   * @param {Scene} scene
   * @returns {any}
   */
  frameFor({ result }) {
    return result && frameOf(this.graph());
  }

  // What a panel is made of: what stands still, the rows of a part, and what moves.
  /** @type {(pen: Pen, scene: Scene, frame: any) => void} */
  paintStill() {}

  /** @type {(pen: Pen, scene: Scene, frame: any, run: Run, i: number, part: Part, from: number, to: number) => void} */
  paintRows() {}

  /** @type {(pen: Pen, scene: Scene, frame: any) => void} */
  paintNow() {}

  /**
   * @param {Scene} scene
   */
  paint(scene) {
    const frame = this.frameFor(scene);
    if (!frame) return;
    this.paintPast(scene, frame);
    const pen = wipe(this.now);
    this.paintNow(pen, scene, frame);
  }

  /**
   * @param {Scene} scene
   * @param {Box} frame
   */
  paintPast(scene, frame) {
    const pieces = scene.result.runs.flatMap((run, i) =>
      this.partsOf(run).map((part) => ({ run, i, part, row: upTo(part, scene.steps[i]) })),
    );
    const before = this.painted || [];
    const grows = this.painted && pieces.every(({ row }, k) => row >= before[k]);
    const pen = grows ? penOf(this.past) : wipe(this.past);
    pens.within(pen, frame, () => {
      if (!grows) this.paintStill(pen, scene, frame);
      pieces.forEach(({ run, i, part, row }, k) => {
        const from = grows ? before[k] + 1 : ownFrom(run, part);
        if (row >= from) this.paintRows(pen, scene, frame, run, i, part, from, row);
      });
    });
    this.painted = pieces.map(({ row }) => row);
  }
}
