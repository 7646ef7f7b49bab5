"""Keys, and errors that help."""

import pytest

import dynamics
from dynamics import Loss, find_loss, find_rule

THEORY_KEYS = {
    *("parabolic-valley", "paper-valley", "hyperbola", "quartic-hyperbola", "ellipse", "ring"),
    *("sine-valley", "plane-valley", "two-curvatures", "crossing", "product-3", "product-4"),
    *("rank-one", "quadratic", "quadratic-3", "quadratic-5", "tiny-network", "self-stabilization"),
}


def test_keys_are_those_of_the_contract() -> None:
    assert set(dynamics.LOSSES) == THEORY_KEYS
    assert set(dynamics.RULES) == {"gd", "ngd", "sqrt-gd", "gradient-flow"}


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
