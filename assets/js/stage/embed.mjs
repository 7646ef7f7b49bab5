// The stage in a frame: what is hidden, and the words exchanged with the page around it, whose
// origin alone is listened to and spoken to.
import { find } from "../elements.mjs";
import { actions } from "./actions.mjs";

export class Embed {
  constructor() {
    /** @type {string | null} */
    this.origin = null;
    this.told = "";
  }

  /**
   * `hide` names parts of the page; with `embed` the head goes too and the frame speaks.
   * @param {PageSettings} pageSettings
   */
  begin({ hide, embed }) {
    for (const name of embed ? ["header", ...hide] : hide) {
      find(`[data-part="${name}"]`).hidden = true;
    }
    if (!embed) return;
    if (window.parent === window || !document.referrer) return;
    this.origin = new URL(document.referrer).origin;
    window.addEventListener("message", (event) => this.hear(event));
  }

  /**
   * @param {MessageEvent} messageEvent
   */
  hear({ source, origin, data }) {
    if (source !== window.parent || origin !== this.origin || !data) return;
    if (data.edgewalk === "play") actions.play();
    else if (data.edgewalk === "pause") actions.pause();
    else if (data.edgewalk === "seek" && Number.isFinite(data.at)) actions.seek(data.at);
  }

  /**
   * @param {number} at
   * @param {number} eta
   * @param {number} sharpness
   */
  tell(at, eta, sharpness) {
    if (!this.origin) return;
    const state = { edgewalk: "state", at, eta, sharpness };
    if (JSON.stringify(state) === this.told) return;
    this.told = JSON.stringify(state);
    window.parent.postMessage(state, this.origin);
  }
}
