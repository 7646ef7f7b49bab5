import assert from "node:assert/strict";
import { test, mock } from "node:test";
import { readQuery } from "../../assets/js/link.mjs";
import { Requests } from "../../assets/js/stage/requests.mjs";

// /run.bin of one run of these steps.
function body(...steps) {
  const header = { runs: [{ rows: steps.length, columns: [{ name: "step", width: 1 }] }] };
  let text = JSON.stringify(header);
  while ((8 + text.length) % 4) text += " ";
  const buffer = new ArrayBuffer(8 + text.length + 4 * steps.length);
  new Uint8Array(buffer).set(new TextEncoder().encode("EDGW"));
  new DataView(buffer).setUint32(4, text.length, true);
  new Uint8Array(buffer).set(new TextEncoder().encode(text), 8);
  new Float32Array(buffer, 8 + text.length).set(steps);
  return buffer;
}

const found = (...steps) => ({ ok: true, status: 200, arrayBuffer: async () => body(...steps) });
const inBytes = (text) => new TextEncoder().encode(text).buffer;
const refusal = (answer) => ({ ok: false, status: 400, arrayBuffer: async () => inBytes(JSON.stringify(answer)) });

// A server whose answers the test gives, and what is heard of them.
function setUp(hears = () => {}) {
  const heard = [];
  const sent = [];
  const fetch = (url, options) => {
    hears(url, options);
    return new Promise((resolve, reject) => sent.push({ url, resolve, reject }));
  };
  const requests = new Requests(fetch, {
    run: (result, asked) => heard.push(["run", [...result.runs[0].columns.step], asked.query.eta]),
    refused: (problems, nearest, asked) => heard.push(["refused", problems, nearest, asked.query.eta]),
    failed: (words) => heard.push(["failed", words]),
    busy: (yes) => heard.push(["busy", yes]),
  });
  const told = () => heard.filter(([what]) => what !== "busy");
  return { requests, sent, heard, told };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const ask = (requests, eta, more) => requests.ask({ query: { eta }, ...more });

test("a run that is asked for is fetched, decoded and handed on with what was asked", async () => {
  const { requests, sent, told } = setUp();
  requests.ask({ query: { loss: "ring", eta: "0.1", at: "7", clock: "step" } });
  assert.deepEqual(
    sent.map(({ url }) => url),
    ["run.bin?loss=ring&eta=0.1"],
  );
  sent[0].resolve(found(0, 1, 2));
  await settled();
  assert.deepEqual(told(), [["run", [0, 1, 2], "0.1"]]);
});

test("the first link is sent whole, so that the server judges all of it", () => {
  const { requests, sent } = setUp();
  requests.ask({ query: { eta: "0.1", at: "x", clock: "hours" }, whole: true });
  assert.equal(sent[0].url, "run.bin?eta=0.1&at=x&clock=hours");
});

test("while one is under way only the newest of those that wait is kept", async () => {
  const { requests, sent, told } = setUp();
  for (const eta of ["1", "2", "3", "4"]) ask(requests, eta);
  assert.equal(sent.length, 1);
  sent[0].resolve(found(1));
  await settled();
  assert.deepEqual(
    sent.map(({ url }) => url),
    ["run.bin?eta=1", "run.bin?eta=4"],
  );
  sent[1].resolve(found(4));
  await settled();
  assert.deepEqual(told(), [
    ["run", [1], "1"],
    ["run", [4], "4"],
  ]);
  assert.equal(sent.length, 2);
});

test("a later request goes out at once when none is under way", async () => {
  const { requests, sent } = setUp();
  ask(requests, "1");
  sent[0].resolve(found(1));
  await settled();
  ask(requests, "2");
  assert.equal(sent.length, 2);
});

test("what hears of a run may ask for another", async () => {
  const { requests, sent, told } = setUp();
  requests.hear.run = () => ask(requests, "2");
  ask(requests, "1");
  sent[0].resolve(found(1));
  await settled();
  assert.equal(sent.length, 2);
  sent[1].resolve(refusal({ problems: [], nearest: "" }));
  await settled();
  assert.deepEqual(told(), [["refused", [], "", "2"]]);
});

test("a query that is refused is told with its problems and the nearest", async () => {
  const { requests, sent, told } = setUp();
  ask(requests, "x");
  sent[0].resolve(refusal({ problems: [{ field: "eta", text: "No." }], nearest: "loss=ring" }));
  await settled();
  assert.deepEqual(told(), [["refused", [{ field: "eta", text: "No." }], "loss=ring", "x"]]);
});

test("a server that fails or does not answer is told, and asked again", async () => {
  const { requests, sent, told } = setUp();
  ask(requests, "1");
  sent[0].reject(new TypeError("Failed to fetch"));
  await settled();
  ask(requests, "2");
  sent[1].resolve({ ok: false, status: 503, arrayBuffer: async () => inBytes("<html>") });
  await settled();
  ask(requests, "3");
  sent[2].resolve(found(3));
  await settled();
  assert.deepEqual(
    told().map(([what]) => what),
    ["failed", "failed", "run"],
  );
  assert.ok(
    told()
      .slice(0, 2)
      .every(([, words]) => words.endsWith(".")),
  );
  assert.ok(told()[1][1].includes("503"));
});

const BROKEN = {
  "is no run": { ok: true, status: 200, arrayBuffer: async () => new ArrayBuffer(40) },
  "is half a run": { ok: true, status: 200, arrayBuffer: async () => body(0, 1, 2).slice(0, -4) },
  "breaks off": { ok: true, status: 200, arrayBuffer: async () => Promise.reject(new TypeError("network error")) },
  "refuses without words": { ok: false, status: 400, arrayBuffer: async () => inBytes("<html>") },
};

for (const [how, response] of Object.entries(BROKEN)) {
  test(`an answer that ${how} is told, and is not the last`, async () => {
    const { requests, sent, told } = setUp();
    ask(requests, "1");
    sent[0].resolve(response);
    await settled();
    await settled();
    ask(requests, "2");
    assert.equal(sent.length, 2, "nothing is asked any more");
    sent[1].resolve(found(2));
    await settled();
    assert.deepEqual(
      told().map(([what]) => what),
      ["failed", "run"],
    );
    assert.match(told()[0][1], how === "breaks off" ? /does not answer/ : /^The server's answer cannot be read: .+\./);
  });
}

test("an error in what hears of a run is not hidden, and does not end asking", async () => {
  const { requests, sent, heard } = setUp();
  requests.hear.run = () => {
    throw new Error("cannot paint");
  };
  requests.waiting = { query: { eta: "1" } };
  const asking = requests.next();
  sent[0].resolve(found(1));
  await assert.rejects(asking, /cannot paint/);
  assert.deepEqual(heard.at(-1), ["busy", false]);
  ask(requests, "2");
  assert.equal(sent.length, 2);
});

test("while the hand drags, a long run is asked for in part", async () => {
  const { requests, sent } = setUp();
  const cases = [
    [{ query: { eta: "1" }, dragged: true, steps: 5000000 }, "run.bin?eta=1&steps=100000"],
    [{ query: { steps: "200000" }, dragged: true }, "run.bin?steps=100000"],
    [{ query: { steps: "99" }, dragged: true, steps: 5000000 }, "run.bin?steps=99"],
    [{ query: { eta: "1" }, dragged: true, steps: 600 }, "run.bin?eta=1"],
    [{ query: { steps: "200000" } }, "run.bin?steps=200000"],
    [{ query: { steps: "many" }, dragged: true }, "run.bin?steps=many"],
  ];
  for (const [asked, url] of cases) {
    requests.ask(asked);
    assert.equal(sent.at(-1).url, url);
    sent.at(-1).resolve(found(0));
    await settled();
  }
  assert.equal(cases[1][0].query.steps, "200000");
});

// With a clock that the test turns.
async function withTimers(play) {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    await play();
  } finally {
    mock.timers.reset();
  }
}

test("where the whole takes long its iterates are asked for beside it, and told of first", () =>
  withTimers(async () => {
    const { requests, sent, told, heard } = setUp();
    ask(requests, "1");
    mock.timers.tick(100);
    assert.equal(sent.length, 1);
    mock.timers.tick(100);
    assert.deepEqual(
      sent.map(({ url }) => url),
      ["run.bin?eta=1", "run.bin?eta=1&part=iterates"],
    );
    sent[1].resolve(found(1));
    await settled();
    assert.equal(requests.pending, true, "the whole is still to come");
    mock.timers.tick(1000);
    assert.equal(sent.length, 2);
    assert.deepEqual(heard.at(-1), ["busy", true]);
    sent[0].resolve(found(1, 2));
    await settled();
    assert.deepEqual(told(), [
      ["run", [1], "1"],
      ["run", [1, 2], "1"],
    ]);
    assert.deepEqual(heard.at(-1), ["busy", false]);
  }));

test("what comes after the whole, or fails, or is of an older choice, is not told of", () =>
  withTimers(async () => {
    const { requests, sent, told } = setUp();
    for (const [eta, late] of Object.entries({ 1: found(9), 3: refusal({ problems: [], nearest: "" }) })) {
      ask(requests, eta);
      mock.timers.tick(200);
      const [whole, part] = sent.slice(-2);
      whole.resolve(found(1, 2));
      await settled();
      part.resolve(late);
      await settled();
    }
    ask(requests, "4");
    mock.timers.tick(200);
    const [older, part] = sent.slice(-2);
    part.resolve(refusal({ problems: [], nearest: "" }));
    await settled();
    ask(requests, "2");
    older.resolve(found(1, 2));
    await settled();
    sent.at(-1).resolve(found(2));
    await settled();
    assert.deepEqual(told(), [...["1", "3", "4"].map((eta) => ["run", [1, 2], eta]), ["run", [2], "2"]]);
  }));

test("once the iterates stand, a newer choice does not wait for the whole, which is then nobody's", () =>
  withTimers(async () => {
    const { requests, sent, told } = setUp();
    ask(requests, "1");
    mock.timers.tick(200);
    sent[1].resolve(found(1));
    await settled();
    ask(requests, "2");
    await settled();
    assert.equal(sent[2].url, "run.bin?eta=2");
    sent[0].resolve(found(1, 2));
    await settled();
    sent[2].resolve(found(2));
    await settled();
    assert.deepEqual(told(), [
      ["run", [1], "1"],
      ["run", [2], "2"],
    ]);
  }));

test("a dragged run is not asked for in two parts", () =>
  withTimers(async () => {
    const { requests, sent } = setUp();
    ask(requests, "1", { dragged: true });
    mock.timers.tick(10000);
    assert.equal(sent.length, 1);
  }));

test("only what takes long is busy, and no longer than it takes", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const { requests, sent, heard } = setUp();
    const busy = () => heard.filter(([what]) => what === "busy").map(([, yes]) => yes);
    ask(requests, "1");
    mock.timers.tick(100);
    sent[0].resolve(found(1));
    await settled();
    mock.timers.tick(10000);
    assert.equal(busy().includes(true), false);
    ask(requests, "2");
    mock.timers.tick(1000);
    assert.equal(busy().at(-1), true);
    sent[1].resolve(found(2));
    await settled();
    assert.equal(busy().at(-1), false);
    mock.timers.tick(10000);
    assert.equal(busy().at(-1), false);
  } finally {
    mock.timers.reset();
  }
});

