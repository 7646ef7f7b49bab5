"""A page that nobody looks at does nothing, and goes on where it was."""

import pytest

from tests.browser.stage import Stage
from tests.browser.test_study import StudyPage

# Counts what is done, and lets a test hide the page.
WATCH = """() => {
  const done = window.done = [];
  const later = window.setTimeout.bind(window);
  window.rest = (ms) => new Promise((resolve) => later(resolve, ms));
  for (const name of ['requestAnimationFrame', 'setTimeout', 'setInterval', 'fetch']) {
    const before = window[name];
    window[name] = (...given) => { done.push(name); return before.call(window, ...given); };
  }
  const pen = CanvasRenderingContext2D.prototype;
  for (const name of ['clearRect', 'fillRect', 'fillText', 'stroke', 'fill', 'drawImage']) {
    const before = pen[name];
    pen[name] = function (...given) { done.push(name); return before.apply(this, given); };
  }
  window.hide = (yes) => {
    Object.defineProperty(document, 'hidden', { value: yes, configurable: true });
    Object.defineProperty(document, 'visibilityState',
      { value: yes ? 'hidden' : 'visible', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  };
}"""
# What is done in a second from now on.
DONE = "async () => { done.length = 0; await rest(1000); return done; }"


@pytest.mark.parametrize("query", ["", "?eta=0.01&steps=100000", "?loss=product-3"])
def test_a_hidden_stage_does_nothing_and_goes_on_where_it_was(stage: Stage, query: str):
    stage.page.add_init_script(f"({WATCH})()")
    stage.open(query)
    stage.button("Play").click()
    stage.page.wait_for_timeout(1500)
    assert len(stage.page.evaluate(DONE)) > 10
    stage.page.evaluate("hide(true)")
    stage.page.wait_for_timeout(800)  # until what was under way has come
    at = stage.page.evaluate("edgewalk.stage.player.at")
    assert stage.page.evaluate(DONE) == []
    assert stage.page.evaluate("edgewalk.stage.player.at") == at
    assert stage.page.evaluate("edgewalk.stage.player.playing")
    # The first frame shows the same place.
    after = stage.page.evaluate(
        "() => new Promise((seen) => { const tick = edgewalk.stage.player.tick;"
        " edgewalk.stage.player.tick = function (now) { tick.call(this, now); seen(this.at);"
        " delete this.tick; }; hide(false); })"
    )
    assert after == at
    stage.wait(f"edgewalk.stage.player.at > {at}")


def test_a_stage_that_opens_where_nobody_looks_is_painted_as_it_is_seen(stage: Stage):
    stage.page.add_init_script(f"({WATCH})(); hide(true)")
    stage.page.goto("/?loss=hyperbola&at=20")
    stage.page.wait_for_selector("body[data-drawn]:not([data-veiled])")
    stage.page.wait_for_timeout(500)
    assert not {"clearRect", "stroke", "fill"} & set(stage.page.evaluate("done"))
    stage.page.evaluate("hide(false)")
    stage.wait("done.includes('stroke') && done.includes('fill')")


def test_so_does_the_study(new_context):
    study = StudyPage(new_context().new_page())
    study.page.add_init_script(f"({WATCH})()")
    study.open()
    study.button("Play").click()
    study.page.wait_for_timeout(500)
    study.page.evaluate("hide(true)")
    study.page.wait_for_timeout(500)
    at = study.state("at")
    assert study.page.evaluate(DONE) == []
    assert study.state("at") == at
    study.page.evaluate("hide(false)")
    study.wait(f"edgewalk.study.state.at > {at}")
