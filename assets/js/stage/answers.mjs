// What a picture is painted from beside its runs: Γ, heights over a part of the plane, Γ as a sheet in
// space, the section at the playhead, and the rod. What is wanted follows from the record; what is not there yet
// is asked for, and what comes says what it answers.
import { longer, pause } from "../again.mjs";
import { decodeHeights, decodeRod, decodeValley } from "../binary.mjs";
import { nameOfLoss, readQuery, writeQuery } from "../link.mjs";
import { queryOf } from "./branches.mjs";
import { bytesOf } from "../said.mjs";
import { ASIDE, isOpening, isPlane, subjectOf } from "./store.mjs";

const PATIENCE = 1000; // ms until what was refused or cannot be read is asked for again
const KEPT = 12;
/** @type {Record<AnswerKind, (buffer: ArrayBuffer) => any>} */
const DECODE = {
  valley: decodeValley,
  heights: decodeHeights,
  sheet: decodeHeights,
  section: decodeHeights,
  rod: decodeRod,
  nudge: (buffer) => JSON.parse(new TextDecoder().decode(buffer)),
};

export class Answers {
  /**
   * `fetch` as in browsers; `hear` is told of each answer. Where nobody answers, `waits` is told, and that this is over;
   * after a while `again` may provide what is wanted then.
   * @param {(url: string) => Promise<Response>} fetch
   * @param {(answer: Answer) => void} hear
   * @param {(yes: boolean) => void} [waits]
   * @param {() => void} [again]
   */
  constructor(fetch, hear, waits = () => {}, again = () => {}) {
    this.fetch = fetch;
    this.hear = hear;
    this.waits = waits;
    this.again = again;
    this.waited = 0; // ms
    /** @type {Map<string, any>} */
    this.known = new Map();
    /** @type {Set<string>} */
    this.under = new Set();
  }

  /**
   * Ask for what is wanted and not there. What was there before is heard of at once.
   * @param {Need[]} needs
   * @param {Readonly<Record<string, Answer>>} there
   */
  provide(needs, there) {
    for (const need of needs) {
      const last = there[need.kind];
      if (last?.address === need.address && last.run === need.run) continue;
      const found = this.known.get(need.address);
      if (found) this.hear({ ...need, found });
      else this.ask(need);
    }
  }

  /**
   * Of each kind one is under way at a time for a loss, since of those that are wanted in between, while
   * the playhead moves or a number is dragged, the last is enough.
   * @param {Need} need
   */
  async ask(need) {
    const moves = need.kind === "section"; // with the playhead: seldom wanted again, and soon another
    const slot = `${need.kind} ${need.loss}`;
    if (this.under.has(slot)) return;
    this.under.add(slot);
    const { status, found } = await this.heard(need);
    if (!status) return this.wait(slot);
    if (this.waited) this.waits(false);
    this.waited = 0;
    if (found || moves) this.under.delete(slot);
    else setTimeout(() => this.under.delete(slot), PATIENCE);
    if (!found) return undefined;
    if (!moves) this.keep(need.address, found);
    return this.hear({ ...need, found });
  }

  /**
   * Nobody answers: what is wanted after a while may be something else.
   * @param {string} slot
   */
  async wait(slot) {
    if (!this.waited) this.waits(true);
    this.waited = longer(this.waited);
    await pause(this.waited);
    this.under.delete(slot);
    this.again();
  }

  /**
   * What an address answers with, decoded; null where nothing comes that can be read.
   * @param {Need} need
   */
  async answer(need) {
    return (await this.heard(need)).found;
  }

  /**
   * The same with its status, 0 where nobody answers or it breaks off.
   * @param {Need} need
   */
  async heard({ kind, address }) {
    const { status, bytes } = await bytesOf(this.fetch, address);
    try {
      return { status, found: status === 200 ? DECODE[kind](bytes) : null };
    } catch {
      return { status, found: null };
    }
  }

