"""The ledgers of section 11: identities at every step, against integrals, iterates and hand."""

import jax
import numpy as np
import pytest

import dynamics
from dynamics import LOSSES, RULES, Loss, Rule, measure, simulate, window
from dynamics.compilation import quickly
from dynamics.curvature import hessian_product
from dynamics.stretch import measured_stretch
from tests.catalogue import losses

ALONG_THE_SLOPE = ("gd", "ngd", "sqrt-gd", "rmsprop")
CONSERVING = ("hyperbola", "product-3", "product-4", "rank-one")
# Gauss–Legendre on sixteen pieces of [0, 1].
PIECES = 16
NODES, WEIGHTS = np.polynomial.legendre.leggauss(12)
PLACES = ((np.arange(PIECES)[:, None] + 0.5 * (NODES + 1)) / PIECES).ravel()
SHARES = np.tile(WEIGHTS, PIECES) / PIECES


@quickly
def _curvature_along(loss: Loss, x, hop):
    """2 ∫₀¹ (1 − u) sᵀ∇²f(x + us)s du / ‖s‖², [t, d] -> [t]."""

    def at(x, s):
        bent = jax.vmap(lambda u: hessian_product(loss, x + u * s, s) @ s)(PLACES)
        return SHARES * (1 - PLACES) @ bent / (s @ s)

    return jax.vmap(at)(x, hop)


@losses(lambda loss: True, each_kind=True)
@pytest.mark.parametrize("key", ALONG_THE_SLOPE)
def test_the_curvature_of_a_step_is_its_integral(loss: Loss, key: str) -> None:
    """Of the first steps, which are long, and of the last, which are at the edge or settle."""
    run = simulate(loss, key, None, loss.opening.eta, 96)
    found = measure(run)
    rows = np.r_[0:24, len(run.step) - 25 : len(run.step) - 1]
    hop = run.x[rows + 1] - run.x[rows]
    kappa = found.step_curvature[rows]
    known = np.isfinite(kappa)
    assert known[:8].all()
    expected = np.asarray(_curvature_along(loss, run.x[rows], hop))
    scale = np.maximum(np.abs(expected), found.threshold[rows])
    assert np.all(
        np.abs(kappa - expected)[known] <= 1e-12 * scale[known] / _digits(loss, hop)[known]
    )


def _digits(loss: Loss, hop: np.ndarray) -> np.ndarray:
    """Where steps are short, so many digits are lost: L is known to 1e-16 of |x||∇L|."""
    return np.minimum(1.0, np.linalg.norm(hop, axis=1) * 1e2)


@pytest.mark.parametrize(
    ("rule", "kappa", "threshold", "mean"),
    [
        ("ngd", (1.03402, 1.03398), (0.77183, 1.29621), 0.99991),
        ("sqrt-gd", (1.07155, 1.07136), (1.68015, 0.46288), 0.99960),
    ],
)
def test_the_two_numbers_that_meet(rule: str, kappa, threshold, mean: float) -> None:
    """The rows of section 11: κ is λ₁ at each step, while 2/η_t alternates around it."""
    found = measure(simulate("parabolic-valley", rule, (1.8, 0.517), 0.05, 3000))
    np.testing.assert_allclose(found.step_curvature[-3:-1], kappa, atol=5.1e-6)
    np.testing.assert_allclose(found.threshold[-3:-1], threshold, atol=5.1e-6)
    assert found.curvature_balance_late[-1] == pytest.approx(mean, abs=5.1e-6)
    assert np.isnan(found.step_curvature[-1])
    top = found.projection_sharpness[-3:-1]
    np.testing.assert_allclose(found.step_curvature[-3:-1], top, rtol=3e-4)


def test_the_root_in_its_own_terms() -> None:
    found = measure(simulate("parabolic-valley", "sqrt-gd", (1.8, 0.517), 0.05, 3000))
    np.testing.assert_allclose(found.root_step_curvature[-3:-1], (0.86404, 3.13590), atol=5.1e-6)
    late = found.root_step_curvature[1000:3000]
    assert late.mean() == pytest.approx(1.99990, abs=1.1e-5)
    assert np.all(np.isnan(measure(simulate("ring", "ngd", None, 0.05, 9)).root_step_curvature))


