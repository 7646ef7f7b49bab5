"""Formulas by the thousand, for Hypothesis: written from a grammar of their own, with their value.

What a formula is worth is worked out beside the text as it is put together, by mpmath, so that
nothing of what reads and computes formulas has a part in it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import mpmath
from hypothesis import strategies as st

Point = Mapping[str, mpmath.mpf]
Worth = Callable[[Point], mpmath.mpf]


@dataclass(frozen=True)
class Written:
    """A text, what it is worth at a point, and whether it stands without brackets as a factor."""

    text: str
    worth: Worth
    tight: bool

    def __repr__(self) -> str:
        return self.text

    @property
    def factor(self) -> str:
        return self.text if self.tight else f"({self.text})"


CALLS: dict[str, Callable] = {
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tanh": mpmath.tanh,
    "atan": mpmath.atan,
    "exp": mpmath.exp,
    "arctan": mpmath.atan,
    "sigmoid": lambda u: 1 / (1 + mpmath.exp(-u)),
    "softplus": lambda u: mpmath.log(1 + mpmath.exp(u)),
    "erf": mpmath.erf,
    "cosh": mpmath.cosh,
}


def _number(value: int) -> Written:
    return Written(str(value), lambda _: mpmath.mpf(value), True)


def _decimal(value: int) -> Written:
    return Written(f"0.{value}", lambda _: mpmath.mpf(f"0.{value}"), True)


def _variable(name: str) -> Written:
    return Written(name, lambda point: point[name], True)


def _half(_: None) -> Written:
    return Written("½", lambda _: mpmath.mpf(1) / 2, True)


def _sum(parts: tuple[Written, str, Written]) -> Written:
    left, sign, right = parts
    minus = sign in "-−"
    return Written(
        f"{left.text} {sign} {right.factor}",
        lambda at: left.worth(at) - right.worth(at) if minus else left.worth(at) + right.worth(at),
        False,
    )


def _product(parts: tuple[Written, str, Written]) -> Written:
    left, sign, right = parts
    return Written(
        f"({left.factor}{sign}{right.factor})", lambda at: left.worth(at) * right.worth(at), True
    )


def _quotient(parts: tuple[Written, str, Written]) -> Written:
    left, style, right = parts
    # The divisor is squared and raised by one, so that it is never 0.
    if style == "/":
        text = f"({left.factor}/({right.factor}^2 + 1))"
    else:
        text = f"\\frac{{{left.text}}}{{1 + {{{right.text}}}^2}}"
    return Written(text, lambda at: left.worth(at) / (right.worth(at) ** 2 + 1), True)


def _power(parts: tuple[Written, str]) -> Written:
    base, exponent = parts
    n = int(exponent.strip("^{}*").translate(str.maketrans("²³", "23")))
    return Written(f"({base.factor}{exponent})", lambda at: base.worth(at) ** n, True)


def _call(parts: tuple[str, Written, str]) -> Written:
    name, inner, style = parts
    text = {"(": f"{name}({inner.text})", "\\": f"\\{name}\\left({inner.text}\\right)"}[style]
    if style == "\\" and name in ("sigmoid", "softplus", "erf"):
        text = f"\\operatorname{{{name}}}({inner.text})"
    return Written(text, lambda at: CALLS[name](inner.worth(at)), True)


def _root(inner: Written) -> Written:
    return Written(
        f"\\sqrt{{1 + {inner.factor}^2}}", lambda at: mpmath.sqrt(1 + inner.worth(at) ** 2), True
    )


def _negative(inner: Written) -> Written:
    return Written(f"-{inner.factor}", lambda at: -inner.worth(at), False)


LEAVES = st.one_of(
    st.sampled_from(["x", "y"]).map(_variable),
    st.sampled_from(["x", "y"]).map(_variable),
    st.integers(1, 9).map(_number),
    st.integers(1, 9).map(_decimal),
    st.none().map(_half),
)


def _grown(inner: st.SearchStrategy[Written]) -> st.SearchStrategy[Written]:
    return st.one_of(
        st.tuples(inner, st.sampled_from("+-−"), inner).map(_sum),
        st.tuples(inner, st.sampled_from([" * ", "·", " ", "\\cdot "]), inner).map(_product),
        st.tuples(inner, st.sampled_from(["/", "\\frac"]), inner).map(_quotient),
        st.tuples(inner, st.sampled_from(["²", "^2", "**2", "^{3}", "³"])).map(_power),
        st.tuples(st.sampled_from(sorted(CALLS)), inner, st.sampled_from("(\\")).map(_call),
        inner.map(_root),
        inner.map(_negative),
    )


# The square of y makes both variables occur.
FORMULAS = st.recursive(LEAVES, _grown, max_leaves=8).map(
    lambda one: Written(f"{one.text} + xy", lambda at: one.worth(at) + at["x"] * at["y"], False)
)
