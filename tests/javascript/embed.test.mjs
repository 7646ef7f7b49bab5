import assert from "node:assert/strict";
import { test } from "node:test";
import { Embed, originAround } from "../../assets/js/embed.mjs";

const FIRST = { edgewalk: "state", at: 5, eta: 0.2, sharpness: 3 };

// A page around a frame, and what it has been told.
function around() {
  const told = [];
  const parent = { postMessage: (data, to) => told.push([data, to]) };
  globalThis.window = { parent };
  const asked = [];
  const embed = new Embed({ play: () => asked.push("play"), seek: (at) => asked.push(at) });
  const send = (data, origin, source = parent) => embed.hear({ source, origin, data });
  return { embed, told, asked, send };
}

test("a browser says what is around a frame, or what has led to it, or nothing", () => {
  assert.equal(originAround(["https://a.test", "https://b.test"], "https://me.test/lab/"), "https://a.test");
  assert.equal(originAround(undefined, "https://a.test/course?x=1"), "https://a.test");
  assert.equal(originAround(undefined, ""), null);
  assert.equal(originAround(["null"], "https://a.test/course"), null, "a page without an origin, whatever its address");
});

test("where nothing is said, the first message of the page around says it, and is answered", () => {
  const { embed, told, asked, send } = around();
  embed.tell(5, 0.2, 3);
  assert.deepEqual(told, [], "nobody is told as long as nobody is known");
  send({ edgewalk: "play" }, "https://a.test");
  assert.deepEqual(asked, ["play"]);
  assert.deepEqual(told, [[FIRST, "https://a.test"]]);
  embed.tell(5, 0.2, 3);
  assert.equal(told.length, 1, "each state once");
  embed.tell(6, 0.2, 3);
  assert.equal(told.length, 2);
});

test("a page without an origin is answered too, and one that was taken for another", () => {
  const { embed, told, send } = around();
  embed.origin = "https://me.test";
  embed.tell(5, 0.2, 3);
  send({ edgewalk: "play" }, "null");
  assert.deepEqual(told, [
    [FIRST, "https://me.test"],
    [FIRST, "*"],
  ]);
});

test("nobody else is heard, and no step that is no number", () => {
  const { told, asked, send } = around();
  send({ edgewalk: "play" }, "https://a.test", {});
  send(null, "https://a.test");
  send({ edgewalk: "seek", at: "7" }, "https://a.test");
  assert.deepEqual([told, asked], [[], []]);
  send({ edgewalk: "seek", at: 7 }, "https://a.test");
  assert.deepEqual(asked, [7]);
});
