"""Each rule by hand, and each drift derived again from the bounce, as in theory.md, section 3."""

import numpy as np
import pytest

import dynamics
from dynamics import Rule
from dynamics.flows import ngd_drift, sqrt_gd_drift
from dynamics.rules import step_length
from tests.catalogue import FIRST, rules

STEPS = {"gd": 0.1, "ngd": 0.1 / 3, "sqrt-gd": 0.1 / 4}
DRIFTS = {"ngd": ngd_drift, "sqrt-gd": sqrt_gd_drift}
DRIFT = {"ngd": [-0.5, 0.25], "sqrt-gd": [-1.0, 0.5]}


@pytest.mark.parametrize(("key", "expected"), STEPS.items())
def test_effective_step_by_hand(key: str, expected: float) -> None:
    """η = 0.1, L = 4, ‖∇L‖² = 9."""
    step = step_length(dynamics.RULES[key], 0.1, np.array(4.0), np.array(9.0))
    np.testing.assert_allclose(step, expected, rtol=1e-15)


def test_a_step_of_gradient_flow_is_the_time_of_a_row() -> None:
    step = step_length(dynamics.RULES["gradient-flow"], 0.1, np.array([4.0, 1.0]), np.ones(2))
    np.testing.assert_array_equal(step, [0.1, 0.1])


def test_a_rule_that_leaves_the_gradient_has_no_step_along_it() -> None:
    aside = Rule("aside", step=lambda slope, eta, x, state: (x + eta, state))
    assert np.all(np.isnan(step_length(aside, 0.1, np.array([4.0, 1.0]), np.ones(2))))


@pytest.mark.parametrize(("key", "expected"), DRIFT.items())
def test_drift_by_hand(key: str, expected: list[float]) -> None:
    """λ₁ = 4, P⊥∇λ₁ = (8, −4)."""
    drift = DRIFTS[key]
    np.testing.assert_allclose(drift(np.array(4.0), np.array([8.0, -4.0])), expected, rtol=1e-15)


def test_only_these_have_a_limiting_flow() -> None:
    assert {key for key in FIRST if dynamics.RULES[key].drifts} == set(DRIFTS)


@rules(lambda rule: rule.effective_step and not rule.parameters)
def test_the_step_is_zero_where_the_rule_is_undefined(rule: Rule) -> None:
    zero = np.array(0.0)
    assert step_length(rule, 1e6, zero, zero) * zero == 0.0


def test_the_step_is_not_a_number_where_the_loss_overflows(drifting: Rule) -> None:
    """A step of η/∞ = 0 would stand still and pass for a minimiser."""
    assert np.isnan(step_length(drifting, 0.1, np.array(np.inf), np.array(np.inf)))


@pytest.mark.parametrize("sharpness", [0.5, 3.0])
def test_the_bounce_steps_at_the_edge_and_its_height_is_the_law(
    drifting: Rule, sharpness: float
) -> None:
    """On L = ½λy² a bounce between ±½ bounce has η_t λ = 2, and √L + √L is the rule's law."""
    height, slope = _bouncing(drifting, sharpness)
    step = step_length(drifting, 0.01, height, slope**2)
    law = drifting.sqrt_loss_law(0.01, np.array(sharpness))
    np.testing.assert_allclose(step * sharpness, 2.0, rtol=1e-14)
    np.testing.assert_allclose(2 * np.sqrt(height), law, rtol=1e-14)


@pytest.mark.parametrize("sharpness", [0.5, 3.0])
def test_the_bounce_drifts_as_the_limiting_flow(drifting: Rule, sharpness: float) -> None:
    """On L = ½λ(x)y² a bounce moves x by −η_t ½λ'y² a step, which is η² times the drift."""
    turn = np.array([1.7])
    height, slope = _bouncing(drifting, sharpness)
    step = step_length(drifting, 0.01, height, slope**2)
    moved = -step * turn * height / sharpness
    drift = DRIFTS[drifting.key](np.array(sharpness), turn)
    np.testing.assert_allclose(moved, 0.01**2 * drift, rtol=1e-13)


def test_texts(rule: Rule) -> None:
    assert rule.name
    assert rule.formula
    assert rule.look_for.endswith(".")
    assert bool(rule.drift_formula) == rule.drifts
    assert rule.clock in ("step", "eta", "tau")


def _bouncing(rule: Rule, sharpness: float) -> tuple[np.ndarray, np.ndarray]:
    """L and |L'| of ½λy² at half the rule's bounce."""
    assert rule.bounce is not None
    y = 0.5 * rule.bounce(0.01, np.array(sharpness))
    return 0.5 * sharpness * y**2, sharpness * y
