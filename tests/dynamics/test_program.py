"""Programs and notebooks that are written: they run, and take the steps that `simulate` takes."""

import json
from collections.abc import Iterator

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

import dynamics
from dynamics import LOSSES, RULES, Fork, quadratic, simulate
from dynamics.curvature import gradient
from dynamics.measures import measure_iterates
from dynamics.program import FORMULAS, MEMORY_STEPS, STEPS, Asked, notebook, program
from dynamics.schedule import Schedule
from tests.catalogue import losses

matplotlib.use("Agg")
LINK = "https://edgewalk.example/?loss=one"


@pytest.fixture(autouse=True)
def errors_of_its_own() -> Iterator[None]:
    """What a program sets of NumPy stays with it."""
    with np.errstate():
        yield


def runs_of(loss: dynamics.Loss, steps: int = 200) -> list[Asked]:
    return [Asked(rule, 0.05, tuple(map(float, loss.start)), steps) for rule in STEPS]


def ran(text: str, *, plots: bool = False) -> dict:
    """The names of a program that has run, with its plots or, as they take longer, without."""
    names = {"__name__": "__main__"}
    text = text.replace("plt.show()", "") if plots else text.split("figure, (left")[0]
    exec(compile(text, "program", "exec"), names)
    return names


def test_every_loss_of_the_catalogue_has_its_formulas() -> None:
    assert set(FORMULAS) == set(LOSSES)


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_its_formulas_are_those_of_the_loss(loss: dynamics.Loss) -> None:
    names = ran(program(loss, runs_of(loss, steps=30)))
    for x in (names["paths"][0][3], names["paths"][-1][-1]):
        np.testing.assert_allclose(names["loss"](x), loss.value(x), rtol=1e-12)
        np.testing.assert_allclose(names["gradient"](x), gradient(loss, x), rtol=1e-11, atol=1e-14)
        if "limit" in names:
            assert loss.projection is not None
            np.testing.assert_allclose(names["limit"](x), loss.projection(x), atol=1e-11)


@losses(lambda _: True, each_kind=True)
def test_a_program_takes_the_same_steps(loss: dynamics.Loss) -> None:
    asked = runs_of(loss)
    names = ran(program(loss, asked, LINK))
    for what, path in zip(asked, names["paths"], strict=True):
        run = simulate(loss, what.rule, what.start, what.eta, what.steps)
        assert len(path) == len(run.x)
        size = 1 + np.abs(run.x)
        assert np.max(np.abs(path - run.x) / size) < 1e-12, what.rule
        if what.rule == "ngd":
            sharp = [names["sharpness"](x) for x in path[::50]]
            np.testing.assert_allclose(sharp, measure_iterates(run).sharpness[::50], rtol=1e-11)


def test_numbers_in_a_formula_go_along() -> None:
    loss = LOSSES["ring"].at(k=0.3)
    names = ran(program(loss, runs_of(loss), LINK))
    run = simulate(loss, "ngd", loss.start, 0.05, 200)
    np.testing.assert_allclose(names["paths"][0], run.x, atol=1e-13)
    assert names["k"] == 0.3


@pytest.mark.parametrize("library", ["numpy", "dynamics"])
def test_a_notebook_is_the_program_in_cells(library: str) -> None:
    loss = LOSSES["hyperbola"]
    asked = [Asked("ngd", 0.2, (2.6, 0.9), 40), Asked("gd", 0.2, (2.6, 0.9), 40)]
    plt.close("all")
    sheet = json.loads(notebook(loss, asked, LINK, library))
    kinds = [cell["cell_type"] for cell in sheet["cells"]]
    assert kinds == ["markdown", *["code"] * (len(kinds) - 1)]
    assert (sheet["nbformat"], sheet["nbformat_minor"]) == (4, 5)
    cells = ["".join(cell["source"]) for cell in sheet["cells"]]
    text = program(loss, asked, LINK, library)
    assert all(cell in text for cell in cells)
    assert LINK in cells[0]
    one, other = ran("\n".join(cells[1:])), ran(text, plots=True)
    left, right = plt.gcf().axes
    shown = left.lines[1].get_xydata()  # odd steps of the first run
    run = simulate(loss, "ngd", (2.6, 0.9), 0.2, 40)
    np.testing.assert_allclose(shown, run.x[1::2], atol=1e-12)
    threshold = np.concatenate([right.lines[k].get_ydata() for k in (0, 1)])
    found = dynamics.measure(run)
    expected = np.concatenate([found.threshold[0::2], found.threshold[1::2]])
    np.testing.assert_allclose(threshold[:20], expected[:20], rtol=1e-6)
    assert len(one["runs"]) == len(other["runs"]) == 2
    if library == "numpy":
        np.testing.assert_array_equal(one["paths"][0], other["paths"][0])


