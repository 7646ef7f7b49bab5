// The stage in a frame: what is hidden, and the words exchanged with the page around it, whose
// origin alone is listened to and spoken to.
import { find } from "../elements.mjs";
import { actions } from "./actions.mjs";

/** @type {string | null} */
let origin = null;
let told = "";

/**
 * `hide` names parts of the page; with `embed` the head goes too and the frame speaks.
 * @param {PageSettings} pageSettings
 */
export function begin({ hide, embed }) {
  for (const name of embed ? ["header", ...hide] : hide) {
    find(`[data-part="${name}"]`).hidden = true;
  }
  if (!embed) return;
  if (window.parent === window || !document.referrer) return;
  origin = new URL(document.referrer).origin;
  window.addEventListener("message", listen);
}

/**
 * @param {MessageEvent} messageEvent
 */
function listen({ source, origin: from, data }) {
  if (source !== window.parent || from !== origin || !data) return;
  if (data.edgewalk === "play") actions.play();
  else if (data.edgewalk === "pause") actions.pause();
  else if (data.edgewalk === "seek" && Number.isFinite(data.at)) actions.seek(data.at);
}

/**
 * @param {number} at
 * @param {number} eta
 * @param {number} sharpness
 */
export function tell(at, eta, sharpness) {
  if (!origin) return;
  const state = { edgewalk: "state", at, eta, sharpness };
  if (JSON.stringify(state) === told) return;
  told = JSON.stringify(state);
  window.parent.postMessage(state, origin);
}