@pytest.mark.parametrize("key", ALONG_THE_SLOPE)
def test_a_step_lowers_the_loss_where_it_bends_less_than_the_threshold(key: str) -> None:
    run = simulate("hyperbola", key, None, 0.2, 300)
    found = measure(run)
    known = np.isfinite(found.step_curvature[:-1])
    falls = np.diff(found.loss) < 0
    below = found.step_curvature[:-1] < found.threshold[:-1]
    np.testing.assert_array_equal(falls[known], below[known])
    assert known.sum() > 10
    assert key == "rmsprop" or (~falls[known]).any() or key == "gd"


@pytest.mark.parametrize("key", ["ngd", "sqrt-gd"])
@pytest.mark.parametrize("steps", [300, 12_345])
def test_the_balance_is_of_all_steps(key: str, steps: int) -> None:
    """Also of those that an overview leaves out: against sums over every step."""
    run = simulate("hyperbola", key, None, 0.02, steps)
    found, every = measure(run), measure(simulate(run.loss, key, None, 0.02, steps, record="all"))
    squared = np.sum(np.diff(every.x, axis=0) ** 2, axis=1)
    weight, bends = squared * every.threshold[:-1], squared * every.step_curvature[:-1]
    for row in (len(run.step) // 2, len(run.step) // 2 + 1, len(run.step) - 1):
        last = run.step[row]
        assert found.work[row] == pytest.approx(weight[:last].sum(), rel=1e-9)
        ratio = bends[:last].sum() / weight[:last].sum()
        assert found.curvature_balance[row] == pytest.approx(ratio, rel=1e-8)
        alike = run.step[(run.step >= last / 3) & (run.step % 2 == last % 2)][0]
        late = bends[alike:last].sum() / weight[alike:last].sum()
        assert found.curvature_balance_late[row] == pytest.approx(late, rel=1e-8)


def test_the_balance_of_a_loss_that_comes_to_rest() -> None:
    """Of GD, whose last steps weigh nothing: the whole stays, and of the late ones it is silent."""
    found = measure(simulate("hyperbola", "gd", None, 0.05, 2000))
    hop = np.sum(np.diff(found.x[:101], axis=0) ** 2, axis=1)
    kappa = np.nan_to_num(found.step_curvature[:100])
    by_hand = np.sum(hop * kappa) / np.sum(hop * found.threshold[:100])
    assert found.curvature_balance[-1] == pytest.approx(by_hand, rel=1e-9)
    assert np.isnan(found.curvature_balance_late[-1])


def test_a_loss_that_falls_is_below_the_balance_and_one_that_hangs_is_at_it() -> None:
    down = measure(simulate("parabolic-valley", "ngd", None, 0.01, 50))
    assert np.all(np.diff(down.loss) < 0)
    assert np.all(down.curvature_balance[1:] < 0.1)
    hangs = measure(simulate("parabolic-valley", "ngd", None, 0.01, 40_000))
    assert hangs.curvature_balance_late[-1] == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("key", CONSERVING)
@pytest.mark.parametrize("rule", ALONG_THE_SLOPE)
def test_factors_are_what_a_step_does(key: str, rule: str) -> None:
    """Products of the factors of section 11, written here from η_t alone, against the iterates and
    the column, over 450 steps."""
    run = simulate(key, rule, None, 0.1, 450)
    found = measure(run)
    c = found.conserved
    np.testing.assert_allclose(found.conserved_ledger, c, rtol=1e-12, atol=1e-12 * abs(c[0]))
    np.testing.assert_allclose(found.conserved_change[:-1], np.diff(c), atol=1e-13 * abs(c[0]))
    assert abs(c[-1] - c[0]) > 1e-6 * abs(c[0])
    x, length = run.x[:-1], found.effective_step[:-1]
    if key == "rank-one":
        u, w = x[:, :2], x[:, 2:]
        residual = u[:, :, None] * w[:, None, :] - 1
        forth = np.einsum("tij,tj->ti", residual, w)
        back = np.einsum("tij,ti->tj", residual, u)
        added = length**2 * (np.sum(forth**2, axis=1) - np.sum(back**2, axis=1))
        by_hand = c[0] + np.append(0, np.cumsum(added))
    else:
        product = np.prod(x, axis=1)
        two = (x[:, 0] * x[:, 1]) ** 2
        by_rule = {
            "ngd": 0.1**2 / (two * np.sum(1 / x**2, axis=1)),
            "sqrt-gd": 0.5 * 0.1**2 * product**2 / two,
        }
        less = by_rule.get(rule, length**2 * (1 - product) ** 2 * product**2 / two)
        by_hand = c[0] * np.append(1, np.cumprod(1 - less))
    np.testing.assert_allclose(by_hand, c, rtol=1e-11, atol=1e-12 * abs(c[0]))
    np.testing.assert_allclose(by_hand, found.conserved_ledger, rtol=1e-11, atol=1e-12 * abs(c[0]))


def test_the_ledger_of_the_root_is_a_power() -> None:
    found = measure(simulate("hyperbola", "sqrt-gd", None, 0.01, 40_000))
    law = found.conserved[0] * np.exp(found.step * np.log1p(-0.5 * 0.01**2))
    np.testing.assert_allclose(found.conserved_ledger, law, rtol=1e-11)
    np.testing.assert_allclose(found.conserved, law, rtol=1e-11)


@pytest.mark.parametrize("key", CONSERVING)
@pytest.mark.parametrize("rule", ["ngd", "sqrt-gd"])
def test_the_terms_that_a_person_reads_are_those(key: str, rule: str) -> None:
    """The words, read as a formula, against the column; and those for every rule."""
    run = simulate(key, rule, None, 0.1, 40)
    found, law = measure(run), run.loss.conserved
    assert law is not None
    change = found.conserved_change[:-1]
    for words in (law.term(rule), law.term("another"), law.term("gd")):
        eta = found.effective_step if words != law.term(rule) else np.full(41, run.eta)
        spoken = _spoken(words, run, eta)[:-1]
        told = (spoken - 1) * found.conserved[:-1] if law.weight else spoken
        np.testing.assert_allclose(told, change, rtol=1e-8, atol=1e-15)


def _spoken(words: str, run, eta) -> np.ndarray:
    """What a term says, by Python's own grammar."""
    for one, other in (("ηₜ", "η"), ("½", "0.5*"), ("−", "-"), ("²", "**2"), ("‖", "|")):
        words = words.replace(one, other)
    x = run.x
    names = {"η": eta}
    if x.shape[1] == 4 and run.loss.key == "rank-one":
        u, w = x[:, :2], x[:, 2:]
        residual = u[:, :, None] * w[:, None, :] - 1
        rw = np.einsum("tij,tj->ti", residual, w)
        ru = np.einsum("tij,ti->tj", residual, u)
        names |= {"A": np.linalg.norm(rw, axis=1), "B": np.linalg.norm(ru, axis=1)}
        names |= {"G": np.sqrt(names["A"] ** 2 + names["B"] ** 2)}
        names |= {"N": np.linalg.norm(residual, axis=(1, 2))}
        for one, other in (("|Rw|", "A"), ("|Rᵀu|", "B"), ("|∇L|", "G"), ("|R|", "N")):
            words = words.replace(one, other)
        words = words.replace("**2(", "**2*(")
    else:
        names |= dict(zip("xyzw", x.T, strict=False))
        words = words.replace("xyzw", "x*y*z*w").replace("xyz", "x*y*z").replace("xy", "x*y")
        words = words.replace("η**2(", "η**2*(").replace(")**2z", ")**2*z")
        words = words.replace("z**2w", "z**2*w").replace("η**2z", "η**2*z")
        words = words.replace("x**2y**2(", "x**2*y**2*(")
    return eval(words, {"__builtins__": {}}, names) * np.ones(len(x))


@pytest.mark.parametrize("key", CONSERVING)
def test_gradient_flow_keeps_it(key: str) -> None:
    loss = LOSSES[key]
    found = measure(simulate(key, "gradient-flow", None, 0.05, 200))
    np.testing.assert_allclose(found.conserved, found.conserved[0], rtol=1e-9)
    np.testing.assert_allclose(found.conserved_ledger, found.conserved[0], rtol=1e-15)
    np.testing.assert_allclose(
        measure(simulate(loss, "ngd", None, 0.05, 3)).flow_conserved[0],
        found.conserved[0],
        rtol=1e-9,
    )


def test_the_flow_of_it_is_the_closed_form() -> None:
    found = measure(simulate("hyperbola", "sqrt-gd", None, 0.05, 2000))
    law = found.conserved[0] * np.exp(-0.5 * found.tau)
    np.testing.assert_allclose(found.flow_conserved, law, rtol=1e-8)


@pytest.mark.parametrize("noise", [0.0, 1e-9])
def test_a_stretch_goes_on_with_the_ledgers_of_its_run(noise: float) -> None:
    run = simulate("hyperbola", "ngd", None, 0.01, 30_000, noise=noise)
    whole = measure(run)
    names = ("work", "curvature_balance", "curvature_balance_late", "conserved_ledger")
    for first, count in ((12_346, 900), (0, 200), (100, 29_900)):
        part, found = measured_stretch(run, whole, first, count)
        both = np.isin(whole.step, part.step)
        rows = np.searchsorted(part.step, whole.step[both])
        for name in names:
            expected = getattr(whole, name)[both]
            rough = 2e-3 if name.endswith("late") else 1e-10
            np.testing.assert_allclose(getattr(found, name)[rows], expected, rtol=rough)
        np.testing.assert_array_equal(found.step_curvature[rows], whole.step_curvature[both])
    alone = measure(window(run, 12_346, 9))
    assert np.all(np.isnan(alone.work))
    assert np.all(np.isfinite(alone.step_curvature))


def test_ledgers_go_on_where_the_step_size_changes() -> None:
    run = simulate("hyperbola", "ngd", None, "0.05@0,0.02@4000", 16_000)
    found = measure(run)
    np.testing.assert_allclose(found.conserved_ledger, found.conserved, rtol=1e-11)
    every = simulate("hyperbola", "ngd", None, "0.05@0,0.02@4000", 16_000, record="all")
    along = measure(every)
    hop = np.sum(np.diff(every.x, axis=0) ** 2, axis=1) * along.threshold[:-1]
    assert found.work[-1] == pytest.approx(hop.sum(), rel=1e-9)
    assert found.curvature_balance_late[-1] == pytest.approx(1, abs=0.05)
    _, seen = measured_stretch(run, found, 3_990, 30)
    np.testing.assert_allclose(seen.conserved_ledger, seen.conserved, rtol=1e-11)
    assert np.all(np.isfinite(seen.curvature_balance))


@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if rule.effective_step is None])
def test_rules_that_look_elsewhere_have_no_ledger(rule: Rule) -> None:
    found = measure(simulate("hyperbola", rule, None, 0.02, 30))
    assert np.all(np.isnan(found.step_curvature))
    assert np.all(np.isnan(found.curvature_balance))
    assert np.all(np.isnan(found.conserved_ledger[1:])) == (rule.step is not None)
    assert np.all(np.isfinite(found.conserved))


