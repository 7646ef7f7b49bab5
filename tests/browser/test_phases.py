"""The ribbon and the gauges say what the phases are, as Python finds them."""

import re

import pytest
from playwright.sync_api import expect

import dynamics
from app.stage.settings import opening
from app.stage.words import question
from app.vocabulary import NOWHERE, PHASES
from dynamics.phases import TOLERANCE, phases
from tests.browser.stage import Stage
from tests.catalogue import taking

RUNS = [
    ("parabolic-valley", "ngd", 0.1, 600),
    ("hyperbola", "sqrt-gd", 0.05, 800),
    ("quadratic", "ngd", 0.05, 400),
]
LAWS = ("stableness_pair", "sqrt_loss_pair")


def open_run(stage: Stage, loss: str, rule: str, eta: float, steps: int) -> dynamics.Run:
    stage.open(f"?loss={loss}&rule={rule}&eta={eta}&steps={steps}")
    return dynamics.simulate(loss, rule, None, eta, steps)


@pytest.mark.parametrize(("loss", "rule", "eta", "steps"), taking(2, RUNS))
def test_the_ribbon(stage: Stage, loss: str, rule: str, eta: float, steps: int):
    run = open_run(stage, loss, rule, eta, steps)
    found = phases(run, dynamics.measure(run))
    ribbon = stage.page.get_by_role("group", name="Phases").get_by_role("button")
    words = PHASES | ({"edge": NOWHERE} if loss == "quadratic" else {})
    names = [button.get_attribute("aria-label") for button in ribbon.all()]
    assert names == [f"{words[phase.name]}, from step {phase.first}" for phase in found]
    bands = stage.page.locator("#ribbon .band")
    lefts = [float(band.evaluate("(b) => parseFloat(b.style.left)")) for band in bands.all()]
    assert lefts == pytest.approx([100 * phase.first / steps for phase in found], rel=1e-4)
    for button, phase in zip(ribbon.all(), found, strict=True):
        button.click()
        assert stage.step == phase.first
        expect(button).to_have_attribute("aria-current", "true")
        told = {"floor": "lopsided bounce"}.get(phase.name, phase.name)
        assert told in stage.page.inner_text("#story").split(":")[0].lower()


def test_the_sentence_tells_of_the_phase(stage: Stage):
    stage.open("?loss=quadratic&eta=0.05&steps=400")
    run = dynamics.simulate("quadratic", "ngd", None, 0.05, 400)
    found = dict(phases(run, dynamics.measure(run)))
    assert list(found) == ["descent", "alignment", "edge"]
    sentences = []
    for name, first in found.items():
        stage.go(first)
        sentences.append(stage.page.inner_text("#story"))
        assert name in sentences[-1].lower()
        assert "{" not in sentences[-1]
    assert len(set(sentences)) == 3


