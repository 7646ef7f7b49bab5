"""Formulas as losses: twins of the catalogue, numbers printed elsewhere, and what is kept."""

import gc
import time
from functools import partial

import jax
import numpy as np
import pytest
from hypothesis import given, settings

import dynamics
from dynamics import FormulaError, Loss, fitted, formula, measure, simulate
from dynamics.compilation import let_go_of_programs, quickly
from dynamics.flows import limiting_flow
from dynamics.formulas import KEPT, _found, _loss, _parsed, _place, structure
from dynamics.grammar import parse
from dynamics.jets import jet
from dynamics.manifold import flattest_points, trace_manifold
from dynamics.projection import projection
from tests.catalogue import taking
from tests.dynamics.test_grammar import QUIETLY, slip_in
from tests.dynamics.written import FORMULAS, Written

TWINS = {
    "hyperbola": "½(1−xy)²",
    "ring": "½ exp(k x/‖(x,y)‖) (‖(x,y)‖ − 1)²; k = 1 in [0.1, 2]",
    "two-curvatures": "½((1+x²)y² + 0.4z²)",
    "parabolic-valley": "½(1+x²)y²",
    "paper-valley": "(1+x^2)y^2",
    "quartic-hyperbola": "½(1−x²y²)²",
    "ellipse": "¼(1 − a x² − y²)²; a = 0.5 in [0.25, 0.95]",
    "sine-valley": "½(1+½x²)(y − sin x)²",
    "plane-valley": "½(1+x²+2y²)z²",
    "product-3": "½(1−xyz)²",
    "product-4": "½(1−x₁x₂x₃x₄)²",
    "rank-one": "½((x1x3−1)²+(x1x4−1)²+(x2x3−1)²+(x2x4−1)²)",
}


def pair(key: str) -> tuple[Loss, Loss]:
    return dynamics.LOSSES[key], formula(TWINS[key])


def points(loss: Loss) -> np.ndarray:
    """Points near the start, [5, d]."""
    return np.array(loss.start) * np.array([[1.0], [0.93], [1.04], [0.88], [-1.02]])


