"""What moves while a run plays: nothing of it lies under what a browser without a graphics card is
slow at, no stack of canvases is higher than it need be, nothing is written that says the same."""

import pytest

from tests.browser.stage import Stage

# Notes what is painted and what is written, and where something is written that was there already.
WATCH = """() => {
  const moved = window.moved = new Set(), again = window.again = [];
  const { clearRect, fillRect, stroke, drawImage } = CanvasRenderingContext2D.prototype;
  for (const [name, paint] of Object.entries({ clearRect, fillRect, stroke, drawImage }))
    CanvasRenderingContext2D.prototype[name] = function (...given) {
      if (this.canvas.isConnected) moved.add(this.canvas);
      return paint.apply(this, given);
    };
  new MutationObserver((records) => {
    const after = new Map(); // what each place says after a record, from the last one back
    for (const { type, target, attributeName: name, oldValue } of records.reverse()) {
      const place = target instanceof Element ? target : target.parentElement;
      if (!place || place.closest('.js-plotly-plot')) continue; // Plotly's own, now and then
      moved.add(place);
      if (type === 'childList' || place.tagName === 'CANVAS') continue;
      const of = after.get(target) ?? after.set(target, {}).get(target);
      const now = name === null ? target.data : target.getAttribute(name);
      const said = Object.hasOwn(of, name) ? of[name] : now;
      if (said === oldValue) again.push(`${name ?? 'text'} of ${place.id || place.className}`);
      of[name] = oldValue;
    }
  }).observe(document.documentElement, { subtree: true, childList: true, characterData: true,
    characterDataOldValue: true, attributes: true, attributeOldValue: true });
}"""

# Of what moved, what lies within something that clips it round, filters or blends it.
UNDER = """() => {
  const slow = (element) => {
    const style = getComputedStyle(element);
    const round = ['TopLeft', 'TopRight', 'BottomLeft', 'BottomRight']
      .some((corner) => parseFloat(style[`border${corner}Radius`]) > 0);
    return Object.entries({
      'a round clip': round && style.overflow !== 'visible',
      filter: style.filter !== 'none' || style.backdropFilter !== 'none',
      blend: style.mixBlendMode !== 'normal',
      mask: style.maskImage !== 'none' || style.clipPath !== 'none',
      opacity: Number(style.opacity) < 1 && element.querySelector('canvas'),
    }).filter(([, there]) => there).map(([name]) => name);
  };
  const shown = [...moved].filter((element) => element.isConnected && element.checkVisibility());
  const found = new Set();
  for (const element of shown)
    for (let at = element; at; at = at.parentElement)
      for (const name of slow(at))
        found.add(`${element.id || element.className} under ${name} of ${at.className}`);
  return [...found];
}"""

# Canvases that are there, by the plot that they lie in.
STACKS = """() => {
  const shown = (all) => [...all].filter((one) => one.checkVisibility());
  return shown(document.querySelectorAll('.plot')).map((plot) =>
    [plot.closest('.card').className.split(' ').at(-1),
     shown(plot.querySelectorAll('canvas')).length]);
}"""

# Three where the ground follows the playhead.
PLAYED = [
    ("", 2),
    ("?rule=gd,ngd,sqrt-gd,gradient-flow", 2),
    ("?eta=0.01&steps=100000", 2),
    ("?look=sharpness", 3),
    ("?look=surface", 2),
    ("?loss=product-3", 3),
    ("?loss=rank-one", 3),
    ("?loss=quadratic-5&panel=alignment", 3),
    ("?loss=hyperbola&panel=ledger", 2),
    ("?rule=gd&panel=bounce", 2),
]


@pytest.mark.parametrize(("query", "most"), PLAYED)
def test_what_moves_is_quick_to_put_together(stage: Stage, query: str, most: int):
    stage.page.set_viewport_size({"width": 1440, "height": 900})
    stage.open(query)
    stage.page.evaluate(WATCH)
    stage.button("Play").click()
    stage.page.wait_for_timeout(1500)
    assert stage.button("Pause").is_visible()
    assert (
        stage.page.evaluate("[...moved].filter(({ tagName }) => tagName === 'CANVAS').length") >= 3
    )
    assert stage.page.evaluate(UNDER) == []
    assert stage.page.evaluate("[...new Set(again)]") == []
    stacks = dict(stage.page.evaluate(STACKS))
    assert max(stacks.values()) <= most, stacks
