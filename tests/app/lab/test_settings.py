"""Settings of the lab: links read back, what is broken is mended, what is left open follows."""

import math
import random
from collections.abc import Callable
from dataclasses import fields
from itertools import product
from typing import Any
from urllib.parse import parse_qsl

import jax
import numpy as np
import pytest

from app.budgets import budgets
from app.lab.settings import (
    COLOURS,
    FIELDS,
    MAX_TAU,
    MIN_TAU,
    PLOTS,
    RATE_ETAS,
    WAYS,
    LabSettings,
    Way,
    read_lab_query,
    write_lab_query,
)
from app.link import BESIDE, MAX_COORDINATE, MAX_ETA, MIN_ETA, WHICH, Reading
from app.runspec import LossSpec, RuleSpec
from app.stage.settings import read_query
from app.vocabulary import REGIONS
from dynamics import LOSSES, MAX_STEPS, RULES
from tests.app.draws import random_start

VALLEYS = [key for key, loss in LOSSES.items() if loss.codim < loss.d]
STEPPING = [key for key, rule in RULES.items() if rule.step]
DRIFTING = ("ngd", "sqrt-gd", "rmsprop")
FIT = {
    "regimes": STEPPING,
    "rate": DRIFTING,
    "collapse": list(RULES),
    "flatness": [key for key, rule in RULES.items() if rule.drifts],
    "crowd": STEPPING,
}
MOST = {
    "regimes": 1,
    "rate": 1,
    "collapse": budgets().runs.most,
    "flatness": budgets().courses.most,
    "crowd": 1,
}


def parse(link: str) -> dict[str, str]:
    """The keys of a link, as Flask hands them on."""
    return dict(parse_qsl(link, keep_blank_values=True, strict_parsing=bool(link)))


def only_message(reading: Reading) -> tuple[str, str]:
    """Field and text of the one thing that is to be said."""
    (message,) = (*reading.problems, *reading.notices)
    return message.field, message.text


def assert_valid(settings: LabSettings) -> None:
    """What every reading promises, whatever was read."""
    loss = LOSSES[settings.loss]
    assert set(settings.rules) <= set(FIT[settings.plot])
    assert 1 <= len(settings.rules) <= MOST[settings.plot]
    assert settings.along == "line" or loss.codim < loss.d
    assert all(len(end) == loss.d for end in settings.ends)
    assert settings.ends[0] != settings.ends[1]
    assert settings.eta is None or MIN_ETA <= settings.eta[0] < settings.eta[1] <= MAX_ETA
    assert budgets().map_side.least <= settings.size <= budgets().map_side.most
    assert 1 <= settings.steps <= budgets().map_steps.most
    assert settings.colour in COLOURS
    left, right, below, above = settings.region_shown
    assert left < right
    assert below < above
    assert settings.kind in REGIONS
    assert budgets().grid.least <= settings.grid <= budgets().grid.most
    assert 0 <= settings.column < settings.size
    assert len(settings.start_point) == loss.d
    assert MIN_TAU <= settings.slow_time <= MAX_TAU
    sizes = settings.step_sizes
    if settings.plot == "rate":
        assert 2 <= len(sizes) <= budgets().etas.most
    if settings.plot == "collapse":
        assert 1 <= len(sizes) * len(settings.rules) <= budgets().runs.most
    if settings.plot == "flatness":
        assert len(sizes) == 1
    assert len(set(sizes)) == len(sizes)


def assert_sentence(text: str) -> None:
    """Fit to stand on the page."""
    assert text.endswith((".", "?"))
    assert " " in text
    assert len(text) < 400
    assert not any(word in text for word in ("Error", "Traceback", "float(", "None", "{"))


# ---- the round trip ----


