// The one record of what the study shows, the events that change it, and its link.
import { showLink } from "../address.mjs";
import { hold } from "../record.mjs";
import { INITIAL, linkOf, reduce } from "./store.mjs";

export const { state, dispatch } = hold(INITIAL, reduce);

export const writeLink = () => showLink(linkOf(state));
