"""The gallery opens clean: every formula is read and runs as its words say."""

import numpy as np
import pytest

from dynamics import GALLERY, formula, measure, simulate
from dynamics.gallery import Example
from dynamics.simulate import Outcome
from tests.catalogue import taking

WITHOUT_VALLEY = {
    "Phase retrieval": "single points",
    "Self-stabilization": "single points",
    "Rosenbrock’s banana": "single points",
    "Himmelblau’s four bowls": "single points",
    "Beale’s corners": "single points",
    "Booth’s bowl": "single points",
    "Monkey saddle": "falls without end",
    "Where two valleys cross": "rank of the Hessian changes",
    "Classes that are apart": "only at infinity",
}
SUBTRACTED = {"Mexican hat": -0.25}

# λ₁ that a drift comes down to, by hand.
FLATTEST = {
    "A ring with two flat places": 8.0,
    "A deep linear network": 4.0,
    "An uneven product": 3 * 2 ** (2 / 3),
    "Two layers without ReLU": 2.0,
    "Matrix factorisation": 5.0,
    "A saddle for a floor": 1.0,
    "A sphere with a flat belt": 4.0,
    "Rotations": 2.0,
    "Mexican hat": 4.0,
}

each = pytest.mark.parametrize("example", GALLERY, ids=lambda example: example.name)


def test_there_are_enough_and_each_is_named_once() -> None:
    assert len(GALLERY) >= 12
    assert len({example.name for example in GALLERY}) == len(GALLERY)
    assert set(WITHOUT_VALLEY) < {example.name for example in GALLERY}


@each
def test_example_opens_clean(example: Example) -> None:
    loss = formula(example.text)
    low, high = np.array(loss.view).T
    assert np.all((low <= example.start) & (example.start <= high))
    said = " ".join(loss.remarks)
    assert WITHOUT_VALLEY.get(example.name, "") in said
    plain = example.name not in WITHOUT_VALLEY and example.name not in SUBTRACTED
    assert (said == "") == plain
    if example.name in SUBTRACTED:
        assert loss.minimum == pytest.approx(SUBTRACTED[example.name])
    assert example.source
    assert example.look_for.endswith(".")


@pytest.mark.parametrize(
    "example", taking(3, [e for e in GALLERY if e.name in FLATTEST]), ids=lambda e: e.name
)
def test_drift_comes_down_to_the_flattest_place(example: Example) -> None:
    """λ₁ at Φ falls towards its least value on Γ, and does not go below."""
    loss = formula(example.text)
    run = simulate(loss, example.rule, example.start, example.eta, example.steps)
    sharpness = measure(run).projection_sharpness
    least = FLATTEST[example.name]
    assert sharpness.min() > least * (1 - 1e-7)
    assert sharpness[-1] - least <= 0.35 * (sharpness[0] - least) + 1e-6


@pytest.mark.every
@each
def test_example_runs(example: Example) -> None:
    run = simulate(
        formula(example.text),
        example.rule,
        example.start,
        example.eta,
        example.steps,
        noise=example.noise,
    )
    assert run.outcome in (Outcome.REACHED, Outcome.AT_MINIMISER)
    assert np.isfinite(measure(run).loss).all()
