import assert from "node:assert/strict";
import { test } from "node:test";
import { CLOCKS } from "../../assets/js/clock.mjs";
import { closest, curveOf, spreadOf, valueAt } from "../../assets/js/lab/clocks.mjs";

// A run whose sharpness is exp(−η^power t), every step recorded.
function run(eta, power, last) {
  const step = Float32Array.from({ length: last + 1 }, (_, t) => t);
  return {
    eta,
    rows: last + 1,
    columns: { step, projection_sharpness: step.map((t) => Math.exp(-(eta ** power) * t)) },
  };
}

const close = (a, b, within) => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);

test("a curve has the times of its clock, without the rows that have no value", () => {
  const one = run(0.5, 1, 4);
  one.columns.projection_sharpness[0] = NaN;
  assert.deepEqual(curveOf(one, "step").times, [1, 2, 3, 4]);
  assert.deepEqual(curveOf(one, "eta").times, [0.5, 1, 1.5, 2]);
  assert.deepEqual(curveOf(one, "tau").times, [0.25, 0.5, 0.75, 1]);
});

test("between two points a curve is straight, beyond its ends nothing", () => {
  const curve = { times: [0, 1, 3], values: [5, 7, 3] };
  assert.deepEqual(
    [0, 0.5, 1, 2, 3].map((t) => valueAt(curve, t)),
    [5, 6, 7, 5, 3],
  );
  assert.ok([-0.1, 3.1, NaN].every((t) => Number.isNaN(valueAt(curve, t))));
  assert.ok(Number.isNaN(valueAt({ times: [], values: [] }, 0)));
});

for (const [power, clock] of CLOCKS.entries()) {
  test(`runs that go by η^${power} t lie on one curve on the clock ${clock} alone`, () => {
    const runs = [run(0.5, power, 40), run(0.25, power, 160)];
    const spreads = Object.fromEntries(CLOCKS.map((one) => [one, spreadOf(runs.map((r) => curveOf(r, one))).spread]));
    assert.equal(closest(spreads), clock);
    close(spreads[clock], 0, 0.05); // the curves are straight between steps
    for (const other of CLOCKS) if (other !== clock) assert.ok(spreads[other] > 0.3, `${other} ${spreads[other]}`);
  });
}

test("the spread is the distance at one time as a share of the mean there", () => {
  const flat = (value, end) => ({ times: [0, end], values: [value, value] });
  close(spreadOf([flat(9, 10), flat(11, 4)]).spread, 0.2, 1e-12);
  const { spread, time } = spreadOf([flat(10, 8), { times: [0, 8], values: [10, 30] }]);
  close(spread, 1, 1e-12);
  assert.equal(time, 8);
});

test("one curve alone has no spread, nor have two without a time in common", () => {
  assert.ok(Number.isNaN(spreadOf([{ times: [0, 1], values: [1, 2] }]).spread));
  assert.ok(
    Number.isNaN(
      spreadOf([
        { times: [0, 1], values: [1, 2] },
        { times: [], values: [] },
      ]).spread,
    ),
  );
  assert.equal(closest({ step: NaN, eta: NaN, tau: NaN }), null);
});