def random_settings(seed: int) -> LabSettings:
    """Any valid settings: each field sometimes left as it is, else drawn from all it may be."""
    draw = random.Random(seed)
    plot, loss = draw.choice(list(PLOTS)), draw.choice(list(LOSSES))
    rules = FIT[plot]
    chosen = draw.sample(rules, min(draw.randint(1, MOST[plot]), len(rules)))
    count = len(chosen)
    most = {"rate": budgets().etas.most, "flatness": 1}.get(plot) or budgets().runs.most // count

    def maybe(make: Callable[[], Any]) -> Any:
        return draw.choice([None, make()])

    def point() -> tuple[float, ...]:
        return random_start(draw, loss)

    low = 10 ** draw.uniform(-12, 5)
    return LabSettings(
        plot=plot,
        loss=loss,
        rule=maybe(lambda: tuple(key for key in RULES if key in chosen))
        if count == 1
        else tuple(key for key in RULES if key in chosen),
        eta=maybe(lambda: (low, low * draw.uniform(1.1, 10))),
        along=draw.choice(list(WAYS)) if loss in VALLEYS else "line",
        first=maybe(point),
        last=maybe(point),
        off=draw.choice([0.1, -0.5, MAX_COORDINATE, draw.random()]),
        size=draw.randint(budgets().map_side.least, budgets().map_side.most),
        steps=draw.choice([2000, 1, budgets().map_steps.most]),
        colour=draw.choice(list(COLOURS)),
        slice=draw.choice([0.5, 0.0, 1.0, draw.random()]),
        start=maybe(point),
        tau=maybe(lambda: draw.uniform(MIN_TAU, MAX_TAU)),
        region=maybe(lambda: (-draw.random(), draw.random() + 1, 0.25, MAX_COORDINATE)),
        kind=draw.choice(list(REGIONS)),
        grid=draw.randint(budgets().grid.least, budgets().grid.most),
        etas=maybe(
            lambda: tuple(
                draw.sample(
                    [0.2, 0.1, 0.05, 0.02, 0.15, 0.01], draw.randint(min(2, most), min(most, 6))
                )
            )
        ),
    )


@pytest.mark.parametrize("seed", range(300))
def test_link_reads_back_as_the_same_settings(seed: int) -> None:
    settings = random_settings(seed)
    assert_valid(settings)
    reading = read_lab_query(parse(write_lab_query(settings)))
    assert reading == Reading(settings)
    assert write_lab_query(reading.settings) == write_lab_query(settings)


@pytest.mark.parametrize(
    ("change", "link"),
    [
        ({}, ""),
        ({"plot": "rate"}, "plot=rate"),
        ({"loss": "ring"}, "loss=ring"),
        ({"rule": ("ngd",)}, "rule=ngd"),
        ({"plot": "collapse", "rule": ("ngd", "gd")}, "plot=collapse&rule=ngd,gd"),
        ({"eta": (0.01, 2.0)}, "eta=0.01,2"),
        ({"along": "valley"}, "along=valley"),
        ({"first": (0.5, -1.0)}, "from=0.5,-1"),
        ({"last": (0.5, -1.0)}, "to=0.5,-1"),
        ({"off": -0.25}, "off=-0.25"),
        ({"size": 16}, "size=16"),
        ({"steps": 100_000}, "steps=100000"),
        ({"colour": "sharpness"}, "colour=sharpness"),
        ({"slice": 0.0}, "slice=0"),
        ({"plot": "crowd", "region": (0.5, 2.0, -1.0, 0.25)}, "plot=crowd&region=0.5,2,-1,0.25"),
        ({"plot": "crowd", "kind": "annulus"}, "plot=crowd&kind=annulus"),
        ({"plot": "crowd", "grid": 21}, "plot=crowd&grid=21"),
        ({"plot": "rate", "start": (2.0, 0.7)}, "plot=rate&start=2,0.7"),
        ({"plot": "rate", "tau": 2.5}, "plot=rate&tau=2.5"),
        ({"plot": "rate", "etas": (0.1, 0.05)}, "plot=rate&etas=0.1,0.05"),
    ],
)
def test_each_field_has_its_words_in_the_link(change: dict, link: str) -> None:
    assert write_lab_query(LabSettings(**change)) == link
    assert read_lab_query(parse(link)) == Reading(LabSettings(**change))


def test_every_field_of_the_record_is_declared_once() -> None:
    names = [field.name for field in FIELDS]
    assert sorted([*names, *WHICH, "theta", "numbers"]) == sorted(
        field.name for field in fields(LabSettings)
    )
    assert len({field.key for field in FIELDS}) == len(FIELDS)


# ---- what follows from the rest ----


@pytest.mark.parametrize("plot", PLOTS)
@pytest.mark.parametrize("loss", LOSSES)
def test_whatever_is_left_open_follows(loss: str, plot: str) -> None:
    settings = LabSettings(plot=plot, loss=loss)
    assert_valid(settings)
    if plot != "regimes":
        assert settings.start_point == LOSSES[loss].start


