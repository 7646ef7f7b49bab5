"""Runs in a notebook: small frames that play what was computed."""

import json
import re
from html import unescape

import numpy as np
import pytest

import dynamics
from app.binary import PREFIX
from app.notebook import frame
from tests.app.held import held_in

MOST = 1_000_000  # bytes: ten of them in a notebook of ten megabytes


def named(page: str) -> dict[str, bytes]:
    """What a page holds, by name; of several the last."""
    return {one["name"]: content for one, content in held_in(page)}


@pytest.mark.parametrize("loss", ["parabolic-valley", "product-3"])
def test_a_run_shows_itself_and_is_small(loss: str) -> None:
    run = dynamics.simulate(loss, "ngd", None, 0.25, 96)
    shown = run._repr_html_()
    assert shown
    assert len(shown.encode()) <= MOST
    (page,) = re.findall(r'srcdoc="([^"]*)"', shown)
    sent = named(unescape(page))["run.bin"]
    end = PREFIX + int.from_bytes(sent[4:PREFIX], "little")
    header = json.loads(sent[PREFIX:end])
    (told,) = header["runs"]
    names = [column["name"] for column in told["columns"]]
    before = sum(c["width"] for c in told["columns"][: names.index("x")]) * told["rows"]
    numbers = np.frombuffer(sent, "<f4", offset=end)
    x = numbers[before : before + run.x.size].reshape(run.x.shape)
    assert np.array_equal(x, run.x.astype(np.float32))


def test_a_parameter_of_the_loss_is_kept() -> None:
    name, value = next(iter(dynamics.LOSSES["ellipse"].theta.items()))
    loss = dynamics.LOSSES["ellipse"].at(**{name: float(value) * 1.25})
    shown = frame(dynamics.simulate(loss, "ngd", None, 0.1, 30))
    assert shown
    (page,) = re.findall(r'srcdoc="([^"]*)"', shown)
    assert f"p.{name}=" in named(unescape(page))["query"].decode()


def test_a_loss_of_ones_own_is_told_in_words() -> None:
    loss = dynamics.Loss(key="mine", value=lambda x: 0.5 * x[1] ** 2, start=(1.0, 1.0))
    run = dynamics.simulate(loss, "ngd", None, 0.1, 5)
    assert run._repr_html_() is None


def test_a_branch_is_shown_beside_what_it_has_left() -> None:
    forks = [dynamics.Fork(40, eta=0.05), dynamics.Fork(60, rule=dynamics.RULES["gd"])]
    run = dynamics.simulate("hyperbola", "ngd", (2.0, 0.7), 0.1, 120, forks=forks)
    shown = frame(run)
    assert shown
    (page,) = re.findall(r'srcdoc="([^"]*)"', shown)
    query = named(unescape(page))["query"].decode()
    assert (
        "steps=60&" in query
    )  # of which 40, and then 80 of half the length, a fourth of its slow time
    assert "fork=40,60&fork.of=,1&fork.eta=0.05,&fork.rule=,gd" in query
    assert "focus=2" in query


def test_several_are_shown_under_one_time_bar() -> None:
    """With the steps that the stage itself takes, and together as small."""
    shown = dynamics.show("hyperbola", ("ngd", "sqrt-gd"), (2.0, 0.7), (0.1, 0.05), 60)
    html = shown._repr_html_()
    assert html
    assert len(html.encode()) <= 1.3 * MOST
    (page,) = re.findall(r'srcdoc="([^"]*)"', html)
    sent = named(unescape(page))["run.bin"]
    header = json.loads(sent[PREFIX : PREFIX + int.from_bytes(sent[4:PREFIX], "little")])
    told = [(run["rule"], run["eta"], run["steps"]) for run in header["runs"]]
    assert told == [(run.rule.key, run.eta, run.steps) for run in shown.runs]


def test_a_run_whose_eta_changes_shows_itself() -> None:
    run = dynamics.simulate("parabolic-valley", "ngd", None, "0.2@0,0.05@40", 96)
    shown = frame(run)
    assert shown
    (page,) = re.findall(r'srcdoc="([^"]*)"', shown)
    content = named(unescape(page))["run.bin"]
    header = json.loads(content[PREFIX : PREFIX + int.from_bytes(content[4:PREFIX], "little")])
    assert header["runs"][0]["changes"] == [[0.2, 0], [0.05, 40]]
    assert header["query"] == "eta=0.2@0,0.05@40&start=1.8,1.05&steps=96"
    other = dynamics.simulate("parabolic-valley", "ngd", None, 0.2, 96)
    assert frame(run, other) is None
