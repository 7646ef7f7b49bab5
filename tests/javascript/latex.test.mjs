import assert from "node:assert/strict";
import { test } from "node:test";
import { latexOf, texOf } from "../../assets/js/latex.mjs";

for (const [text, wanted] of [
  ["L = ½ (1 − xy)², η = 0.1", "L = $\\frac12$ (1 $-$ xy)$^{2}$, $\\eta$ = 0.1"],
  ["λ₁(Φ(xₜ)) at 10⁻¹²", "$\\lambda_{1}$($\\Phi$(x$_{t}$)) at 10$^{-12}$"],
  [
    "‖∇L‖ & 5 % of #1_a, {x}^2 ~ \\",
    "$\\| \\nabla$L$\\|$ \\& 5 \\% of \\#1\\_a, \\{x\\}\\textasciicircum{}2 \\textasciitilde{} \\textbackslash{}",
  ],
])
  test(`in LaTeX: ${text}`, () => assert.equal(texOf(text), wanted));

test("a figure is as wide as the picture, or as its column, and holds its link", () => {
  const link = "https://uni.example/?formula=x%5E2&eta=0.1";
  assert.equal(
    latexOf("edgewalk-ring-landscape.pdf", "85mm", "η = 0.1.", link),
    [
      "\\begin{figure}",
      "  \\centering",
      "  \\includegraphics[width=85mm]{edgewalk-ring-landscape.pdf}",
      "  \\caption[$\\eta$ = 0.1.]{$\\eta$ = 0.1. \\url{https://uni.example/?formula=x\\%5E2&eta=0.1}}",
      "\\end{figure}",
    ].join("\n"),
  );
  assert.match(latexOf("a.pdf", "1280px", "", link), /width=\\linewidth/);
});
