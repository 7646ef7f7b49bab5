// Where branches leave the run that they are of.
import * as pens from "../pens.mjs";
import { named } from "../quantity.mjs";
import { locate, ownFrom } from "../run.mjs";

const FORK = 7; // radius of the mark
const SEEN = 4; // pixels from which a push is worth an arrow

/**
 * The mark of each branch in its ink, with an arrow where it is pushed: `place` tells where a run is at a row of a part of it.
 * @param {Pen} pen
 * @param {Scene} scene
 * @param {(run: Run, part: Part, i: number) => Place} place
 */
export function addForks(pen, { result: { runs }, inks }, place) {
  runs.forEach((run, i) => {
    if (!run.fork) return;
    const parent = runs[run.fork.of];
    const there = locate(parent, run.fork.step);
    const [from, to] = [place(parent, there.part, run.fork.of)(there.row), place(run, run, i)(ownFrom(run, run))];
    if (!there.exact || !Number.isFinite(from[0] + to[0])) return;
    named(pen, "fork", () => {
      if (Math.hypot(to[0] - from[0], to[1] - from[1]) > SEEN) pens.arrow(pen, inks.runs[i], 5, from, to);
      pen.beginPath();
      pen.arc(...from, FORK, 0, 2 * Math.PI);
      pen.lineWidth = 2;
      pen.strokeStyle = inks.runs[i];
      pen.stroke();
    });
  });
}