def test_a_program_on_the_library_asks_for_the_same_runs() -> None:
    loss = LOSSES["crossing"].at(a=0.75)
    asked = [
        Asked("ngd", 0.1, (1.8, 0.8, 0.5), 60, 1e-3, 7),
        Asked("gradient-flow", 0.1, (1.8, 0.8, 0.5), 60),
    ]
    names = ran(program(loss, asked, LINK, "dynamics"))
    for what, run in zip(asked, names["runs"], strict=True):
        noise = {"noise": what.noise, "seed": what.seed}
        expected = simulate(loss, what.rule, what.start, what.eta, what.steps, **noise)
        np.testing.assert_array_equal(run.x, expected.x)


def test_noise_is_of_the_asked_size_and_every_tenth_step() -> None:
    bowl = LOSSES["quadratic"]
    asked = [Asked("gd", 1e-9, (1.0, 1.0), 100, 0.01, 3)]
    path = ran(program(bowl, asked, LINK))["paths"][0]
    run = simulate(bowl, "gd", (1.0, 1.0), 1e-9, 100, noise=0.01)
    pushed, expected = (np.linalg.norm(np.diff(x, axis=0), axis=1) for x in (path, run.x))
    assert np.sum(pushed > 1e-6) == 10
    np.testing.assert_array_equal(pushed > 1e-6, expected > 1e-6)
    assert pushed.max() <= 0.01 + 1e-8


def test_a_run_that_leaves_ends_there() -> None:
    loss = LOSSES["hyperbola"]
    asked = [Asked("gd", 3.0, (2.6, 0.9), 100)]
    names = ran(program(loss, asked, LINK))
    (path,) = names["paths"]
    assert np.all(np.isfinite(path))
    assert np.isnan(names["sharpness"](path[-1]))
    assert len(path) == len(simulate(loss, "gd", (2.6, 0.9), 3.0, 100).x)


def test_what_cannot_be_written_is_refused() -> None:
    with pytest.raises(ValueError, match="a loss of the catalogue"):
        program(quadratic([1.0, 2.0], key="mine"), [Asked("gd", 0.1, (1, 1), 5)], LINK)
    with pytest.raises(ValueError, match="ngd, sqrt-gd, gd"):
        program(LOSSES["ring"], [Asked("gradient-flow", 0.1, (1, 1), 5)], LINK)


def test_a_program_has_no_line_too_long_for_a_slide() -> None:
    for loss in LOSSES.values():
        text = program(loss, runs_of(loss), LINK)
        assert max(map(len, text.splitlines())) <= 100, loss.key
        assert len(text.splitlines()) < 105


TYPED = [
    "½(1 − xy)²",
    "(x²+y²)² − x² − y²",
    "½(a − xy)² + k y²; a = 2 in [1, 3], k = 0.1",
    "½λ(x − eta)² + loss y⁴; λ = 2, eta = 0.3, loss = 1",
    "(tanh(x₁x₂) − ½)² + softplus(x₃) + sigmoid(x₁) erf(x₂) + max(x₁, x₂)² + |x₃|",
    "π x² + e^x − cbrt(y) y + atan2(y, x) + relu(x) min(x, y)",
    "(x − 1)²/2",
    "a tanh(b x) + k; k = 0.3; data = [(0, 0.1), (1, 0.8), (2.5, 1.1)]",
]


@pytest.mark.parametrize("text", TYPED)
def test_a_formula_is_written_with_its_gradient(text: str) -> None:
    """Against JAX: L, ∇L, λ₁; and the steps are those of `simulate`."""
    loss = dynamics.formula(text)
    start = tuple(0.8 + 0.31 * k for k in range(loss.d))
    names = ran(program(loss, [Asked("gd", 0.01, start, 30)], LINK))
    for x in names["paths"][0][[3, -1]]:
        np.testing.assert_allclose(names["loss"](x), loss.value(x), rtol=1e-12)
        np.testing.assert_allclose(names["gradient"](x), gradient(loss, x), rtol=1e-11, atol=1e-13)
    assert max(map(len, program(loss, [Asked("gd", 0.01, start, 30)], LINK).splitlines())) <= 100
    run = simulate(loss, "gd", start, 0.01, 30)
    np.testing.assert_allclose(names["paths"][0], run.x, rtol=1e-12)
    sharp = [names["sharpness"](x) for x in names["paths"][0][::10]]
    np.testing.assert_allclose(sharp, measure_iterates(run).sharpness[::10], rtol=1e-10)


@pytest.mark.parametrize("library", ["numpy", "dynamics"])
def test_programs_of_formulas_draw(library: str) -> None:
    fit = "x (x − 1) + u v; data = [(0, 1), (1, 2)]"
    for text in ("½(a − xy)²; a = 1 in [0, 3]", "½(x − 1)²", fit):
        loss = dynamics.formula(text)
        asked = [Asked("ngd", 0.05, loss.start, 40)]
        plt.close("all")
        names = ran(program(loss, asked, LINK, library), plots=True)
        assert names["left"].get_ylabel() == ("L" if loss.d == 1 else loss.variables[1])
        if library == "dynamics":
            assert names["loss"].source == text
            moved = loss.at(a=2) if "; a =" in text else loss
            assert (".at(a=2.0)" in program(moved, asked, LINK, library)) == ("; a =" in text)