def test_the_default_line_crosses_the_view_through_the_start() -> None:
    settings = LabSettings(loss="parabolic-valley")
    assert settings.ends == ((-0.4, 1.05), (2.3, 1.05))
    assert settings.way == Way(LossSpec("parabolic-valley"), settings.ends, 0.0)


def test_the_slice_is_the_column_nearest_to_its_share() -> None:
    assert [LabSettings(slice=s, size=21).column for s in (0.0, 0.024, 0.026, 0.5, 1.0)] == [
        *(0, 0, 1, 10, 20),
    ]


@pytest.mark.parametrize("loss", LOSSES)
def test_reading_a_link_computes_nothing(loss: str) -> None:
    """Nothing is handed to a compiled program; of a map the range of step sizes is left open."""
    with jax.transfer_guard("disallow"):
        for plot, along in product(PLOTS, WAYS if loss in VALLEYS else ["line"]):
            settings = read_lab_query({"plot": plot, "loss": loss, "along": along}).settings
            assert settings.plain.get("eta") is None
            assert all((settings.ends, settings.way, settings.stage_query))
            assert read_lab_query(parse(write_lab_query(settings))).settings == settings
        with pytest.raises(Exception, match=r"[Dd]isallowed"):
            jax.jit(jax.numpy.sin)(np.ones(3))


def test_a_collapse_is_a_link_of_the_stage_to_one_slow_time() -> None:
    settings = LabSettings(plot="collapse", loss="ring", tau=2.0, etas=(0.1, 0.05))
    reading = read_query(parse(settings.stage_query))
    assert not (*reading.problems, *reading.notices)
    assert [(run.eta, run.steps) for run in reading.settings.runs] == [
        (0.1, 200),
        (0.05, 800),
    ]
    assert all(
        run.rule == RuleSpec("ngd") and run.loss == LossSpec("ring")
        for run in reading.settings.runs
    )


