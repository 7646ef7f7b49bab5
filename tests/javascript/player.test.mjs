import assert from "node:assert/strict";
import { test } from "node:test";
import { Player, riseFor } from "../../assets/js/stage/player.mjs";

function player(last, speed = 10) {
  const made = new Player();
  made.resize(last);
  made.speed = speed;
  made.rises = false;
  return made;
}

test("the whole run takes half a minute, whatever its length, or three steps a second", () => {
  for (const [last, speed] of [
    [600, 20],
    [6_000_000, 200_000],
    [11, 3],
    [0, 3],
  ]) {
    const made = new Player();
    made.resize(last);
    assert.equal(made.speed, speed);
  }
});

test("a choice stays for runs of another length: as seconds for the whole or, in slow motion, as steps", () => {
  const made = new Player();
  made.resize(600);
  made.choose(60);
  assert.deepEqual([made.speed, made.seconds], [60, 10]);
  made.resize(6_000_000);
  assert.equal(made.speed, 600_000);
  made.choose(12);
  made.resize(600);
  assert.deepEqual([made.speed, made.seconds], [12, null]);
  made.choose(0.1);
  assert.equal(made.speed, 1);
  made.choose(1e9);
  assert.equal(made.speed, made.fastest);
});

test("the fastest is ten thousand steps a second, or the whole in three seconds", () => {
  const made = new Player();
  for (const [last, fastest] of [
    [600, 1e4],
    [6_000_000, 2_000_000],
  ]) {
    made.resize(last);
    assert.equal(made.fastest, fastest);
  }
});

test("plays at its speed, by the time that is handed in", () => {
  const made = player(100);
  made.play(50);
  for (let i = 1; i <= 20; i++) made.tick(50 + i * 0.1);
  assert.equal(made.step, 20);
  assert.ok(made.playing);
});

test("the same time in larger or smaller pieces is the same step", () => {
  for (const pieces of [10, 37, 600]) {
    const made = player(1000, 24);
    made.play(0);
    for (let i = 1; i <= pieces; i++) made.tick((i * 2) / pieces);
    assert.equal(made.step, 48, `${pieces} pieces`);
  }
});

test("a long gap counts as a quarter of a second", () => {
  const made = player(1000, 100);
  made.play(0);
  made.tick(3600);
  assert.equal(made.step, 25);
  made.tick(3600.1);
  assert.equal(made.step, 35);
});

test("time that runs backwards moves nothing", () => {
  const made = player(100);
  made.play(10);
  made.tick(10.2);
  made.tick(5);
  assert.equal(made.step, 2);
  made.tick(5.1);
  assert.equal(made.step, 3);
});

test("stops at the last step", () => {
  const made = player(5, 100);
  made.play(0);
  made.tick(0.2);
  assert.deepEqual([made.step, made.at, made.playing], [5, 5, false]);
  made.tick(0.4);
  assert.equal(made.step, 5);
});

test("in a loop it begins again after the last step, which is seen", () => {
  const made = player(5, 20);
  made.loop = true;
  made.seek(3);
  made.play(0);
  const seen = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6].map((now) => (made.tick(now), made.step));
  assert.deepEqual(seen, [5, 0, 2, 4, 5, 0]);
  assert.ok(made.playing);
});

test("a loop that is left ends at the last step", () => {
  const made = player(5, 100);
  made.loop = true;
  made.play(0);
  made.tick(0.2);
  assert.deepEqual([made.step, made.playing], [5, true]);
  made.loop = false;
  made.tick(0.4);
  assert.deepEqual([made.step, made.playing], [5, false]);
});

test("play from the end starts over", () => {
  const made = player(5);
  made.seek(5);
  made.play(0);
  assert.deepEqual([made.step, made.playing], [0, true]);
});

test("play from anywhere else goes on from there", () => {
  const made = player(5);
  made.seek(4);
  made.play(100);
  assert.equal(made.step, 4);
  made.tick(100.05);
  assert.equal(made.step, 4);
  made.tick(100.15);
  assert.deepEqual([made.step, made.playing], [5, false]);
});

test("time that passed while it stood does not count", () => {
  const made = player(100);
  made.play(0);
  made.tick(0.2);
  made.pause();
  made.tick(0.3);
  assert.equal(made.step, 2);
  made.play(1000);
  made.tick(1000.1);
  assert.equal(made.step, 3);
});

test("pause stands on a whole step", () => {
  const made = player(100);
  made.play(0);
  made.tick(0.17);
  made.pause();
  assert.deepEqual([made.at, made.step, made.playing], [1, 1, false]);
});

