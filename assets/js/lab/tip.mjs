// Numbers beside the pointer.
import { showBeside } from "../beside.mjs";

/** @type {HTMLElement} */
let tip = /** @type {any} */ (null);

function make() {
  tip = Object.assign(document.createElement("div"), { className: "tip", hidden: true });
  tip.setAttribute("role", "tooltip");
  document.body.append(tip);
}

/**
 * Rows of [name, value] at a point of the window, on the side where there is room.
 * @param {string[][]} rows
 * @param {number} x
 * @param {number} y
 */
export function show(rows, x, y) {
  if (!tip) make();
  tip.replaceChildren(
    ...rows.map(([name, value]) => {
      const line = document.createElement(value ? "p" : "strong");
      line.append(
        ...[name, value]
          .filter(Boolean)
          .map((words) => Object.assign(document.createElement("span"), { textContent: words })),
      );
      return line;
    }),
  );
  showBeside(tip, x, y);
}

export function hide() {
  if (tip) tip.hidden = true;
}
