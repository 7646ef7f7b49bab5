// Branches of a run, as a link has them: a list out of a query, and back. Pure.
import { paceOf, writePace } from "../clock.mjs";
import { forRun, readQuery } from "../link.mjs";

/** What a branch changes, in the order of the link. */
const PARTS = /** @type {const} */ (["of", "eta", "rule", "noise", "push", "name"]);
const BETWEEN = ":"; // the numbers of a push

/** @typedef {"step" | typeof PARTS[number]} BranchPart */
/** @typedef {Record<BranchPart, string>} BranchTexts as in a link: nothing where it goes on as it was */

/**
 * @param {Query} query
 * @returns {BranchTexts[]}
 */
export function branchesIn(query) {
  const column = (/** @type {string} */ key) => String(query[key] ?? "").split(",");
  const columns = PARTS.map((part) => column(`fork.${part}`));
  const steps = query.fork === undefined || query.fork === "" ? [] : column("fork");
  return steps.map((step, k) => {
    const texts = PARTS.map((part, j) => [part, columns[j][k] ?? ""]);
    return { step, .../** @type {any} */ (Object.fromEntries(texts)) };
  });
}

/**
 * A query with these branches and no others.
 * @param {Query} query
 * @param {BranchTexts[]} branches
 * @returns {Query}
 */
export function withBranches(query, branches) {
  const others = Object.entries(query).filter(([key]) => !isOfBranch(key));
  const columns = [
    ["fork", branches.map(({ step }) => step)],
    ...PARTS.map((part) => [`fork.${part}`, branches.map((one) => one[part])]),
  ];
  const said = /** @type {[string, string[]][]} */ (columns).filter(([, texts]) => texts.some(Boolean));
  return { ...Object.fromEntries(others), ...Object.fromEntries(said.map(([key, texts]) => [key, texts.join(",")])) };
}

/**
 * @param {string} key
 */
const isOfBranch = (key) => key === "fork" || key.startsWith("fork.");

/**
 * Branches without one, and without those that leave it.
 * @param {BranchTexts[]} branches
 * @param {number} gone its place, from 1
 * @returns {BranchTexts[]}
 */
export function without(branches, gone) {
  const left = [0]; // the place of each that stays, of the run itself first
  /** @type {BranchTexts[]} */
  const kept = [];
  branches.forEach((branch, k) => {
    const parent = Number(branch.of || 0);
    if (k + 1 === gone || left[parent] === undefined) return;
    kept.push({ ...branch, of: left[parent] ? String(left[parent]) : "" });
    left[k + 1] = kept.length;
  });
  return kept;
}

/**
 * One that leaves a run, or the branch that it is, at a step and changes nothing yet. Before a branch has left its parent
 * it is that one, which is left then.
 * @param {Run[]} runs
 * @param {number} i the run, of a root alone 0
 * @param {number} step
 * @returns {BranchTexts}
 */
export function branchAt(runs, i, step) {
  let parent = i;
  for (let fork = runs[parent].fork; fork && step <= fork.step; fork = runs[parent].fork) parent = fork.of;
  return { step: String(step), of: parent ? String(parent) : "", eta: "", rule: "", noise: "", push: "", name: "" };
}

/**
 * @param {number[]} push
 */
export const writePush = (push) => (push.some((value) => value !== 0) ? push.map(String).join(BETWEEN) : "");

/**
 * @param {string} text
 */
export const readPush = (text) => (text ? text.split(BETWEEN).map(Number) : []);

/**
 * Which branches leave which: the places of those of each run.
 * @param {Run[]} runs
 * @returns {number[][]}
 */
export const childrenOf = (runs) =>
  runs.map((_, i) => runs.flatMap(({ fork }, k) => (fork && fork.of === i ? [k] : [])));

/**
 * The query of one of the runs on screen, for what is asked of it alone.
 * @param {Result} result
 * @param {number} i
 * @returns {Query}
 */
export function queryOf({ query, runs }, i) {
  const run = runs[i];
  const whole = forRun(readQuery(query));
  if (run.fork) return { ...whole, focus: i };
  return { ...withBranches(whole, []), rule: run.rule, eta: writePace(paceOf(run)), steps: run.steps };
}
