"""Every column against an independent computation in NumPy, from the value of the loss alone."""

import jax.numpy as jnp
import numpy as np
import pytest

import dynamics
from dynamics import Loss, Rule, measure, measure_extras, simulate, window
from dynamics.measures import (
    BATCH,
    _in_batches,
    _signs,
    inverse_stableness,
    loss_and_sharpness,
    normals,
    profile_nodes,
)
from dynamics.projection import projection
from tests.catalogue import losses
from tests.dynamics.columns import assert_pairs, assert_rows, thinned

PLANE = Loss("plane", lambda x: 0.5 * (1 + x[0] ** 2 + 2 * x[1] ** 2) * x[2] ** 2, (1.2, 0.8, 0.6))
LINE = Loss(
    "line",
    lambda x: 0.5 * ((1 + x[0] ** 2) * x[1] ** 2 + 0.4 * x[2] ** 2),
    (1.2, 0.8, 0.6),
    codim=2,
)


def test_the_offset_and_the_profile_go_by_the_direction(drifting: Rule, autodiff) -> None:
    run = simulate("ring", drifting, None, 0.05, 8000)
    found = measure(run)
    largest = np.argmax(np.abs(found.direction), axis=1)
    turned = np.take_along_axis(found.direction, largest[:, None], axis=1)[:, 0] < 0
    assert turned.sum() > 100
    assert not turned[0]
    offset = np.einsum("ti,ti->t", found.direction, found.x - found.projection)
    np.testing.assert_allclose(found.offset, offset, atol=1e-12)
    row = int(np.flatnonzero(turned)[50])
    line = found.span[row] * profile_nodes()[:, None] * found.direction[row]
    across = autodiff.value(run.loss, found.projection[row] + line)
    np.testing.assert_allclose(found.profile[row], across, rtol=1e-9)


def test_a_window_is_signed_like_its_run() -> None:
    run = simulate("ring", "ngd", None, 0.05, 8000)
    found = measure(run)
    row = 3000
    part = window(run, int(run.step[row]), 600)
    for toward in (found.direction[row], -found.direction[row]):
        seen = measure(part, toward=toward)
        side = np.sign(toward @ found.direction[row])
        both = np.isin(found.step, part.step)
        rows = np.searchsorted(part.step, found.step[both])
        np.testing.assert_allclose(seen.direction[rows], side * found.direction[both], atol=1e-12)
        np.testing.assert_allclose(seen.offset[rows], side * found.offset[both], atol=1e-12)
    right, left = measure(part, toward=toward), measure(part, toward=-toward)
    np.testing.assert_allclose(right.profile, left.profile[:, ::-1], rtol=1e-9)


def test_rows_without_a_direction_are_passed_over() -> None:
    """By hand, on both sides of a gap; two directions at a time do not heed each other."""
    east, west, north = np.array([[1.0, 0.1], [-1.0, 0.1], [0.2, 1.0]])
    nowhere = np.full(2, np.nan)
    rows = np.array([nowhere, east, west, nowhere, nowhere, west, north, -north, east])
    expected = [1, -1, 1, 1, 1, 1, -1, 1, -1]
    np.testing.assert_array_equal(_signs(rows[:, None], -north[None])[:, 0], expected)
    alone = _signs(rows[1:, None], np.zeros((1, 2)))[:, 0]
    np.testing.assert_array_equal(alone, [1, -1, 1, 1, -1, 1, -1, 1])
    both = _signs(np.stack([rows, -rows], axis=1), np.stack([-north, -north]))
    turned = [1, 1, -1, 1, 1, -1, 1, -1, 1]
    np.testing.assert_array_equal(both, np.transpose([expected, turned]))


@pytest.mark.parametrize("steps", [1, 2, 9])
def test_the_view_at_the_ends_sees_only_its_own_side(steps: int) -> None:
    found = measure(simulate("hyperbola", "ngd", None, 0.05, steps))
    away, bounce = np.abs(found.offset), 1.3 * found.bounce
    for row, neighbours in ((0, [0, 1]), (steps, [steps - 1, steps])):
        expected = max(bounce[row], 1.25 * away[neighbours].max())
        np.testing.assert_allclose(found.span[row], expected, rtol=1e-12)


