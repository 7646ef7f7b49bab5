// What a study has found, in a sentence, of the run of its smallest step. Pure.
import { inWords, short } from "../numbers.mjs";
import { at } from "./columns.mjs";

const AT_EDGE = 0.1; // of 2/η: nearer, GD has come to its edge

/** @param {StudyScene} scene */
export function told({ about, flow, runs, made, limiting, known }) {
  const smallest = runs.reduce((best, run) => (run && (!best || run.eta < best.eta) ? run : best), null);
  if (!about || !flow || !known || !smallest) return "";
  const end = (/** @type {string} */ name) => inWords(at(smallest[name], smallest[name].count - 1));
  const [first, last] = [0, flow.spectrum.count - 1].map((row) => inWords(at(flow.spectrum, row)));
  const run = `at η = ${short(smallest.eta)} `;
  if (limiting) {
    const dimensions = (about.parameters - about.residuals).toLocaleString("en");
    return `The flow takes λ₁ from ${first} to ${last}; ${run}the run ends at ${end("sharpness")}, ${end("gap")} from the flow on a way of ${end("way")}, among ${dimensions} dimensions of Γ at τ = ${short(made.tau)}.`;
  }
  const edge = 2 / smallest.eta;
  const there = Math.abs(at(smallest.sharpness, smallest.sharpness.count - 1) / edge - 1) < AT_EDGE;
  const how = there ? "GD has come to 2/η and stays there" : "GD has not come to 2/η";
  return `Gradient flow takes λ₁ from ${first} to ${last}. ${how}: ${run}λ₁ ends at ${end("sharpness")}, 2/η is ${inWords(edge)}.`;
}