test("what is asked for once more is there, or on its way", async () => {
  const { requests, sent, told } = setUp();
  requests.foresee({ eta: "1" });
  ask(requests, "1", { whole: true });
  assert.equal(sent.length, 1);
  sent[0].resolve(found(1));
  await settled();
  ask(requests, "1", { dragged: true });
  await settled();
  assert.equal(sent.length, 1);
  assert.deepEqual(told(), [...Array(2).fill(["run", [1], "1"])]);
});

test("when the hand rests, what it had asked for on the way is ended, unless it is the same", async () => {
  const signals = [];
  const { requests, sent } = setUp((url, options) => signals.push(options.signal));
  for (const eta of ["1", "2", "3"]) ask(requests, eta, { dragged: true });
  assert.equal(sent.length, 1);
  ask(requests, "3");
  await settled();
  assert.equal(signals[0].aborted, true);
  assert.deepEqual(
    sent.map(({ url }) => url),
    ["run.bin?eta=1", "run.bin?eta=3"],
  );
  ask(requests, "3");
  await settled();
  assert.equal(signals[1].aborted, false);
  assert.equal(sent.length, 2);
});

test("an answer that is cut is not kept, and asked for again by itself", () =>
  withTimers(async () => {
    const { requests, sent, told } = setUp();
    ask(requests, "1");
    sent[0].resolve(BROKEN["breaks off"]);
    await settled();
    mock.timers.tick(1001);
    await settled();
    assert.equal(sent.length, 2);
    sent[1].resolve(found(1));
    await settled();
    assert.deepEqual(
      told().map(([what]) => what),
      ["failed", "run"],
    );
  }));

