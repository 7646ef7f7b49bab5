"""Texts of a link and what is said of them, by hand; the fields of each page have tests of their
own."""

import pytest

from app.link import ClampedError, echo, read_etas


def test_what_was_got_is_told_up_to_forty_characters() -> None:
    assert echo("") == "nothing"
    assert echo("x" * 40) == f"‘{'x' * 40}’"
    assert echo("x" * 41) == f"‘{'x' * 40}…’"


@pytest.mark.parametrize(
    ("most", "kept", "told"),
    [
        (1, (0.1,), "One at most; η = 0.1 is used."),
        (2, (0.1, 0.2), "One at most; η = 0.1, 0.2 are used."),
    ],
)
def test_step_sizes_that_are_too_many_are_left_out_and_told(most: int, kept, told: str) -> None:
    with pytest.raises(ClampedError) as clamped:
        read_etas("0.1, 0.2, 0.1, 0.3", most, (1.0,), "One at most")
    assert clamped.value.value == kept
    assert str(clamped.value) == told
