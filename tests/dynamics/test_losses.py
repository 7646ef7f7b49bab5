"""Every record against itself: what its formulas, its manifold and its words say of one another."""

import math
import re
from unicodedata import normalize

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import dynamics
from dynamics import Loss, quadratic
from dynamics.losses.network import DATA
from dynamics.projection import projection, solve_projection
from tests.catalogue import losses

HALF_E = 0.5 * math.e

# x, L(x), ∇L(x); a point of Γ, λ₁ there. All of it can be checked in the head.
BY_HAND = {
    "parabolic-valley": ((1, 1), 1, (1, 2), (2, 0), 5),
    "paper-valley": ((1, 1), 2, (2, 4), (2, 0), 10),
    "hyperbola": ((2, 1), 0.5, (1, 2), (2, 0.5), 4.25),
    "quartic-hyperbola": ((2, 1), 4.5, (12, 24), (-2, 0.5), 17),
    "ellipse": ((2, 1), 1, (2, 2), (0, 1), 2),
    "ring": ((0, 2), 0.5, (0.25, 1), (-1, 0), 1 / math.e),
    "sine-valley": ((0, 1), 0.5, (-1, 1), (0, 0), 2),
    "plane-valley": ((1, 1, 1), 2, (1, 2, 4), (2, 1, 0), 7),
    "two-curvatures": ((1, 1, 2), 1.8, (1, 2, 0.8), (2, 0, 0), 5),
    "crossing": ((0, 1, 1), 1.5, (0.5, 1, 2), (2, 0, 0), math.e**2),
    "two-flatnesses": ((1.5, 2, 1), 6.6, (6, 6.5, 0.2), (2, 0, 0), 5),
    "scale-invariant": ((0, 1, 1), 0.25, (0.25, -0.25, 0.25), (0, 2, 0), 0.25),
    "product-3": ((2, 1, 1), 0.5, (1, 2, 2), (2, 1, 0.5), 5.25),
    "product-4": ((2, 1, 1, 1), 0.5, (1, 2, 2, 2), (2, 1, 1, 0.5), 6.25),
    "rank-one": ((2, 1, 1, 1), 1, (2, 0, 2, 2), (2, 2, 0.5, 0.5), 8.5),
    "quadratic": ((1, 2), 3.5, (3, 2), (0, 0), 3),
    "quadratic-3": ((1, 2, 2), 9, (4, 5, 2), (0, 0, 0), 4),
    "quadratic-5": ((1, 1, 1, 1, 1), 7.5, (5, 4, 3, 2, 1), (0, 0, 0, 0, 0), 5),
    "self-stabilization": ((1, 1, 2), 1.3, (2, 0.3, 0), (0, 4, 4), 5),
}


@pytest.mark.parametrize(("key", "numbers"), BY_HAND.items())
def test_by_hand(key: str, numbers: tuple) -> None:
    loss = dynamics.LOSSES[key]
    x, value, gradient, foot, sharpness = (np.array(number, float) for number in numbers)
    np.testing.assert_allclose(loss.value(x), value, rtol=1e-15)
    np.testing.assert_allclose(loss.gradient(x), gradient, rtol=1e-14, atol=1e-16)
    np.testing.assert_allclose(loss.value(foot), 0, atol=1e-30)
    np.testing.assert_allclose(loss.manifold_sharpness(foot), sharpness, rtol=1e-15)


def test_every_closed_form_has_its_numbers_by_hand() -> None:
    known = {key for key, loss in dynamics.LOSSES.items() if loss.manifold_sharpness}
    assert set(BY_HAND) == known