test("what nobody answered is not asked for again once something newer has come", () =>
  withTimers(async () => {
    const { requests, sent } = setUp();
    ask(requests, "1");
    sent[0].reject(new TypeError("Failed to fetch"));
    await settled();
    ask(requests, "2");
    sent[1].resolve(found(2));
    await settled();
    mock.timers.tick(10000);
    await settled();
    assert.equal(sent.length, 2);
  }));

// ---- windows ----

test("a window that is on its way is not asked for again while the playhead is within it", async () => {
  mock.timers.enable({ apis: ["Date"], now: 1e6 });
  try {
    const { requests, sent } = setUp();
    const shown = gappy();
    requests.window(shown, standing, [3000]);
    mock.timers.tick(1000);
    assert.equal(await requests.window(shown, standing, [3200]), false);
    assert.equal(sent.length, 1);
    requests.window(shown, standing, [3900]);
    assert.equal(sent.length, 2);
  } finally {
    mock.timers.reset();
  }
});

const makeRun = (steps, more) => ({
  rule: "ngd",
  eta: 0.1,
  steps: steps.at(-1),
  rows: steps.length,
  last: steps.at(-1),
  columns: { step: Float32Array.from(steps) },
  ...more,
});
const result = (...steps) => ({ query: "", runs: [makeRun(steps)] });
const gappy = () => result(0, 1, 5000, 5001);
const standing = { playing: false, pace: 24 };
const queryOf = ({ url }) => readQuery(url.split("?")[1]);

