// Numbers beside the pointer.
import { showBeside } from "./beside.mjs";

export class Tip {
  constructor() {
    this.host = Object.assign(document.createElement("div"), { className: "tip", hidden: true });
    this.host.setAttribute("role", "tooltip");
    document.body.append(this.host);
  }

  /**
   * Rows of [name, value] at a point of the window, on the side where there is room.
   * @param {string[][]} rows
   * @param {number} x
   * @param {number} y
   */
  show(rows, x, y) {
    this.host.replaceChildren(
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
    showBeside(this.host, x, y);
  }

  hide() {
    this.host.hidden = true;
  }
}
