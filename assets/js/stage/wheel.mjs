// The wheel over a plot scrolls the page, as it does elsewhere. It zooms with Ctrl, which two fingers drawn apart
// count as, after a click into the plot as long as the pointer stays there, and where nothing could scroll.

const COVER = "dragcover"; // what Plotly lays over the page under a hand that presses; for a moment after it there is nothing

export class Wheel {
  constructor() {
    /** @type {Element | null} */
    this.entered = null; // the plot that was clicked into
    document.addEventListener("pointerdown", ({ target }) => (this.entered = plotOf(target)));
    document.addEventListener("pointerover", ({ target }) => this.over(target));
    document.addEventListener("wheel", (event) => this.turned(event), { capture: true, passive: true });
  }

  /**
   * @param {any} target
   */
  over(target) {
    const nothing =
      target.classList?.contains(COVER) || target === document.documentElement || target === document.body;
    if (!nothing && plotOf(target) !== this.entered) this.entered = null;
  }

  /**
   * What the plot does not hear of is the page's.
   * @param {WheelEvent} event
   */
  turned(event) {
    const plot = plotOf(event.target);
    if (!plot || plot === this.entered || event.ctrlKey || event.metaKey || !canScroll()) return;
    event.stopPropagation();
  }
}

/**
 * @param {any} target
 * @returns {Element | null}
 */
const plotOf = (target) => target.closest?.(".plot") || null;

// The page itself, or one that it is a frame of.
const canScroll = () =>
  document.documentElement.scrollHeight > document.documentElement.clientHeight || window.parent !== window;