test("a step that is not recorded brings a window around it", async () => {
  const { requests, sent } = setUp();
  const shown = { ...gappy(), query: "loss=ring&at=3&strobe=even" };
  const coming = requests.window(shown, standing, [3000]);
  const expected = { loss: "ring", rule: "ngd", eta: "0.1", steps: "5001", first: "2900", count: "400" };
  assert.deepEqual(sent.map(queryOf), [expected]);
  sent[0].resolve(found(2900, 2901));
  assert.equal(await coming, true);
  assert.deepEqual([...shown.runs[0].window.columns.step], [2900, 2901]);
});

test("of several runs each that lacks its step asks by its own rule, step size and steps", async () => {
  const { requests, sent } = setUp();
  const shown = {
    query: "rule=ngd,sqrt-gd,gd&eta=0.1,0.05&steps=5001",
    runs: [
      makeRun([0, 1, 5000, 5001]),
      makeRun([0, 1, 20000, 20001], { rule: "sqrt-gd", eta: 0.05 }),
      makeRun([0, 1, 2, 3], { rule: "gd" }),
    ],
  };
  const coming = requests.window(shown, standing, [2500, 10000, 3]);
  const asked = sent.map(queryOf).map(({ rule, eta, steps, first }) => [rule, eta, steps, first]);
  assert.deepEqual(asked, [
    ["ngd", "0.1", "5001", "2400"],
    ["sqrt-gd", "0.05", "20001", "9900"],
  ]);
  sent[1].resolve(found(10000));
  sent[0].resolve(found(2500));
  assert.equal(await coming, true);
  assert.deepEqual(
    shown.runs.map((run) => run.window && run.window.columns.step[0]),
    [2500, 10000, undefined],
  );
});

test("one window of two is worth a picture", async () => {
  const { requests, sent } = setUp();
  const shown = { query: "", runs: [makeRun([0, 9000]), makeRun([0, 9000])] };
  const coming = requests.window(shown, standing, [50, 60]);
  sent[0].resolve(refusal({}));
  sent[1].resolve(found(60));
  assert.equal(await coming, true);
  assert.deepEqual(
    shown.runs.map((run) => Boolean(run.window)),
    [false, true],
  );
});