def test_at_rest_there_is_no_curvature_to_tell() -> None:
    """GD that has come to rest moves in its last digits, where L has none."""
    found = measure(simulate("hyperbola", "gd", None, 0.05, 2000))
    assert np.all(np.isfinite(found.step_curvature[:50]))
    assert np.all(np.isnan(found.step_curvature[-200:]))


def test_where_one_wall_is_the_floor_curvatures_are_still_known() -> None:
    """The lopsided end, at which every other iterate lies on Γ to rounding."""
    found = measure(simulate("parabolic-valley", "ngd", (1.8, 0.517), 0.02, 10_000))
    late = slice(len(found.step) - 600, len(found.step) - 1)
    assert np.quantile(found.loss[late], 0.4) < 1e-11
    assert np.quantile(found.threshold[late], 0.4) < 1e-3
    np.testing.assert_allclose(
        found.step_curvature[late], found.projection_sharpness[late], rtol=3e-4
    )


def test_a_run_that_diverges_has_ledgers_up_to_there() -> None:
    found = measure(simulate("hyperbola", "gd", (3.0, 2.0), 0.9, 100))
    assert np.all(np.isfinite(found.conserved_ledger[:3]))
    assert np.all(np.isfinite(found.work[:3]))


def test_a_loss_without_it_says_nothing() -> None:
    found = measure(simulate("ring", "ngd", None, 0.05, 20))
    for name in ("conserved", "conserved_ledger", "conserved_change", "flow_conserved"):
        assert np.all(np.isnan(getattr(found, name)))
    assert dynamics.LOSSES["ring"].conserved is None


