"""Rules that remember, look elsewhere or draw: by hand, at their edges, along their flows."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import dynamics
from dynamics import RULES, Broken, Fate, Loss, Rule, broken, measure, quadratic, simulate, sweep
from dynamics.flows import limiting_flow
from dynamics.ground import Ground
from dynamics.memory import Draws, signs
from dynamics.orbits import orbits
from dynamics.phases import phases
from dynamics.rate import cloud_at
from dynamics.rules import initial_state
from dynamics.starts import interesting_etas, straight_line
from tests.catalogue import FIRST

VALLEY = dynamics.LOSSES["parabolic-valley"]
WITH_NUMBERS = [rule for rule in RULES.values() if rule.parameters]
OWN = [rule for rule in RULES.values() if rule.key not in FIRST]


def keyed(rules: list[Rule], kept: tuple[str, ...] | None = None) -> dict:
    """Rules as a parameter; of those, where they are named, the others with `--every`."""
    marks = [() if kept is None or rule.key in kept else pytest.mark.every for rule in rules]
    cases = [pytest.param(rule, marks=mark) for rule, mark in zip(rules, marks, strict=True)]
    return {"argvalues": cases, "ids": [rule.key for rule in rules]}


# ---- records ----


@pytest.mark.parametrize("rule", **keyed(OWN))
def test_it_says_what_it_is(rule: Rule) -> None:
    assert rule.name
    assert rule.formula
    assert rule.edge
    assert rule.look_for.endswith(".")
    assert bool(rule.drift_formula) == rule.drifts
    assert all(parameter.symbol and parameter.words for parameter in rule.parameters)


@pytest.mark.parametrize("rule", **keyed(WITH_NUMBERS))
def test_its_numbers_are_checked(rule: Rule) -> None:
    name = rule.parameters[0].name
    with pytest.raises(ValueError, match=f"{name} must be a number in"):
        rule.at(**{name: -1.0})
    with pytest.raises(ValueError, match=f"no parameter 'gamma': {rule.key} has {name}"):
        rule.at(gamma=1.0)


@pytest.mark.parametrize("rule", **keyed(WITH_NUMBERS, ("heavy-ball", "sam", "adam")))
def test_another_number_compiles_nothing(rule: Rule, compiled: list[str]) -> None:
    def all_of_it(rule: Rule) -> None:
        run = simulate(VALLEY, rule, (1.5, 0.1), 0.05, 50)
        measure(run)
        sweep(VALLEY, rule, np.array([[1.5, 0.1]]), np.array([0.05]), 20)

    parameter = rule.parameters[0]
    low, high = parameter.range or (0.0, 1.0)
    all_of_it(rule)
    before = len(compiled)
    all_of_it(rule.at(**{parameter.name: 0.5 * (low + high)}))
    assert len(compiled) == before


# ---- steps by hand ----


def numpy_gradient(x: np.ndarray) -> np.ndarray:
    """Of ½(1 + x²)y²."""
    return np.array([x[0] * x[1] ** 2, (1 + x[0] ** 2) * x[1]])


def heavy(x, eta, beta, epsilon=0.0, nesterov=False):
    v = np.zeros(2)
    while True:
        v = beta * v - eta * numpy_gradient(x + beta * v if nesterov else x)
        yield (x := x + v)


def rmsprop(x, eta, beta2, epsilon=None):
    nu = None
    while True:
        g = numpy_gradient(x)
        squares = g @ g if epsilon is None else g**2
        nu = squares if nu is None else beta2 * nu + (1 - beta2) * squares
        yield (x := x - eta * g / (np.sqrt(nu) + (epsilon or 0)))


def adam(x, eta, beta, beta2, epsilon):
    """Algorithm 1 of Kingma and Ba."""
    m, v, t = np.zeros(2), np.zeros(2), 0
    while True:
        t, g = t + 1, numpy_gradient(x)
        m, v = beta * m + (1 - beta) * g, beta2 * v + (1 - beta2) * g**2
        first, second = m / (1 - beta**t), v / (1 - beta2**t)
        yield (x := x - eta * first / (np.sqrt(second) + epsilon))


def sam(x, eta, rho):
    while True:
        g = numpy_gradient(x)
        yield (x := x - eta * numpy_gradient(x + rho * g / np.linalg.norm(g)))


def decay(x, eta, decay):
    while True:
        yield (x := x - eta * (numpy_gradient(x) + decay * x))


BY_HAND = {
    "heavy-ball": (heavy, {"beta": 0.8}),
    "nesterov": (lambda x, eta, beta: heavy(x, eta, beta, nesterov=True), {"beta": 0.8}),
    "rmsprop": (rmsprop, {"beta2": 0.9}),
    "rmsprop-by-coordinate": (rmsprop, {"beta2": 0.9, "epsilon": 1e-3}),
    "adam": (adam, {"beta": 0.8, "beta2": 0.95, "epsilon": 1e-3}),
    "sam": (sam, {"rho": 0.07}),
    "weight-decay": (decay, {"decay": 0.03}),
}


@pytest.mark.parametrize("key", BY_HAND)
def test_a_run_is_the_plain_loop(key: str) -> None:
    plain, theta = BY_HAND[key]
    start = np.array([1.3, 0.4])
    steps = plain(start, 0.06, **theta)
    expected = np.array([start, *(next(steps) for _ in range(60))])
    run = simulate(VALLEY, RULES[key].at(**theta), start, 0.06, 60)
    np.testing.assert_allclose(run.x, expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("rule", **keyed(OWN))
def test_coordinates_side_by_side_take_the_same_steps(rule: Rule) -> None:
    """A sweep goes by tuples of coordinates."""
    found = sweep(VALLEY, rule, np.array([[1.3, 0.4]]), np.array([0.06]), 40)
    run = simulate(VALLEY, rule, (1.3, 0.4), 0.06, 40)
    np.testing.assert_allclose(found.x[0], run.x[-1], rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize(
    "rule", **keyed([rule for rule in OWN if rule.key not in ("label-noise", "weight-decay")])
)
def test_it_stands_still_at_a_minimum(rule: Rule) -> None:
    """Where ∇L = 0, and there is nothing in the memory."""
    x = jnp.array([1.3, 0.0])
    assert rule.step is not None
    moved, _ = rule.step(Ground(VALLEY), 0.1, x, initial_state(rule, x))
    np.testing.assert_array_equal(moved, x)


# ---- edges ----


def companion(key: str, slope: float, beta: float) -> np.ndarray:
    """Of y_{t+1} from (y_t, y_{t−1}) on ½λy², ηλ = `slope`."""
    keep = 1 + beta - slope if key == "heavy-ball" else (1 + beta) * (1 - slope)
    lost = beta if key == "heavy-ball" else beta * (1 - slope)
    return np.array([[keep, -lost], [1.0, 0.0]])


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
@pytest.mark.parametrize(("key", "number"), [("heavy-ball", 3.8), ("nesterov", 1.357142857)])
def test_momentum_stops_contracting_at_its_threshold(key: str, number: float, beta: float) -> None:
    """−1 is an eigenvalue of the companion matrix there, and none is beyond just below."""
    run = simulate(quadratic((3.0, 1.0)), RULES[key].at(beta=beta), (1.0, 0.5), 0.1, 5)
    edge = 0.1 * measure(run).threshold[-1]
    if beta == 0.9:
        np.testing.assert_allclose(edge, number, rtol=1e-9)
    radius = [np.abs(np.linalg.eigvals(companion(key, s * edge, beta))).max() for s in (1, 0.999)]
    np.testing.assert_allclose(radius[0], 1, rtol=1e-7)
    assert radius[1] < 1


@pytest.mark.parametrize(("share", "fate"), [(0.99, Fate.CATAPULT), (1.01, Fate.DIVERGES)])
def test_a_sweep_finds_the_edge_of_nesterov(share: float, fate: Fate) -> None:
    eta = share * 3.8 / 2.8 / 3
    found = sweep(
        quadratic((3.0, 1.0)), "nesterov", np.array([[1.0, 0.5]]), np.array([eta]), 20_000
    )
    assert found.outcome[0] in (fate, Fate.CONVERGES if share < 1 else fate)


def test_the_step_of_rmsprop_is_at_the_edge_where_it_bounces() -> None:
    """ηλ₁/√ν = 2 while it goes to and fro by η."""
    run = simulate(VALLEY, RULES["rmsprop"].at(beta2=0.9), (1.6, 0.01), 0.02, 400)
    found = measure(run)
    np.testing.assert_allclose(found.threshold_mean[-1], found.projection_sharpness[-1], rtol=1e-3)
    np.testing.assert_allclose(found.sqrt_loss_pair[-1], 1, rtol=1e-3)


@pytest.mark.parametrize("eta", [0.02, 0.2])
def test_sam_bounces_as_its_law_says(eta: float) -> None:
    """|y| = ηλ₁ρ/(2 − ηλ₁), from both sides of it."""
    for y in (1e-3, 0.02):
        found = measure(simulate(VALLEY, "sam", (1.5, y), eta, 400))
        top = found.projection_sharpness[-1]
        law = eta * top * 0.05 / (2 - eta * top)
        np.testing.assert_allclose(np.abs(found.x[-1, 1]), law, rtol=2e-2)
        np.testing.assert_allclose(found.bounce[-1], 2 * law, rtol=1e-12)


# ---- flows ----


def flow_end(rule: Rule, x: float, eta: float = 0.0, time: float = 1.0) -> float:
    begin = jnp.array([x, 0.0])
    return float(limiting_flow(VALLEY, rule, begin, jnp.array([0.0, time]), eta)[-1, 0])


@pytest.mark.parametrize(
    ("beta2", "measured", "flow"), [(0.9, 1.36882, 1.36882), (0.9992, 1.41007, 1.40997)]
)
def test_rmsprop_drifts_slower_the_longer_it_remembers(beta2, measured, flow) -> None:
    rule = RULES["rmsprop"].at(beta2=beta2)
    np.testing.assert_allclose(flow_end(rule, 1.6, 0.02), flow, atol=4e-5)
    run = simulate(VALLEY, rule, (1.6, 0.01), 0.02, 2500)
    np.testing.assert_allclose(run.x[-1, 0], measured, atol=2e-5)


def test_rmsprop_without_a_memory_is_normalized_gd() -> None:
    rule = RULES["rmsprop"].at(beta2=0.0)
    np.testing.assert_allclose(flow_end(rule, 1.6, 0.02), 1.368449, atol=1e-6)
    np.testing.assert_allclose(flow_end(RULES["ngd"], 1.6), 1.368449, atol=1e-6)
    one, two = (simulate(VALLEY, r, (1.6, 0.3), 0.02, 300).x for r in (rule, "ngd"))
    np.testing.assert_allclose(one, two, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    ("eta", "measured", "flow"), [(0.02, 0.53010, 0.53015), (0.05, 0.49799, 0.49809)]
)
def test_sam_drifts_down_the_sharpness_on_its_own_clock(eta, measured, flow) -> None:
    rule = RULES["sam"]
    np.testing.assert_allclose(flow_end(rule, 1.5, eta), flow, atol=1e-5)
    y = eta * 3.25 * 0.05 / (2 - eta * 3.25)
    found = measure(simulate(VALLEY, rule, (1.5, y), eta, round(1 / (eta * 0.05**2))))
    np.testing.assert_allclose(found.projection[-1, 0], measured, atol=6e-5)
    np.testing.assert_allclose(found.flow[-1, 0], flow, atol=1e-5)
    assert found.gap[-1] < 2e-4


def test_sam_of_small_steps_follows_half_the_gradient_of_sharpness() -> None:
    """x e^{−1}."""
    np.testing.assert_allclose(flow_end(RULES["sam"], 1.5), 1.5 / np.e, rtol=1e-9)


def test_label_noise_follows_the_trace() -> None:
    """−¼ · 2x in codimension 1."""
    end = flow_end(RULES["label-noise"], 1.5)
    np.testing.assert_allclose(end, 1.5 * np.exp(-0.5), rtol=1e-9)
    np.testing.assert_allclose(end, 0.90980, atol=5e-6)


@pytest.mark.parametrize(("eta", "mean"), [(0.05, 0.8850), (0.025, 0.8977)])
def test_label_noise_drifts_in_the_mean_over_runs(eta: float, mean: float) -> None:
    n, steps = 1024, round(1 / eta**2)
    starts = np.tile([1.5, 1e-3], (n, 1))
    found = sweep(VALLEY, "label-noise", starts, np.full(n, eta), steps)
    x = found.x[:, 0]
    error = x.std() / np.sqrt(n)
    assert len(np.unique(x)) > n / 2
    assert abs(x.mean() - mean) < 4 * error + 1e-3


def test_its_signs_are_even_and_depend_on_seed_step_and_label() -> None:
    def drawn(seed: int, step: int) -> np.ndarray:
        return np.asarray(signs(Draws(jnp.array(seed), jnp.array(step)), 4))

    all_of_them = np.array([[drawn(seed, t) for t in range(40)] for seed in range(40)])
    assert set(np.unique(all_of_them)) == {-1.0, 1.0}
    assert abs(all_of_them.mean()) < 4 / np.sqrt(all_of_them.size)
    pairs = np.corrcoef(all_of_them.reshape(-1, 4).T) - np.eye(4)
    assert np.abs(pairs).max() < 4 / np.sqrt(1600)
    in_turn = np.mean(all_of_them[:, 1:] * all_of_them[:, :-1])
    assert abs(in_turn) < 4 / np.sqrt(all_of_them.size)


def test_a_run_with_label_noise_is_that_of_its_seed() -> None:
    one, again, other = (
        simulate(VALLEY, "label-noise", (1.5, 0.1), 0.05, 30, seed=seed).x for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, again)
    assert np.any(one != other)


TWO_RESIDUALS = Loss(
    "two-residuals",
    residual=lambda x: jnp.stack([(1 + x[0] ** 2) * x[1], 0.5 * x[2] + x[1]]),
    weight=0.5,
    start=(1.0, 0.0, 0.0),
    codim=2,
)


@pytest.mark.parametrize("loss", [TWO_RESIDUALS, "hyperbola", "rank-one"])
def test_noise_in_labels_has_the_hessian_as_its_covariance(loss: Loss | str) -> None:
    """Jᵀξ over all signs, next to Γ: of residuals, of √(2L) and of a spectrum."""
    loss = dynamics.find_loss(loss)
    x = jnp.array({"hyperbola": [2.0, 0.5], "rank-one": [1.5, 1.5, 2 / 3, 2 / 3]}.get(loss.key,
                  loss.start)) + 1e-9  # fmt: skip
    ground = Ground(loss)
    count = ground.labels
    every = np.array(np.meshgrid(*[[-1.0, 1.0]] * count)).reshape(count, -1).T
    drawn = np.array([ground.of_labels(x, xi) for xi in every])
    np.testing.assert_allclose(drawn.T @ drawn / len(drawn), jax.hessian(loss.value)(x), atol=1e-7)


# ---- which flatness ----


def from_gamma(key: str, x: float, time: float) -> float:
    """x of a flow on `two-flatnesses`."""
    loss, begin = dynamics.LOSSES["two-flatnesses"], jnp.array([x, 0.0, 0.0])
    return float(limiting_flow(loss, RULES[key], begin, jnp.array([0.0, time]), 0.02)[-1, 0])


def test_flows_end_where_their_own_flatness_is() -> None:
    """SAM and NGD at the least λ₁, label noise at the least trace."""
    for key in ("sam", "ngd", "rmsprop"):
        assert abs(from_gamma(key, 1.5, 400.0)) < 1e-7
    np.testing.assert_allclose(from_gamma("label-noise", 1.5, 60.0), 9 / 26, atol=1e-9)


def test_runs_end_where_their_own_flatness_is() -> None:
    sam = simulate("two-flatnesses", "sam", (1.5, 0.1, 0.1), 0.1, 60_000).x[-1, 0]
    ngd = simulate("two-flatnesses", "ngd", (1.5, 0.1, 0.1), 0.05, 20_000).x[-1, 0]
    assert abs(sam) < 1e-5
    assert abs(ngd) < 2e-3


@pytest.mark.every
def test_label_noise_ends_at_the_least_trace() -> None:
    n, eta = 256, 0.05
    starts = np.tile([1.5, 1e-3, 1e-3], (n, 1))
    found = sweep("two-flatnesses", "label-noise", starts, np.full(n, eta), round(12 / eta**2))
    x = found.x[:, 0]
    assert abs(x.mean() - 9 / 26) < 4 * x.std() / np.sqrt(n) + 0.012


# ---- weight decay ----


def angle(x: np.ndarray) -> np.ndarray:
    return np.arctan2(x[..., 1], x[..., 0])


def on_the_edge(eta: float, share: float = 1.0, height: float = 0.01) -> np.ndarray:
    """At φ = 1 with ‖x‖² = share² · ½ηλ₁, and z that part of it."""
    size = share * np.sqrt(0.5 * eta * np.exp(np.cos(1.0)))
    return size * np.array([np.cos(1.0), np.sin(1.0), height])


def test_the_flow_of_weight_decay_keeps_to_the_edge() -> None:
    loss, rule = dynamics.LOSSES["scale-invariant"], RULES["weight-decay"]
    times = jnp.linspace(0.0, 4.0, 9)
    path = np.asarray(limiting_flow(loss, rule, on_the_edge(0.1, 1.0, 0.0), times, 0.1))
    np.testing.assert_allclose(angle(path[-1]), 2.47678, atol=5e-6)
    np.testing.assert_allclose(
        np.sum(path**2, axis=1), 0.05 * np.exp(np.cos(angle(path))), rtol=1e-7
    )


def test_weight_decay_ends_near_its_flow_wherever_it_starts_at_the_edge() -> None:
    """A lottery: 36 starts, half of them in 2.43 … 2.54, all in 2.33 … 2.63."""
    starts = [
        on_the_edge(0.1, share, height)
        for share in np.linspace(0.9, 1.0, 6)
        for height in np.geomspace(1e-3, 0.05, 6)
    ]
    rule = RULES["weight-decay"].at(decay=0.02)
    found = sweep("scale-invariant", rule, np.array(starts), np.full(36, 0.1), 2000)
    ends = angle(found.x)
    assert np.all((ends > 2.33) & (ends < 2.63))
    low, high = np.quantile(ends, [0.25, 0.75])
    assert 2.40 < low < high < 2.56


def test_from_far_outside_the_clock_of_weight_decay_runs_late() -> None:
    rule = RULES["weight-decay"].at(decay=0.00125)
    start = np.array([np.cos(1.0), np.sin(1.0), 0.01])
    run = simulate("scale-invariant", rule, start, 0.1, round(40 / 0.00125))
    np.testing.assert_allclose(angle(run.x[-1]), 1.0, atol=0.01)


# ---- many runs ----


@pytest.mark.parametrize(
    "rule", **keyed([rule for rule in RULES.values() if rule.step], ("nesterov", "gd", "adam"))
)
def test_a_map_of_every_rule_begins_below_its_edge_and_ends_above(rule: Rule) -> None:
    line = straight_line((1.0, 0.5), (2.0, 0.5), 5)
    low, high = interesting_etas(VALLEY, rule, line)
    edge = {"heavy-ball": 3.8, "nesterov": 3.8 / 2.8, "weight-decay": 1.99}.get(rule.key, 2.0)
    if rule.key == "gd" or (rule.threshold and rule.key not in ("adam", "rmsprop-by-coordinate")):
        np.testing.assert_allclose([low, high], [edge / 2 / 4.8, 2 * edge / 1.8], rtol=0.15)
    else:
        assert 0.003 < low < 0.02
        assert 0.5 < high < 2
    found = sweep(VALLEY, rule, line.starts, np.full(5, low), 300)
    assert np.all(found.outcome != Fate.DIVERGES)


@pytest.mark.parametrize(
    "rule",
    **keyed(
        [rule for rule in RULES.values() if rule.step and rule.key != "label-noise"],
        ("nesterov", "adam", "rmsprop"),
    ),
)
def test_an_orbit_of_every_rule_is_the_end_of_its_run(rule: Rule) -> None:
    found = orbits(VALLEY, rule, np.array([[1.3, 0.4]]), np.array([0.06]), 80, 6)
    run = simulate(VALLEY, rule, (1.3, 0.4), 0.06, 80)
    np.testing.assert_allclose(found.x[0], run.x[-6:], rtol=1e-10, atol=1e-12)
    assert np.isfinite(found.exponent[0])


@pytest.mark.parametrize(("key", "tau"), [("rmsprop", 0.5), ("sam", 0.5)])
def test_the_gap_to_its_flow_shrinks_with_the_step(key: str, tau: float) -> None:
    """RMSProp's with η, and SAM's, whose clock is ηρ²t, with η too where ρ goes along."""
    gaps = []
    for eta in (0.04, 0.02):
        rule = RULES[key].at(beta2=0.9) if key == "rmsprop" else RULES[key].at(rho=2.5 * eta)
        gaps.append(cloud_at(VALLEY, rule, (1.6, 0.01), tau, eta).median)
    assert 0 < gaps[1] < 0.6 * gaps[0]
    assert gaps[0] < 5e-3


def test_a_rule_without_a_flow_along_gamma_has_no_rate() -> None:
    for key in ("heavy-ball", "gd"):
        with pytest.raises(ValueError, match=f"rule must have a limiting flow.*got {key}"):
            cloud_at(VALLEY, key, (1.6, 0.01), 0.5, 0.04)


def test_what_is_said_where_there_is_no_theorem() -> None:
    run = simulate(VALLEY, "adam", (1.3, 0.4), 0.06, 20)
    assert broken(run, measure(run)) is Broken.NO_FLOW
    assert phases(run, measure(run)) == ()


@pytest.mark.parametrize(("key", "before"), [("rmsprop", "alignment"), ("sam", "descent")])
def test_rules_with_a_law_have_phases(key: str, before: str) -> None:
    """The longer the memory, the longer RMSProp is below its edge before it bounces."""
    run = simulate(VALLEY, key, (1.6, 0.3), 0.02, 3000)
    assert [phase.name for phase in phases(run, measure(run))][-2:] == [before, "edge"]


# ---- a step for every coordinate ----


def test_the_threshold_of_rmsprop_is_that_of_its_preconditioned_hessian() -> None:
    """η λ₁(D^{-½} ∇²L D^{-½}) = 2 with D = √ν + ε, by NumPy from what it remembers."""
    loss, eta, rule = dynamics.LOSSES["hyperbola"], 0.02, RULES["rmsprop-by-coordinate"]
    run = simulate(loss, rule, (2.0, 0.7), eta, 30)
    found = measure(run)
    for t in (0, 7, 30):
        g = np.asarray(jax.grad(loss.value)(run.x[t]))
        nu = g**2 if t == 0 else 0.99 * run.state.value[t] + 0.01 * g**2
        root = 1 / np.sqrt(np.sqrt(nu) + 1e-8)
        hessian = np.asarray(jax.hessian(loss.value)(run.x[t]))
        top = np.linalg.eigvalsh(root[:, None] * hessian * root)[-1]
        expected = found.sharpness[t] * 2 / (eta * top)
        np.testing.assert_allclose(found.threshold[t], expected, rtol=1e-9)


@pytest.mark.parametrize("beta", [0.0, 0.8])
def test_adam_with_a_long_memory_bears_what_a_heavy_ball_does(beta: float) -> None:
    """With ν as it was, x is a heavy ball of η(1 − β)/√ν, which bears λ₁ = (2 + 2β)/η of those."""
    loss, rule = quadratic((3.0, 3.0)), RULES["adam"].at(beta=beta, beta2=0.99, epsilon=0.0)
    found = measure(simulate(loss, rule, (1.0, 1.0), 0.01, 3))
    slope = 3.0 * found.x[0, 0]
    expected = (2 + 2 * beta) / ((1 - beta) * 0.01 / slope)
    np.testing.assert_allclose(found.threshold[0], expected, rtol=1e-12)


def test_rmsprop_by_coordinate_bounces_at_its_threshold() -> None:
    """On walls along an axis it does what RMSProp with one ν does, in the mean over two steps."""
    rule = RULES["rmsprop-by-coordinate"].at(beta2=0.9)
    found = measure(simulate(VALLEY, rule, (1.6, 0.01), 0.01, 150))
    ratio = found.threshold_mean[-20:] / found.sharpness[-20:]
    np.testing.assert_allclose(np.median(ratio), 1, atol=0.1)