test("a window never begins before the run, and is longer where it is played fast", () => {
  const counts = { 24: "400", 500: "3000", 2000: "4000" };
  for (const [speed, count] of Object.entries(counts)) {
    const { requests, sent } = setUp();
    requests.window(gappy(), { playing: true, pace: Number(speed) }, [50]);
    assert.deepEqual([queryOf(sent[0]).first, queryOf(sent[0]).count], ["0", count]);
  }
});

test("a step that is recorded, or passes too fast to be seen, brings none", async () => {
  const { requests, sent } = setUp();
  assert.equal(await requests.window(gappy(), standing, [5000]), false);
  assert.equal(await requests.window(result(0, 1, 2), standing, [99]), false);
  assert.equal(await requests.window(gappy(), { playing: true, pace: 10000 }, [3000]), false);
  assert.deepEqual(sent, []);
  requests.window(gappy(), { playing: false, pace: 10000 }, [3000]);
  assert.equal(sent.length, 1);
});

test("windows are asked for no more than every so often", async () => {
  const { requests, sent } = setUp();
  requests.window(gappy(), standing, [2000]);
  assert.equal(await requests.window(gappy(), standing, [3000]), "later");
  assert.equal(sent.length, 1);
});

test("a window that is overtaken by a newer one is dropped", async () => {
  mock.timers.enable({ apis: ["Date"], now: 1e6 });
  try {
    const { requests, sent } = setUp();
    const shown = gappy();
    const first = requests.window(shown, standing, [2000]);
    mock.timers.tick(1000);
    const second = requests.window(shown, standing, [4000]);
    sent[1].resolve(found(4000));
    assert.equal(await second, true);
    sent[0].resolve(found(2000));
    assert.equal(await first, false);
    assert.deepEqual([...shown.runs[0].window.columns.step], [4000]);
  } finally {
    mock.timers.reset();
  }
});

test("a window that does not come changes nothing", async () => {
  for (const answer of ["reject", "refuse", "break"]) {
    const { requests, sent } = setUp();
    const shown = gappy();
    const coming = requests.window(shown, standing, [3000]);
    if (answer === "reject") sent[0].reject(new TypeError("Failed to fetch"));
    else sent[0].resolve(answer === "refuse" ? refusal({}) : BROKEN["breaks off"]);
    assert.equal(await coming, "later", answer);
    assert.equal(shown.runs[0].window, undefined);
    assert.equal(await requests.window(shown, standing, [3000]), "later", "it has a rest");
    assert.equal(sent.length, 1);
  }
});

test("a stretch is of one run", async () => {
  const { requests, sent } = setUp();
  const run = makeRun([0, 7000], { rule: "gd", eta: 0.2 });
  const shown = { query: "loss=ring&rule=ngd,gd&eta=0.1,0.2&look=surface", runs: [run] };
  const coming = requests.stretch(shown, run, 30, 5000);
  const expected = { loss: "ring", rule: "gd", eta: "0.2", steps: "7000", first: "30", count: "5000" };
  assert.deepEqual(queryOf(sent[0]), expected);
  sent[0].resolve(found(30, 31));
  assert.deepEqual([...(await coming).columns.step], [30, 31]);
});

test("a stretch of a branch is asked for with all that its run is from, by its place", async () => {
  const { requests, sent } = setUp();
  const [root, branch] = [makeRun([0, 7000]), makeRun([0, 9000], { fork: { step: 400, of: 0 } })];
  const query = "loss=ring&fork=400&fork.eta=0.05&fork.name=slow&focus=0";
  requests.stretch({ query, runs: [root, branch] }, branch, 30, 5000);
  requests.stretch({ query, runs: [root, branch] }, root, 30, 5000);
  const expected = { loss: "ring", fork: "400", "fork.eta": "0.05", "fork.name": "slow" };
  assert.deepEqual(queryOf(sent[0]), { ...expected, focus: "1", first: "30", count: "5000" });
  assert.equal(queryOf(sent[1]).fork, undefined);
});