def test_a_network_without_output_by_hand() -> None:
    """f = 0 where every c is: L = ½ mean y², and only the inner weights before a c feel it."""
    loss = dynamics.LOSSES["tiny-network"]
    z, y = np.array(DATA).T
    x = np.zeros(9)
    np.testing.assert_allclose(loss.value(x), 0.9 / 6, rtol=1e-14)
    np.testing.assert_array_equal(loss.gradient(x), 0)
    x[6] = 1.0  # c₁, with tanh 0 = 0 behind it
    np.testing.assert_allclose(loss.value(x), 0.9 / 6, rtol=1e-14)
    expected = np.zeros(9)
    expected[[0, 3]] = -np.mean(y * z), -np.mean(y)
    np.testing.assert_allclose(loss.gradient(x), expected, rtol=1e-14)
    x[3] = 100.0  # tanh = 1: f = c₁, and no inner weight matters
    np.testing.assert_allclose(loss.value(x), 0.5 * np.mean((1 - y) ** 2), rtol=1e-14)
    expected[[0, 3, 6]] = 0.0, 0.0, np.mean(1 - y)
    np.testing.assert_allclose(loss.gradient(x), expected, rtol=1e-14, atol=1e-80)


def test_the_network_has_more_parameters_than_data() -> None:
    """And its Jacobian at the data has full rank: on Γ, ∇²L = JᵀJ/n."""
    loss = dynamics.LOSSES["tiny-network"]
    assert loss.codim == len(DATA) < loss.d


def test_the_loss_is_zero_on_the_manifold(loss: Loss, on_manifold, autodiff) -> None:
    np.testing.assert_allclose(autodiff.value(loss, on_manifold(loss)), 0, atol=1e-28)


def test_the_loss_is_positive_off_the_manifold(loss: Loss, on_manifold, anywhere, autodiff) -> None:
    x = on_manifold(loss)
    steepest = np.linalg.eigh(autodiff.hessian(loss, x))[1][:, :, -1]
    assert np.all(autodiff.value(loss, anywhere(loss)) > 0)
    assert np.all(autodiff.value(loss, x + 1e-3 * steepest) > 1e-8)
    assert np.all(autodiff.value(loss, x - 1e-3 * steepest) > 1e-8)


@losses(lambda loss: loss.gradient)
def test_the_gradient_by_hand_is_that_of_the_value(
    loss: Loss, anywhere, on_manifold, autodiff
) -> None:
    x = np.concatenate([anywhere(loss), on_manifold(loss), _axes(loss)])
    by_hand, automatic = jax.vmap(loss.gradient)(x), autodiff.gradient(loss, x)
    np.testing.assert_allclose(by_hand, automatic, rtol=1e-11, atol=1e-12)


def test_gradient_and_hessian_are_finite_on_the_axes(loss: Loss, autodiff) -> None:
    """Trap 1: also at the angle π, and where a coordinate is 0."""
    x = _axes(loss)
    assert np.all(np.isfinite(autodiff.gradient(loss, x)))
    assert np.all(np.isfinite(autodiff.hessian(loss, x)))


def test_the_hessian_has_rank_codim_on_the_manifold(loss: Loss, on_manifold, autodiff) -> None:
    values = np.linalg.eigvalsh(autodiff.hessian(loss, on_manifold(loss)))
    relative = values / values[:, -1:]
    assert np.all(relative[:, loss.d - loss.codim :] > 1e-6)
    assert np.all(np.abs(relative[:, : loss.d - loss.codim]) < 1e-11)


@losses(lambda loss: loss.manifold_sharpness)
def test_the_sharpness_on_the_manifold_in_closed_form(
    loss: Loss, on_manifold, along, autodiff
) -> None:
    found = along(lambda loss, x: loss.manifold_sharpness(x), loss, on_manifold(loss))
    top = np.linalg.eigvalsh(autodiff.hessian(loss, on_manifold(loss)))[:, -1]
    np.testing.assert_allclose(found, top, rtol=1e-12)


def test_the_branches_are_curves_in_view(loss: Loss) -> None:
    low, high = np.array(loss.view).T
    seen = []
    for branch in loss.branches:
        assert branch.low < branch.high
        x = jax.vmap(branch.curve)(jnp.linspace(branch.low, branch.high, 2001))
        assert x.shape == (2001, loss.d)
        length = np.linalg.norm(np.diff(x, axis=0), axis=1)
        assert np.all((length > 0) & (length < 0.2))
        seen.append(np.any(np.all((x > low) & (x < high), axis=1)))
    assert any(seen) or not loss.branches


