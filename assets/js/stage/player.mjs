// Time: which step is shown now. Pure; the time of day is handed in, in seconds.
//
// A run begins at three steps a second, so that each hop is seen, and goes faster and faster so that
// all of it takes the seconds that were chosen: n steps on from where it was begun it makes 3 + rise · n
// steps a second.

// A longer gap between two pictures (a slow machine) counts as this many seconds.
const LONGEST_GAP = 0.25;
const USUAL = 30; // seconds that the whole run takes
const SLOW = 300; // a run that would take more is not watched whole: its steps are
const SLOWEST = 1; // steps a second
const PACE = 3; // and what a short run is not slowed below
const FASTEST = 1e4; // or the whole run in so many seconds:
const SHORTEST = 3;
const EASED = 9; // steps a second below which a hop is seen on its way
const RESTS = 0.45; // of the time of a step, before it hops

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
    this.rises = true; // whether it begins slowly
    this.eases = true; // whether hops are seen on their way
    this.from = 0; // where it was begun
    this.rise = 0;
  }

  // Steps a second just now.
  get pace() {
    return this.rise ? PACE + this.rise * (this.at - this.from) : this.speed;
  }

  // How far the iterate is on its way to the next step, from 0 to 1: eased, and only where it is slow.
  get hop() {
    return this.playing && this.eases && this.step < this.last ? hopAt(this.at - this.step, this.pace) : 0;
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
    this.begin();
  }

  // From where it is now: slowly, if that is how it goes.
  begin() {
    this.from = this.at;
    this.rise = this.rises && this.seconds ? riseFor(this.last - this.at, this.speed) : 0;
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
    this.begin();
  }

  /**
   * Nobody has looked up to now: no time has gone by.
   * @param {number} now
   */
  wait(now) {
    this.before = now;
  }

  /**
   * Move on to `now`; stops at the last step, or begins again there.
   * @param {number} now
   */
  tick(now) {
    if (!this.playing) return;
    const gap = Math.min(Math.max(now - this.before, 0), LONGEST_GAP);
    this.before = now;
    if (this.loop && this.step >= this.last) this.seek(0);
    else this.at = Math.min(this.after(gap), this.last);
    if (this.at >= this.last && !this.loop) this.pause();
  }

  /**
   * Where it is so many seconds on.
   * @param {number} gap
   */
  after(gap) {
    if (!this.rise) return this.at + gap * this.speed;
    const rest = PACE / this.rise;
    return this.from + (this.at - this.from + rest) * Math.exp(this.rise * gap) - rest;
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
    this.begin();
  }

  /**
   * A run of another length has arrived. The place is kept: while the hand drags, runs are shorter.
   * @param {number} last
   */
  resize(last) {
    this.last = last;
    if (this.seconds) this.speed = Math.max(last / this.seconds, PACE);
    this.begin();
  }
}

/**
 * How far an iterate is on its way, a part of a step after it: it rests, and then hops. Pure.
 * @param {number} part
 * @param {number} pace steps a second
 */
export function hopAt(part, pace) {
  if (pace > EASED) return 0;
  const share = Math.max((part - RESTS) / (1 - RESTS), 0);
  return share * share * (3 - 2 * share);
}

/**
 * By how much the steps a second rise with each step, so that the mean over so many steps is a speed; 0 where
 * that is no faster than it begins.
 *
 * In the time T = steps / speed it makes PACE (eᶻ − 1)/z · T steps, z = rise · T.
 * @param {number} steps
 * @param {number} speed
 */
export function riseFor(steps, speed) {
  if (!(steps > 0) || speed <= PACE) return 0;
  let [low, high] = [0, 40];
  for (let i = 0; i < 60; i++) {
    const z = (low + high) / 2;
    if (Math.expm1(z) / z < speed / PACE) low = z;
    else high = z;
  }
  return (low * speed) / steps;
}
