// The runs that the stage asks for; its page hears of the answers.
import { ask } from "../said.mjs";
import { actions } from "./actions.mjs";
import { Requests } from "./requests.mjs";

/** @type {Heard} */
const heard = {
  run: (result, asked) => actions.accept(result, asked),
  refused: (problems, nearest, asked) => actions.refused(problems, nearest, asked),
  failed: (words) => actions.failed(words),
  busy: (yes) => actions.busy(yes),
};

export const requests = new Requests(ask, heard);
