"""Settings and their link: what is written is read back, what is broken is said and mended."""

import json
import math
import random
from dataclasses import fields, replace
from typing import Any
from urllib.parse import parse_qsl

import pytest

import dynamics
from app.budgets import budgets
from app.lab.settings import FIELDS as LAB_FIELDS
from app.link import (
    BESIDE,
    MAX_COORDINATE,
    MAX_ETA,
    MIN_ETA,
    WHICH,
    Message,
    Reading,
    nearest,
)
from app.runspec import LossSpec, RuleSpec
from app.stage.settings import (
    DEFAULT_LOSS,
    FIELDS,
    HIDEABLE,
    MAX_NOISE,
    Settings,
    horizon_steps,
    opening,
    read_query,
    view_of,
    write_query,
)
from app.vocabulary import (
    AXES,
    CLOCKS,
    GHOSTS,
    LOOKS,
    PLOTS,
    SENSES,
    STROBES,
    WAYS,
)
from dynamics import LOSSES, MAX_STEPS, RULES, Parameter
from dynamics.crowd import KINDS
from dynamics.schedule import Schedule
from dynamics.simulate import check_numbers
from tests.app.draws import random_start

DEFAULT = opening(DEFAULT_LOSS)
KEYS = list(dict.fromkeys(field.key for field in FIELDS))


def parse(link: str) -> dict[str, str]:
    """The keys of a link, as Flask hands them on."""
    return dict(parse_qsl(link, keep_blank_values=True, strict_parsing=bool(link)))


def opened(loss: str = DEFAULT_LOSS, **changes: Any) -> Settings:
    """What a link opens that says these things of a loss, and nothing else."""
    return replace(opening(loss), **changes)


def only_message(reading: Reading) -> tuple[str, str]:
    """Field and text of the one thing that is to be said."""
    (message,) = (*reading.problems, *reading.notices)
    return message.field, message.text


def step_counts(settings: Settings) -> list[int]:
    """How many steps each run takes."""
    return [run.steps for run in settings.runs]


def assert_valid(settings: Settings) -> None:
    """What every reading promises, whatever was read."""
    assert settings.loss in LOSSES
    assert list(settings.rule) == [key for key in RULES if key in settings.rule]
    assert 1 <= len(settings.roots) <= budgets().runs.most
    assert len(settings.roots) == len(settings.rule) * len(settings.eta)
    assert len(settings.runs) == len(settings.roots) + len(settings.branches)
    assert len(settings.branches) <= (budgets().branches.most if len(settings.roots) == 1 else 0)
    assert len(set(settings.eta)) == len(settings.eta)
    assert all(MIN_ETA <= eta <= MAX_ETA for eta in settings.eta)
    assert len(settings.start_point) == LOSSES[settings.loss].d
    assert all(abs(part) <= MAX_COORDINATE for part in settings.start_point)
    assert all(0 <= steps <= MAX_STEPS for steps in step_counts(settings))
    assert all(isinstance(steps, int) for steps in step_counts(settings))
    assert 0 <= settings.noise <= MAX_NOISE
    assert 0 <= settings.seed < 2**32
    assert settings.clock in CLOCKS
    assert settings.axis in AXES
    assert settings.strobe in STROBES
    assert settings.look in LOOKS
    assert 0 <= settings.at <= settings.last_at
    assert settings.focus is None or 0 <= settings.focus < len(settings.runs)
    assert set(settings.hide) <= set(HIDEABLE)
    assert len(set(settings.hide)) == len(settings.hide)
    assert isinstance(settings.embed, bool)


def assert_sentence(text: str) -> None:
    """Fit to stand on the page: it ends, and holds none of a program's words."""
    assert text.endswith((".", "?"))
    assert " " in text
    assert len(text) < 400
    assert not any(word in text for word in ("Error", "Traceback", "float(", "int(", "None", "{"))


# ---- the round trip ----


