"""The theorem on a network that fits digits: its flow is followed."""

import subprocess
import sys
from functools import cache
from itertools import islice

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import dynamics
from dynamics import digits
from dynamics.cluster import conduct_on
from dynamics.conduct import Memory, Plan, conduct, finish, study_columns
from dynamics.courses import (
    BENDS,
    Path,
    Trained,
    advance,
    follow,
    shadow_of,
    strides,
    trace,
    train,
)
from dynamics.datasets import read_table
from dynamics.flows import limiting_flow
from dynamics.kept import Folder
from dynamics.networks import Network
from dynamics.residuals import Residuals, normal_at, top_on_manifold
from dynamics.study import STUDIES, check_work, find_study, of_table, with_seed
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


# ---- what is observed ----


def test_what_is_observed_of_a_network() -> None:
    """Each against the network itself, or against what it must be by its meaning."""
    start, along = trained("digits-parity"), path("digits-parity", "ngd", 1.0)
    run = trace(start, along, 0.1)
    n, data = len(run.step), start.tested.data
    network = start.tested.network
    # The hops of NGD have the length η, and at the edge the two offsets lie on both sides of Γ.
    settled = slice(n // 2, None)
    assert np.all(run.offset[settled].prod(axis=1) < 0)
    assert np.abs(np.diff(run.offset[settled])) == pytest.approx(0.1, rel=0.02)
    expected = run.offset.sum(axis=1) / np.abs(run.offset).sum(axis=1)
    np.testing.assert_allclose(run.lopsidedness, expected)
    # Across the valley √L is |s| √(λ₁/2), to the third derivative.
    near = np.abs(run.across) < 0.03
    wall = np.abs(run.across[near]) * np.sqrt(run.sharpness[-1] / 2)
    np.testing.assert_allclose(run.profile[-1][near], wall, atol=0.01 * run.profile[-1].max())
    # The first layer moves as far as it does; what is told of outputs and signs is the network's.
    assert run.kept.tolist() == np.unique(run.kept).tolist()
    first = network.start(0)[: 64 * 16]
    assert run.weights.shape == (13, len(first))
    outputs = np.array([network.outputs(start.x, one)[0] for one in data.test_inputs[:300]])
    signs = np.mean(np.sign(outputs) == data.test_targets[:300, 0])
    assert run.accuracy[0] == pytest.approx(signs, abs=0.05)
    shown = start.tested.shown
    assert sorted(np.sign(data.test_targets[shown, 0])) == [-1] * 6 + [1] * 6
    told = [float(network.outputs(start.x, data.test_inputs[k])[0]) for k in shown]
    np.testing.assert_allclose(run.outputs[0], told, atol=2e-4)
    # It goes along the flow; a random plane keeps lengths to within what two directions can.
    np.testing.assert_allclose(run.along, run.way, atol=run.gap.max())
    shadow = shadow_of(along)
    assert 0.2 < np.linalg.norm(shadow[-1]) / np.linalg.norm(along.x[-1] - along.x[0]) < 2


def test_gd_sharpens_to_its_edge_and_gradient_flow_beyond() -> None:
    """Progressive sharpening [Cohen et al. 2021]: at 2/η GD stops and gradient flow goes on."""
    plan = Plan(STUDIES["digits-parity"], dynamics.RULES["gd"], (0.1, 0.02), 60.0)
    _, along, runs = finish(conduct(plan, Memory()))
    edge, stable = runs
    assert along.spectrum[-1, 0] > 1.4 * 2 / 0.1
    assert edge.sharpness[-20:] == pytest.approx(2 / 0.1, rel=0.04)
    np.testing.assert_allclose(edge.threshold, 2 / 0.1)
    # Below its edge GD goes where gradient flow does: to a tenth of the gap of the other.
    assert stable.sharpness[-1] < 2 / 0.02
    assert stable.sharpness[-1] == pytest.approx(along.spectrum[-1, 0], rel=0.02)
    assert stable.gap[-1] < 0.2 * edge.gap[-1]
    assert np.all(np.isnan(edge.offset))
    assert along.gap_closes is None


# ---- broken off and taken up again ----


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> None:
    assert list(one) == list(other)
    for name, values in one.items():
        if not name.endswith("seconds"):
            np.testing.assert_array_equal(values, other[name], err_msg=name)


@pytest.mark.parametrize("rule", ["ngd", "gd"])
def test_what_was_killed_goes_on_to_the_same_bits(rule: str, tmp_path) -> None:
    """After each part of a study, from files; of those that take a second none is written at its
    very end."""
    tau = 0.3 if rule == "ngd" else 3.0
    plan = Plan(STUDIES["digits-parity"], dynamics.RULES[rule], (0.1, 0.05), tau)
    whole = study_columns(*finish(conduct(plan, Memory())))
    count = len(list(conduct(plan, Memory())))
    keep = Folder(tmp_path)
    for many in (3, 25, 60, 40):
        list(islice(conduct(plan, keep), many))
        keep = Folder(tmp_path)
    assert count > 128 - 60
    same(study_columns(*finish(conduct(plan, keep))), whole)
    assert list(conduct(plan, keep)) == []
    assert not list(tmp_path.glob("*.part"))


def test_of_another_version_or_damaged_nothing_is_taken_up(tmp_path) -> None:
    keep = Folder(tmp_path, "1")
    keep.save("a", {"x": np.arange(3)}, whole=True)
    assert keep.load("a")["x"].tolist() == [0, 1, 2]
    assert Folder(tmp_path, "2").load("a") is None
    keep.file("a").write_bytes(b"half a file")
    assert keep.load("a") is None


def test_of_courses_that_come_fast_the_last_is_kept_when_it_is_asked_for(tmp_path) -> None:
    keep = Folder(tmp_path)
    for k in range(3):
        keep.save("a", {"x": np.array(k)}, whole=False)
    assert keep.load("a")["x"] == 0
    keep.flush()
    assert keep.load("a")["x"] == 2
    keep.save("a", {"x": np.array(9)}, whole=True)
    keep.flush()
    assert keep.load("a")["x"] == 9


def test_events_tell_how_far_it_is() -> None:
    plan = Plan(STUDIES["digits-parity"], dynamics.RULES["ngd"], (0.1,), 0.1)
    events = list(conduct(plan, Memory()))
    words = [event.words for event in events]
    assert words[0] == "train by GD, 200 of 2,000 steps, then onto Γ"
    assert "flow, τ 0.05 of 0.1" in words
    assert words[-1] == "run, η = 0.1, τ 0.1 of 0.1"
    assert events[-1].share == 1
    assert events[-1].left == 0
    flows = [event for event in events if event.words.startswith("flow")]
    assert [len(event.path.tau) for event in flows] == list(range(1, 62))


def test_a_cluster_computes_the_same_bits() -> None:
    """One worker, a process of its own on this machine."""
    distributed = pytest.importorskip("distributed")
    plan = Plan(STUDIES["digits-parity"], dynamics.RULES["ngd"], (0.1, 0.05), 0.1)
    here = study_columns(*finish(conduct(plan, Memory())))
    settings = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": None}
    with distributed.LocalCluster(**settings) as cluster:
        there = study_columns(*conduct_on(cluster.scheduler_address, plan, Memory()))
    same(there, here)


# ---- other data ----


def test_data_of_ones_own(tmp_path) -> None:
    """Twenty rows, from both kinds of file; a network with more numbers than they have
    comes to Γ."""
    x = np.random.default_rng(0).normal(size=(20, 4))
    y = np.sin(x.sum(axis=1))
    file = tmp_path / "rows.csv"
    rows = [",".join(map(repr, map(float, (*a, b)))) for a, b in zip(x, y, strict=True)]
    file.write_text("\n".join(["a,b,c,d,y", *rows]))
    table = read_table(file)
    np.savez(tmp_path / "rows.npz", x=x, y=y)
    again = read_table(tmp_path / "rows.npz")
    np.testing.assert_array_equal(table.inputs, again.inputs)
    data = table(0)
    assert (len(data.inputs), len(data.test_inputs)) == (16, 4)
    assert data.inputs.std() == pytest.approx(1)
    study = of_table(table, Network((4, 20, 1)))
    found = finish(conduct(Plan(study, dynamics.RULES["ngd"], (0.05,), 0.05), Memory()))
    assert float(found.trained.residuals.value(found.trained.x)) <= 1e-26
    assert found.runs[0].gap[-1] < found.runs[0].way[-1]
    assert np.all(np.isnan(found.runs[0].accuracy))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", "1,2\n3,x\n", "rows of numbers"),
        ("a.csv", "1,2\n", "2 to 4,000"),
        ("a.csv", "1\n2\n", "1 to 1,000 inputs and a target"),
        ("a.csv", "1,2\n3,inf\n", "finite"),
        ("a.txt", "1,2\n3,4\n", "must be a .csv or .npz"),
    ],
)
def test_data_that_cannot_be_read(tmp_path, name: str, content: str, words: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(ValueError, match=words):
        read_table(tmp_path / name)


def test_too_much_work_is_refused() -> None:
    study = STUDIES["digits-parity"]
    check_work(study, dynamics.RULES["ngd"], 6.0, (0.1, 0.01))
    with pytest.raises(ValueError, match=r"1,057 × 100 × 12,000,000"):
        check_work(study, dynamics.RULES["ngd"], 6.0, [0.001] * 2)


LARGE = """
import resource
import numpy as np
from dynamics.catalogue import RULES
from dynamics.conduct import Memory, Plan, conduct, finish
from dynamics.courses import train
from dynamics.datasets import Table
from dynamics.networks import Network
from dynamics.study import STUDIES, of_table

finish(conduct(Plan(STUDIES["digits-parity"], RULES["ngd"], (0.1,), 0.02), Memory()))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
draw = np.random.default_rng(0)
table = Table(draw.normal(size=(125, 784)), np.eye(10)[draw.integers(0, 10, 125)])
study = of_table(table, Network((784, 64, 10)))
found = finish(conduct(Plan(study, RULES["ngd"], (0.1,), 0.02), Memory()))
assert study.network.p == 50_890
assert float(found.trained.residuals.value(found.trained.x)) <= 1e-26
assert np.all(np.isfinite(found.runs[0].gap))
assert found.path.spectrum[-1, 0] < found.path.spectrum[0, 0]
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e3)
"""


@pytest.mark.every
def test_fifty_thousand_parameters_and_a_thousand_residuals_take_half_a_gigabyte() -> None:
    """In a process of its own: of the size of MNIST, with pixels at random."""
    done = subprocess.run([sys.executable, "-c", LARGE], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 700


# ---- the command line ----


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


def test_the_command_line_takes_data_and_goes_on(capsys, tmp_path) -> None:
    x = np.random.default_rng(0).normal(size=(10, 3))
    np.savez(tmp_path / "rows.npz", x=x, y=x.prod(axis=1))
    keep = tmp_path / "kept"
    line = "study own --rule sqrt-gd --etas 0.02 --tau 0.02 --widths 8"
    line = f"{line} --data {tmp_path / 'rows.npz'} --keep {keep}"
    printed = answer(capsys, line)
    assert (printed["parameters"], printed["residuals"]) == (3 * 8 + 8 + 8 + 1, 8)
    assert len(list(keep.iterdir())) == 3
    assert answer(capsys, line)["runs"] == printed["runs"]  # to the second that they took


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("digits --rule ngd --etas 0.1 --tau 1", "study must be one of digits-parity"),
        (
            "digits-parity --rule gradient-flow --etas 0.1 --tau 1",
            "rule must be one of ngd, sqrt-gd",
        ),
        ("digits-parity --rule ngd --etas 1e-4 --tau 1", "at most 1,000,000 steps"),
        ("digits-parity --rule ngd --etas 0.1 --tau 0", "tau must be a number above 0"),
    ],
)
def test_what_cannot_be_studied(capsys, line: str, words: str) -> None:
    from dynamics.__main__ import main

    assert main(f"study {line}".split()) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("rule", ["ngd", "sqrt-gd", "gd"])
