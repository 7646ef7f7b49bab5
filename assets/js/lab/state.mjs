// The one record of what the lab shows, the events that change it, and its link.
import { showLink } from "../address.mjs";
import { hold } from "../record.mjs";
import { INITIAL, queryOf, reduce } from "./store.mjs";

export const { state, dispatch } = hold(INITIAL, reduce);

export const writeLink = () => showLink(queryOf(state));