def test_the_run_begins_in_view_and_in_the_domain(loss: Loss, along) -> None:
    low, high = np.array(loss.view).T
    start = np.array(loss.start)
    assert loss.d == len(loss.start) == len(loss.view)
    assert np.all(low < high)
    assert np.all((low < start) & (start < high))
    (end,) = along(projection, loss, [start])
    assert np.all((low < end) & (end < high))
    assert loss.domain is None or loss.domain.inside(start)
    assert loss.value(start) > 1e-4
    assert loss.horizon > 0


def test_texts(loss: Loss) -> None:
    assert loss.name
    assert loss.formula.startswith("L = ")
    assert loss.valley
    assert loss.sharpness_formula.startswith("λ₁ = ")
    assert loss.look_for.endswith(".")
    assert loss.domain is None or loss.domain.words


def test_the_formula_on_screen_is_the_function(loss: Loss, anywhere) -> None:
    for x in anywhere(loss)[:5]:
        shown = evaluate(loss.formula.removeprefix("L = "), loss, x)
        np.testing.assert_allclose(shown, loss.value(x), rtol=1e-12)


def test_the_sharpness_on_screen_is_the_function(loss: Loss, on_manifold, autodiff) -> None:
    text = loss.sharpness_formula.removeprefix("λ₁ = ")
    shown = [evaluate(text, loss, x) for x in on_manifold(loss)]
    top = np.linalg.eigvalsh(autodiff.hessian(loss, on_manifold(loss)))[:, -1]
    np.testing.assert_allclose(shown, top, rtol=1e-12)


@losses(lambda loss: loss.surface)
def test_the_surface_is_the_manifold(loss: Loss, autodiff) -> None:
    assert (loss.d, loss.codim) == (3, 1)
    x, y = np.meshgrid(*(np.linspace(*loss.view[i], 6) for i in range(2)))
    points = np.stack([x, y, np.asarray(loss.surface(x, y))], axis=-1).reshape(-1, 3)
    np.testing.assert_allclose(autodiff.value(loss, points), 0, atol=1e-28)


# Where the gradient flow of a product changes a sign, and where it cannot get away from 0.
SIGNS = [
    ((2, 1, 0.5), (1, 1, 1)),
    ((-2, -1, 0.5), (-1, -1, 1)),
    ((-2, 1, 0.5), (-1, 1, -1)),
    ((2, 1, -0.5), (1, 1, 1)),
    ((2, -1, 0), (1, -1, -1)),
]


@pytest.mark.parametrize(("x", "signs"), SIGNS)
def test_products_end_on_the_piece_that_gradient_flow_reaches(x, signs, along) -> None:
    """The least factor takes the sign that the others ask for; see SciPy."""
    loss = dynamics.LOSSES["product-3"]
    (end,) = along(projection, loss, [x])
    np.testing.assert_array_equal(np.sign(end), signs)
    np.testing.assert_allclose(np.prod(end), 1, rtol=1e-14)
    np.testing.assert_allclose(np.diff(end**2), np.diff(np.square(x)), rtol=1e-13)
    (solved,) = along(solve_projection, loss, [x])
    np.testing.assert_allclose(solved, end, rtol=1e-7)


def test_a_bowl_of_any_matrix() -> None:
    """By hand: ½(2x² + 2xy + 2y²) has eigenvalues 1 and 3."""
    turned = quadratic([[2, 1], [1, 2]])
    np.testing.assert_allclose(turned.value(np.array([1.0, 2.0])), 7, rtol=1e-15)
    np.testing.assert_allclose(turned.gradient(np.array([1.0, 2.0])), [4, 5], rtol=1e-15)
    np.testing.assert_allclose(turned.manifold_sharpness(np.zeros(2)), 3, rtol=1e-15)
    assert (turned.d, turned.codim, turned.start) == (2, 2, (1.0, 1.0))
    assert turned.sharpness_formula == "λ₁ = 3"


