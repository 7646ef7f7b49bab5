// The runs when there are several: of branches a tree, with what the one in focus changes and its name.
import { $, element, find } from "../elements.mjs";
import * as fields from "../fields.mjs";
import { short } from "../numbers.mjs";
import { vocabulary } from "../vocabulary.mjs";
import { branchAt, branchesIn, childrenOf, withBranches, without, writePush } from "./branches.mjs";
import { ownFrom, pointAt } from "../run.mjs";

/** Fields of the branch in focus, by what of it they say. */
const EDITED = /** @type {const} */ (["step", "eta", "noise", "push", "name"]);
const AS_BEFORE = "as before";

/** @typedef {import("./branches.mjs").BranchPart} BranchPart */

export function begin() {
  for (const part of ["eta", "noise", "push"]) $(`branch-${part}`).placeholder = AS_BEFORE;
  Object.assign($("branch-name"), { inputMode: "text", placeholder: "yours" });
}

// ---- what is asked for ----

/**
 * A branch that leaves the run in focus where it is: the query with it, which of the runs it will be, and whether it is the
 * first and the others go; nothing where there are as many as there may be.
 * @param {StageState} state
 * @param {number} step
 * @param {Query} alone the query of the run in focus
 */
export function forked({ query, result, focus }, step, alone) {
  const several = !result.settings.forks && result.runs.length > 1;
  const branches = several ? [] : branchesIn(query);
  if (branches.length >= vocabulary.most_branches) return null;
  const from = several ? { ...query, ...alone } : query;
  const branch = several ? branchAt([result.runs[focus]], 0, step) : branchAt(result.runs, focus, step);
  return { query: withBranches(from, [...branches, branch]), focus: branches.length + 1, several };
}

/**
 * The query with another text for a part of the branch in focus.
 * @param {StageState} state
 * @param {BranchPart} part
 * @param {string} text
 */
export function edited({ query, focus }, part, text) {
  const clean =
    part === "push"
      ? text
          .split(/[,;]/)
          .map((one) => one.trim())
          .join(":")
      : text.replace(/[,\s]+/g, " ").trim();
  const branches = branchesIn(query);
  return withBranches(
    query,
    branches.map((one, k) => (k + 1 === focus ? { ...one, [part]: clean } : one)),
  );
}

/**
 * The query without a branch and those that leave it.
 * @param {StageState} state
 * @param {number} gone
 */
export const removed = ({ query }, gone) => withBranches(query, without(branchesIn(query), gone));

/**
 * Whether there is a branch in focus.
 * @param {StageState} state
 */
export const isOnBranch = ({ result, focus }) => Boolean(result?.runs[focus]?.fork);

/**
 * Where the branch in focus begins, after its push.
 * @param {StageState} state
 */
export function beginOf({ result, focus }) {
  const run = result.runs[focus];
  return pointAt(run.columns.x, result.settings.start.length, ownFrom(run, run));
}

/**
 * The text of the push that brings it to a point.
 * @param {StageState} state
 * @param {number[]} point
 */
export function pushTo(state, point) {
  const pushed = state.result.settings.forks?.[state.focus - 1].push || point.map(() => 0);
  return writePush(beginOf(state).map((value, i) => Number((point[i] - value + pushed[i]).toPrecision(6))));
}

// ---- what is shown ----

/**
 * The ink and the name of each run, of branches as a tree; a cross takes one away.
 * @param {Result} result
 * @param {Clock} clock
 */
export function showRuns({ runs, words, settings }, clock) {
  const several = settings.eta.length > 1;
  find(".stage .eta").toggleAttribute("data-several", several || Boolean(settings.schedule));
  const row = (/** @type {number} */ i) => {
    const line = element("span", "");
    const name = element("button", words.labels[i]);
    name.dataset.run = String(i);
    name.style.setProperty("--swatch", `var(--run-${i + 1})`);
    const fork = runs[i].fork;
    if (fork) line.append(element("small", `⤷ ${fork.step.toLocaleString("en")}`));
    line.append(name);
    if (fork) line.append(cross(`Remove ${words.labels[i]}`, { branch: String(i) }));
    else if (several) line.append(cross(`Remove η = ${runs[i].eta}`, { eta: String(runs[i].eta) }));
    return line;
  };
  if (settings.forks) return $("runs").replaceChildren(...treeOf(childrenOf(runs), 0, row));
  const meeting = element("p", `side by side at the same ${vocabulary.clocks[clock]}: the clock decides`);
  const rows = runs.length < 2 ? [] : runs.map((_, i) => row(i));
  return $("runs").replaceChildren(...rows, ...(several ? [meeting] : []));
}

/**
 * A run, and in a list its branches with theirs.
 * @param {number[][]} children
 * @param {number} i
 * @param {(i: number) => HTMLElement} row
 * @returns {HTMLElement[]}
 */
function treeOf(children, i, row) {
  const list = element("ul", "");
  for (const k of children[i]) {
    const item = element("li", "");
    item.append(...treeOf(children, k, row));
    list.append(item);
  }
  return children[i].length ? [row(i), list] : [row(i)];
}

/**
 * @param {string} label
 * @param {Record<string, string>} about
 */
function cross(label, about) {
  const button = element("button", "×");
  Object.assign(button.dataset, about);
  button.className = "cross";
  button.setAttribute("aria-label", label);
  return button;
}

/**
 * What the branch in focus changes.
 * @param {StageState} state
 */
export function showBranch(state) {
  const { result, focus } = state;
  const fork = result.settings.forks?.[focus - 1];
  $("branch").hidden = !fork;
  if (!fork) return;
  const { step, eta, noise, push, name, rule } = fork;
  const texts = {
    step: String(step),
    eta: textOf(eta),
    noise: textOf(noise),
    push: (push || []).map(short).join(", "),
    name: name || "",
  };
  for (const part of EDITED) fields.put(`branch-${part}`, texts[part]);
  $("branch-rule").value = rule || "";
}

/**
 * With which of the other runs the one in focus can be compared.
 * @param {string[]} labels
 * @param {number} focus
 * @param {number} against
 */
export function offerOthers(labels, focus, against) {
  const others = labels.flatMap((text, i) =>
    i === focus ? [] : [Object.assign(document.createElement("option"), { value: i, text })],
  );
  $("against").replaceChildren(...others);
  $("against").value = String(against);
}

/**
 * @param {number | undefined} value
 */
const textOf = (value) => (value === undefined ? "" : String(value));
