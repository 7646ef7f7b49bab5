import assert from "node:assert/strict";
import { test } from "node:test";
import { findApi, Report, timeOf } from "../../assets/js/scorm.mjs";

// A platform that writes down what it is told.
function platform(status = "not attempted") {
  const values = { "cmi.core.lesson_status": status };
  const calls = [];
  const api = {
    LMSInitialize: (text) => void calls.push(["LMSInitialize", text]),
    LMSGetValue: (name) => values[name] ?? "",
    LMSSetValue: (name, value) => void (values[name] = value),
    LMSCommit: (text) => void calls.push(["LMSCommit", text]),
    LMSFinish: (text) => void calls.push(["LMSFinish", text]),
  };
  return { api, values, calls };
}

test("the API is in a frame around, or around the window that opened this one", () => {
  const API = {};
  const top = { API };
  top.parent = top;
  const alone = { opener: top };
  alone.parent = alone;
  alone.top = alone;
  const nowhere = {};
  Object.assign(nowhere, { parent: nowhere, top: nowhere });
  assert.equal(findApi({ parent: { parent: top } }), API);
  assert.equal(findApi(alone), API);
  assert.equal(findApi(nowhere), null);
});

test("a run is incomplete until its end has been seen, then complete with all of the score", () => {
  const { api, values, calls } = platform();
  const report = new Report(api, 0);
  assert.equal(values["cmi.core.lesson_status"], "incomplete");
  report.reached(0.5);
  report.reached(0.2);
  assert.equal(values["cmi.core.lesson_status"], "incomplete");
  report.reached(1);
  assert.equal(values["cmi.core.lesson_status"], "completed");
  assert.deepEqual([0, 100, 100].map(String), [
    values["cmi.core.score.min"],
    values["cmi.core.score.max"],
    values["cmi.core.score.raw"],
  ]);
  report.finish(61000);
  report.finish(62000);
  assert.equal(values["cmi.core.session_time"], "0000:01:01");
  assert.deepEqual(
    calls.map(([name]) => name),
    ["LMSInitialize", "LMSCommit", "LMSCommit", "LMSCommit", "LMSFinish"],
  );
});

test("who leaves before has the share that was seen; who was done before stays so", () => {
  const left = platform();
  const report = new Report(left.api, 0);
  report.reached(0.427);
  report.finish(1000);
  assert.equal(left.values["cmi.core.score.raw"], "42");
  assert.equal(left.values["cmi.core.lesson_status"], "incomplete");
  const again = platform("completed");
  new Report(again.api, 0).finish(1000);
  assert.equal(again.values["cmi.core.lesson_status"], "completed");
  assert.equal(again.values["cmi.core.score.raw"], undefined);
});

test("times are hours, minutes, seconds", () => {
  assert.equal(timeOf(0), "0000:00:00");
  assert.equal(timeOf(3.75 * 3600 * 1000 + 400), "0003:45:00");
});