def test_a_bowl_of_eigenvalues_is_that_of_their_diagonal() -> None:
    spectrum, x = np.linspace(1, 3, 40), np.random.default_rng(0).normal(size=40)
    one, two = quadratic(spectrum), quadratic(np.diag(spectrum))
    np.testing.assert_allclose(one.value(x), two.value(x), rtol=1e-13)
    np.testing.assert_allclose(one.gradient(x), two.gradient(x), rtol=1e-13)
    assert (one.d, one.codim) == (two.d, two.codim) == (40, 40)


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([1.0, 0.0], "eigenvalues must be above 0, got 0.0,1.0"),
        ([[1.0, 2.0], [2.0, 1.0]], "eigenvalues must be above 0, got -1.0,"),
        ([], "eigenvalues must be above 0, got "),
        ([[1.0, 2.0], [0.0, 3.0]], "matrix must be symmetric, [d, d], got [2, 2]"),
        ([[1.0, 2.0]], "matrix must be symmetric, [d, d], got [1, 2]"),
    ],
)
def test_what_is_no_bowl_is_answered_with_what_must_hold(matrix, message: str) -> None:
    with pytest.raises(ValueError, match="must be") as error:
        quadratic(matrix)
    assert str(error.value).startswith(message)


def test_a_record_needs_only_a_key_a_value_and_a_start() -> None:
    def own() -> Loss:
        return Loss(key="own", value=lambda x: jnp.sum(x**2), start=(1.0, 2.0, 3.0))

    assert own().d == 3
    assert own() != own()  # each stands for its own compiled programs


def evaluate(text: str, loss: Loss, x: np.ndarray) -> float:
    """A formula as it stands on screen, at x; the test is skipped where it is written in words."""
    tokens = re.findall(r"\s+|\d+\.?\d*|sin|cos|exp|[a-zφ](?:[₀-₉]|_f)?|[²³⁴]|[½¼()+−/]|.", text)
    python = _python([token for token in tokens if token.strip()])
    names: dict = dict(zip("xyzw", map(float, x), strict=False)) | vars(math)
    symbols = {parameter.name: parameter.symbol or parameter.name for parameter in loss.parameters}
    names |= {normalize("NFKC", symbols[name]): value for name, value in loss.theta.items()}
    names["r"], names["φ"] = math.hypot(*x[:2]), math.atan2(x[1], x[0])
    return eval(python, {"__builtins__": {}}, names)


def _python(tokens: list[str]) -> str:
    """With every product, power and pair of brackets that print leaves out."""
    signs = {"½": "(1/2)", "¼": "(1/4)", "−": "-", "²": "**2", "³": "**3", "⁴": "**4"}
    python, before = "", ""
    while tokens:
        token = tokens.pop(0)
        known = (
            token in signs or token in "()+/" or re.fullmatch(r"[\d.]+|[a-zφ]+([₀-₉]|_f)?", token)
        )
        if not known:
            pytest.skip(f"{token} is not read by this test")
        begins, ended = token not in ")+−/²³⁴", before and before not in "(+−/"
        python += "*" if begins and ended else ""
        if token in ("sin", "cos", "exp"):
            power = signs[tokens.pop(0)] if tokens[0] in "²³⁴" else ""
            inner = _bracketed(tokens)
            python, before = python + f"{token}({_python(inner)}){power}", ")"
        else:
            # Python takes a subscript for the digit, but not in an identifier as it is written.
            known_as = signs.get(token) or normalize("NFKC", token)
            python, before = python + known_as, token
    return python


def _bracketed(tokens: list[str]) -> list[str]:
    """Takes the argument of a function off the tokens: what is in brackets, or one token."""
    taken = [tokens.pop(0)]
    while taken.count("(") > taken.count(")"):
        taken.append(tokens.pop(0))
    return taken


def _axes(loss: Loss) -> np.ndarray:
    """Points with all coordinates but one 0, of both signs, in the domain."""
    x = np.concatenate([1.3 * np.eye(loss.d), -1.3 * np.eye(loss.d)])
    return np.array([point for point in x if not loss.domain or loss.domain.inside(point)])
