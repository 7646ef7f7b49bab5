"""Whether a run that rounding decides is told from one that it does not."""

import numpy as np
import pytest

import dynamics
from dynamics.rounding import MOVED, PARTED

# theory.md, section 12: after step 800 any two float64 programs differ.
SEEDED = ("tiny-network", "sqrt-gd", (0.1, 0.3, -0.4, -1, -0.6, -1.1, 0.2, 1.5, -0.7), 0.023, 2000)


def test_a_run_whose_alignment_is_seeded_by_rounding() -> None:
    parted = dynamics.parted_from(dynamics.simulate(*SEEDED))
    assert parted is not None
    assert 750 < parted < 900


@pytest.mark.parametrize(
    ("loss", "rule", "eta", "steps"),
    [
        ("parabolic-valley", "ngd", 0.1, 600),
        ("hyperbola", "sqrt-gd", 0.05, 2000),
        ("hyperbola", "gd", 0.3, 500),
        ("product-3", "ngd", 0.05, 1000),
    ],
)
def test_a_run_that_is_not(loss: str, rule: str, eta: float, steps: int) -> None:
    assert dynamics.parted_from(dynamics.simulate(loss, rule, None, eta, steps)) is None


def test_chaos_parts_by_its_lyapunov_exponent() -> None:
    """GD on the well ¼(1 − x²)² in the chaotic band: the derivatives of its steps multiply up, and
    the difference is a billionfold when their product is."""
    loss = dynamics.Loss("well", lambda x: (1 - x[0] ** 2) ** 2 / 4 + x[1] ** 2 / 2, (0.4, 0.0))
    eta = 1.45
    run = dynamics.simulate(loss, "gd", None, eta, 400)
    x = run.x[:, 0]
    grown = np.cumsum(np.log(np.abs(1 - eta * (3 * x**2 - 1))))
    assert grown[-1] > 30
    expected = int(np.argmax(grown > np.log(PARTED / MOVED)))
    parted = dynamics.parted_from(run)
    assert parted is not None
    assert abs(parted - expected) < 20


def test_runs_that_are_too_long_and_gradient_flow_are_not_asked() -> None:
    run = dynamics.simulate("parabolic-valley", "gradient-flow", None, 0.1, 100)
    assert dynamics.parted_from(run) is None
    assert dynamics.parted_from(dynamics.simulate(*SEEDED[:4], 100_001)) is None