test("seek stays in the run, and between two steps where it is told to", () => {
  const made = player(10);
  const seek = (at) => (made.seek(at), [made.at, made.step]);
  assert.deepEqual(seek(3.6), [3.6, 3]);
  assert.deepEqual(seek(4 - 1e-9), [4 - 1e-9, 4]);
  assert.deepEqual(
    [-2, 99, Infinity, -Infinity].map((at) => seek(at)[1]),
    [0, 10, 10, 0],
  );
});

test("seek while playing goes on from there", () => {
  const made = player(100);
  made.play(0);
  made.seek(50);
  made.tick(0.1);
  assert.equal(made.step, 51);
});

test("a shorter run shows its end, and the place is kept for a longer one", () => {
  const made = player(100);
  made.seek(80);
  made.resize(200);
  assert.equal(made.step, 80);
  made.resize(30);
  assert.equal(made.step, 30);
  made.resize(200);
  assert.equal(made.step, 80);
});

test("a run of no steps can be played, and ends at once", () => {
  const made = player(0);
  made.play(0);
  made.tick(0.1);
  assert.deepEqual([made.step, made.playing], [0, false]);
});

test("ten million steps are counted one by one", () => {
  const made = player(1e7, 1);
  made.seek(9999990);
  made.play(0);
  for (let i = 1; i <= 20; i++) made.tick(i * 0.25);
  assert.equal(made.step, 9999995);
});

// ---- slowly at first ----

function rising(last, pieces = 1) {
  const made = new Player();
  made.resize(last);
  made.play(0);
  let now = 0;
  while (made.playing && now < 100) made.tick((now += 0.02 / pieces));
  return { made, now };
}

test("it begins at three steps a second and takes half a minute in all, however long the run", () => {
  for (const last of [91, 600, 60_000, 6_000_000]) {
    const made = new Player();
    made.resize(last);
    made.play(0);
    assert.equal(made.pace, 3);
    for (let i = 1; i <= 50; i++) made.tick(0.02 * i);
    assert.ok(made.at > 2.99 && made.at < 5, `${made.at}`);
    const { now } = rising(last);
    assert.ok(Math.abs(now - 30) < 0.05, `${last} steps in ${now} s`);
  }
});

test("it rises so that the steps add up, and not at all where that is no faster", () => {
  for (const [steps, speed] of [
    [600, 20],
    [6e6, 2e5],
    [100, 3.4],
  ]) {
    const rise = riseFor(steps, speed);
    const made = (3 * Math.expm1((rise * steps) / speed)) / rise;
    assert.ok(Math.abs(made / steps - 1) < 1e-9);
  }
  assert.deepEqual([riseFor(100, 3), riseFor(100, 1), riseFor(0, 20)], [0, 0, 0]);
});

test("while it rises too, time in larger or smaller pieces is the same step", () => {
  const [one, many] = [1, 7].map((pieces) => {
    const made = new Player();
    made.resize(6000);
    made.play(0);
    for (let i = 1; i <= 100 * pieces; i++) made.tick((0.1 * i) / pieces);
    return made.at;
  });
  assert.ok(Math.abs(one / many - 1) < 1e-9);
});

test("wherever it goes on from, it is slow again; slow motion and an even pace stay as they are", () => {
  const made = new Player();
  made.resize(600);
  made.seek(300);
  made.play(0);
  assert.equal(made.pace, 3);
  made.choose(1);
  assert.deepEqual([made.pace, made.seconds], [1, null]);
  made.choose(60);
  assert.equal(made.pace, 3);
  made.rises = false;
  made.begin();
  assert.equal(made.pace, 60);
});

test("a hop is seen on its way while steps are slow: it rests, leaves, and arrives", () => {
  const made = new Player();
  made.resize(600);
  made.play(0);
  const seen = [0, 0.2, 0.44, 0.6, 0.8, 0.999].map((share) => ((made.at = 5 + share), made.hop));
  assert.deepEqual(seen.slice(0, 3), [0, 0, 0]);
  assert.ok(seen[3] > 0 && seen[4] > seen[3] && seen[5] > 0.99 && seen[5] <= 1);
  made.eases = false;
  assert.equal(made.hop, 0);
  made.eases = true;
  made.at = 500.9;
  assert.equal(made.hop, 0);
  made.pause();
  made.at = 5.9;
  assert.equal(made.hop, 0);
});