def random_settings(seed: int) -> Settings:
    """Any valid settings: each field sometimes left as it is, else drawn from all it may be."""
    draw = random.Random(seed)
    loss = draw.choice(list(LOSSES))
    rules = draw.sample(list(RULES), draw.randint(1, budgets().runs.most))
    sizes = [0.1, MIN_ETA, MAX_ETA, 10 ** draw.uniform(-12, 6), 0.1 + 0.2]
    chosen = Settings(
        loss=loss,
        rule=tuple(key for key in RULES if key in rules),
        eta=tuple(draw.sample(sizes, draw.randint(1, budgets().runs.most // len(rules)))),
        start=draw.choice([None, random_start(draw, loss)]),
        steps=draw.choice([None, 0, 1, MAX_STEPS, draw.randrange(MAX_STEPS)]),
        noise=draw.choice([0.0, 1.0, 1e-14, draw.random() * 1e-3]),
        seed=draw.choice([0, 2**32 - 1, draw.randrange(2**32)]),
        clock=draw.choice(list(CLOCKS)),
        axis=draw.choice(list(AXES)),
        strobe=draw.choice(list(STROBES)),
        look=draw.choice(list(LOOKS)),
        hide=tuple(draw.sample(HIDEABLE, draw.choice([0, 0, 1, 4]))),
        embed=draw.choice([False, True]),
    )
    last = chosen.last_at
    at = draw.choice([0, draw.randint(0, last), last])
    focus = draw.choice([None, draw.randrange(len(chosen.runs))])
    return Settings(**(vars(chosen) | {"at": at, "focus": focus}))


@pytest.mark.parametrize("seed", range(300))
def test_link_reads_back_as_the_same_settings(seed: int) -> None:
    settings = random_settings(seed)
    reading = read_query(parse(write_query(settings)))
    assert reading.settings == settings
    assert not reading.problems
    assert write_query(reading.settings) == write_query(settings)


@pytest.mark.parametrize(
    ("change", "link"),
    [
        ({"loss": "ring"}, "loss=ring"),
        ({"rule": ("ngd", "gd")}, "rule=ngd,gd"),
        ({"rule": tuple(RULES)[:4]}, "rule=ngd,sqrt-gd,gd,gradient-flow"),
        ({"numbers": (("beta", 0.5),), "rule": ("adam",)}, "rule=adam&beta=0.5"),
        ({"eta": (0.05,)}, "eta=0.05"),
        ({"eta": (2.0,)}, "eta=2"),
        ({"eta": (1e-12,), "steps": 10}, "eta=1e-12&steps=10"),
        ({"eta": (0.1 + 0.2,)}, "eta=0.30000000000000004"),
        ({"eta": (0.1, 0.05)}, "eta=0.1,0.05"),
        ({"eta": (0.05, 0.1, 0.2, 1.0)}, "eta=0.05,0.1,0.2,1"),
        ({"rule": ("ngd", "gd"), "eta": (0.1, 0.05)}, "rule=ngd,gd&eta=0.1,0.05"),
        ({"start": (1.5, -1.0)}, "start=1.5,-1"),
        ({"steps": 0}, "steps=0"),
        ({"steps": 10_000_000}, "steps=10000000"),
        ({"noise": 1e-10}, "noise=1e-10"),
        ({"noise": 0.123456789}, "noise=0.123456789"),
        ({"seed": 4294967295}, "seed=4294967295"),
        ({"clock": "step"}, "clock=step"),
        ({"axis": "log"}, "axis=log"),
        ({"strobe": "midpoints"}, "strobe=midpoints"),
        ({"look": "surface"}, "look=surface"),
        ({"at": 7}, "at=7"),
        ({"hide": ("header", "story")}, "hide=header,story"),
        ({"embed": True}, "embed=1"),
    ],
)
def test_each_field_has_its_words_in_the_link(change: dict, link: str) -> None:
    assert write_query(opened(**change)) == link
    assert read_query(parse(link)) == Reading(opened(**change))


def test_every_field_of_the_record_is_declared_once_with_its_key() -> None:
    """But for which loss and the numbers of loss and rules, which every page reads alike."""
    assert sorted([*{field.name for field in FIELDS}, *WHICH, "theta", "numbers"]) == sorted(
        field.name for field in fields(Settings)
    )


NUMBERS = [(loss.key, p) for loss in LOSSES.values() for p in loss.parameters if p.range]


@pytest.mark.parametrize(("loss", "parameter"), NUMBERS)
def test_a_number_of_a_formula_is_in_the_link(loss: str, parameter: Parameter) -> None:
    low, high = parameter.range or (0.0, 0.0)
    value = low + 0.375 * (high - low)
    first = dict(opening(loss).theta)
    order = [p.name for p in LOSSES[loss].parameters]
    theta = sorted({**first, parameter.name: value}.items(), key=lambda one: order.index(one[0]))
    settings = replace(opening(loss), theta=tuple(theta))
    link = write_query(settings)
    assert f"p.{parameter.name}=" in link
    assert read_query(parse(link)) == Reading(settings)
    assert settings.runs[0].loss.record.theta[parameter.name] == value
    assert settings.plain[f"p.{parameter.name}"] == value
    own = first.get(parameter.name, float(parameter.default))
    again = {"loss": loss, f"p.{parameter.name}": repr(own)}
    assert read_query(again) == Reading(opening(loss))


@pytest.mark.parametrize(
    ("link", "theta", "words"),
    [
        ("loss=ring&p.k=9", (("k", 2.0),), "k must be in 0.1 … 2; 2 is used."),
        ("loss=ring&p.k=x", (), "k must be a number, got ‘x’."),
        ("loss=ring&p.q=1", (), "‘p.q’ is not a setting. Did you mean ‘p.k’? Known: p.k."),
        ("p.k=2&loss=hyperbola", (), "‘p.k’ is not a setting. Known: none."),
        (
            "loss=self-stabilization&p.s0=0.1",
            (("s0", 0.5),),
            "s₀ must be in 0.5 … 20; 0.5 is used.",
        ),
        ("loss=self-stabilization&p.s0=0", (), "s₀ must be above 0, got ‘0’."),
    ],
)
def test_a_number_that_cannot_be_is_told_at_its_key(link: str, theta, words: str) -> None:
    reading = read_query(parse(link))
    key = next(key for key in parse(link) if key.startswith("p."))
    assert dict(reading.settings.theta) == dict(opening(reading.settings.loss).theta) | dict(theta)
    assert [*reading.problems, *reading.notices] == [Message(key, words)]


def test_a_start_is_judged_by_the_domain_with_its_numbers() -> None:
    link = "loss=self-stabilization&p.s0=0.5&start=4,2,3"
    assert read_query(parse(link)).problems
    assert not read_query(parse(link.replace("=0.5", "=10"))).problems


@pytest.mark.parametrize("loss", LOSSES)
def test_defaults_are_left_out(loss: str) -> None:
    expected = "" if loss == DEFAULT.loss else f"loss={loss}"
    assert write_query(opening(loss)) == expected


def test_a_value_equal_to_the_default_is_read_and_left_out() -> None:
    link = "loss=parabolic-valley&rule=ngd&eta=0.25,0.250&noise=0&seed=0&at=0&hide=&embed=0"
    link += "&clock=tau&axis=linear&strobe=all&look=root"
    assert write_query(read_query(parse(link)).settings) == ""


def test_rules_stand_in_one_order_whatever_the_link_says() -> None:
    assert read_query({"rule": "gd,ngd"}).settings == read_query({"rule": "ngd,gd,ngd"}).settings


# ---- what follows from other fields ----


@pytest.mark.parametrize("loss", LOSSES)
def test_start_and_steps_follow_from_the_loss(loss: str) -> None:
    (run,) = Settings(loss=loss, eta=(0.1,)).runs
    assert run.start == (LOSSES[loss].opening.start or LOSSES[loss].start)
    assert run.steps == math.ceil(LOSSES[loss].horizon / 0.1**2)


def test_default_steps_cover_the_horizon_and_stay_in_bounds() -> None:
    assert horizon_steps(6.0, 2, 0.1) == 600
    assert horizon_steps(60.0, 1, 0.1) == 600
    assert horizon_steps(6.0, 2, 100.0) == 20
    assert horizon_steps(6.0, 2, 1e-12) == MAX_STEPS


def test_there_is_one_run_of_each_rule_at_each_eta() -> None:
    settings = Settings(rule=("ngd", "gd"), eta=(0.2, 0.1), steps=30, noise=1e-9, seed=7)
    told_apart = [(run.rule.key, run.eta, run.steps) for run in settings.runs]
    assert told_apart == [("ngd", 0.2, 30), ("ngd", 0.1, 120), ("gd", 0.2, 30), ("gd", 0.1, 120)]
    for run in settings.runs:
        shared = {"loss": "parabolic-valley", "start": [1.8, 1.05], "noise": 1e-9, "seed": 7}
        assert run.plain.items() >= shared.items()
        dynamics.simulate(**run.plain)


@pytest.mark.parametrize("steps", [None, 1, 100, 12345])
def test_every_run_goes_to_the_same_slow_time(steps: int | None) -> None:
    """Within half a step of it; where the loss gives it, up to the whole of the last step."""
    settings = Settings(eta=(0.1, 0.2, 0.05, 0.03), steps=steps)
    horizon = LOSSES[settings.loss].horizon if steps is None else steps * 0.1**2
    for run in settings.runs:
        missed = run.steps * run.eta**2 - horizon
        assert abs(missed) <= run.eta**2 * (1 if steps is None else 0.5) * (1 + 1e-9)


def test_steps_that_are_given_are_those_of_the_first_eta() -> None:
    settings = Settings(eta=(0.05, 0.1), steps=400)
    assert (settings.steps_at(0.05), settings.steps_at(0.1)) == (400, 100)
    assert settings.plain["steps"] == 400
    assert settings.plain["eta"] == [0.05, 0.1]
    assert settings.plain["rule"] == ["ngd"]


def test_the_steps_of_any_run_stay_in_bounds() -> None:
    settings = Settings(eta=(MAX_ETA, MIN_ETA), steps=MAX_STEPS)
    assert step_counts(settings) == [MAX_STEPS, MAX_STEPS]
    assert step_counts(Settings(eta=(MIN_ETA, MAX_ETA), steps=MAX_STEPS)) == [MAX_STEPS, 0]


@pytest.mark.parametrize("eta", ["1e-5", "0.1,1e-5", "1e-5,0.1"])
def test_a_horizon_out_of_reach_is_told(eta: str) -> None:
    reading = read_query({"eta": eta})
    field, text = only_message(reading)
    assert (field, max(step_counts(reading.settings))) == ("steps", MAX_STEPS)
    assert "10,000,000" in text
    assert_sentence(text)


@pytest.mark.parametrize("steps", ["10000001", "1e9", "9007199254740992"])
def test_more_steps_than_are_granted_are_kept_in_the_link(steps: str) -> None:
    """Another server may grant more."""
    reading = read_query({"steps": steps})
    field, text = only_message(reading)
    assert (field, step_counts(reading.settings)) == ("steps", [MAX_STEPS])
    assert "Shortened because" in text
    assert_sentence(text)
    assert parse(write_query(reading.settings)) == {"steps": str(int(float(steps)))}


@pytest.mark.parametrize("steps", ["inf", "9" * 5000])
def test_more_steps_than_can_be_counted_are_clamped(steps: str) -> None:
    reading = read_query({"steps": steps})
    assert not reading.problems
    assert reading.settings.steps == 2**53
    assert [notice.field for notice in reading.notices] == ["steps", "steps"]


def test_a_number_of_steps_that_is_asked_for_needs_no_such_notice() -> None:
    assert read_query({"eta": "1e-5", "steps": "100"}) == Reading(opened(eta=(1e-5,), steps=100))


# ---- out of range: clamped, with a notice ----


@pytest.mark.parametrize(
    ("key", "text", "nearest"),
    [
        ("eta", "1e-30", (MIN_ETA,)),
        ("eta", "1e7", (MAX_ETA,)),
        ("eta", "inf", (MAX_ETA,)),
        ("eta", "1e400", (MAX_ETA,)),
        ("eta", "1e9,5e5", (MAX_ETA, 5e5)),
        ("eta", "0.5,1e9,1e8", (0.5, MAX_ETA)),
        ("eta", "1,2,3,4,5", (1.0, 2.0, 3.0, 4.0)),
        ("start", "1e7,1", (MAX_COORDINATE, 1.0)),
        ("start", "1e308,-inf", (MAX_COORDINATE, -MAX_COORDINATE)),
        ("noise", "2", MAX_NOISE),
        ("noise", "inf", MAX_NOISE),
        ("seed", "4294967296", 2**32 - 1),
    ],
)
def test_out_of_range_is_clamped_with_a_notice(key: str, text: str, nearest: object) -> None:
    # Ten million steps would be a notice of its own where η is tiny.
    others = {"steps": "10"} if key == "eta" else {}
    reading = read_query({key: text} | others)
    assert not reading.problems
    assert getattr(reading.settings, key) == nearest
    assert_valid(reading.settings)
    field, said = only_message(reading)
    assert field == key
    assert_sentence(said)
    assert read_query(parse(write_query(reading.settings))) == Reading(reading.settings)


@pytest.mark.parametrize(
    ("rules", "kept"), [(1, (4.0, 3.0, 2.0, 1.0)), (2, (4.0, 3.0)), (3, (4.0,)), (4, (4.0,))]
)
def test_more_step_sizes_than_runs_are_cut_with_a_notice(rules: int, kept: tuple) -> None:
    query = {"eta": "4,3,2,1,0.5", "rule": ",".join(list(RULES)[:rules])}
    reading = read_query(query)
    field, said = only_message(reading)
    assert (field, reading.problems) == ("eta", ())
    assert reading.settings.eta == kept
    assert f"η = {', '.join(f'{eta:g}' for eta in kept)} " in said
    assert_sentence(said)
    assert_valid(reading.settings)
    # As many as there may be are taken without a word, and one that is given twice is one.
    written = ",".join(f"{eta:g}" for eta in kept)
    assert read_query(query | {"eta": written}) == Reading(reading.settings)
    assert read_query(query | {"eta": f"{written},4.0"}) == Reading(reading.settings)


def test_four_rules_at_once_are_allowed_and_no_more() -> None:
    reading = read_query({"rule": "gradient-flow,gd,sqrt-gd,ngd"})
    assert reading == Reading(opened(rule=tuple(RULES)[:4]))
    more = read_query({"rule": "adam,gradient-flow,gd,sqrt-gd,ngd"})
    assert more.settings == reading.settings
    assert "At most 4 runs at once" in more.notices[0].text


def test_a_rule_has_those_of_the_numbers_that_are_its_own() -> None:
    reading = read_query({"rule": "ngd,adam,sam", "beta": "0.5", "rho": "0.05"})
    assert not (*reading.problems, *reading.notices)
    ngd, adam, sam = (run.rule for run in reading.settings.runs)
    assert (ngd, adam, sam) == (
        RuleSpec("ngd"),
        RuleSpec("adam", (("beta", 0.5),)),
        RuleSpec("sam"),
    )
    assert adam.record.theta["beta"] == 0.5
    assert reading.settings.plain["beta"] == 0.5
    assert read_query(parse(write_query(reading.settings))) == reading


@pytest.mark.parametrize(
    ("text", "value", "said"),
    [("2", 0.99, "β must be in 0 … 0.99; 0.99 is used."), ("x", None, "β must be a number")],
)
def test_a_number_of_a_rule_that_it_may_not_have(text: str, value: float, said: str) -> None:
    reading = read_query({"rule": "adam", "beta": text})
    (message,) = (*reading.notices, *reading.problems)
    assert message.field == "beta"
    assert message.text.startswith(said)
    assert dict(reading.settings.numbers).get("beta") == value


def test_step_sizes_stay_in_the_order_of_the_link() -> None:
    assert read_query({"eta": " 0.25 , 0.5"}) == Reading(opened(eta=(0.25, 0.5)))
    assert read_query({"eta": "0.5,0.25"}) == Reading(opened(eta=(0.5, 0.25)))


@pytest.mark.parametrize("text", ["1e-12", "1e6", "1000000", "1E-3", "+.5", "5.", "\t0.1 "])
def test_the_whole_range_of_eta_is_taken_as_it_is(text: str) -> None:
    assert read_query({"eta": text, "steps": "10"}) == Reading(
        Settings(eta=(float(text),), steps=10)
    )


@pytest.mark.parametrize(("text", "steps"), [("1e5", 100_000), ("100.0", 100), ("+3", 3)])
def test_a_whole_number_may_be_written_in_any_notation(text: str, steps: int) -> None:
    assert read_query({"steps": text}) == Reading(opened(steps=steps))


def test_the_playhead_stays_in_the_run() -> None:
    assert read_query({"at": "97"}).settings.at == 96
    assert read_query({"at": "601", "steps": "1000"}) == Reading(opened(at=601, steps=1000))
    assert read_query({"at": "-5"}).settings.at == 0


@pytest.mark.parametrize(("clock", "last"), [("tau", 600), ("eta", 1200), ("step", 2400)])
def test_the_playhead_counts_steps_of_the_first_run_to_the_end_of_the_last(clock, last) -> None:
    query = {"at": "1e6", "eta": "0.1,0.05", "clock": clock}
    assert read_query(query).settings.at == last


def test_the_run_in_focus_is_one_of_the_runs() -> None:
    assert read_query({"focus": "1", "eta": "0.1,0.05"}).settings.focus == 1
    assert read_query({"focus": "1"}).settings.focus == 0
    assert read_query({"focus": "x"}).settings.focus is None


def test_a_far_start_on_the_ring_is_moved_without_a_warning() -> None:
    # 1e200 squared is no number; a warning would be an error here.
    reading = read_query({"loss": "ring", "start": "1e200,0"})
    assert reading.settings.start == (MAX_COORDINATE, 0.0)
    assert only_message(reading)[0] == "start"


# ---- broken: a problem, and the nearest valid settings ----


@pytest.mark.parametrize(
    ("key", "text", "nearest"),
    [
        ("eta", "0,05", (0.05,)),
        ("eta", "0,1,0,05", (0.1, 0.05)),
        ("eta", "0,1; 0,05", (0.1, 0.05)),
        ("noise", "0,001", 0.001),
    ],
)
def test_a_decimal_comma_is_told_and_what_was_meant_is_nearest(key, text, nearest) -> None:
    reading = read_query({key: text, "steps": "10"})
    (problem,) = reading.problems
    assert problem.field == key
    assert "Did you mean" in problem.text
    assert reading.settings == opened(steps=10, **{key: nearest})


@pytest.mark.parametrize(
    ("key", "texts", "least"),
    [
        ("eta", ("0", "-3", "-inf", "-0.1", "−3"), "η must be above 0"),
        ("steps", ("-1", "-inf"), "The number of steps must be 0 or more"),
        ("noise", ("-1", "-1e-9"), "The noise must be 0 or more"),
        ("seed", ("-1",), "The seed must be 0 or more"),
    ],
)
def test_a_number_of_the_wrong_sign_is_refused_as_what_is_no_number_is(
    key: str, texts: tuple[str, ...], least: str
) -> None:
    for text in texts:
        reading = read_query({key: text})
        assert [vars(problem) for problem in reading.problems] == [
            {"field": key, "text": f"{least}, got ‘{text}’."}
        ]
        assert not reading.notices
        assert reading.settings == read_query({key: "foo"}).settings == DEFAULT


def test_a_zero_among_step_sizes_is_refused() -> None:
    reading = read_query({"eta": "0,5,1", "steps": "10"})
    assert [problem.text for problem in reading.problems] == ["η must be above 0, got ‘0,5,1’."]
    assert reading.settings.eta == (5.0, 1.0)


def test_what_the_page_writes_is_read() -> None:
    reading = read_query({"start": "−0.5,2.5·10⁻⁴", "steps": "10,000"})
    assert reading == Reading(opened(start=(-0.5, 2.5e-4), steps=10_000))


BROKEN = [
    ("eta", "", "η must be a number, got nothing."),
    ("eta", "x", "η must be a number, got ‘x’."),
    ("eta", "nan", "η must be a number, got ‘nan’."),
    ("eta", "1_000", "η must be a number, got ‘1_000’."),
    ("eta", "١", "η must be a number, got ‘١’."),
    ("eta", ",", "η must be a number, got nothing."),
    ("eta", "0x10", "η must be a number, got ‘0x10’."),
    ("eta", "1/8", "η must be a number, got ‘1/8’."),
    ("eta", "0.25,", "η must be a number, got nothing."),
    ("eta", "x,nan", "η must be a number, got ‘x’."),
    ("start", "", "The start must be 2 numbers, got nothing."),
    ("start", "1", "The start must be 2 numbers, got ‘1’."),
    ("start", "1,2,3", "The start must be 2 numbers, got ‘1,2,3’. Decimals have a point."),
    (
        "start",
        "1,5,0,2",
        "The start must be 2 numbers, got ‘1,5,0,2’. Did you mean 1.5, 0.2? Decimals have a point.",
    ),
    ("noise", "x0,1", "The noise must be a number, got ‘x0,1’."),
    ("start", "1,", "The start must be a number, got nothing."),
    ("start", "nan,1", "The start must be a number, got ‘nan’."),
    ("start", "1,٢", "The start must be a number, got ‘٢’."),
    ("steps", "", "The number of steps must be a whole number, got nothing."),
    ("steps", "2.5", "The number of steps must be a whole number, got ‘2.5’."),
    ("steps", "nan", "The number of steps must be a whole number, got ‘nan’."),
    ("steps", "1_000", "The number of steps must be a whole number, got ‘1_000’."),
    ("steps", "１２", "The number of steps must be a whole number, got ‘１２’."),
    ("noise", "loud", "The noise must be a number, got ‘loud’."),
    ("noise", "nan", "The noise must be a number, got ‘nan’."),
    ("seed", "0.5", "The seed must be a whole number, got ‘0.5’."),
    ("seed", "", "The seed must be a whole number, got nothing."),
    ("clock", "", "The clock must be one of step, eta, tau, got nothing."),
    ("clock", "hours", "The clock must be one of step, eta, tau, got ‘hours’."),
    ("axis", "x", "The axis must be one of linear, log, got ‘x’."),
    ("axis", "", "The axis must be one of linear, log, got nothing."),
    ("strobe", "", "The strobe must be one of all, even, odd, midpoints, got nothing."),
    ("look", "", "The look must be one of root, log, sharpness, surface, got nothing."),
    ("at", "now", "The playhead must be a whole number, got ‘now’."),
    ("embed", "yes", "embed must be 1 or 0, got ‘yes’."),
    ("embed", "", "embed must be 1 or 0, got nothing."),
    ("hide", "x", f"There is no ‘x’ to hide. Known: {', '.join(HIDEABLE)}."),
    ("hide", "story,x", f"There is no ‘x’ to hide. Known: {', '.join(HIDEABLE)}."),
]


@pytest.mark.parametrize(("key", "text", "message"), BROKEN)
def test_broken_value_is_a_problem_at_its_control(key: str, text: str, message: str) -> None:
    reading = read_query({key: text})
    assert only_message(reading) == (key, message)
    assert reading.settings == DEFAULT


@pytest.mark.parametrize(
    ("key", "text", "near"),
    [
        ("loss", "hyperbolla", "'hyperbola'"),
        ("loss", "Ring", "'ring'"),
        ("loss", "parabolic valley", "'parabolic-valley'"),
        ("rule", "nmd", "'ngd'"),
        ("rule", "SQRT-GD", "'sqrt-gd'"),
        ("rule", "normalised", "'ngd'"),
        ("rule", "gradient", "'gradient-flow'"),
    ],
)
def test_unknown_name_is_answered_with_the_nearest(key: str, text: str, near: str) -> None:
    reading = read_query({key: text})
    field, said = only_message(reading)
    assert field == key
    assert f"Did you mean {near}?" in said
    assert_sentence(said)
    meant = near.strip("'")
    assert getattr(reading.settings, key) == (meant if key == "loss" else (meant,))


@pytest.mark.parametrize(
    ("key", "text", "meant"),
    [
        ("clock", "steps", "step"),
        ("axis", "LOG", "log"),
        ("strobe", "midpoint", "midpoints"),
        ("look", "Sharpness", "sharpness"),
        # What its control says, and what else a person may call it.
        ("strobe", "mid", "midpoints"),
        ("clock", "η²t", "tau"),
        ("axis", "logarithmic", "log"),
        ("look", "3-D", "surface"),
        ("look", "space", "surface"),
        ("look", "√L", "root"),
    ],
)
def test_a_choice_that_is_nearly_one_is_mended(key: str, text: str, meant: str) -> None:
    reading = read_query({key: text})
    field, said = only_message(reading)
    assert field == key
    assert f"Did you mean ‘{meant}’?" in said
    assert len(reading.problems) == 1
    assert getattr(reading.settings, key) == meant


def test_a_step_size_that_can_be_read_stays_before_one_that_cannot() -> None:
    reading = read_query({"eta": "0.5,x"})
    assert reading.settings.eta == (0.5,)
    assert only_message(reading) == ("eta", "η must be a number, got ‘x’.")
    assert len(reading.problems) == 1


def test_rules_that_are_known_stay_beside_one_that_is_not() -> None:
    assert read_query({"rule": "gd,!!!"}).settings.rule == ("gd",)
    assert read_query({"rule": "!!!"}).settings.rule == DEFAULT.rule


@pytest.mark.parametrize("key", ["loss", "rule"])
def test_a_name_like_no_other_is_answered_with_all(key: str) -> None:
    said = only_message(read_query({key: "!!!"}))[1]
    assert "Did you mean" not in said
    assert all(known in said for known in {"loss": LOSSES, "rule": RULES}[key])


def test_a_part_to_hide_is_answered_with_the_nearest() -> None:
    for text, near in (("controls", "transport"), ("header,gauges", "laws"), ("law", "laws")):
        assert (
            f" to hide. Did you mean ‘{near}’? Known" in only_message(read_query({"hide": text}))[1]
        )


def test_other_words_are_for_names_that_there_are_and_for_one_of_them_each() -> None:
    known = {*BESIDE, *(field.key for field in (*FIELDS, *LAB_FIELDS))}
    values = {"": known, "clock": CLOCKS, "axis": AXES, "strobe": STROBES, "look": LOOKS}
    values |= {"plot": PLOTS, "along": WAYS, "hide": HIDEABLE, "ghost": GHOSTS, "kind": KINDS}
    assert SENSES.keys() == values.keys()
    for field, senses in SENSES.items():
        assert senses.keys() <= set(values[field])
        words = [word for text in senses.values() for word in text.split()]
        assert len(words) == len(set(words))
        for name, text in senses.items():
            assert {nearest(word, values[field], field) for word in text.split()} <= {name}


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("lose", "loss"),
        ("ETA", "eta"),
        ("lr", "eta"),
        ("optimizer", "rule"),
        ("iteration", "steps"),
    ],
)
def test_unknown_key_is_a_problem_with_the_nearest(key: str, near: str) -> None:
    reading = read_query({key: "1"})
    field, said = only_message(reading)
    assert field == key
    assert f"‘{key}’ is not a setting. Did you mean ‘{near}’?" in said
    assert_sentence(said)
    assert reading.settings == DEFAULT


def test_a_formula_stands_in_the_place_of_a_loss() -> None:
    query = {
        "formula": "(x y - a)^2; a = 1 in [0.5, 2]",
        "p.a": "1.5",
        "eta": "0.05",
        "loss": "ring",
    }
    reading = read_query(query)
    assert not (*reading.problems, *reading.notices)
    settings = reading.settings
    assert settings.chosen == LossSpec("formula", (("a", 1.5),), query["formula"])
    assert settings.chosen.record.theta["a"] == 1.5
    assert settings.start_point == settings.chosen.record.start
    assert settings.plain.items() >= {"loss": "formula", "formula": query["formula"]}.items()
    assert "loss=" not in write_query(settings)
    assert read_query(parse(write_query(settings))) == reading


def test_a_formula_of_one_variable_has_no_landscape() -> None:
    reading = read_query({"formula": "x^4 - x^2"})
    assert reading.settings == DEFAULT
    field, said = only_message(reading)
    assert (field, "two or more" in said) == ("formula", True)


def test_a_formula_that_cannot_be_read_leaves_the_usual_loss() -> None:
    reading = read_query({"formula": "x^2 + (y"})
    assert reading.settings == DEFAULT
    field, said = only_message(reading)
    assert field == "formula"
    assert_sentence(said)


def test_what_can_be_read_is_kept_beside_what_cannot() -> None:
    reading = read_query({"loss": "ring", "eta": "x", "seed": "3", "foo": "", "noise": "7"})
    assert reading.settings == opened(loss="ring", seed=3, noise=MAX_NOISE)
    assert [problem.field for problem in reading.problems] == ["eta", "foo"]
    assert [notice.field for notice in reading.notices] == ["noise"]


def test_start_in_the_hole_of_the_ring() -> None:
    reading = read_query({"loss": "ring", "start": "0.05,0.05"})
    field, said = only_message(reading)
    assert field == "start"
    assert LOSSES["ring"].domain is not None
    assert LOSSES["ring"].domain.words in said
    assert reading.settings == opened(loss="ring")
    assert read_query({"start": "0.05,0.05"}) == Reading(opened(start=(0.05, 0.05)))


# ---- any text at all ----

STRANGE = [
    "", " ", "\0", "\n", ",", ",,", "nan", "NaN,nan", "inf", "-Infinity", "1e999", "-1e999",
    "0x1p4", "1_000", "١", "٣٫٥", "１２", "²", "½", "−1", "1e", "e1", "--1", "+-1", "1 2",
    "0" * 400, "9" * 5000, "1" + "0" * 400, "a" * 100_000, "1," * 10_000, "‘’",
    "<script>alert(1)</script>", "../../etc/passwd", "%00", "{sharpness}", "{0}",
    "__import__('os')", "\ud800", "🙂", "ﬀ", "true", "None", "null", "[]", "1;2", "1.2.3", "1j",
]  # fmt: skip


def strange_text(draw: random.Random) -> str:
    """Pieces of strange texts, of numbers and of any character, joined."""
    pieces = [
        lambda: draw.choice(STRANGE),
        lambda: draw.choice([*LOSSES, *RULES, *CLOCKS, *AXES, *STROBES, *LOOKS]),
        lambda: repr(draw.uniform(-1, 1) * 10 ** draw.uniform(-320, 308)),
        lambda: "".join(chr(draw.randrange(0x110000)) for _ in range(draw.randint(0, 12))),
        lambda: "".join(draw.choice("0123456789+-.,eE_ infa") for _ in range(draw.randint(0, 9))),
    ]
    return draw.choice(["", ",", " "]).join(
        draw.choice(pieces)() for _ in range(draw.randint(1, 3))
    )


def assert_any_query_is_answered(query: dict[str, str]) -> None:
    reading = read_query(query)
    assert_valid(reading.settings)
    for message in (*reading.problems, *reading.notices):
        assert message.field in query or message.field == "steps"
        assert message.text.endswith((".", "?"))
        assert len(message.text) < 500  # all losses are named
    json.dumps([vars(m) for m in reading.problems], allow_nan=False)
    again = read_query(parse(write_query(reading.settings)))
    assert again.settings == reading.settings
    assert not again.problems


@pytest.mark.parametrize("key", [*KEYS, "unknown"])
def test_strange_text_in_one_field_is_answered(key: str) -> None:
    for text in STRANGE:
        assert_any_query_is_answered({key: text})
        assert_any_query_is_answered({"loss": "ring", key: text})


@pytest.mark.parametrize("seed", range(20))
def test_random_queries_are_answered(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(100):
        keys = draw.sample([*KEYS, strange_text(draw)], draw.randint(1, 5))
        assert_any_query_is_answered({key: strange_text(draw) for key in keys})


def test_a_view_is_made_wide_enough_for_the_start_and_no_wider() -> None:
    """A start outside it has 8 % of the loss's own view beyond it; of more dimensions all is as it
    is."""
    (left, right), (low, high) = LOSSES["ring"].view
    far = high + 10.0
    assert view_of(Settings(loss="ring", start=((left + right) / 2, low))) == (
        (left, right),
        (low - 0.08 * (high - low), high),
    )
    assert view_of(Settings(loss="ring", start=(right, far))) == (
        (left, right + 0.08 * (right - left)),
        (low, far + 0.08 * (high - low)),
    )
    assert view_of(Settings(loss="product-3")) == LOSSES["product-3"].view


def test_bounds_are_those_of_the_runs() -> None:
    """A setting that is valid here must not be refused there."""
    check_numbers(MIN_ETA, MAX_STEPS, MAX_NOISE, 2**32 - 1)
    check_numbers(MAX_ETA, 0, 0.0, 0)


# ---- η that changes on the way ----

DROP = Schedule((0.2, 0.05), (0, 400))


@pytest.mark.parametrize(
    "text", ["0.2@0,0.05@400", "0.2, 0.05@400", " 0.2 @ 0 , 5e-2 @ 4e2 ", "0.2@0,0.05@00400"]
)
def test_a_schedule_is_read_however_it_is_written(text: str) -> None:
    reading = read_query({"eta": text, "steps": "1000"})
    assert reading.problems == reading.notices == ()
    assert (reading.settings.eta, reading.settings.schedule) == ((0.2,), DROP)
    link = write_query(reading.settings)
    assert link == "eta=0.2@0,0.05@400&steps=1000"
    assert read_query(parse(link)).settings == reading.settings


def test_every_rule_takes_the_schedule() -> None:
    settings = opened(rule=("ngd", "gd", "sqrt-gd"), eta=(0.2,), schedule=DROP, steps=900)
    assert [(run.rule.key, run.eta, run.schedule, run.steps) for run in settings.runs] == [
        (rule, 0.2, DROP, 900) for rule in ("ngd", "gd", "sqrt-gd")
    ]
    assert settings.last_at == 900
    assert settings.plain["eta"] == "0.2@0,0.05@400"


def test_one_piece_is_no_schedule_and_the_horizon_is_that_of_the_first() -> None:
    assert read_query({"eta": "0.2@0"}).settings == opened(eta=(0.2,))
    plain = read_query({"eta": "0.05"}).settings
    changed = read_query({"eta": "0.05@0,0.1@7"}).settings
    assert changed.runs[0].steps == plain.runs[0].steps
    assert changed == replace(plain, schedule=Schedule((0.05, 0.1), (0, 7)))


@pytest.mark.parametrize(
    ("text", "eta", "schedule", "said"),
    [
        ("0.2@5,0.1@9", DEFAULT.eta, None, "from step 0 on, as in 0.2@0, 0.05@400, got ‘0.2@5’"),
        ("0.2@0,0.1", (0.2,), None, "must be a whole number, got nothing"),
        ("0.2@0,0.1@x", (0.2,), None, "must be a whole number, got ‘x’"),
        ("0.2@0,0.05@400,0.3@300", (0.2,), DROP, "one step after another, got ‘0.3@300’ too late"),
        ("0.2@0,0.05@400,0.3@400", (0.2,), DROP, "one step after another"),
        ("0.2@0,-1@400", (0.2,), None, "η must be above 0"),
        ("a@0,0.1@400", DEFAULT.eta, None, "η must be a number, got ‘a’"),
        ("@", DEFAULT.eta, None, "η must be a number"),
        ("0.2@0,1e9@400", (0.2,), Schedule((0.2, MAX_ETA), (0, 400)), "1e+06 is used"),
        ("0.2@0,0.05@400@7", (0.2,), None, "must be a whole number"),
    ],
)
def test_a_broken_schedule_is_told_and_mended(
    text: str, eta: tuple[float, ...], schedule: Schedule | None, said: str
) -> None:
    reading = read_query({"eta": text, "steps": "1000"})
    field, words = only_message(reading)
    assert field == "eta"
    assert said in words
    assert (reading.settings.eta, reading.settings.schedule) == (eta, schedule)


def test_of_many_changes_the_first_are_kept() -> None:
    reading = read_query({"eta": ",".join(f"0.1@{t}" for t in range(40)), "steps": "1000"})
    assert only_message(reading) == ("eta", "η changes at most 15 times in a run.")
    assert reading.settings.schedule == Schedule((0.1,) * 16, tuple(range(16)))


def test_a_run_that_ends_before_eta_changes_says_so() -> None:
    message = only_message(read_query({"eta": "0.2@0,0.05@400", "steps": "400"}))
    assert message == ("eta", "η changes at step 400, but the run has 400 steps.")
