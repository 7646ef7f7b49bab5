// A picture in a LaTeX document. Pure.

const GREEK =
  "α alpha β beta γ gamma δ delta ε varepsilon ζ zeta η eta θ theta κ kappa λ lambda μ mu ν nu ξ xi π pi ρ rho σ sigma τ tau φ varphi χ chi ψ psi ω omega Γ Gamma Δ Delta Θ Theta Λ Lambda Φ Phi Ψ Psi Ω Omega";
const SIGNS =
  "− - × times · cdot ± pm √ surd ∇ nabla ∂ partial ‖ | ∞ infty ≈ approx ≤ le ≥ ge ≠ ne → to ↑ uparrow ∈ in ∑ sum ∥ parallel ⊥ perp ½ frac12";
const RAISED = "⁰0¹1²2³3⁴4⁵5⁶6⁷7⁸8⁹9⁻-⁺+ⁿnᵀT";
const LOWERED = "₀0₁1₂2₃3₄4₅5₆6₇7₈8₉9₊+₋-ₙnₜtᵢiⱼjₖkₘm";
const PLAIN = /** @type {Record<string, string>} */ ({
  "\\": "\\textbackslash{}",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
  "…": "\\dots{}",
  "–": "--",
  "—": "---",
});

/** @type {Map<string, string>} what stands for a letter within mathematics */
const MATHEMATICS = new Map([
  ...pairs(`${GREEK} ${SIGNS}`.split(" ")).map(([sign, name]) => entry(sign, name === "-" ? "-" : `\\${name} `)),
  ...pairs([...RAISED]).map(([sign, letter]) => entry(sign, `^{${letter}}`)),
  ...pairs([...LOWERED]).map(([sign, letter]) => entry(sign, `_{${letter}}`)),
]);

/**
 * @param {string} sign
 * @param {string} text
 * @returns {[string, string]}
 */
function entry(sign, text) {
  return [sign, text];
}

/**
 * @param {string[]} list
 */
function pairs(list) {
  return list.flatMap((first, k) => (k % 2 ? [] : [[first, list[k + 1]]]));
}

/**
 * A figure with its caption and link, for any of LaTeX's engines; hyperref or url sets the link.
 * @param {string} file
 * @param {string} width as SVG writes it; what is not in millimetres is as wide as its column
 * @param {string} caption
 * @param {string} link
 */
export function latexOf(file, width, caption, link) {
  const wide = width.endsWith("mm") ? width : "\\linewidth";
  return [
    "\\begin{figure}",
    "  \\centering",
    `  \\includegraphics[width=${wide}]{${file}}`,
    `  \\caption[${texOf(caption)}]{${texOf(caption)} \\url{${link.replace(/[%#]/g, "\\$&")}}}`,
    "\\end{figure}",
  ].join("\n");
}

/**
 * Words as LaTeX has them: what its engines have no letter for is mathematics.
 * @param {string} text
 */
export function texOf(text) {
  let [written, math] = ["", ""];
  const close = () => {
    written += math && `$${joined(math).trim()}$`;
    math = "";
  };
  for (const letter of text.normalize("NFC")) {
    const sign = MATHEMATICS.get(letter);
    if (sign) math += sign;
    else {
      close();
      written += PLAIN[letter] || letter.replace(/[&%$#_{}]/, "\\$&");
    }
  }
  close();
  return written;
}

/**
 * Signs that are raised or lowered one after the other are so together, or LaTeX refuses them.
 * @param {string} math
 */
const joined = (math) =>
  math
    .replace(/ (?=[\^_])/g, "")
    .replace(/([\^_])\{[^}]*\}(?:\1\{[^}]*\})+/g, (signs, kind) => `${kind}{${signs.replace(/[\^_{}]/g, "")}}`);
