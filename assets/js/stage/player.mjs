// Time: which step is shown now. Pure; the time of day is handed in, in seconds.

// A longer gap between two pictures (a hidden tab, a slow machine) counts as this many seconds.
const LONGEST_GAP = 0.25;
const USUAL = 30; // seconds that the whole run takes
const SLOW = 300; // a run that would take more is not watched whole: its steps are
const SLOWEST = 1; // steps a second
const PACE = 3; // and what a short run is not slowed below
const FASTEST = 1e4; // or the whole run in so many seconds:
const SHORTEST = 3;

export class Player {
  constructor() {
    this.at = 0; // in steps of the first run; between two of them while playing
    this.last = 0;
    this.speed = PACE; // in steps a second
    /** @type {number | null} */
    this.seconds = USUAL; // for the whole run, whatever its length; null where the speed stays
    this.playing = false;
    this.loop = false;
    this.before = 0; // when it last moved on
  }

  // The step shown, an integer: the last one where the place kept lies beyond it.
  get step() {
    return Math.min(Math.floor(this.at + 1e-6), this.last);
  }

  /**
   * Play from here, or from the beginning when at the end.
   * @param {number} now
   */
  play(now) {
    if (this.step >= this.last) this.at = 0;
    this.playing = true;
    this.before = now;
  }

  pause() {
    this.playing = false;
    this.at = this.step;
  }

  /**
   * @param {number} at
   */
  seek(at) {
    this.at = Math.min(Math.max(at, 0), this.last);
  }

  /**
   * Move on to `now`; stops at the last step, or begins again there.
   * @param {number} now
   */
  tick(now) {
    if (!this.playing) return;
    const gap = Math.min(Math.max(now - this.before, 0), LONGEST_GAP);
    this.before = now;
    if (this.loop && this.step >= this.last) this.at = 0;
    else this.at = Math.min(this.at + gap * this.speed, this.last);
    if (this.at >= this.last && !this.loop) this.pause();
  }

  // The most steps a second.
  get fastest() {
    return Math.max(FASTEST, this.last / SHORTEST);
  }

  /**
   * A person's own choice, which lasts: as seconds for the whole run or, in slow motion, as steps a second.
   * @param {number} speed
   */
  choose(speed) {
    this.speed = Math.min(Math.max(speed, SLOWEST), this.fastest);
    const seconds = this.last / this.speed;
    this.seconds = seconds <= SLOW ? seconds : null;
  }

  /**
   * A run of another length has arrived. The place is kept: while the hand drags, runs are shorter.
   * @param {number} last
   */
  resize(last) {
    this.last = last;
    if (this.seconds) this.speed = Math.max(last / this.seconds, PACE);
  }
}
