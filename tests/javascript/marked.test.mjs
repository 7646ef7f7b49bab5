import assert from "node:assert/strict";
import { test } from "node:test";
import { piecesOf } from "../../assets/js/stage/marked.mjs";

const MEANINGS = { τ: "slow time", "X(τ)": "the theorem's point", "1/Sₜ + 1/Sₜ₊₁": "a law" };

test("a sentence is taken apart at its symbols, the longest first, and loses nothing", () => {
  const text = "τ and X(τ): 1/Sₜ + 1/Sₜ₊₁ is 1.";
  const pieces = piecesOf(text, MEANINGS);
  assert.equal(pieces.map((piece) => piece.text).join(""), text);
  assert.deepEqual(
    pieces.filter(({ explains }) => explains),
    Object.entries(MEANINGS).map(([text, explains]) => ({ text, explains })),
  );
  assert.deepEqual(piecesOf("None here.", MEANINGS), [{ text: "None here.", explains: "" }]);
});