  /**
   * @param {string} address
   * @param {any} found
   */
  keep(address, found) {
    this.known.set(address, found);
    if (this.known.size > KEPT) this.known.delete(String(this.known.keys().next().value));
  }
}

/**
 * What the picture is painted from, as it stands. `steps` are those of the runs at the playhead. Pure.
 * @param {StageState} state
 * @param {number[]} steps
 * @returns {Need[]}
 */
export function needsOf(state, steps) {
  const { result } = state;
  const { sheet } = result.settings;
  const about = { loss: nameOfLoss(result.settings), subject: subjectOf(result) };
  // Of a run of which there are the iterates alone, a section would come after the whole.
  const section = () => (result.part ? null : sectionNeed(state, about, steps));
  const seen = isPlane(state) ? heightsNeed(state, about) : section();
  return [
    ...(result.valley ? [] : [need("valley", about, {})]),
    ...(seen ? [seen] : []),
    ...(sheet ? [need("sheet", about, {})] : []),
    ...(wantsRod(state) ? [rodNeed(state, about)] : []),
    ...(state.why ? [need("nudge", about, runAt(state, state.why.step), "json")] : []),
  ];
}

/**
 * Whether the runs that were opened last are there with all that their landscape is painted from: the still figure
 * asked for last and, in more than two dimensions, the section.
 * @param {StageState} state
 * @param {number[]} steps
 */
export function isWhole(state, steps) {
  const { result, picture, still, stood, answers } = state;
  if (isOpening(state) || !picture.view || still?.of.turn !== stood) return false;
  if (isPlane(state)) return true;
  /**
   * @param {Need} need
   */
  const there = ({ kind, address }) => kind !== "section" || answers.section?.address === address;
  return !result.part && needsOf(state, steps).every(there);
}

/**
 * @param {AnswerKind} kind
 * @param {About} about
 * @param {Query} query
 * @param {string} [form]
 * @returns {Need}
 */
const need = (kind, about, query, form = "bin") => ({
  kind,
  ...about,
  address: `${kind}.${form}?${writeQuery({ ...readQuery(about.subject), ...query })}`,
});

/**
 * Heights for the look: of half a view more on each side for the map, which one can pan.
 * @param {StageState} state
 * @param {About} about
 * @returns {Need | null}
 */
function heightsNeed({ picture, view: { look } }, about) {
  if (!picture.view || (look !== "sharpness" && look !== "surface")) return null;
  const view = widened(picture.view, look === "sharpness" ? 0.5 : 0);
  return { ...need("heights", about, { view: view.flat().join() }), look };
}

/**
 * The section at the playhead of the run in focus, a little more of it than is in view.
 * @param {StageState} state
 * @param {About} about
 * @param {number[]} all
 * @returns {Need}
 */
function sectionNeed(state, about, all) {
  const {
    picture,
    focus,
    view: { look },
  } = state;
  const where =
    picture.view && widened(picture.view, ASIDE).map((ends) => ends.map((end) => Number(end.toPrecision(6))));
  return need("section", about, {
    ...runAt(state, all[focus]),
    of: look === "sharpness" ? "sharpness" : "root",
    ...(where && { view: where.flat().join() }),
  });
}

/**
 * Whether the rod is to go beside the run in focus.
 * @param {StageState} state
 */
const wantsRod = ({ result, focus, view: { ghost } }) =>
  ghost !== "central" && !result.part && result.runs[focus].central;

/**
 * @param {StageState} state
 * @param {About} about
 * @returns {Need}
 */
const rodNeed = (state, about) => ({
  ...need("rod", about, queryOf(state.result, state.focus)),
  run: state.result.runs[state.focus],
});

/**
 * The run in focus at a step.
 * @param {StageState} state
 * @param {number} at
 * @returns {Query}
 */
const runAt = ({ result, focus }, at) => ({ ...queryOf(result, focus), at });

/**
 * A view with shares of itself more on each side.
 * @param {View} view
 * @param {number} share
 */
const widened = (view, share) => view.map(([low, high]) => [low - share * (high - low), high + share * (high - low)]);