@pytest.mark.parametrize("rows", [1, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH, 3 * BATCH - 7])
def test_batches_are_of_real_rows_alone(rows: int) -> None:
    x = np.random.default_rng(0).normal(size=(3 * BATCH, 2))
    found = np.asarray(_in_batches(lambda z: {"square": z @ z}, (x,), rows)["square"])
    np.testing.assert_allclose(found[:rows], np.sum(x**2, axis=1)[:rows], rtol=1e-14)
    assert np.all(found[max(rows, BATCH) :] == 0)


def test_a_run_that_diverges_is_measured_up_to_there() -> None:
    run = simulate("sine-valley", "gd", None, 0.9, 1000)
    found = measure(run)
    assert np.abs(run.x[-1]).max() > 1e100
    assert np.all(np.isfinite(found.projection[:3]))
    assert np.all(np.isnan(found.projection[-1]))
    assert np.all(np.isfinite(found.direction[:3]))
    np.testing.assert_array_equal(found.step, run.step)


def test_loss_and_sharpness_alone_are_the_same() -> None:
    run = simulate("hyperbola", "ngd", None, 0.02, 20_001)
    found = measure(run)
    height, top = loss_and_sharpness(run)
    np.testing.assert_allclose(height, found.loss, rtol=1e-12)
    np.testing.assert_allclose(top, found.sharpness, rtol=1e-12)


def test_the_inverse_of_the_stableness_alone_is_the_same(drifting: Rule) -> None:
    run = simulate("hyperbola", drifting, None, 0.02, 20_001)
    found = measure(run)
    expected = 1 / (found.effective_step * found.sharpness)
    np.testing.assert_allclose(inverse_stableness(run), expected, rtol=1e-9)


def test_what_nothing_defines_is_nan() -> None:
    """GD has no limiting flow on Γ and no law at the edge; gradient flow no step of its own."""
    lawless = {"bounce", "sqrt_loss_pair", "components", "lopsidedness_kept", "lopsidedness_sweep"}
    lawless |= {"root_step_curvature"}
    flowless = {"flow", "flow_sharpness", "flow_spread", "flow_loss", "gap", "flow_conserved"}
    stepless = {"step_curvature", "work", "curvature_balance", "curvature_balance_late"}
    for key, nothing in (("gd", lawless), ("gradient-flow", lawless | flowless | stepless)):
        found = measure(simulate("hyperbola", key, None, 0.01, 100))
        # Before the first step and after the last there is nothing to sum and nothing to be done.
        inner = {name: column[3:-1] for name, column in found._asdict().items()}
        missing = {name for name, column in inner.items() if not np.all(np.isfinite(column))}
        assert missing == nothing
        for name in nothing:
            assert np.all(np.isnan(inner[name]))
        np.testing.assert_allclose(found.effective_step, 0.01, rtol=1e-15)


def test_where_gradient_flow_reaches_no_minimiser_what_needs_it_is_nan() -> None:
    found = measure(simulate("hyperbola", "ngd", (1.0, -1.0), 0.01, 20))
    assert np.all(np.isnan(found.projection))
    assert np.all(np.isnan(found.gap))
    assert np.all(np.isfinite(found.sharpness))
    assert np.all(np.isfinite(found.loss))


@pytest.mark.parametrize("steps", [0, 1, 2, 7])
def test_short_runs(steps: int, along, autodiff) -> None:
    run = simulate("hyperbola", "ngd", (1.3, 0.8), 0.05, steps)
    found = measure(run)
    assert_rows(run, found, along, autodiff)
    assert_pairs(run, found)


