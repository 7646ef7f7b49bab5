// A page in a frame: what is hidden, and the words exchanged with the page around it, which alone is
// listened to and spoken to.
import { find } from "./elements.mjs";

const FRAMED = ["header", "settings"]; // what goes in a frame, of what a page has
const SANDBOXED = "null"; // the origin of a page that has none

export class Embed {
  /**
   * @param {{ play?: () => void, pause?: () => void, seek?: (at: number) => void }} actions what the page around may ask for
   */
  constructor(actions) {
    this.actions = actions;
    /** @type {string | null} */
    this.origin = null; // of the page around; null as long as it is not known
    /** @type {{ edgewalk: "state", at: number, eta: number, sharpness: number } | null} */
    this.state = null;
    this.told = "";
  }

  /**
   * `hide` names parts of the page; with `embed` the head goes too and the frame speaks.
   * @param {Pick<PageSettings, "hide" | "embed">} asked
   */
  begin({ hide, embed }) {
    for (const name of embed ? [...FRAMED, ...hide] : hide) {
      const part = find(`[data-part="${name}"]`);
      if (part) part.hidden = true;
    }
    if (!embed || window.parent === window) return;
    this.origin = originAround(location.ancestorOrigins, document.referrer);
    window.addEventListener("message", (event) => this.hear(event));
  }

  /**
   * Nobody but the page around can be the source, so its first message says what its origin is where the browser
   * does not.
   * @param {MessageEvent} messageEvent
   */
  hear({ source, origin, data }) {
    if (source !== window.parent || !data) return;
    if (this.origin !== origin) {
      this.origin = origin;
      this.told = "";
    }
    if (data.edgewalk === "play") this.actions.play?.();
    else if (data.edgewalk === "pause") this.actions.pause?.();
    else if (data.edgewalk === "seek" && Number.isFinite(data.at)) this.actions.seek?.(data.at);
    this.speak();
  }

  /**
   * @param {number} at
   * @param {number} eta
   * @param {number} sharpness
   */
  tell(at, eta, sharpness) {
    this.state = { edgewalk: "state", at, eta, sharpness };
    this.speak();
  }

  // Each state once. A page without an origin can be spoken to by no name.
  speak() {
    const text = JSON.stringify(this.state);
    if (!this.origin || !this.state || text === this.told) return;
    this.told = text;
    window.parent.postMessage(this.state, this.origin === SANDBOXED ? "*" : this.origin);
  }
}

/**
 * The origin of the page around a frame as far as the browser tells: by name, which Firefox does not, or as that of
 * what has led here; null where it keeps silent. Pure.
 * @param {ArrayLike<string> | undefined} ancestors
 * @param {string} referrer
 */
export function originAround(ancestors, referrer) {
  if (ancestors?.length) return ancestors[0] === SANDBOXED ? null : ancestors[0];
  return referrer ? new URL(referrer).origin : null;
}
