"""Least values against those printed in the literature, and what stands against a valley."""

import numpy as np
import pytest

from dynamics.expressions import CONSTANTS, folded, lifted
from dynamics.grammar import parse
from dynamics.jets import jet
from dynamics.minima import Kind, Minimum, find_minimum, onto_floor, starts


def least(text: str) -> Minimum:
    parsed = parse(text)
    tree, constants = lifted(folded(parsed.tree))
    theta = {CONSTANTS: np.array(constants)} | {p.name: p.default for p in parsed.parameters}
    return find_minimum(tree, parsed.d, theta)


# Jamil and Yang, A literature survey of benchmark functions, 2013; Surjanovic and Bingham, Virtual
# Library of Simulation Experiments.
FAMOUS = {
    "Rosenbrock": ("(1-x)^2 + 100(y-x^2)^2", 0.0, [(1, 1)]),
    "Himmelblau": (
        "(x^2+y-11)^2 + (x+y^2-7)^2",
        0.0,
        [(3, 2), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848126)],
    ),
    "Beale": ("(1.5-x+xy)^2 + (2.25-x+xy^2)^2 + (2.625-x+xy^3)^2", 0.0, [(3, 0.5)]),
    "Booth": ("(x+2y-7)^2 + (2x+y-5)^2", 0.0, [(1, 3)]),
    "Matyas": ("0.26(x^2+y^2) - 0.48xy", 0.0, [(0, 0)]),
    "six-hump camel": (
        "(4 - 2.1x^2 + x^4/3)x^2 + xy + (4y^2-4)y^2",
        -1.0316285,
        [(0.089842, -0.712656), (-0.089842, 0.712656)],
    ),
    "three-hump camel": ("2x^2 - 1.05x^4 + x^6/6 + xy + y^2", 0.0, [(0, 0)]),
    "Goldstein-Price": (
        "(1+(x+y+1)^2(19-14x+3x^2-14y+6xy+3y^2))(30+(2x-3y)^2(18-32x+12x^2+48y-36xy+27y^2))",
        3.0,
        [(0, -1)],
    ),
    "Styblinski-Tang": (
        "½(x^4-16x^2+5x + y^4-16y^2+5y)",
        -78.332331,
        [(-2.903534, -2.903534)],
    ),
}


@pytest.mark.parametrize("name", FAMOUS)
def test_least_value_as_printed(name: str) -> None:
    text, value, points = FAMOUS[name]
    found = least(text)
    assert found.value == pytest.approx(value, abs=1e-6)
    assert found.kind is Kind.ISOLATED
    assert found.rank == 2
    apart = np.linalg.norm(found.points[:, None] - np.array(points)[None], axis=2)
    assert np.all(apart.min(axis=1) < 1e-5)
    assert np.all(apart.min(axis=0) < 1e-5)


def test_curvature_of_rosenbrock_as_printed() -> None:
    """Its Hessian at (1, 1) has the eigenvalues 1001.6006 and 0.39936, condition number 2508."""
    found = least(FAMOUS["Rosenbrock"][0])
    np.testing.assert_allclose(found.sharpness, 1001.6006, rtol=1e-6)


KINDS = {
    "½(1+x²)y²": (Kind.VALLEY, 1),
    "½(1−xy)²": (Kind.VALLEY, 1),
    "(x²+y²−1)²(1+x²)": (Kind.VALLEY, 1),
    "½(1−xyz)²": (Kind.VALLEY, 1),
    "½((1+x²)y² + 0.4z²)": (Kind.VALLEY, 2),
    "½((x1x3−1)²+(x1x4−1)²+(x2x3−1)²+(x2x4−1)²)": (Kind.VALLEY, 3),
    "½(1−x1x2x3x4x5x6x7x8)²": (Kind.VALLEY, 1),
    "x²+y²−2xy": (Kind.VALLEY, 1),
    "(x²+y²)² − x² − y²": (Kind.VALLEY, 1),
    "x³−3xy²": (Kind.UNBOUNDED, 2),
    "x": (Kind.UNBOUNDED, 1),
    "−ln(x²)": (Kind.UNBOUNDED, 1),
    "ln x + y²": (Kind.UNBOUNDED, 2),
    "1/x + y²": (Kind.UNBOUNDED, 2),
    "1/(1+x²)": (Kind.NOT_TAKEN, 1),
    "exp(x) + y²": (Kind.NOT_TAKEN, 2),
    "ln(1 + exp(−xy))": (Kind.NOT_TAKEN, 2),
    "|x| + y²": (Kind.KINK, 2),
    "|1 − xy|": (Kind.KINK, 2),
    "√(x²+y²)": (Kind.KINK, 2),
    "x⁴ + y²": (Kind.FLAT, 2),
    "(x²+y²−1)⁴": (Kind.FLAT, 2),
    "max(0, 1−x)² + y²": (Kind.UNEVEN, 1),
    "√(−1−x²)": (Kind.UNDEFINED, 1),
    "½(x−1)²": (Kind.ISOLATED, 1),
    "x² + 0y": (Kind.VALLEY, 1),
}


@pytest.mark.parametrize("text", KINDS)
def test_what_stands_against_a_valley(text: str) -> None:
    found = least(text)
    assert (found.kind, found.rank) == KINDS[text]
    none = found.kind in (Kind.UNBOUNDED, Kind.NOT_TAKEN, Kind.UNDEFINED)
    assert np.isnan(found.value) == none
    assert (len(found.points) == 0) == none


def test_rounding_below_the_least_value_is_told() -> None:
    assert least("x²+y²−2xy").below
    assert least("(x²+y²)² − x² − y²").below
    assert not least("½(1−xy)²").below


@pytest.mark.parametrize("d", [1, 2, 3, 8])
def test_starts_are_spread(d: int) -> None:
    points = starts(d)
    assert np.all(np.abs(points) <= 3)
    assert np.all(np.abs(points.mean(axis=0)) < 0.3)
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    assert np.min(apart + np.eye(len(points))) > 0.002


def test_onto_floor_lands_quadratically() -> None:
    """From x = 1, y = 1 + h the error on xy = 1 is of order h² after a step."""
    tree = parse("½(1−xy)²").tree
    left = [
        float(abs(1 - np.prod(onto_floor(tree, {}, np.array([[1, 1 + h]]), 1, steps=1)[0])))
        for h in (0.02, 0.01)
    ]
    assert 3 < left[0] / left[1] < 5


def test_jets_of_many_points_are_those_of_each() -> None:
    tree = parse("sin(x y) exp(−x²) + 2").tree
    x = starts(2)
    whole = jet(tree, x, {})
    for k in (0, 7, 50):
        alone = jet(tree, x[k], {})
        np.testing.assert_allclose(whole.hessian[k], alone.hessian, rtol=1e-13)
