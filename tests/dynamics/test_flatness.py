"""Rules side by side: against closed forms of their flows, and against runs step by step."""

import numpy as np
import pytest

import dynamics
from dynamics import LOSSES, RULES
from dynamics.flatness import course, fits, floor_of, is_scale_invariant

TWO, PLANE, RAYS = (LOSSES[key] for key in ("two-flatnesses", "plane-valley", "scale-invariant"))


def found(key: str, loss=PLANE, time: float = 1.0, eta: float = 0.05):
    one = course(loss, RULES[key], loss.start, eta, time)
    assert one is not None
    return one


def test_flows_on_the_plane_are_the_closed_forms() -> None:
    """On ½(1 + x² + 2y²)z²: √L by e^{−τ/4} and e^{−τ/2}; NGD keeps y/x²."""
    root, normalized = found("sqrt-gd"), found("ngd")
    x = root.flow.x
    np.testing.assert_allclose(x[:, 0], x[0, 0] * np.exp(-root.share / 4), rtol=1e-6)
    np.testing.assert_allclose(x[:, 1], x[0, 1] * np.exp(-root.share / 2), rtol=1e-6)
    x = normalized.flow.x
    np.testing.assert_allclose(x[:, 1] / x[:, 0] ** 2, x[0, 1] / x[0, 0] ** 2, rtol=1e-6)
    np.testing.assert_allclose(root.flow.sharpness, 1 + root.flow.x[:, :2] ** 2 @ [1, 2], rtol=1e-9)
    np.testing.assert_allclose(root.flow.trace, root.flow.sharpness, rtol=1e-9)


@pytest.mark.parametrize("key", ["ngd", "sqrt-gd", "sam"])
def test_runs_stay_by_their_flows(key: str) -> None:
    one = found(key)
    away = np.linalg.norm(one.run.x - one.flow.x, axis=1)
    assert away.max() < 0.04
    assert away[-1] < 0.01
    assert np.linalg.norm(one.flow.x[-1] - one.flow.x[0]) > 0.2


def test_a_run_is_told_in_the_mean_of_two_steps() -> None:
    one = found("ngd", TWO, 0.5)
    run = dynamics.simulate(TWO, "ngd", TWO.start, 0.05, one.steps)
    along = dynamics.measure(run)
    for k in (0, 40, 100):
        t = round(one.share[k] * (one.steps - 1))
        wanted = along.projection[t : t + 2].mean(axis=0)
        np.testing.assert_allclose(one.run.x[k], wanted, atol=1e-7)
        np.testing.assert_allclose(
            one.run.sharpness[k], along.projection_sharpness[t : t + 2].mean(), rtol=1e-7
        )


def test_label_noise_goes_to_the_least_trace_and_the_others_to_the_least_sharpness() -> None:
    """λ₁ = 1 + x² is least at 0 there, the trace at 9/26, to which the flow is exponential."""
    noise, sam = found("label-noise", TWO, 4.0), found("sam", TWO, 4.0)
    least = 9 / 26
    x = noise.flow.x[:, 0]
    np.testing.assert_allclose(
        x, least + (x[0] - least) * np.exp(-0.65 * 4.0 * noise.share), rtol=1e-6
    )
    assert abs(sam.flow.x[-1, 0]) < 0.05
    assert abs(noise.run.x[-1, 0] - x[-1]) < 0.1
    assert noise.flow.trace[-1] < sam.flow.trace[-1] - 0.1
    assert sam.flow.sharpness[-1] < noise.flow.sharpness[-1] - 0.05


def test_which_rules_have_a_flow() -> None:
    assert is_scale_invariant(RAYS)
    assert not is_scale_invariant(PLANE)
    assert {key for key, rule in RULES.items() if fits(PLANE, rule)} == {
        *("ngd", "sqrt-gd", "rmsprop", "sam", "label-noise")
    }
    assert fits(RAYS, RULES["weight-decay"])
    assert not any(fits(LOSSES["quadratic"], rule) for rule in RULES.values())
    with pytest.raises(ValueError, match="has no flow along Γ of plane-valley"):
        course(PLANE, RULES["adam"], PLANE.start, 0.05, 1.0)


def test_the_floor_is_a_sheet_or_curves() -> None:
    sheet, curves = floor_of(PLANE), floor_of(TWO)
    assert sheet.sheet is not None
    (low, high), (bottom, top) = PLANE.view[:2]
    _, sharpness, trace = sheet.sheet
    corner = 1 + high**2 + 2 * top**2
    np.testing.assert_allclose([sharpness[-1, -1], trace[-1, -1]], [corner, corner], rtol=1e-9)
    np.testing.assert_allclose(sharpness[0, 0], 1 + low**2 + 2 * bottom**2, rtol=1e-9)
    (curve,) = curves.curves
    x = curve.x[:, 0]
    np.testing.assert_allclose(curve.trace, 1 + x**2 + 0.2 + 0.3 * (x - 1.5) ** 2, rtol=1e-9)


def test_it_can_be_given_up() -> None:
    assert course(PLANE, RULES["ngd"], PLANE.start, 0.05, 1.0, stop=lambda: True) is None
