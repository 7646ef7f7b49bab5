// The one record of what the lab shows, the events that change it, and its link.
import { showLink, takeAlong } from "../address.mjs";
import { hold } from "../record.mjs";
import { INITIAL, forStage, queryOf, reduce } from "./store.mjs";

export const { state, dispatch } = hold(INITIAL, reduce);

export function writeLink() {
  showLink(queryOf(state));
  takeAlong("Stage", forStage(state));
}