def test_the_curvature_of_a_step_is_its_integral_on_a_network(rule: str) -> None:
    """κ = 2∫(1 − u) sᵀ∇²L(x + us)s du/‖s‖², by Gauss–Legendre of Hessian-vector products."""
    study = trained("digits-parity-tanh")
    residuals, eta = study.residuals, 0.05
    x = study.x + 0.03 * study.top.direction + 0.01 * jnp.sin(jnp.arange(study.x.size))
    found = dynamics.RULES[rule]
    end, bends = strides(residuals, found, x, eta, 6)
    np.testing.assert_allclose(end, advance(residuals, found, x, eta, 6), rtol=1e-9, atol=1e-12)
    assert np.isfinite(bends[:6]).all()
    assert np.isnan(bends[6:]).all()
    nodes, weights = np.polynomial.legendre.leggauss(24)
    product = jax.jit(
        lambda y, s: jax.jvp(lambda z: residuals.value_and_gradient(z)[1], (y,), (s,))[1]
    )
    for kappa in bends[:6]:
        after = advance(residuals, found, x, eta, 1)
        s = after - x
        bent = [s @ product(x + 0.5 * (node + 1) * s, s) for node in nodes]
        along = np.sum(weights * (1 - 0.5 * (nodes + 1)) * np.array(bent)) / (s @ s)
        assert float(kappa) == pytest.approx(float(along), rel=1e-9)
        x = after


def test_curvatures_fill_the_way_from_pair_to_pair() -> None:
    """As many as there are steps; of more than there is room for, some of either parity. At the
    edge their mean is λ₁, which takes eigenvectors to know."""
    study = trained("digits-parity-tanh")
    run = trace(study, path("digits-parity-tanh", "ngd", 0.5), 0.05)
    known = np.isfinite(run.step_curvature)
    between = np.append(np.diff(run.step), 1)
    np.testing.assert_array_equal(known.sum(axis=1), between)
    assert np.all(known[:, 0])
    late = run.step_curvature[len(run.step) // 2 : -1]
    np.testing.assert_allclose(
        np.nanmean(late, axis=1), run.sharpness[len(run.step) // 2 : -1], rtol=0.05
    )
    _, bends = strides(study.residuals, dynamics.RULES["ngd"], study.x + 1e-3, 0.05, 3 * BENDS + 7)
    assert np.isfinite(bends).all()
