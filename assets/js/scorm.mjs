// What a page tells the learning platform around it, by the API of SCORM 1.2: that the run has begun, how much of it
// was seen, and that all was.
//
// [RTE] ADL, SCORM 1.2 Run-Time Environment, 2001: where the API is found, and the names of what is told.
import { whenSeen } from "./frames.mjs";
import { player, state } from "./stage/state.mjs";

const HIGHEST = 500; // frames around this one that are looked into
const EVERY = 200; // ms
const DONE = ["completed", "passed"];

/** @typedef {Record<"LMSInitialize" | "LMSGetValue" | "LMSSetValue" | "LMSCommit" | "LMSFinish", (...given: string[]) => string>} Api */

/**
 * The platform's API, in a frame around this one or around the window that opened it; null where there is none.
 * @param {any} own
 * @returns {Api | null}
 */
export function findApi(own) {
  return around(own) || (own.top?.opener ? around(own.top.opener) : null);
}

/**
 * @param {any} from
 * @returns {Api | null}
 */
function around(from) {
  let at = from;
  for (let k = 0; at && k < HIGHEST; k++) {
    try {
      if (at.API) return at.API;
    } catch {
      return null; // a page of another host, whose API is not for this one
    }
    if (at.parent === at) return null;
    at = at.parent;
  }
  return null;
}

export class Report {
  /**
   * @param {Api} api
   * @param {number} now ms
   */
  constructor(api, now) {
    this.api = api;
    this.began = now;
    this.seen = 0; // the share of the run, at most
    this.over = false;
    api.LMSInitialize("");
    this.done = DONE.includes(api.LMSGetValue("cmi.core.lesson_status"));
    if (this.done) return;
    api.LMSSetValue("cmi.core.lesson_status", "incomplete");
    api.LMSSetValue("cmi.core.score.min", "0");
    api.LMSSetValue("cmi.core.score.max", "100");
    api.LMSCommit("");
  }

  /**
   * The playhead stands at a share of the run. The score is how much of it has been seen.
   * @param {number} share
   */
  reached(share) {
    if (this.done || this.over || share <= this.seen) return;
    this.seen = share;
    if (share >= 1) this.complete();
  }

  complete() {
    this.done = true;
    this.api.LMSSetValue("cmi.core.score.raw", "100");
    this.api.LMSSetValue("cmi.core.lesson_status", "completed");
    this.api.LMSCommit("");
  }

  /**
   * The page goes. What was completed in an earlier visit stays so.
   * @param {number} now ms
   */
  finish(now) {
    if (this.over) return;
    this.over = true;
    if (!this.done) this.api.LMSSetValue("cmi.core.score.raw", String(Math.floor(100 * this.seen)));
    this.api.LMSSetValue("cmi.core.session_time", timeOf(now - this.began));
    this.api.LMSCommit("");
    this.api.LMSFinish("");
  }
}

/**
 * A time as SCORM 1.2 has it: hours, minutes, seconds.
 * @param {number} ms
 */
export function timeOf(ms) {
  const seconds = Math.round(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part, i) => String(part).padStart(i ? 2 : 4, "0")).join(":");
}

// Where no platform is around, nothing is told.
export function begin() {
  const api = findApi(window);
  if (!api) return;
  const report = new Report(api, Date.now());
  let before = 0;
  const look = () => {
    if (state.result && !state.veiled && player.last) {
      // One that plays again from the start has been at its end.
      report.reached(player.playing && player.at < before ? 1 : player.step / player.last);
      before = player.at;
    }
    setTimeout(() => whenSeen(look), EVERY);
  };
  look();
  window.addEventListener("pagehide", () => report.finish(Date.now()));
}