@pytest.mark.parametrize("key", TWINS)
def test_twins_have_the_same_loss_and_gradient(key: str, autodiff) -> None:
    """The numbers of the catalogue's formula, by JAX and by jets."""
    loss, twin = pair(key)
    x = points(loss)
    wanted = jax.vmap(loss.value)(x)
    np.testing.assert_allclose(jax.vmap(twin.value)(x), wanted, rtol=1e-13)
    found = jet(twin.family.value.tree, x, twin.theta)  # type: ignore[attr-defined]
    np.testing.assert_allclose(found.value, wanted, rtol=1e-13)
    slope = jax.vmap(loss.gradient or jax.grad(loss.value))(x)
    scale = np.abs(slope).max()
    np.testing.assert_allclose(found.gradient, slope, rtol=1e-12, atol=1e-14 * scale)
    np.testing.assert_allclose(jax.vmap(jax.grad(twin.value))(x), slope, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("key", TWINS)
def test_twins_have_the_same_valley(key: str) -> None:
    """Codimension, nothing subtracted or remarked, and in two dimensions as many branches, on Γ."""
    loss, twin = pair(key)
    assert (twin.d, twin.codim, twin.minimum, twin.remarks) == (loss.d, loss.codim, 0.0, ())
    assert twin.key == "formula"
    assert twin.source == TWINS[key]
    if loss.d > 2:
        return
    assert len(twin.branches) == len(loss.branches)
    for branch in twin.branches:
        x = jax.vmap(branch.curve)(np.linspace(0, 1, 200))
        np.testing.assert_allclose(jax.vmap(loss.value)(x), 0, atol=1e-14)
        assert loss.manifold_sharpness is not None
        wanted = jax.vmap(loss.manifold_sharpness)(x)
        hessian = jet(twin.family.value.tree, np.asarray(x), twin.theta).hessian  # type: ignore
        np.testing.assert_allclose(np.linalg.eigvalsh(hessian)[:, 1], wanted, rtol=1e-6)


@pytest.mark.parametrize("key", taking(2, TWINS))
def test_twins_have_the_same_projection_and_flow(key: str, along) -> None:
    """Φ, λ₁ there, and X(τ), by the solvers on the twin and in closed form where there is one."""
    loss, twin = pair(key)
    x = np.array(loss.start)
    foot = quickly(projection)(loss, x)
    np.testing.assert_allclose(quickly(projection)(twin, x), foot, atol=1e-7)
    tau = np.array([0.0, 0.3, 1.0])
    for key in ("ngd", "sqrt-gd"):
        rule = dynamics.RULES[key]
        wanted = limiting_flow(loss, rule, foot, tau)
        found = limiting_flow(twin, rule, foot, tau)
        np.testing.assert_allclose(found, wanted, atol=2e-7)


@pytest.mark.parametrize("key", taking(2, ["hyperbola", "ring", "ellipse", "sine-valley"]))
def test_twins_have_the_same_flattest_points(key: str) -> None:
    loss, twin = pair(key)
    found = flattest_points(twin)
    wanted = flattest_points(loss)
    seen = wanted[np.abs(wanted).max(axis=1) < 4]
    for point in seen:
        assert np.linalg.norm(found - point, axis=1).min() < 4e-5
    assert len(found) >= len(seen)
    assert len(trace_manifold(twin)) == len(twin.branches)


def test_twins_take_the_same_steps() -> None:
    for key in ("hyperbola", "ring"):
        loss, twin = pair(key)
        for rule in ("ngd", "gd"):
            one, two = (simulate(which, rule, loss.start, 0.05, 40).x for which in (loss, twin))
            np.testing.assert_allclose(two, one, rtol=1e-10)


# From (2, 0.3), T = 2/η²: x of Φ(x_{T−1}) and of Φ(x_T), and where the flow is.
PRINTED = {
    ("ngd", 0.1): (1.556979, 1.554705, 1.55393),
    ("sqrt-gd", 0.1): (1.203690, 1.200675, 1.20211),
    ("ngd", 0.05): (1.554712, 1.554144, 1.55393),
    ("sqrt-gd", 0.05): (1.202520, 1.201768, 1.20211),
}


@pytest.mark.parametrize(("rule", "eta"), taking(2, PRINTED))
def test_numbers_printed_for_the_parabolic_valley(rule: str, eta: float) -> None:
    run = simulate(formula("½(1+x²)y²"), rule, (2.0, 0.3), eta, round(2 / eta**2))
    found = measure(run)
    x = [found.projection[-2, 0], found.projection[-1, 0], found.flow[-1, 0]]
    np.testing.assert_allclose(x, PRINTED[rule, eta], atol=6e-6)


def test_points_of_the_papers_first_figure() -> None:
    """√L with η = 0.5 on (1 + x²)y² from (14.7, 3) [Arora, Li, Panigrahi 2022, Figure 1]."""
    run = simulate(formula("(1+x^2)*y^2"), "sqrt-gd", (14.7, 3.0), 0.5, 3)
    printed = [(14.7, 3), (13.203, -4.367), (11.026, 2.254), (9.904, -3.282)]
    np.testing.assert_allclose(run.x, printed, atol=6e-4)


def test_means_of_gd_at_the_edge_as_derived() -> None:
    """Self-stabilization [Damian, Nichani, Lee 2022] with s₀ = 1, c = 0.2, k = 0.1, z_f = 4 and
    η = 0.5 settles, in the mean, at y = 3, z = 10/3, x² = 0.1333: the central flow's."""
    loss = formula("½(1+y)x² + 0.1(y−z)² + 0.05(z−4)²")
    x = simulate(loss, "gd", (0.1, 3.0, 3.3), 0.5, 4000).x[-1000:]
    np.testing.assert_allclose(
        [np.mean(x[:, 0] ** 2), *x[:, 1:].mean(axis=0)], [2 / 15, 3, 10 / 3], atol=1e-5
    )


def test_least_value_is_subtracted_and_told() -> None:
    loss = formula("(x²+y²)² − x² − y²")
    assert loss.minimum == pytest.approx(-0.25, rel=1e-12)
    assert "−0.25" in loss.remarks[0] or "-0.25" in loss.remarks[0]
    on = np.array([np.sqrt(0.5) * np.cos(0.3), np.sqrt(0.5) * np.sin(0.3)])
    assert 0 <= float(loss.value(on)) < 1e-15
    assert float(loss.value(np.zeros(2))) == pytest.approx(0.25)
    run = simulate(loss, "sqrt-gd", None, 0.05, 200)
    found = measure(run)
    np.testing.assert_allclose(np.linalg.norm(found.projection[-1]), np.sqrt(0.5), atol=1e-6)


def test_a_formula_without_a_least_value_runs_and_says_so() -> None:
    loss = formula("x³ − 3xy²")
    run = simulate(loss, "gd", None, 0.05, 50)
    found = measure(run)
    assert np.isnan(loss.minimum)
    assert np.isnan(found.projection).all()
    assert dynamics.broken(run, found) is dynamics.Broken.NO_MINIMUM
    with pytest.raises(ValueError, match=r"sqrt-gd for this formula. L falls without end"):
        simulate(loss, "sqrt-gd", None, 0.05, 50)


def test_a_formula_with_a_kink_runs_and_says_so() -> None:
    loss = formula("|1 − xy|")
    run = simulate(loss, "ngd", (2.0, 1.0), 0.05, 50)
    found = measure(run)
    assert np.isfinite(run.x).all()
    assert np.isnan(found.projection).all()
    assert "kink" in loss.remarks[0]
    assert dynamics.broken(run, found) is not None


def test_parameters_move_the_valley() -> None:
    loss = formula("½(a − xy)² + b; a = 1 in [0.5, 4], b = 0 in [−1, 1]")
    other = loss.at(a=4, b=0.5)
    assert other.family is not loss.family
    assert other.minimum == pytest.approx(0.5)
    x = jax.vmap(other.branches[0].curve)(np.linspace(0, 1, 50))
    np.testing.assert_allclose(np.prod(x, axis=1), 4, rtol=1e-7)
    assert other.start == loss.start
    assert other.at(a=1, b=0) is loss
    with pytest.raises(ValueError, match=r"a must be a number in 0.5 … 4, got 5"):
        loss.at(a=5)
    with pytest.raises(ValueError, match="no parameter 'q': the formula has a, b"):
        loss.at(q=1)


def test_a_slider_compiles_nothing() -> None:
    """Other numbers, and Γ elsewhere, are the same family of functions."""
    loss = formula("½(a − xy)²; a = 1 in [0.5, 4]")
    assert loss.at(a=2.5).family == loss.family
    assert not np.allclose(loss.at(a=2.5).theta["_piece_0"], loss.theta["_piece_0"])


def test_formulas_of_one_structure_share_their_programs() -> None:
    one, two = formula("½(1 − xy)²"), formula("½(3 − xy)²")
    assert one.family == two.family
    compiled = []

    @partial(quickly)
    def value(loss, x):
        compiled.append(loss)
        return loss.value(x)

    assert float(value(one, np.array([2.0, 1.0]))) == 0.5
    assert float(value(two, np.array([2.0, 1.0]))) == 0.5
    assert float(value(two, np.array([2.0, 3.0]))) == 4.5
    assert len(compiled) == 1


def test_start_and_view() -> None:
    for text in TWINS.values():
        loss = formula(text)
        low, high = np.array(loss.view).T
        assert np.all((low < loss.start) & (loss.start < high))
        assert 0 < float(loss.value(np.array(loss.start))) < np.inf
        assert 0 < loss.opening.eta < 1


@pytest.mark.parametrize("d", [1, 3])
def test_any_number_of_variables(d: int) -> None:
    text = "+".join(f"x{k}^2" for k in range(1, d + 1))
    run = simulate(formula(f"{text} - 2x1"), "gd", None, 0.1, 200)
    np.testing.assert_allclose(run.x[-1], np.eye(d)[0], atol=1e-9)


def test_a_slip_is_answered_with_place_and_reason() -> None:
    with pytest.raises(FormulaError) as caught:
        formula("½(1−xy)² + sinn(x)")
    assert caught.value.caret().endswith("\n" + " " * 11 + "^^^^")


def becomes_a_loss(written: Written) -> None:
    """Whatever it is, in no time: with a start in its view, or refused for a number."""
    for text in (f"({written.text} − 1)² + (x−1)²y²", f"|{written.text}|"):
        began = time.perf_counter()
        if slip := slip_in(text):
            assert "not finite" in slip.message
            return
        loss = formula(text)
        low, high = np.array(loss.view).T
        assert np.all((low < loss.start) & (loss.start < high))
        assert loss.opening.eta > 0
        assert loss.horizon > 0
        assert all(remark.endswith(".") for remark in loss.remarks)
        assert time.perf_counter() - began < 4


@settings(max_examples=20, **QUIETLY)
@given(FORMULAS)
def test_any_formula_becomes_a_loss(written: Written) -> None:
    becomes_a_loss(written)


@pytest.mark.every
@settings(max_examples=200, **QUIETLY)
@given(FORMULAS)
def test_two_hundred_formulas_become_losses(written: Written) -> None:
    becomes_a_loss(written)


def many(count: int) -> None:
    for k in range(count):
        exponent, name = 2 + k % 40, ("sin", "cos", "tanh", "exp")[k // 40 % 4]
        formula(f"(x^{exponent} + {k}.5 {name}(x) − 1)² + {'+'.join(['x²'] * (k // 160 + 1))}")
    for kept in (_parsed, structure, _loss, _found, _place):
        assert kept.cache_info().currsize <= KEPT


def test_what_is_kept_of_formulas_is_bounded() -> None:
    many(KEPT + 10)


@pytest.mark.every
def test_a_thousand_formulas_leave_memory_bounded() -> None:
    """Some with a short run, programs let go of as the server does: less than 200 MB more."""
    resident = pytest.importorskip("app.memory").resident
    for k in range(1000):
        loss = formula(f"(x^{2 + k % 40} − {k}.5)² + {'+'.join(['x²'] * (k // 40 + 1))}")
        if k % 10 == 0:
            simulate(loss, "ngd", None, 0.01, 10)
        if k % 100 == 99:
            let_go_of_programs()
        if k == 199:
            gc.collect()
            before = resident()
    gc.collect()
    assert resident() - before < 200 << 20


LINE = [(k / 4, 1.5 * np.tanh(0.2 * k)) for k in range(-8, 9)]


def test_a_model_is_fitted_to_data(autodiff) -> None:
    """½ mean (a tanh(bx) − y)²: least at the numbers that made the data, up to both signs."""
    loss = fitted(LINE, "a tanh(b x)")
    assert loss.variables == ("a", "b")
    assert (loss.d, loss.codim, loss.minimum) == (2, 2, 0.0)
    x, y = np.array(LINE).T
    for a, b in ((1.0, 0.5), (-2.0, 0.3)):
        wanted = np.mean((a * np.tanh(b * x) - y) ** 2) / 2
        assert float(loss.value(np.array([a, b]))) == pytest.approx(wanted, rel=1e-13)
        found = jet(parse(loss.source).loss, np.array([a, b]), loss.theta)
        np.testing.assert_allclose(found.value, wanted, rtol=1e-13)
        point = np.array([[a, b]])
        np.testing.assert_allclose(found.gradient, autodiff.gradient(loss, point)[0], rtol=1e-10)
        np.testing.assert_allclose(found.hessian, autodiff.hessian(loss, point)[0], rtol=1e-9)
    run = simulate(loss, "gd", (1.0, 0.5), 0.3, 3000)
    np.testing.assert_allclose(run.x[-1], [1.5, 0.8], atol=1e-6)


def test_a_model_with_more_coordinates_than_data_has_a_valley() -> None:
    """ab x through (1, 1) and (2, 2): L = 5/4 (ab − 1)², Γ two branches, λ₁ = 5/2 (a² + b²)."""
    loss = fitted([(1, 1), (2, 2)], "a b x")
    assert (loss.codim, len(loss.branches), loss.remarks) == (1, 2, ())
    assert loss.residual is not None
    run = simulate(loss, "ngd", (2.0, 0.7), 0.05, 300)
    found = measure(run)
    a, b = found.projection[-1]
    assert a * b == pytest.approx(1, abs=1e-9)
    assert found.projection_sharpness[-1] == pytest.approx(2.5 * (a * a + b * b), rel=1e-9)
    twin = measure(simulate("hyperbola", "ngd", (2.0, 0.7), 0.05, 300))
    np.testing.assert_allclose(found.flow[-1], twin.flow[-1], atol=1e-6)


def test_a_misfit_is_subtracted() -> None:
    """A line through (0, 0), (1, 1), (2, 0): least squares by hand, a = 0, b = ⅓, misfit ⅑."""
    loss = fitted([(0, 0), (1, 1), (2, 0)], "a x + b")
    assert loss.minimum == pytest.approx(1 / 9, rel=1e-9)
    assert float(loss.value(np.array([0, 1 / 3]))) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a x; data = [(1, 2)]", "2 to 200 rows"),
        ("a x; data = 3", "data = "),
        ("a x; data = [(1, 2), (2, z)]", "must be a number"),
        ("a x; data = [(1, 2), 3]", "an input and a target"),
        ("a x + y; data = [(1, 2), (2, 3)]", "y is what it fits"),
        ("3x; data = [(1, 2), (2, 3)]", "1 to 8 coordinates"),
        ("a x; data = [" + ", ".join(["(1, 2)"] * 201) + "]", "2 to 200 rows"),
    ],
)
def test_slips_in_data(text: str, reason: str) -> None:
    with pytest.raises(FormulaError, match=reason):
        formula(text)