def test_windows_and_runs_that_ended_early(along, autodiff) -> None:
    run = simulate("hyperbola", "ngd", None, 0.02, 20_001)
    assert_pairs(run, measure(run))
    part = window(run, 12_346, 7)
    assert_rows(part, measure(part), along, autodiff)
    assert_pairs(part, measure(part))
    ended = simulate("hyperbola", "ngd", None, 1e6, 5)
    assert_pairs(ended, measure(ended))


def test_an_own_loss_is_measured_like_the_others(along, autodiff) -> None:
    """Made only of key, value and start; everything else is computed."""
    run = simulate(PLANE, "gd", None, 0.05, 400)
    found = measure(run)
    assert_pairs(run, found)
    assert_rows(*thinned(run, found), along, autodiff)
    np.testing.assert_allclose(found.projection[:, 2], 0, atol=1e-9)


def test_an_own_loss_of_codimension_2(along, autodiff) -> None:
    run = simulate(LINE, "sqrt-gd", None, 0.02, 4000)
    found = measure(run)
    assert_pairs(run, found)
    assert_rows(*thinned(run, found), along, autodiff)
    # x and y do not feel z, so Φ is that of the parabolic valley.
    exact = along(projection, dynamics.LOSSES["parabolic-valley"], run.x[:, :2])
    np.testing.assert_allclose(found.projection, np.c_[exact, 0 * run.step], atol=1e-8)
    law = found.flow[0, 0] * np.exp(-found.tau / 4)
    np.testing.assert_allclose(found.flow[:, 0], law, atol=1e-8)
    assert found.gap[-1] < 0.02
    np.testing.assert_allclose(found.stableness_pair[-20:], 1, atol=0.02)
    np.testing.assert_allclose(found.sqrt_loss_pair[-20:], 1, atol=0.02)


def test_alignment_by_hand() -> None:
    """θ of (x, y) on ½(3x² + y²) is the angle of (3x, y) to the x-axis; also where it is tiny."""
    starts = [(1.0, 3.0), (-1.0, 3.0), (0.5, 0.0), (0.0, 0.4), (1.0, 3e-12), (1.0, -3e-100)]
    expected = [np.pi / 4, np.pi / 4, 0.0, np.pi / 2, 1e-12, 1e-100]
    for key in ("gd", "ngd", "sqrt-gd"):
        found = [measure(simulate("quadratic", key, x, 0.1, 0)).alignment[0] for x in starts]
        np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_components_by_hand() -> None:
    """On ½(3x² + y²): (3x, y)/η for NGD, (√6 x, √2 y)/η for √L, nothing for GD."""
    for key, scale in (("ngd", (3, 1)), ("sqrt-gd", np.sqrt([6, 2])), ("gd", (np.nan, np.nan))):
        found = measure(simulate("quadratic", key, (0.2, -0.7), 0.1, 0))
        expected = np.array([2.0, -7.0]) * scale
        np.testing.assert_allclose(found.components[0], expected, rtol=1e-12)
        np.testing.assert_allclose(found.spectrum[0], [3.0, 1.0], rtol=1e-15)


@losses(lambda loss: loss.codim == 1, each_kind=True)
def test_there_is_nothing_to_align_in_codimension_1(loss: Loss, drifting: Rule) -> None:
    """Trap 2: ∇²L(Φ)(x − Φ) lies along v₁. The one component is the offset by the bounce."""
    found = measure(simulate(loss, drifting, None, 0.02, 400))
    assert np.all(found.alignment == 0)
    assert found.components.shape == found.spectrum.shape == (401, 1)
    np.testing.assert_allclose(found.spectrum[:, 0], found.projection_sharpness, rtol=1e-12)
    expected = found.offset / found.bounce * found.projection_sharpness
    np.testing.assert_allclose(found.components[:, 0], expected, rtol=1e-12)


TWISTED = Loss(
    "twisted",
    lambda x: 0.5 * ((3 + x[0] ** 2) * _twist(x)[0] ** 2 + (1 + 0.3 * x[0]) * _twist(x)[1] ** 2),
    (1.5, 0.3, 0.2),
    codim=2,
)


