// The page of claims: its picture is the stage in a frame, which it sets playing; and the buttons of its head.
import { copyLink } from "../address.mjs";
import { canSetProps, whenReady } from "../dash.mjs";
import { $, find } from "../elements.mjs";
import { showMessages } from "../messages.mjs";
import { chooseOther, followScheme, scheme, showScheme } from "../scheme.mjs";

// The frame may have its run before the rest of the page is there.
export function start() {
  window.addEventListener("message", playAtFirst);
  whenReady(() => $("scheme") && canSetProps(), begin);
}

/**
 * The picture is seen once its run is there, and moves then, unless a person wants no motion.
 * @param {MessageEvent} event
 */
function playAtFirst({ source, data }) {
  if (data?.edgewalk !== "state" || source !== /** @type {any} */ (find(".picture")).contentWindow) return;
  window.removeEventListener("message", playAtFirst);
  find(".picture").dataset.there = "";
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  /** @type {Window} */ (source).postMessage({ edgewalk: "play" }, location.origin);
}

function begin() {
  showScheme(scheme());
  followScheme(showScheme);
  $("scheme").addEventListener("click", () => showScheme(chooseOther()));
  $("share").addEventListener("click", async () => showMessages([await copyLink()]));
}