OWN = {"heavy-ball": {"beta": 0.7}, "nesterov": {"beta": 0.7}, "rmsprop": {"beta2": 0.8},
       "rmsprop-by-coordinate": {"beta2": 0.8, "epsilon": 1e-3}, "sam": {"rho": 0.1},
       "adam": {"beta": 0.7, "beta2": 0.8, "epsilon": 1e-3}, "label-noise": {},
       "weight-decay": {"decay": 0.05}}  # fmt: skip


def test_every_rule_with_steps_has_them_as_numpy() -> None:
    assert set(STEPS) | set(MEMORY_STEPS) == {key for key, rule in RULES.items() if rule.step}
    assert set(OWN) == set(MEMORY_STEPS)


@pytest.mark.parametrize("key", OWN)
def test_rules_that_remember_take_the_same_steps(key: str) -> None:
    loss = LOSSES["parabolic-valley"]
    asked = [Asked(RULES[key].at(**OWN[key]), 0.05, (1.3, 0.4), 150, seed=5)]
    names = ran(program(loss, [*asked, Asked("ngd", 0.05, (1.3, 0.4), 20)]))
    run = simulate(loss, RULES[key].at(**OWN[key]), (1.3, 0.4), 0.05, 150, seed=5)
    np.testing.assert_allclose(names["paths"][0], run.x, rtol=1e-11, atol=1e-11)
    edge = names["edges"].get(names["runs"][0][0])
    if RULES[key].scales:  # a threshold by what each coordinate remembers is not drawn
        assert edge
        assert np.isnan(edge(0.05))
    elif edge:
        np.testing.assert_allclose(edge(0.05), dynamics.measure(run).threshold[5], rtol=1e-12)


def test_a_program_of_a_rule_with_numbers_draws_and_asks_the_library_for_them() -> None:
    loss = LOSSES["parabolic-valley"]
    asked = [Asked(RULES["heavy-ball"].at(beta=0.7), 0.05, (1.3, 0.4), 60),
             Asked("gd", 0.05, (1.3, 0.4), 60)]  # fmt: skip
    plt.close("all")
    ran(program(loss, asked), plots=True)
    names = ran(program(loss, asked, library="dynamics"))
    assert names["runs"][0].rule.theta["beta"] == 0.7


def test_noise_in_several_labels_is_for_the_library() -> None:
    with pytest.raises(ValueError, match="takes the steps of ngd, sqrt-gd, gd, heavy-ball"):
        program(LOSSES["rank-one"], [Asked("label-noise", 0.05, (2.0, 1.0, 1.0, 1.0), 10)])


CHANGED = (Fork(20, eta=0.02), Fork(40, rule=RULES["gd"], push=(0.1, -0.05)))


@pytest.mark.parametrize("rule", ["ngd", "heavy-ball"])
@pytest.mark.parametrize("forks", [(), CHANGED])
def test_what_changes_on_the_way_changes_in_the_program(rule: str, forks: tuple[Fork, ...]) -> None:
    loss = LOSSES["parabolic-valley"]
    asked = Asked(rule, Schedule((0.1, 0.05), (0, 10)), (1.5, 0.4), 70, forks=forks)
    text = program(loss, [asked, Asked(rule, 0.1, (1.5, 0.4), 30)], LINK)
    names = ran(text, plots=True)
    path, etas = names["paths"][0]
    run = simulate(loss, rule, (1.5, 0.4), asked.eta, 70, forks=forks)
    np.testing.assert_allclose(path, run.x, atol=1e-12)
    assert len(etas) == 70
    assert len(names["paths"][1][0]) == 31
    time = plt.gcf().axes[1].lines[0].get_xdata()
    clock = etas**2 if RULES[rule].clock == "tau" else etas
    np.testing.assert_allclose(time, np.append(0, np.cumsum(clock)))
    short = ran(program(loss, [asked], library="dynamics"), plots=True)
    np.testing.assert_array_equal(short["runs"][0].x, run.x)


def test_noise_begins_where_it_is_asked_for() -> None:
    asked = Asked("ngd", 0.1, (1.5, 0.4), 30, seed=4, forks=(Fork(15, noise=0.1),))
    names = ran(program(LOSSES["parabolic-valley"], [asked]))
    run = simulate("parabolic-valley", "ngd", (1.5, 0.4), 0.1, 30)
    path = names["paths"][0][0]
    np.testing.assert_allclose(path[:21], run.x[:21], atol=1e-12)
    assert 0 < np.linalg.norm(path[21] - run.x[21]) < 0.1
