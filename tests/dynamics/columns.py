"""Columns of `Measures` against an independent computation, from the value of the loss alone."""

from dataclasses import replace

import numpy as np

from dynamics import Measures, Run
from dynamics.projection import projection


def thinned(run: Run, found: Measures, count: int = 32) -> tuple[Run, Measures]:
    """Some of the rows, spread over all of them; only for what depends on one row."""
    rows = np.linspace(0, len(run.step) - 1, count).astype(int)
    part = replace(run, step=run.step[rows], x=run.x[rows])
    return part, Measures(*(column[rows] for column in found))


def assert_rows(run: Run, found: Measures, along, autodiff) -> None:
    """What depends on one row, from L, ∇L and ∇²L of the value by LAPACK."""
    loss, eta, x = run.loss, run.eta, run.x
    np.testing.assert_array_equal(found.step, run.step)
    np.testing.assert_array_equal(found.x, x)
    np.testing.assert_allclose(found.tau, eta**2 * run.step, rtol=1e-15)
    value = autodiff.value(loss, x)
    np.testing.assert_allclose(found.loss, value, rtol=1e-9, atol=1e-25)
    norm = np.linalg.norm(autodiff.gradient(loss, x), axis=1)
    step = {"gd": eta + 0 * norm, "ngd": eta / norm, "sqrt-gd": eta / (2 * np.sqrt(value))}
    np.testing.assert_allclose(found.effective_step, step[run.rule.key], rtol=1e-9)
    np.testing.assert_allclose(found.threshold, 2 / step[run.rule.key], rtol=1e-9)
    top = np.linalg.eigvalsh(autodiff.hessian(loss, x))[:, -1]
    np.testing.assert_allclose(found.sharpness, top, rtol=1e-9)

    foot = along(projection, loss, x)
    np.testing.assert_allclose(found.projection, foot, atol=1e-8)
    values, vectors = np.linalg.eigh(autodiff.hessian(loss, foot))
    np.testing.assert_allclose(found.projection_sharpness, values[:, -1], rtol=1e-7)
    v = vectors[:, :, -1]
    v = v * np.sign(np.einsum("ti,ti->t", v, found.direction))[:, None]
    np.testing.assert_allclose(found.direction, v, atol=1e-7)
    offset = np.einsum("ti,ti->t", v, x - foot)
    np.testing.assert_allclose(found.offset, offset, atol=1e-7)

    spectrum = values[:, : -1 - loss.codim : -1]
    np.testing.assert_allclose(found.spectrum, spectrum, rtol=1e-6)
    assert found.components.shape == (len(x), loss.codim)
    across = np.einsum("tij,ti->tj", vectors, x - foot)[:, : -1 - loss.codim : -1]
    scale = {"ngd": spectrum / eta, "sqrt-gd": np.sqrt(2 * spectrum) / eta, "gd": np.nan * spectrum}
    expected = np.abs(scale[run.rule.key] * across)
    np.testing.assert_allclose(np.abs(found.components), expected, atol=1e-6 / eta)
    turned = np.einsum("tij,tj->ti", autodiff.hessian(loss, foot), x - foot)
    tilt = np.arccos(
        np.clip(np.abs(np.sum(v * turned, axis=1)) / np.linalg.norm(turned, axis=1), 0, 1)
    )
    np.testing.assert_allclose(found.alignment, tilt, atol=1e-5)

    nan = np.full_like(top, np.nan)
    bounce = {"ngd": eta + 0 * top, "sqrt-gd": eta * np.sqrt(values[:, -1] / 2), "gd": nan}
    np.testing.assert_allclose(found.bounce, bounce[run.rule.key], rtol=1e-7)
    if run.rule.drifts:
        np.testing.assert_allclose(found.gap, np.linalg.norm(foot - found.flow, axis=1), atol=1e-8)
    if run.rule.flow:
        flow_top = np.linalg.eigvalsh(autodiff.hessian(loss, found.flow))[:, -1]
        np.testing.assert_allclose(found.flow_sharpness, flow_top, rtol=1e-9)


def assert_pairs(run: Run, found: Measures) -> None:
    """What belongs to a pair (t, t + 1) stands in both of its rows, NaN where there is no pair."""
    law = {
        "ngd": run.eta * np.sqrt(found.projection_sharpness / 2),
        "sqrt-gd": run.eta * found.projection_sharpness / 2,
        "gd": np.full(len(run.step), np.nan),
    }[run.rule.key]
    with np.errstate(divide="ignore"):
        inverse = 1 / (found.effective_step * found.sharpness)
    other = partners(run.step)
    alone = other == np.arange(len(other))
    root = np.sqrt(found.loss)
    for column, expected in (
        (found.threshold_mean, (1 / found.effective_step + 1 / found.effective_step[other])),
        (found.stableness_pair, inverse + inverse[other]),
        (found.sqrt_loss_pair, (root + root[other]) / law),
        (
            found.lopsidedness,
            (found.offset + found.offset[other]) / (abs(found.offset) + abs(found.offset[other])),
        ),
    ):
        np.testing.assert_allclose(column, np.where(alone, np.nan, expected), rtol=1e-9)


def partners(step: np.ndarray) -> np.ndarray:
    """The next row where it is the next step, else the one before, else the row itself."""
    other = []
    for row, t in enumerate(step):
        if row + 1 < len(step) and step[row + 1] == t + 1:
            other.append(row + 1)
        elif row and step[row - 1] == t - 1:
            other.append(row - 1)
        else:
            other.append(row)
    return np.array(other)