@pytest.mark.parametrize("rules", [1, 2, 3, 4])
def test_a_collapse_has_at_most_as_many_runs_as_the_stage(rules: int) -> None:
    settings = LabSettings(plot="collapse", rule=tuple(RULES)[:rules])
    reading = read_query(parse(settings.stage_query))
    assert not (*reading.problems, *reading.notices)
    assert len(reading.settings.runs) == rules * (budgets().runs.most // rules) - (rules == 1)


def test_plain_settings_have_the_keys_of_the_link_and_little_open() -> None:
    keys = {*BESIDE, *(field.key for field in FIELDS)}
    for plot in PLOTS:
        plain = LabSettings(plot=plot).plain
        assert set(plain) <= keys
        assert [key for key, value in plain.items() if value is None] == ["eta"] * (
            plot in ("regimes", "crowd")
        )
    assert {"from", "to", "eta", "size", "along"} <= set(LabSettings().plain)
    assert {"start", "tau", "etas"} <= set(LabSettings(plot="rate").plain)


# ---- out of range: clamped, with a notice ----


@pytest.mark.parametrize(
    ("query", "name", "nearest"),
    [
        ("eta=1e-30,1e9", "eta", (MIN_ETA, MAX_ETA)),
        ("from=1e7,1", "first", (MAX_COORDINATE, 1.0)),
        ("to=1e7,1", "last", (MAX_COORDINATE, 1.0)),
        ("off=1e9", "off", MAX_COORDINATE),
        ("size=3", "size", budgets().map_side.least),
        ("plot=crowd&grid=900", "grid", budgets().grid.most),
        ("plot=crowd&region=1e9,0,0,1", "region", (0.0, MAX_COORDINATE, 0.0, 1.0)),
        ("size=1e9", "size", budgets().map_side.most),
        ("steps=1e6", "steps", budgets().map_steps.most),
        ("slice=2", "slice", 1.0),
        ("rule=ngd,gd", "rule", ("ngd",)),
        ("plot=rate&rule=ngd,sqrt-gd", "rule", ("ngd",)),
        ("plot=rate&tau=1e9", "tau", MAX_TAU),
        ("plot=rate&etas=0.1,1e-9", "etas", (0.1, math.sqrt(1.0 / MAX_STEPS))),
        ("plot=rate&etas=0.1,7", "etas", (0.1, 1.0)),
        ("plot=collapse&etas=0.5,0.4,0.3,0.2,0.1", "etas", (0.5, 0.4, 0.3, 0.2)),
        ("plot=collapse&rule=ngd,gd&etas=0.5,0.4,0.3", "etas", (0.5, 0.4)),
    ],
)
def test_out_of_range_is_clamped_with_a_notice(query: str, name: str, nearest: object) -> None:
    reading = read_lab_query(parse(query))
    assert not reading.problems
    assert getattr(reading.settings, name) == nearest
    assert_valid(reading.settings)
    field, said = only_message(reading)
    assert field == next(field.key for field in FIELDS if field.name == name)
    assert_sentence(said)
    again = read_lab_query(parse(write_lab_query(reading.settings)))
    assert again == Reading(reading.settings)


def test_more_step_sizes_than_a_rate_takes_are_cut() -> None:
    etas = [0.1 / (1 + k) for k in range(20)]
    reading = read_lab_query({"plot": "rate", "etas": ",".join(map(str, etas))})
    assert reading.settings.etas == tuple(etas[: budgets().etas.most])
    assert only_message(reading)[0] == "etas"


def test_a_range_may_be_written_either_way_round() -> None:
    assert read_lab_query({"eta": "2, 0.5"}) == Reading(LabSettings(eta=(0.5, 2.0)))


# ---- broken: a problem, and the nearest valid settings ----

BROKEN = [
    (
        "plot=map",
        "plot",
        "The plot must be one of regimes, rate, collapse, flatness, crowd, got ‘map’. Did you "
        "mean ‘regimes’?",
        "",
    ),
    (
        "plot=crowd&region=0,1,2",
        "region",
        "The region must be four numbers, x0, x1, y0, y1, got ‘0,1,2’.",
        "plot=crowd",
    ),
    ("plot=crowd&region=1,1,0,2", "region", "wider and higher than a point.", "plot=crowd"),
    ("plot=crowd&kind=circle", "kind", "Did you mean ‘disk’?", "plot=crowd&kind=disk"),
    ("plot=crowd&rule=gradient-flow", "rule", "A crowd needs a rule", "plot=crowd&rule=gd"),
    ("plot=rates", "plot", "Did you mean ‘rate’?", "plot=rate"),
    ("loss=hyperbolla", "loss", "Did you mean 'hyperbola'?", ""),
    ("loss=rings", "loss", "Did you mean 'ring'?", "loss=ring"),
    (
        "rule=gradient-flow",
        "rule",
        "needs a rule that takes steps: ngd, sqrt-gd, gd, heavy-ball,",
        "rule=gd",
    ),
    ("rule=ngd,gradient-flow", "rule", "needs a rule that takes steps", "rule=ngd"),
    ("rule=nmd", "rule", "Did you mean 'ngd'?", "rule=ngd"),
    (
        "plot=rate&rule=gd",
        "rule",
        "only some rules have: ngd, sqrt-gd, rmsprop;",
        "plot=rate&rule=ngd",
    ),
    ("eta=x", "eta", "η must be two numbers, the least and the greatest, got ‘x’.", ""),
    ("eta=1,x", "eta", "η must be a number, got ‘x’.", ""),
    ("eta=1,2,3", "eta", "η must be two numbers", ""),
    ("eta=0,05,0,5", "eta", "got ‘0,05,0,5’. Decimals have a point.", ""),
    ("eta=0,5", "eta", "η must be above 0, got ‘0,5’.", ""),
    ("eta=-1,1", "eta", "η must be above 0, got ‘-1’.", ""),
    ("steps=0", "steps", "The number of steps must be above 0, got ‘0’.", ""),
    ("plot=rate&tau=0", "tau", "τ must be above 0, got ‘0’.", "plot=rate"),
    ("eta=1,1", "eta", "The greatest η must be greater than the least.", ""),
    ("along=gamma", "along", "Did you mean ‘valley’?", "along=valley"),
    ("along=x", "along", "The along must be one of line, valley", ""),
    ("loss=quadratic&along=valley", "along", "there is no valley to start along", "loss=quadratic"),
    ("from=1", "from", "The first start must be 2 numbers, got ‘1’.", ""),
    ("to=1,x", "to", "The last start must be a number, got ‘x’.", ""),
    ("loss=ring&from=0,0", "from", "The first start must lie in r > 0.1", "loss=ring"),
    ("from=1,2&to=1,2", "to", "must end elsewhere than it begins", ""),
    ("off=far", "off", "The distance must be a number, got ‘far’.", ""),
    ("size=2.5", "size", "The size of the map must be a whole number, got ‘2.5’.", ""),
    ("steps=many", "steps", "The number of steps must be a whole number, got ‘many’.", ""),
    ("colour=red", "colour", "The colour must be one of fate, sharpness, got ‘red’.", ""),
    ("slice=half", "slice", "The slice must be a number, got ‘half’.", ""),
    ("plot=rate&start=1", "start", "The start must be 2 numbers", "plot=rate"),
    ("plot=rate&tau=", "tau", "τ must be a number, got nothing.", "plot=rate"),
    ("plot=rate&etas=0.1", "etas", "A slope needs two different step sizes", "plot=rate"),
    ("plot=rate&etas=0.1,0.1", "etas", "A slope needs two different step sizes", "plot=rate"),
    ("plot=rate&etas=5,7", "etas", "A slope needs two different step sizes", "plot=rate"),
    ("plot=rate&etas=0.1,x", "etas", "η must be a number", "plot=rate"),
    ("plot=rate&etas=0.1,0.2,9,x", "etas", "η must be a number", "plot=rate&etas=0.1,0.2"),
    ("plot=rate&etas=0.1,0.2,x", "etas", "η must be a number", "plot=rate&etas=0.1,0.2"),
    ("hello=1", "hello", "‘hello’ is not a setting.", ""),
    ("noise=1e-9", "noise", "‘noise’ is not a setting.", ""),
]


@pytest.mark.parametrize(("query", "field", "text", "nearest"), BROKEN)
def test_broken_is_a_problem_with_the_nearest(
    query: str, field: str, text: str, nearest: str
) -> None:
    reading = read_lab_query(parse(query))
    told, said = only_message(reading)
    assert len(reading.problems) == 1
    assert told == field
    assert text in said
    assert_sentence(said)
    assert_valid(reading.settings)
    assert write_lab_query(reading.settings) == nearest
    assert not read_lab_query(parse(nearest)).problems


def test_every_problem_is_told_at_once() -> None:
    reading = read_lab_query({"eta": "x", "size": "y", "from": "z", "foo": "1", "loss": "ring"})
    assert [problem.field for problem in reading.problems] == ["eta", "from", "size", "foo"]
    assert reading.settings == LabSettings(loss="ring")


@pytest.mark.parametrize("seed", range(200))
def test_any_text_at_all_is_answered(seed: int) -> None:
    draw = random.Random(seed)
    texts = [
        *("", " ", "\0", ",", ",,", "nan", "inf,-inf", "1e999", "-1", "0,0", "1_0", "١", "²", "🙂"),
        *(
            "0.1,x",
            "x,9,0.1",
            "0.2,0.1",
            "9,8",
            "x" * 10_000,
            "1," * 5000,
            "<script>",
            "ngd,gd",
            "rate",
            "valley",
            "ring",
            "1e-12,1e6",
        ),
    ]
    query = {field.key: draw.choice(texts) for field in FIELDS if draw.random() < 0.6}
    query |= {"plot": draw.choice([*PLOTS, "?"]), "loss": draw.choice([*LOSSES, "?"])}
    reading = read_lab_query(query)
    assert_valid(reading.settings)
    for message in (*reading.problems, *reading.notices):
        assert message.field in query or message.field == "to"
        assert message.text.endswith((".", "?"))
        assert len(message.text) < 400


def test_the_default_rate_is_within_reach_at_every_slow_time() -> None:
    for tau in (MIN_TAU, MAX_TAU):
        assert tau / max(RATE_ETAS) ** 2 > 0.5
        assert tau / min(RATE_ETAS) ** 2 <= MAX_STEPS * (1 + 1e-9)


def test_numbers_of_a_formula_go_along_to_the_stage_and_the_grid() -> None:
    settings = read_lab_query(parse("plot=collapse&loss=ring&p.k=1.5")).settings
    assert "p.k=1.5" in write_lab_query(settings)
    runs = read_query(parse(settings.stage_query)).settings.runs
    assert {run.loss for run in runs} == {LossSpec("ring", (("k", 1.5),))}
    assert read_lab_query(parse("loss=ring&p.k=1.5")).settings.way.loss == settings.chosen