OWN = "(x y - 1)^2"


@pytest.mark.parametrize("rule", ["gd", "ngd", "sqrt-gd"])
def test_a_formula_of_ones_own_names_what_it_keeps(rule: str) -> None:
    """Against the factor of section 11, of ½(1 − xy)² twice over, and against its iterates."""
    loss = dynamics.formula(OWN, conserved="x^2 - y^2")
    assert loss.conserved is not None
    assert loss.conserved.words == "x² − y²"
    assert loss.source == f"{OWN}; conserved = x^2 - y^2"
    assert dynamics.formula(loss.source) is loss
    run = simulate(loss, rule, (2.5, 0.8), 0.02, 300)
    found = measure(run)
    np.testing.assert_allclose(found.conserved_ledger, found.conserved, rtol=1e-12)
    less = (2 * found.effective_step * (1 - np.prod(run.x, axis=1))) ** 2
    by_hand = found.conserved[0] * np.append(1, np.cumprod(1 - less[:-1]))
    np.testing.assert_allclose(found.conserved_ledger, by_hand, rtol=1e-11)


def test_a_model_and_parameters_may_keep_something_too() -> None:
    """a b z fits b's with a's: a² − b² stays, whatever the data; with a parameter ka² − b²."""
    fitted = dynamics.formula("a b x; data = [(1, 0.5), (2, 1.5)]", conserved="a^2 - b^2")
    found = measure(simulate(fitted, "ngd", (1.5, 0.3), 0.01, 200))
    np.testing.assert_allclose(found.conserved_ledger, found.conserved, rtol=1e-11)
    skew = dynamics.formula("(x y - 1)^2; k = 1 in [0, 2]; conserved = x^2 - y^2 + k")
    assert skew.at(k=2.0).conserved is not None