@pytest.mark.parametrize(("loss", "rule", "eta", "steps"), taking(2, RUNS))
def test_gauges_are_grey_before_the_edge_and_green_on_it(
    stage: Stage, loss: str, rule: str, eta: float, steps: int
):
    run = open_run(stage, loss, rule, eta, steps)
    found = dynamics.measure(run)
    edge = dict(phases(run, found))["edge"]
    assert edge > 0
    for step in (0, edge - 1, edge, edge + 1, (edge + steps) // 2, steps):
        stage.go(step)
        for law in LAWS:
            value = getattr(found, law)[step]
            gauge = stage.page.locator(f"#gauge-{law}")
            assert float(stage.now(law)) == pytest.approx(value, rel=1e-3)
            on = step >= edge and abs(value - 1) <= TOLERANCE
            beyond = " beyond" if value > 2 else ""
            expect(gauge).to_have_class("gauge on" if on else f"gauge{beyond}")
            colour = gauge.locator(".value").evaluate("(e) => getComputedStyle(e).color")
            ink = stage.ink("ok" if on else "soft")
            assert colour == f"rgb({ink[0]}, {ink[1]}, {ink[2]})"


def test_a_rule_without_laws_has_empty_gauges(stage: Stage):
    stage.open("?eta=0.1&rule=gradient-flow&at=300")
    for law in LAWS:
        assert stage.now(law) == "–"
        expect(stage.page.locator(f"#gauge-{law}")).to_have_class("gauge none")


def test_the_ribbon_is_that_of_the_run_in_focus(stage: Stage):
    stage.open("?rule=ngd,gd&steps=400")
    ribbon = stage.page.get_by_role("group", name="Phases").get_by_role("button")
    assert ribbon.count() == 2
    stage.page.get_by_role("group", name="Runs").get_by_text("GD", exact=True).click()
    assert ribbon.count() == 0
    stage.expect_query(focus="1")


def test_too_large_a_step_is_told(stage: Stage):
    stage.open("?loss=quartic-hyperbola&eta=0.5&steps=400&at=300")
    expect(stage.button(f"{PHASES['overlong']}, from step 0")).to_be_visible()
    assert stage.page.inner_text("#story").startswith("Too large a step for the theorem")


@pytest.mark.parametrize(
    "query", taking(1, ["?loss=crossing", "?loss=two-curvatures", "?loss=plane-valley"])
)
def test_panels_keep_their_places_in_every_phase(stage: Stage, query: str):
    stage.open(query)
    places = set()
    for phase in stage.page.evaluate("edgewalk.stage.state.result.runs[0].phases"):
        for step in (phase["first"], phase["first"] + 1):
            stage.go(step)
            cards = stage.page.locator(".card, .card .plot").all()
            places.add(str([card.bounding_box() for card in cards]))
    assert len(places) == 1


def test_panels_are_named_by_what_they_show(stage: Stage):
    """Uncut at every size, and the question follows what is chosen."""
    stage.open("?at=30")
    names = stage.page.locator(".magnifiers .title, .judged h2")
    assert names.all_inner_texts() == [
        "Does the edge hold?",
        "How far from the theorem?",
        "Across the valley: the hop",
        "Along the valley: the drift",
    ]
    for size in ((390, 844), (910, 573), (1366, 768), (1920, 1080)):
        stage.page.set_viewport_size({"width": size[0], "height": size[1]})
        for name in names.all():
            assert name.evaluate("(e) => e.scrollWidth <= e.offsetWidth || !e.offsetWidth")
    expect(stage.page.locator("#question")).to_have_text(question(opening("parabolic-valley")))
    bowl = opening("quadratic")
    stage.page.select_option("#loss", bowl.loss)
    expect(stage.page.locator("#question")).to_have_text(question(bowl))
    expect(names.nth(2)).to_have_text("Across the minimum: the hop")


def test_off_its_scale_a_gauge_says_so(stage: Stage):
    stage.open("?eta=0.1&at=5")
    gauge = stage.page.locator("#gauge-stableness_pair")
    answer = stage.page.locator("#edge-answer")
    assert float(stage.now("stableness_pair")) > 2
    expect(gauge).to_have_class("gauge beyond")
    expect(answer).to_have_text("not at the edge yet")
    expect(stage.page.locator(".laws .scale")).to_contain_text("1 means: at the edge")
    stage.go(60)
    expect(gauge).to_have_class("gauge on")
    expect(answer).to_have_text("yes")


def test_what_the_theorem_is_not_about_is_not_green(stage: Stage):
    gap = stage.page.locator("#now-gap")
    for query, green in (
        ("?loss=quartic-hyperbola&eta=0.5&steps=60", False),
        ("?loss=crossing&eta=0.1&at=500", False),
        ("?loss=crossing&eta=0.1&at=300", True),
    ):
        stage.open(query)
        ink = stage.ink("theory" if green else "soft")
        colour = gap.evaluate("(e) => getComputedStyle(e).color")
        assert colour == f"rgb({ink[0]}, {ink[1]}, {ink[2]})"


def test_where_there_is_no_flow_eta_is_not_halved(stage: Stage):
    stage.open("?rule=heavy-ball")
    expect(stage.page.get_by_role("button", name="η → η/2")).to_be_disabled()
    answer = stage.page.locator("#edge-answer")
    expect(answer).to_have_text("Heavy ball has no law of the edge")
    stage.open("?rule=gd")
    expect(answer).to_have_text("below the edge")
    stage.open("?loss=crossing&eta=0.1&at=500")
    expect(answer).to_have_text("beyond the theorem")
    # Whether the loss hangs is an identity, and no law that ends with the theorem.
    assert stage.page.locator(".gauge.on:not(#gauge-curvature_balance_late)").count() == 0


def test_help_opens_at_its_top(stage: Stage):
    stage.page.set_viewport_size({"width": 910, "height": 573})
    stage.open()
    stage.button("Help").click()
    dialog = stage.page.get_by_role("dialog", name="Help")
    assert dialog.evaluate("(e) => e.scrollHeight > e.clientHeight && e.scrollTop") == 0
    expect(dialog.get_by_role("heading", name="Help")).to_be_in_viewport()


def test_why_it_drifts_is_shown_in_slow_motion(stage: Stage):
    """At the playhead, from the edge on: at its end the leftover is the server's, to four digits,
    and painted; any move of the playhead ends it."""
    stage.open("?eta=0.25&steps=60&at=0")
    why = stage.page.get_by_role("button", name="why does it drift?")
    expect(why).to_be_disabled()
    expect(stage.page.locator("#why-not")).to_have_text("not at the edge yet")
    stage.go(40)
    before = stage.page.inner_text("#story")
    stage.page.emulate_media(reduced_motion="reduce")
    stage.page.keyboard.press("w")
    told = stage.page.request.get("nudge.json?eta=0.25&steps=60&at=40").json()
    assert told["left"] == pytest.approx(told["law"], rel=0.02)
    for value in (told["left"], told["law"]):
        expect(stage.page.locator("#story")).to_contain_text(f"{value:.4g}")
    expect(why).to_have_attribute("aria-pressed", "true")
    stage.page.keyboard.press("ArrowLeft")
    expect(why).to_have_attribute("aria-pressed", "false")
    stage.page.keyboard.press("ArrowRight")
    assert stage.page.inner_text("#story") == before
    stage.page.emulate_media(reduced_motion="no-preference")
    stage.page.keyboard.press("w")
    expect(stage.page.locator("#story")).to_contain_text("Step 40: down the slope")
    stage.page.keyboard.press("Escape")
    expect(why).to_have_attribute("aria-pressed", "false")


def test_how_gd_bounces_about_its_central_flow(stage: Stage):
    """On self-stabilization with s₀ = 10, c = 1, k = 0.02, z∞ = 60, at 2/η = 40: y* = 30 and z =
    31.2/1.02, so σ² = 2c(z − y*) = 1.1765, and the mean loss is L there and σ²/η."""
    stage.open("?loss=self-stabilization&rule=gd&at=2500")
    words = stage.page.locator("#edge-answer").inner_text()
    told = re.fullmatch(r"hops of σ = ([\d.]+), mean loss ([\d.]+)", words)
    assert told
    z = 31.2 / 1.02
    variance = 2 * (z - 30)
    mean = 0.5 * (30 - z) ** 2 + 0.01 * (z - 60) ** 2 + variance / 0.05
    assert [float(number) for number in told.groups()] == pytest.approx(
        [variance**0.5, mean], rel=2e-3
    )
    stage.page.get_by_role("combobox", name="Panel").select_option("Bounce")
    stage.expect_query(panel="bounce")
    expect(stage.page.locator("#bounce")).to_be_visible()
    stage.open("?loss=self-stabilization&rule=ngd")
    expect(stage.page.locator("#panel option[value=bounce]")).to_be_disabled()
