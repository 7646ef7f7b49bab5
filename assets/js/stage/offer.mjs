// The tour is offered on a first visit, and by Help at any time; it is loaded when it is taken.
import { $, find } from "../elements.mjs";
import { keep, kept } from "../kept.mjs";
import { arriving } from "../messages.mjs";
import { isCold } from "./fold.mjs";

const KEY = "edgewalk-tour";

export function begin() {
  $("offer").hidden = !isCold() || kept(KEY) !== null;
}

// Either way it is not offered again.
export function decline() {
  keep(KEY, "known");
  $("offer").hidden = true;
}

export async function take() {
  decline();
  find("dialog[open]")?.close();
  const { begin: set } = await arriving(() => import("./tour.mjs"));
  set();
}