@pytest.mark.parametrize(
    ("conserved", "message", "under"),
    [
        ("x^2 + y^2", "Gradient flow does not keep x² + y²: at (", "conserved = x^2 + y^2"),
        ("(x^2 - y^2)^3", "must be quadratic: of another", "conserved = (x^2 - y^2)^3"),
        ("x^2 - z^2", "z is no variable of the formula, which has x, y.", "z"),
        ("x^2 -", "", ""),
    ],
)
def test_what_is_not_kept_is_refused(conserved: str, message: str, under: str) -> None:
    with pytest.raises(dynamics.FormulaError) as caught:
        dynamics.formula(OWN, conserved=conserved)
    assert message in caught.value.message
    start, end = caught.value.position
    assert under in caught.value.text[start:end]


def test_a_push_is_no_steps_doing() -> None:
    """c jumps with the push and the ledger with it; the balance is of the steps alone, each of
    length η."""
    forks = (dynamics.Fork(500, push=(0.02, -0.01)), dynamics.Fork(900, eta=0.03))
    run = simulate("hyperbola", "ngd", None, 0.05, 1500, forks=forks)
    found = measure(run)
    assert abs(found.conserved[500] - found.conserved[499]) > 0.05
    np.testing.assert_allclose(found.conserved_ledger, found.conserved, rtol=1e-11)
    weight = np.where(run.step < 900, 0.05, 0.03)[:-1] ** 2
    expected = np.sum(weight * found.step_curvature[:-1]) / np.sum(weight * found.threshold[:-1])
    # The step before the push led elsewhere than to the row after it.
    assert found.curvature_balance[-1] == pytest.approx(expected, rel=1e-6)
    for first in (498, 600, 1000):
        part, seen = measured_stretch(run, found, first, 40)
        rows = np.searchsorted(run.step, part.step)
        for name in ("work", "conserved_ledger", "curvature_balance"):
            np.testing.assert_allclose(
                getattr(seen, name), getattr(found, name)[rows], rtol=1e-9, err_msg=name
            )
