"""Keys, and errors that help."""

import math

import jax.numpy as jnp
import numpy as np
import pytest

import dynamics
from dynamics import Loss, find_loss, find_rule

THEORY_KEYS = {
    *("parabolic-valley", "paper-valley", "hyperbola", "quartic-hyperbola", "ellipse", "ring"),
    *("sine-valley", "plane-valley", "two-curvatures", "crossing", "product-3", "product-4"),
    *("rank-one", "quadratic", "quadratic-3", "quadratic-5", "tiny-network", "self-stabilization"),
    *("two-flatnesses", "scale-invariant"),
}


def test_keys_are_those_of_the_contract() -> None:
    assert set(dynamics.LOSSES) == THEORY_KEYS
    assert set(dynamics.RULES) == {
        *("gd", "ngd", "sqrt-gd", "gradient-flow"),
        "heavy-ball",
        "nesterov",
        "rmsprop",
        "rmsprop-by-coordinate",
        "adam",
        "sam",
        "label-noise",
        "weight-decay",
    }


def test_a_record_stands_under_its_own_key(loss: Loss) -> None:
    assert dynamics.LOSSES[loss.key] is loss
    assert find_loss(loss.key) is loss


def test_a_record_is_returned_as_it_is() -> None:
    own = Loss(key="own", value=lambda x: x[0] ** 2, start=(1.0,))
    assert find_loss(own) is own
    assert find_rule(dynamics.RULES["ngd"]) is dynamics.RULES["ngd"]


@pytest.mark.parametrize(
    ("find", "key", "message"),
    [
        (find_rule, "sqrt", "no rule called 'sqrt'. Did you mean 'sqrt-gd'? Known: "),
        (find_rule, "NGD", "no rule called 'NGD'. Did you mean 'ngd'? Known: "),
        (find_rule, "?", "no rule called '?'. Known: "),
        (find_loss, "hyperbla", "no loss called 'hyperbla'. Did you mean 'hyperbola'? Known: "),
        (find_loss, "", "no loss called ''. Known: "),
    ],
)
def test_an_unknown_key_is_answered_with_the_nearest(find, key: str, message: str) -> None:
    known = dynamics.RULES if find is find_rule else dynamics.LOSSES
    with pytest.raises(ValueError, match="no ") as error:
        find(key)
    assert str(error.value) == message + ", ".join(known) + "."


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(lambda x: np.sin(x[0]) ** 2, id="numpy"),
        pytest.param(lambda x: math.sin(x[0]) ** 2, id="math"),
        pytest.param(lambda x: x[0] ** 2 if x[0] > 0 else 0.0, id="if"),
    ],
)
def test_a_value_that_cannot_be_traced_is_answered_in_one_sentence(value) -> None:
    own = Loss(key="own", value=value, start=(1.0,))
    for ask in (dynamics.simulate, dynamics.sweep):
        with pytest.raises(ValueError, match=r"^value of own must be traceable: use jax\.numpy"):
            ask(own, "gd", [(1.0,)] if ask is dynamics.sweep else None, 0.1, 3)


def test_a_value_or_gradient_of_another_shape_is_told() -> None:
    with pytest.raises(ValueError, match=r"value of own must have shape \(\), got \(1,\)"):
        find_loss(Loss(key="own", value=jnp.square, start=(1.0,)))
    with pytest.raises(ValueError, match=r"gradient of own must have shape \(2,\), got \(\)"):
        find_loss(Loss("own", lambda x: x @ x, (1.0, 2.0), gradient=lambda x: x[0]))


def test_a_start_of_no_numbers_is_told() -> None:
    with pytest.raises(ValueError, match="start of own must have one number for each parameter"):
        Loss(key="own", value=lambda x: x @ x, start=())
    with pytest.raises(ValueError, match="start must have 2 numbers for hyperbola, got 0"):
        dynamics.simulate("hyperbola", "ngd", ())
