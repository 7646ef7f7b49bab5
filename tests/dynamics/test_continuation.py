"""Γ as it is traced: known curves, their lengths, ends, and points between the nodes."""

import jax
import numpy as np
import pytest
from scipy.special import ellipe, gamma

from dynamics.continuation import Piece, branches_of, loses_rank, trace
from dynamics.expressions import CONSTANTS, folded, in_numpy, lifted
from dynamics.grammar import parse
from dynamics.minima import find_minimum
from dynamics.types import Bound

VIEW = ((-2.5, 2.5), (-2.5, 2.5))
WINDOW = ((-7.5, 7.5), (-7.5, 7.5))


def traced(text: str) -> tuple[Piece, ...]:
    tree, constants = lifted(folded(parse(text).tree))
    theta = {CONSTANTS: np.array(constants)}
    found = find_minimum(tree, 2, theta)
    return trace(tree, theta, found.value + found.level, VIEW, WINDOW, found.points)


# Text, and how many pieces are closed and open.
PIECES = {
    "½(1+x²)y²": (0, 1),
    "½(1−xy)²": (0, 2),
    "½(1−x²y²)²": (0, 4),
    "(x²+y²−1)²(1+x²)": (1, 0),
    "(x²+y²−1)²(x²+y²−4)²": (2, 0),
    "(y−sin x)²(1+½x²)": (0, 1),
    "(y²−x³+x)²": (1, 1),
    "sin(x)²(1+y²)": (0, 3),
    "(x²+y²)²−x²−y²": (1, 0),
    "x²y²": (0, 2),
}


@pytest.mark.parametrize("text", PIECES)
def test_pieces(text: str) -> None:
    tree = parse(text).tree
    pieces = traced(text)
    closed = sum(piece.closed for piece in pieces)
    assert (closed, len(pieces) - closed) == PIECES[text]
    for piece in pieces:
        level = in_numpy(tree, piece.x.T, {})
        np.testing.assert_allclose(level, level.min(), atol=1e-12)
        steps = np.linalg.norm(np.diff(piece.x, axis=0), axis=1)
        np.testing.assert_allclose(steps, steps.mean(), rtol=2e-3)
        if not piece.closed:
            inside = np.abs(piece.x[[0, -1]]).max(axis=1)
            assert np.all(inside >= 7.5)


def test_lengths() -> None:
    """Circle, ellipse of axes √2 and 1, and x⁴ + y⁴ = 1, whose area is known too."""
    assert traced("(x²+y²−1)²(1+x²)")[0].length == pytest.approx(2 * np.pi, rel=1e-5)
    ellipse = 4 * np.sqrt(2) * ellipe(0.5)
    assert traced("¼(1−½x²−y²)²")[0].length == pytest.approx(ellipse, rel=1e-5)
    x, y = traced("(x⁴+y⁴−1)²")[0].x.T
    area = abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2
    assert area == pytest.approx(gamma(0.25) ** 2 / (2 * np.sqrt(np.pi)), rel=1e-4)


def test_curves_lie_on_the_valley_between_their_nodes() -> None:
    for text, off in (
        ("½(1−xy)²", lambda x, y: x * y - 1),
        ("(x²+y²−1)²(1+x²)", lambda x, y: x * x + y * y - 1),
        ("(y−sin x)²(1+½x²)", lambda x, y: y - np.sin(x)),
    ):
        branches, theta = branches_of(traced(text))
        s = np.linspace(0, 1, 3333)
        for branch in branches:
            points = jax.vmap(Bound(branch.curve, theta), in_axes=0)(s)
            np.testing.assert_allclose(off(*np.asarray(points).T), 0, atol=2e-8)


def test_sharpness_along_a_piece() -> None:
    piece = traced("½(1−xy)²")[0]
    np.testing.assert_allclose(piece.sharpness, np.sum(piece.x**2, axis=1), rtol=1e-12)


@pytest.mark.parametrize(
    ("text", "loses"), [("x²y²", True), ("(x²+y²−1)²x²", True), ("½(0.01+x²)y²", False)]
)
def test_loss_of_rank_is_seen(text: str, loses: bool) -> None:
    assert any(map(loses_rank, traced(text))) == loses
