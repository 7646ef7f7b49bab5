"""The theorem on a network that fits digits: its flow is followed."""

from functools import cache

import jax.numpy as jnp
import numpy as np
import pytest

import dynamics
from dynamics import digits
from dynamics.flows import limiting_flow
from dynamics.residuals import Residuals, normal_at, top_on_manifold
from dynamics.study import (
    Path,
    Trained,
    find_study,
    follow,
    trace,
    train,
    with_seed,
)
from tests.dynamics.test_command_line import answer


@cache
def trained(key: str) -> Trained:
    return train(find_study(key))


@cache
def path(key: str, rule: str, tau: float) -> Path:
    return follow(trained(key), rule, tau)


def test_the_digits_are_split_evenly() -> None:
    split = digits.split(100, "mean", 3)
    assert np.bincount(split.train_digits).tolist() == [10] * 10
    assert len(split.train) + len(split.test) == 1797
    np.testing.assert_allclose(split.train.mean(axis=0), 0, atol=1e-12)
    assert split.train.std() == pytest.approx(1)
    again, other = digits.split(100, "mean", 3), digits.split(100, "mean", 4)
    np.testing.assert_array_equal(split.train, again.train)
    assert not np.array_equal(split.train, other.train)
    with pytest.raises(ValueError, match="multiple of 10"):
        digits.split(55, "mean", 0)


def test_the_flow_is_that_of_the_catalogue() -> None:
    """xy = 1 as a residual; Heun's error falls like the square of its step."""
    loss = dynamics.LOSSES["hyperbola"]
    residuals = Residuals(lambda x, _: jnp.array([x[0] * x[1] - 1]), np.zeros(1))
    x = jnp.array([2.5, 0.4])
    top = top_on_manifold(residuals, x, normal_at(residuals, x), jnp.ones(2))
    for rule in ("ngd", "sqrt-gd"):
        exact = limiting_flow(loss, dynamics.RULES[rule], x, jnp.array([1.0]))[0]
        errors = [
            np.linalg.norm(follow(Trained(residuals, x, top), rule, 1.0, steps).x[-1] - exact)
            for steps in (20, 40)
        ]
        assert errors[1] < 2e-5
        assert 3 < errors[0] / errors[1] < 5


@pytest.mark.parametrize(
    ("key", "rule", "tau", "etas"),
    [
        ("digits-parity", "ngd", 1.0, (0.1, 0.05)),
        pytest.param("digits-parity-tanh", "ngd", 0.3, (0.1, 0.05, 0.025), marks=pytest.mark.every),
        pytest.param("digits-parity", "ngd", 6.0, (0.1, 0.05, 0.025), marks=pytest.mark.every),
        pytest.param("digits-parity-tanh", "sqrt-gd", 0.1, (0.02, 0.01), marks=pytest.mark.every),
    ],
)
def test_runs_follow_the_flow(key: str, rule: str, tau: float, etas: tuple[float, ...]) -> None:
    """λ₁ within 1 % at the smallest η, the laws to O(η), and the gap falls with η."""
    along = path(key, rule, tau)
    runs = [trace(trained(key), along, eta) for eta in etas]
    gaps = [run.gap[-1] for run in runs]
    assert all(np.diff(gaps) < 0)
    best = runs[-1]
    assert best.sharpness[-1] == pytest.approx(best.flow_sharpness[-1], rel=0.01)
    assert best.gap[-1] < 0.1 * best.way[-1]
    settled = slice(len(best.step) // 4, None)
    np.testing.assert_allclose(best.stableness_pair[settled], 1, atol=0.02)
    np.testing.assert_allclose(best.sqrt_loss_pair[settled], 1, atol=max(0.8 * etas[-1], 0.02))
    assert best.projection_error < min(0.5 * best.gap[-1], runs[0].projection_error)
    assert np.all(best.sharpness[settled][1:] < best.sharpness[settled][:-1])


@pytest.mark.every
def test_where_two_eigenvalues_meet_the_theorem_ends() -> None:
    """On the way of the second study; on that of the first they stay apart."""
    closes = path("digits-parity-tanh", "ngd", 2.0).gap_closes
    assert closes is not None
    assert 0.2 < closes < 1
    assert path("digits-parity", "ngd", 6.0).gap_closes is None


@pytest.mark.every
def test_half_the_step_of_the_flow_leads_to_the_same_place() -> None:
    half = follow(trained("digits-parity"), "ngd", 6.0, 120).x[-1]
    assert np.linalg.norm(half - path("digits-parity", "ngd", 6.0).x[-1]) < 5e-4


@pytest.mark.every
def test_another_seed_is_another_network_that_does_as_well() -> None:
    other = train(with_seed(find_study("digits-parity"), 1))
    along = follow(other, "ngd", 2.0)
    run = trace(other, along, 0.05)
    assert not np.allclose(other.x, trained("digits-parity").x)
    assert run.sharpness[-1] == pytest.approx(run.flow_sharpness[-1], rel=0.02)


def test_the_command_line(capsys, tmp_path) -> None:
    out = tmp_path / "study.npz"
    line = "study digits-parity --rule ngd --etas 0.1,0.2 --tau 0.5"
    printed = answer(capsys, f"{line} --out {out}")
    assert (printed["parameters"], printed["residuals"]) == (1057, 100)
    assert [run["eta"] for run in printed["runs"]] == [0.1, 0.2]
    assert printed["runs"][0]["steps"] == 50
    with np.load(out) as file:
        assert file["run_0_gap"][-1] == printed["runs"][0]["gap"]
        assert file["flow_spectrum"][0, 0] == printed["spectrum"][0]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("digits --rule ngd --etas 0.1 --tau 1", "study must be one of digits-parity"),
        ("digits-parity --rule gd --etas 0.1 --tau 1", "rule must be one of ngd, sqrt-gd"),
        ("digits-parity --rule ngd --etas 1e-4 --tau 1", "at most 1,000,000 steps"),
        ("digits-parity --rule ngd --etas 0.1 --tau 0", "tau must be a number above 0"),
    ],
)
def test_what_cannot_be_studied(capsys, line: str, words: str) -> None:
    from dynamics.__main__ import main

    assert main(f"study {line}".split()) == 2
    assert words in capsys.readouterr().err