def _twist(x):
    """(y, z) turned by 3x: along Γ, y = z = 0, the normal directions turn too."""
    c, s = jnp.cos(3 * x[0]), jnp.sin(3 * x[0])
    return c * x[1] + s * x[2], c * x[2] - s * x[1]


def test_the_signs_of_the_components_are_continuous(drifting: Rule) -> None:
    """The valley's directions v₁ and v₂ are known as they turn; the largest component changes."""
    run = simulate(TWISTED, drifting, None, 0.1, 3000)
    found = measure(run)
    angle = 3 * found.projection[:, 0]
    assert np.ptp(angle) > 1.6
    zero = np.zeros_like(angle)
    v = np.stack([zero, np.cos(angle), np.sin(angle)], axis=1)
    w = np.stack([zero, -np.sin(angle), np.cos(angle)], axis=1)
    away = found.x - found.projection
    scale = found.spectrum / {"ngd": 1, "sqrt-gd": np.sqrt(found.spectrum / 2)}[drifting.key] / 0.1
    one, two = scale.T * [np.sum(v * away, axis=1), np.sum(w * away, axis=1)]
    one, two = (
        one * np.sign(v[0] @ found.direction[0]),
        two * np.sign(two[0] * found.components[0, 1]),
    )
    np.testing.assert_allclose(found.components, np.transpose([one, two]), atol=1e-5)
    np.testing.assert_allclose(found.spectrum[:, 0], 3 + (angle / 3) ** 2, rtol=1e-6)
    np.testing.assert_allclose(found.spectrum[:, 1], 1 + 0.1 * angle, rtol=1e-6)
    turned = np.linalg.norm(found.spectrum[:, 1:] * np.sum(w * away, axis=1)[:, None], axis=1)
    tangent = turned / np.abs(found.spectrum[:, 0] * found.offset)
    np.testing.assert_allclose(np.tan(found.alignment), tangent, rtol=1e-5)


def test_a_window_has_the_components_of_its_run(drifting: Rule) -> None:
    run = simulate(TWISTED, drifting, None, 0.1, 6000)
    found = measure(run)
    row = 4000
    part = window(run, int(run.step[row]), 300)
    toward = normals(run, found, row)
    np.testing.assert_allclose(toward @ toward.T, np.eye(2), atol=1e-12)
    for turn in np.array([(1, 1), (1, -1), (-1, 1)]):
        seen = measure(part, toward=turn[:, None] * toward)
        both = np.isin(found.step, part.step)
        rows = np.searchsorted(part.step, found.step[both])
        assert both.sum() > 100
        np.testing.assert_allclose(seen.components[rows], turn * found.components[both], atol=1e-9)


def test_distance_by_hand() -> None:
    x = np.array([(1.3, 0.4), (1.3, -0.4), (-2.0, 1.0), (1.5, 0.0)])
    found = [measure_extras(simulate("parabolic-valley", "gd", z, 0.1, 0)).distance[0] for z in x]
    np.testing.assert_allclose(found, [0.4, 0.4, 1.0, 0.0], atol=1e-12)


def test_a_run_of_any_length_is_measured_by_the_same_program(compiled: list[str]) -> None:
    measure(simulate("hyperbola", "ngd", None, 0.05, 3))
    compiled.clear()
    for steps in (4095, 4096, 4998, 4999, 5000, 80_000):
        measure(simulate("hyperbola", "ngd", None, 0.05, steps))
    assert compiled == []


def test_other_numbers_compile_nothing(drifting: Rule, compiled: list[str]) -> None:
    measure(simulate("hyperbola", drifting, None, 0.05, 400))
    compiled.clear()
    measure(simulate("hyperbola", drifting, (2.0, 0.7), 0.02, 20_000))
    measure(window(simulate("hyperbola", drifting, (2.0, 0.7), 0.02, 20_000), 5, 7))
    assert compiled == []
