"""Runs as a program, which a lecturer can put on a slide and a student can change.

On NumPy alone it is short and complete: the loss and its gradient as formulas, the step, the loop,
λ₁ of the Hessian, Φ where it is a formula of a line or two, and two plots. It takes the same steps
as `simulate` but for the last bit of each, so iterates agree until rounding decides; noise is drawn
by another generator, and gradient flow, which is no rule with steps, is left out. On `dynamics` it
is shorter, and what is measured there is measured in full.

A notebook has a cell for each part.
"""

import json
import keyword
import re
from collections.abc import Sequence
from textwrap import dedent, indent, wrap
from typing import Any, NamedTuple

import numpy as np

from dynamics.catalogue import RULES, find_rule
from dynamics.expressions import (
    DEFINITIONS,
    Column,
    Expression,
    Named,
    Variable,
    as_numpy,
    derivative,
)
from dynamics.forks import Fork, Leg, legs_of, lengths_of
from dynamics.grammar import INPUTS, TARGETS, parse
from dynamics.schedule import Schedule
from dynamics.types import Loss, Rule

LIBRARIES = ("numpy", "dynamics")


class Asked(NamedTuple):
    """A run that a program is to take, as `simulate` is asked for it."""

    rule: Rule | str
    eta: float | Schedule
    start: tuple[float, ...]
    steps: int
    noise: float = 0.0
    seed: int = 0
    forks: tuple[Fork, ...] = ()

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The stretches on which nothing changes, none of which is without a step."""
        schedule = self.eta if isinstance(self.eta, Schedule) else Schedule((self.eta,), (0,))
        legs = legs_of(find_rule(self.rule), schedule, self.noise, self.forks)
        return legs[: len(lengths_of(legs, self.steps))]

    @property
    def keys(self) -> tuple[str, ...]:
        """Of its rules, in their order."""
        return tuple(dict.fromkeys(leg.rule.key for leg in self.legs))


class _Formula(NamedTuple):
    """What follows `return` in a function of the coordinates, after lines that prepare it."""

    value: str
    gradient: str
    before: str = ""
    """Lines of the gradient before it is returned."""
    limit: str = ""
    """Φ."""
    above: str = ""
    """Lines of Φ before it is returned."""
    both: str = ""
    """Lines of all three before others."""
    definitions: tuple[str, ...] = ()
    """Functions that they call."""


# By the keys of LOSSES. Names are those of the coordinates and of the numbers in the formula.
FORMULAS = {
    "parabolic-valley": _Formula("(1 + x**2) * y**2 / 2", "[x * y**2, (1 + x**2) * y]"),
    "paper-valley": _Formula("(1 + x**2) * y**2", "[2 * x * y**2, 2 * (1 + x**2) * y]"),
    "sine-valley": _Formula(
        "(1 + x**2 / 2) * (y - np.sin(x)) ** 2 / 2",
        "[x / 2 * height**2 - wall * height * np.cos(x), wall * height]",
        "height, wall = y - np.sin(x), 1 + x**2 / 2",
    ),
    "hyperbola": _Formula(
        "(1 - x * y) ** 2 / 2",
        "[(x * y - 1) * y, (x * y - 1) * x]",
        limit="np.sign(x + y) * np.array([X, 1 / X])",
        above="c = (x - y) * (x + y)  # which gradient flow keeps\n"
        "X = np.sqrt((c + np.hypot(c, 2)) / 2)",
    ),
    "quartic-hyperbola": _Formula(
        "(1 - (x * y) ** 2) ** 2 / 2",
        "[slope * y, slope * x]",
        "slope = 2 * ((x * y) ** 2 - 1) * x * y",
        "np.array([np.sign(x) * X, np.sign(y) / X])",
        "c = (x - y) * (x + y)  # which gradient flow keeps\nX = np.sqrt((c + np.hypot(c, 2)) / 2)",
    ),
    "ellipse": _Formula(
        "(1 - a * x**2 - y**2) ** 2 / 4",
        "[a * slope * x, slope * y]",
        "slope = a * x**2 + y**2 - 1",
    ),
    "ring": _Formula(
        "np.exp(k * x / r) * (r - 1) ** 2 / 2",
        "[wall * (x + turn * y), wall * (y - turn * x)]",
        "wall = np.exp(k * x / r) * (r - 1) / r\nturn = k / 2 * (r - 1) * y / r**2",
        "np.array([np.cos(angle), np.sin(angle)])",
        "growth = np.exp(k / 2 * (np.log(r) + 1 / r - 1))\n"
        "angle = 2 * np.arctan(growth * np.tan(np.arctan2(y, x) / 2))",
        "r = np.sqrt(x**2 + y**2)",
    ),
    "plane-valley": _Formula(
        "(1 + x**2 + 2 * y**2) * z**2 / 2",
        "[x * z**2, 2 * y * z**2, (1 + x**2 + 2 * y**2) * z]",
    ),
    "two-curvatures": _Formula(
        "((1 + x**2) * y**2 + 0.4 * z**2) / 2", "[x * y**2, (1 + x**2) * y, 0.4 * z]"
    ),
    "crossing": _Formula(
        "(np.exp(a * x) * y**2 + b * z**2) / 2",
        "[a / 2 * np.exp(a * x) * y**2, np.exp(a * x) * y, b * z]",
        limit="np.array([x - a / 4 * y**2, 0, 0])",
    ),
    "two-flatnesses": _Formula(
        "((1 + x**2) * y**2 + second * z**2) / 2",
        "[x * y**2 + 0.3 * (x - 1.5) * z**2, (1 + x**2) * y, second * z]",
        both="second = 0.2 + 0.3 * (x - 1.5) ** 2",
    ),
    "scale-invariant": _Formula(
        "np.exp(x / np.sqrt(flat)) * z**2 / whole / 2",
        "[turn * y - inward * x, -turn * x - inward * y, wall * z * flat / whole]",
        "wall = np.exp(x / np.sqrt(flat)) / whole\n"
        "turn = wall * z**2 * y / (2 * flat**1.5)\n"
        "inward = wall * z**2 / whole",
        "np.sqrt(whole) * np.array([np.cos(angle), np.sin(angle), 0])",
        "angle = 2 * np.arctan(np.exp(z**2 / (4 * flat)) * y / (np.sqrt(flat) + x))",
        "flat = x**2 + y**2\nwhole = flat + z**2",
    ),
    "product-3": _Formula(
        "(1 - x * y * z) ** 2 / 2",
        "[rest * y * z, rest * x * z, rest * x * y]",
        "rest = x * y * z - 1",
    ),
    "product-4": _Formula(
        "(1 - x * y * z * w) ** 2 / 2",
        "[rest * y * z * w, rest * x * z * w, rest * x * y * w, rest * x * y * z]",
        "rest = x * y * z * w - 1",
    ),
    "rank-one": _Formula(
        "np.sum((np.outer([u1, u2], [w1, w2]) - 1) ** 2) / 2",
        "[w * u1 - s, w * u2 - s, u * w1 - r, u * w2 - r]",
        "u, w = u1**2 + u2**2, w1**2 + w2**2\nr, s = u1 + u2, w1 + w2",
        "np.sign(X * (u1 + u2) + (w1 + w2) / X) * np.array([X, X, 1 / X, 1 / X])",
        "c = (u1**2 + u2**2 - w1**2 - w2**2) / 2  # which gradient flow keeps\n"
        "X = np.sqrt((c + np.hypot(c, 2)) / 2)",
    ),
    "tiny-network": _Formula(
        "np.mean((np.tanh(np.outer(inputs, x[:3]) + x[3:6]) @ x[6:] - targets) ** 2) / 2",
        "np.concatenate([inputs @ below, below.sum(axis=0), shares @ hidden])",
        "hidden = np.tanh(np.outer(inputs, x[:3]) + x[3:6])\n"
        "shares = (hidden @ x[6:] - targets) / len(targets)\n"
        "below = np.outer(shares, x[6:]) * (1 - hidden**2)",
    ),
    "quadratic": _Formula("(a1 * x**2 + a2 * y**2) / 2", "[a1 * x, a2 * y]", limit="np.zeros(2)"),
    "quadratic-3": _Formula(
        "(a1 * x**2 + a2 * y**2 + a3 * z**2) / 2", "[a1 * x, a2 * y, a3 * z]", limit="np.zeros(3)"
    ),
    "quadratic-5": _Formula(
        "np.array([a1, a2, a3, a4, a5]) @ x**2 / 2",
        "np.array([a1, a2, a3, a4, a5]) * x",
        limit="np.zeros(5)",
    ),
    "self-stabilization": _Formula(
        "((s0 + y) * x**2 + c * (y - z) ** 2 + k * (z - zf) ** 2) / 2",
        "[(s0 + y) * x, x**2 / 2 + c * (y - z), k * (z - zf) - c * (y - z)]",
        limit="np.array([0, zf, zf])",
    ),
}

STEPS = {
    "ngd": "g = gradient(x)\nreturn x - eta * g / norm(g)",
    "sqrt-gd": "return x - eta * gradient(x) / (2 * np.sqrt(loss(x)))",
    "gd": "return x - eta * gradient(x)",
}

# Of rules that remember: (x, eta, memory) -> (x, memory), of which the first is None.
MEMORY_STEPS = {
    "heavy-ball": "v = 0 if memory is None else beta * memory\n"
    "v = v - eta * gradient(x)\nreturn x + v, v",
    "nesterov": "v = 0 if memory is None else beta * memory\n"
    "v = v - eta * gradient(x + v)\nreturn x + v, v",
    "rmsprop": "g, nu = gradient(x), memory\n"
    "nu = g @ g if nu is None else nu + (1 - beta2) * (g @ g - nu)\n"
    "return x - eta / np.sqrt(nu) * g, nu",
    "rmsprop-by-coordinate": "g, nu = gradient(x), memory\n"
    "nu = g**2 if nu is None else nu + (1 - beta2) * (g**2 - nu)\n"
    "return x - eta * g / (np.sqrt(nu) + epsilon), nu",
    "adam": "g, (m, nu, t) = gradient(x), (0, 0, 0) if memory is None else memory\n"
    "m, nu, t = beta * m + (1 - beta) * g, beta2 * nu + (1 - beta2) * g**2, t + 1\n"
    "way = m / (1 - beta**t) / (np.sqrt(nu / (1 - beta2**t)) + epsilon)\n"
    "return x - eta * way, (m, nu, t)",
    "sam": "g = gradient(x)\nreturn x - eta * gradient(x + rho * g / norm(g)), None",
    "label-noise": "t = 0 if memory is None else memory\n"
    "noise = sign(seed, t) / np.sqrt(2 * loss(x))\n"
    "return x - eta * (1 + noise) * gradient(x), t + 1",
    "weight-decay": "return x - eta * (gradient(x) + decay * x), None",
}

# λ₁ at which they stop contracting, where it is not 2/η_t of a step along −∇L.
EDGES = {
    "heavy-ball": "(2 + 2 * beta) / eta",
    "nesterov": "(2 + 2 * beta) / (eta * (1 + 2 * beta))",
    "rmsprop-by-coordinate": "np.nan",
    "adam": "np.nan",
    "sam": "2 / eta",
    "label-noise": "2 / eta",
    "weight-decay": "2 / eta - decay",
}

_SIGN = dedent(
    '''\
    def sign(seed, t):
        """±1, as even as chance, by splitmix64 of the seed and the step."""
        whole, golden = 2**64 - 1, 0x9E3779B97F4A7C15

        def mixed(z):
            z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & whole
            z = (z ^ z >> 27) * 0x94D049BB133111EB & whole
            return z ^ z >> 31

        here = mixed(mixed(seed) + t * golden & whole)
        return 1 - 2 * (mixed(here + golden & whole) >> 63)'''
)

LETTERS = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))


def program(loss: Loss, runs: Sequence[Asked], note: str = "", library: str = "numpy") -> str:
    """The text of a program that takes these runs and draws two plots.

    Args:
        runs: one or more, of one loss and one start.
        note: lines to say of them.
        library: what it stands on, "numpy" or "dynamics".

    Raises:
        ValueError: the loss is neither a formula nor one of the catalogue, or there is no run that
            NumPy can take.
    """
    words, *code = _parts(loss, runs, note, library)
    text = f'"""{words}"""'
    for part in code:
        beside_function = text.splitlines()[-1].startswith(" ") or part.startswith("def ")
        text += ("\n\n\n" if beside_function else "\n\n") + part
    return text + "\n"


def notebook(loss: Loss, runs: Sequence[Asked], note: str = "", library: str = "numpy") -> str:
    """The same as a Jupyter notebook; raises as `program` does."""
    words, *code = _parts(loss, runs, note, library)
    cells = [_cell("markdown", words), *(_cell("code", text) for text in code)]
    sheet = {
        "cells": [cell | {"id": f"part-{k}"} for k, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(sheet, ensure_ascii=False, indent=1) + "\n"


PROGRAMS = {".py": program, ".ipynb": notebook}
"""Writers of programs, by the ends of their files."""


def _cell(kind: str, text: str) -> dict[str, Any]:
    code = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True)} | code


def _parts(loss: Loss, runs: Sequence[Asked], note: str, library: str) -> list[str]:
    """Words, then the program, part by part."""
    formula = _typed(loss) if loss.source else FORMULAS.get(loss.key)
    if formula is None:
        raise ValueError(
            f"A program is of a formula or a loss of the catalogue, not of {loss.key}."
        )
    if library == "dynamics":
        return [
            _words(loss, runs, note, "It needs Edgewalk's folder `dynamics`."),
            *_short(loss, runs),
        ]
    taken = [run for run in runs if all(_can_take(loss, key) for key in run.keys)]
    if not taken:
        known = ", ".join(key for key in RULES if _can_take(loss, key))
        raise ValueError(f"A program of NumPy takes the steps of {known}, of no other.")
    remembers = any(key in MEMORY_STEPS for key in _keys(taken))
    noisy = any(leg.noise for run in taken for leg in run.legs)
    own = " Its noise is NumPy's own." if noisy else ""
    return [
        _words(
            loss, taken, note, f"Steps are Edgewalk's to 12 digits, until rounding decides.{own}"
        ),
        f"{_IMPORTS}\n\n{_numbers(loss, taken)}",
        *formula.definitions,
        "\n\n\n".join(_functions(loss, formula)),
        "\n\n\n".join(_rules(taken, remembers)),
        *_taking(taken, noisy, remembers),
        _plots(loss, formula, taken),
    ]


def _taking(taken: Sequence[Asked], noisy: bool, remembers: bool) -> list[str]:
    """The function `run`, and what it is called with."""
    if _in_legs(taken):
        legs = [_several("", _legs(each, noisy)) for each in taken]
        seeds = ", ".join(str(each.seed) for each in taken)
        call = (
            f"run(*what) for what in zip(runs, [{seeds}])"
            if noisy
            else "run(legs) for legs in runs"
        )
        return [
            _loop_of_legs(noisy, remembers),
            _several("runs = ", legs) + f"\npaths = [{call}]",
        ]
    calls = _several("runs = ", [f"({_call(each, noisy)})" for each in taken])
    return [_loop(noisy, remembers), calls + "\npaths = [run(*what) for what in runs]"]


def _keys(runs: Sequence[Asked]) -> list[str]:
    """The rules of runs, each once."""
    return list(dict.fromkeys(key for run in runs for key in run.keys))


def _in_legs(runs: Sequence[Asked]) -> bool:
    """Whether something changes on the way of one of them."""
    return any(len(run.legs) > 1 for run in runs)


WIDTH = 60  # of a line of a formula
TAKEN = {
    *("np", "plt", "math", "eigvalsh", "norm", "loss", "gradient", "sharpness", "point", "run"),
    *("runs", "paths", "path", "start", "step", "steps", "eta", "noise", "seed", "time", "minimum"),
    *(
        "inputs",
        "targets",
        "figure",
        "left",
        "right",
        "threshold",
        "first",
        "wall",
        "mark",
        "name",
        "in_ball",
    ),
    *("memory", "edges", "sign", *(p.name for rule in RULES.values() for p in rule.parameters)),
    *(*(rule.replace("-", "_") for rule in (*STEPS, *MEMORY_STEPS)), *DEFINITIONS, *keyword.kwlist),
}
"""Names that mean something in a program."""


def _typed(loss: Loss) -> _Formula:
    """A formula that a person has typed, and its derivatives, as NumPy."""
    tree, variables = _tree_of(loss)
    slopes = [derivative(tree, by) for by in variables]
    names = _names(loss, variables)
    value = _broken(as_numpy(tree, names))
    used = set(re.findall(r"\w+", " ".join(as_numpy(part, names) for part in (tree, *slopes))))
    if used & {"softplus", "greater", "lesser", "cbrt"}:
        used |= {"absolute", "relu"}
    imports = ("import math",) if "erf" in used else ()
    return _Formula(
        value=f"np.maximum({value} - minimum, 0)" if loss.gradient else value,
        gradient=_listed([_broken(as_numpy(slope, names)) for slope in slopes]),
        definitions=(*imports, *(text for name, text in DEFINITIONS.items() if name in used)),
    )


def _listed(texts: Sequence[str]) -> str:
    """A list; on several lines where it is too long for one."""
    line = ", ".join(texts)
    if len(line) <= WIDTH and "\n" not in line:
        return f"[{line}]"
    return "[\n" + "".join(f"{indent(text, '    ')},\n" for text in texts) + "]"


def _broken(text: str) -> str:
    """A text that is too long for a line on several, in brackets."""
    lines = wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
    return text if len(lines) == 1 else "(\n    " + "\n    ".join(lines) + "\n)"


def _tree_of(loss: Loss) -> tuple[Expression, tuple[Variable, ...]]:
    parsed = parse(loss.source)
    return parsed.loss, tuple(map(Variable, range(parsed.d)))


def _names(loss: Loss, variables: Sequence[Variable]) -> dict[Expression, str]:
    """Variables and parameters by the names that they have in a program."""
    named: dict[Expression, str] = dict(zip(variables, _coordinates(loss), strict=True))
    columns: dict[Expression, str] = {Column(INPUTS): "inputs", Column(TARGETS): "targets"}
    return named | columns | {Named(p.name): _free(p.name) for p in loss.parameters}


def _free(name: str) -> str:
    """A name that means nothing else."""
    return f"{name}_" if name in TAKEN else name


_IMPORTS = dedent(
    """\
    import matplotlib.pyplot as plt
    import numpy as np
    from numpy.linalg import eigvalsh, norm

    np.seterr(all="ignore")  # a run may diverge, or come to rest"""
)


def _words(loss: Loss, runs: Sequence[Asked], note: str, needs: str) -> str:
    names = ", ".join(RULES[key].name for key in _keys(runs))
    more = f"{note}\n" if note else ""
    return f"{names} on\n\n    {loss.formula}\n\n{needs}\n{more}"


def _short(loss: Loss, runs: Sequence[Asked]) -> list[str]:
    """The same on `dynamics`."""
    given = ", ".join(
        f"{p.name}={_plain(loss.theta[p.name].tolist())}"
        for p in loss.parameters
        if np.any(loss.theta[p.name] != p.default)
    )
    made = f"formula({loss.source!r})" if loss.source else f'LOSSES["{loss.key}"]'
    record = f"dynamics.{made}" + (f".at({given})" if given else "")
    names = _coordinates(loss)
    clock, label = _clock(runs, "run.eta", "run.step")
    if _in_legs(runs):
        clock, label = ("found.tau", label) if "²" in label else ("run.step", "step t")
    return [
        f"import matplotlib.pyplot as plt\n\nimport dynamics\n\nloss = {record}",
        _several("runs = ", [_simulated(run) for run in runs])
        + "\nmeasures = [dynamics.measure(run) for run in runs]",
        _FIGURE
        + _SHORT_PICTURE.format(
            **{"x": names[0], "y": names[1] if loss.d > 1 else "L"},
            **{"clock": clock, "label": label},
            height="run.x[of, 1]" if loss.d > 1 else "found.loss[of]",
        ),
    ]


def _simulated(run: Asked) -> str:
    noise = f", noise={_plain(run.noise)}, seed={run.seed}" if run.noise else ""
    drawn = any(leg.rule.seeded or leg.noise for leg in run.legs)
    noise = noise or (f", seed={run.seed}" if drawn else "")
    eta = f'"{run.eta}"' if isinstance(run.eta, Schedule) else _plain(run.eta)
    rule, start = _rule(find_rule(run.rule)), _plain(run.start)
    asked = f"loss, {rule}, {start}, {eta}, {run.steps}{noise}"
    if not run.forks:
        return f"dynamics.simulate({asked})"
    forks = indent(_several("forks=", list(map(_fork, run.forks))), "    ")
    return f"dynamics.simulate(\n    {asked},\n{forks},\n)"


def _fork(fork: Fork) -> str:
    """As `dynamics` has it."""
    given = {
        "eta": None if fork.eta is None else _plain(fork.eta),
        "rule": fork.rule and _record(fork.rule),
        "noise": None if fork.noise is None else _plain(fork.noise),
        "push": _plain(fork.push) if fork.push else None,
    }
    texts = [str(fork.step), *(f"{name}={text}" for name, text in given.items() if text)]
    return f"dynamics.Fork({', '.join(texts)})"


def _rule(rule: Rule) -> str:
    """Its key where that says all of it."""
    return _record(rule) if _own_numbers(rule) else f'"{rule.key}"'


def _record(rule: Rule) -> str:
    given = ", ".join(f"{name}={_plain(value)}" for name, value in _own_numbers(rule).items())
    return f'dynamics.RULES["{rule.key}"]' + (f".at({given})" if given else "")


def _own_numbers(rule: Rule) -> dict[str, Any]:
    """Those that are not what they usually are."""
    given = {p.name: float(rule.theta[p.name]) for p in rule.parameters}
    return {p.name: given[p.name] for p in rule.parameters if given[p.name] != float(p.default)}


def _several(head: str, items: Sequence[str]) -> str:
    """A list after a head, `name = `: of one short item in a line."""
    if len(items) == 1 and "\n" not in items[0]:
        return f"{head}[{items[0]}]"
    return "\n".join([f"{head}[", *(indent(f"{item},", "    ") for item in items), "]"])


def _rule_numbers(runs: Sequence[Asked]) -> dict[str, Any]:
    """The numbers of rules, which have one value a name."""
    legs = [leg for run in runs for leg in run.legs]
    return {name: float(value) for leg in legs for name, value in leg.rule.theta.items()}


def _numbers(loss: Loss, runs: Sequence[Asked]) -> str:
    lines = [f"start = np.array({_plain(runs[0].start)})"]
    if loss.source and loss.gradient:
        lines.append(f"minimum = {_plain(loss.minimum)}")
    lines += [f"{name} = {_plain(value)}" for name, value in _rule_numbers(runs).items()]
    if "label-noise" in _keys(runs):
        lines.append(f"seed = {runs[0].seed}")
    for name, column in ((INPUTS, "inputs"), (TARGETS, "targets")):
        if name in loss.theta:
            numbers = "\n    ".join(wrap(_plain(loss.theta[name]), WIDTH))
            lines.append(f"{column} = np.array({numbers})")
    for parameter in (p for p in loss.parameters if p.is_number or not loss.source):
        value = np.asarray(loss.theta[parameter.name])
        text = _plain(value.tolist())
        name = _free(parameter.name) if loss.source else parameter.name
        lines.append(f"{name} = {f'np.array({text})' if value.ndim else text}")
    return "\n".join(lines)


def _plain(value: Any) -> str:
    """A number, or a list of them, with all its digits."""
    if isinstance(value, list | tuple | np.ndarray):
        return f"[{', '.join(_plain(item) for item in value)}]"
    return repr(float(value))


def _functions(loss: Loss, formula: _Formula) -> list[str]:
    whole = not formula.gradient.startswith("[")
    point, split = ("x", "") if whole else ("point", f"{_split(loss)} = point")
    gradient = formula.gradient if whole else f"np.array({formula.gradient})"
    lines = (split, formula.both)
    functions = [
        _function(f"loss({point})", *lines, f"return {formula.value}"),
        _function(f"gradient({point})", *lines, formula.before, f"return {gradient}"),
    ]
    if formula.limit:
        words = f'"""Φ({point}), where gradient flow ends."""'
        if "np.zeros" in formula.limit:
            lines = ("", "")
        functions.append(
            _function(f"limit({point})", words, *lines, formula.above, f"return {formula.limit}")
        )
    functions.append(_SHARPNESS)
    return functions


def _split(loss: Loss) -> str:
    """What a point is taken apart into."""
    return ", ".join(_coordinates(loss)) + ("," if loss.d == 1 else "")


def _coordinates(loss: Loss) -> list[str]:
    """Their names, in letters that Python takes."""
    names = loss.variables or "xyzw"[: loss.d]
    return ["".join(LETTERS.get(letter, letter) for letter in name) for name in names]


def _function(head: str, *lines: str) -> str:
    body = "\n".join(line for line in lines if line)
    return f"def {head}:\n" + "\n".join(f"    {line}" for line in body.splitlines())


_SHARPNESS = dedent(
    '''\
    def sharpness(x):
        """λ₁. Steps along i, so short that they lose no digit, give the Hessian's columns."""
        hessian = [gradient(x + 1e-30j * e).imag / 1e-30 for e in np.eye(len(x))]
        return eigvalsh(hessian)[-1] if np.isfinite(hessian).all() else np.nan'''
)


def _can_take(loss: Loss, rule: str) -> bool:
    """Whether the steps of a rule are a line or two of NumPy on a loss: noise in the labels is
    where there is one of them."""
    return rule in STEPS or (rule in MEMORY_STEPS and (rule != "label-noise" or loss.codim == 1))


def _rules(taken: Sequence[Asked], remembers: bool) -> list[str]:
    """The step of each rule, which takes and returns what it remembers if one of them does."""
    keys = _keys(taken)
    if not remembers:
        return [_function(f"{_name(key)}(x, eta)", STEPS[key]) for key in keys]
    text = [_SIGN] if "label-noise" in keys else []
    for key in keys:
        head = f"{_name(key)}(x, eta, memory)"
        text.append(_function(head, MEMORY_STEPS.get(key) or f"{STEPS[key]}, None"))
    if _in_legs(taken):
        return text
    edges = [f"{_name(key)}: lambda eta: {EDGES[key]}" for key in keys if key in EDGES]
    return [*text, "\n".join(["edges = {", *(f"    {edge}," for edge in edges), "}"])]


def _loop(noisy: bool, remembers: bool) -> str:
    """The function `run`."""
    step = "x, memory = step(path[-1], eta, memory)" if remembers else "x = step(path[-1], eta)"
    lines = [
        "path, memory = [start], None" if remembers else "path = [start]",
        "random = np.random.default_rng(seed)" if noisy else "",
        f"for {'t' if noisy else '_'} in range(steps):",
        f"    {step}",
        "    if t % 10 == 0:\n        x = x + noise * in_ball(random)" if noisy else "",
        "    if not np.isfinite(x).all():\n        break",
        "    path.append(x)",
        "return np.array(path)",
    ]
    run = _function(f"run(step, eta, steps{', noise, seed' if noisy else ''})", *lines)
    return f"{_IN_BALL}\n\n\n{run}" if noisy else run


_IN_BALL = dedent(
    """\
    def in_ball(random):
        push = random.normal(size=len(start))
        return push * random.random() ** (1 / len(start)) / norm(push)"""
)


def _call(run: Asked, noisy: bool) -> str:
    """The arguments of `run`."""
    (leg,) = run.legs
    noise = (_plain(leg.noise), str(run.seed)) if noisy else ()
    return ", ".join([_name(leg.rule.key), _plain(leg.eta), str(run.steps), *noise])


def _legs(run: Asked, noisy: bool) -> list[str]:
    """The legs of a run: the step, η, how many, what is added before, and the noise."""
    still = [0.0] * len(run.start)
    return [
        "(" + ", ".join(
            [_name(leg.rule.key), _plain(leg.eta), str(count), _plain(leg.push or still)]
            + ([_plain(leg.noise)] if noisy else [])
        ) + ")"
        for leg, count in zip(run.legs, lengths_of(run.legs, run.steps), strict=True)
    ]  # fmt: skip


def _loop_of_legs(noisy: bool, remembers: bool) -> str:
    """The function `run` where something changes on the way."""
    step = "x, memory = step(path[-1], eta, memory)" if remembers else "x = step(path[-1], eta)"
    lines = [
        "path, etas = [start], []",
        "random = np.random.default_rng(seed)" if noisy else "",
        "before, memory = None, None" if remembers else "",
        f"for step, eta, steps, push{', noise' if noisy else ''} in legs:",
        "    path[-1] = path[-1] + push",
        "    before, memory = step, memory if step is before else None" if remembers else "",
        "    for _ in range(steps):",
        f"        {step}",
        "        if len(etas) % 10 == 0:\n            x = x + noise * in_ball(random)"
        if noisy
        else "",
        "        if not np.isfinite(x).all():\n            return np.array(path), np.array(etas)",
        "        path.append(x)",
        "        etas.append(eta)",
        "return np.array(path), np.array(etas)",
    ]
    run = _function(f"run(legs{', seed' if noisy else ''})", *lines)
    return f"{_IN_BALL}\n\n\n{run}" if noisy else run


def _name(rule: str) -> str:
    return rule.replace("-", "_")


def _clock(runs: Sequence[Asked], eta: str, step: str) -> tuple[str, str]:
    """The clock on which one of the runs drifts, as Python and in words."""
    if any(RULES[key].clock == "tau" for key in _keys(runs)):
        return f"{eta}**2 * {step}", "slow time η²t"
    return f"{eta} * {step}", "time ηt"


def _plots(loss: Loss, formula: _Formula, runs: Sequence[Asked]) -> str:
    """The landscape with both walls apart, and sharpness on the clock of the drift."""
    names = _coordinates(loss)
    clock, label = _clock(runs, "eta", "np.arange(len(path))")
    along = "2 * norm(gradient(x)) / norm(y - x)"
    if any(key in MEMORY_STEPS for key in _keys(runs)) and not _in_legs(runs):
        along = f"\n        edges[step](eta) if step in edges else {along}\n       "
    sides = (_plain(side)[1:-1] for side in loss.view)
    each = _ROWS_OF_POINTS if INPUTS in loss.theta else "loss([x, y])"
    ground = _GROUND.format(*sides, each) if loss.d == 2 else ""
    picture = _PICTURE
    if _in_legs(runs):
        clock = "np.append(0, np.cumsum(" + ("etas**2" if "²" in label else "etas") + "))"
        picture = _PICTURE_OF_LEGS
    return (
        _FIGURE
        + ground
        + picture.format(
            **{"x": names[0], "y": names[1] if loss.d > 1 else "L"},
            **{"clock": clock, "label": label, "along": along},
            height="path[first::2, 1]" if loss.d > 1 else "[loss(x) for x in path[first::2]]",
            curve="sharpness(limit(x))" if formula.limit else "sharpness(x)",
            curve_label="λ₁(Φ(xₜ))" if formula.limit else "λ₁(xₜ)",
        )
    )


_FIGURE = 'figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")\n'

_GROUND = dedent(
    """\
    x, y = np.meshgrid(np.linspace({0}, 200), np.linspace({1}, 200))
    left.contour(x, y, np.sqrt({2}), 20, colors="silver", linewidths=0.7)
    """
)

# Where L is a mean over data it takes one point at a time.
_ROWS_OF_POINTS = "[\n    [loss(point) for point in zip(*row)] for row in zip(x, y)\n]"

_PICTURE = dedent(
    """\
    for (step, eta, *_), path in zip(runs, paths):
        time = {clock}
        threshold = [{along} for x, y in zip(path, path[1:])]
        for first, wall, mark in ((0, "even t", "o"), (1, "odd t", "s")):
            name = f"{{step.__name__}}, η = {{eta}}, {{wall}}"
            left.plot(path[first::2, 0], {height}, mark, ms=3, label=name)
            right.plot(time[:-1][first::2], threshold[first::2], mark, ms=3)
        right.plot(time, [{curve} for x in path], "k-", lw=1)
    left.set(xlabel="{x}", ylabel="{y}")
    left.legend(fontsize=7)
    right.set(xlabel="{label}", ylabel="2/ηₜ and, in black, {curve_label}", yscale="log")
    plt.show()"""
)

# What takes the steps changes on the way, so of rules with a memory the edge is not drawn.
_PICTURE_OF_LEGS = dedent(
    """\
    for k, (path, etas) in enumerate(paths):
        time = {clock}
        for first, wall, mark in ((0, "even t", "o"), (1, "odd t", "s")):
            left.plot(path[first::2, 0], {height}, mark, ms=3, label=f"run {{k + 1}}, {{wall}}")
        right.plot(time, [{curve} for x in path], lw=1, label=f"run {{k + 1}}")
    left.set(xlabel="{x}", ylabel="{y}")
    left.legend(fontsize=7)
    right.set(xlabel="{label}", ylabel="{curve_label}", yscale="log")
    right.legend(fontsize=7)
    plt.show()"""
)

_SHORT_PICTURE = dedent(
    """\
    for run, found in zip(runs, measures):
        time = {clock}
        for first, wall, mark in ((0, "even t", "o"), (1, "odd t", "s")):
            of = run.step % 2 == first
            name = f"{{run.rule.name}}, η = {{run.eta}}, {{wall}}"
            left.plot(run.x[of, 0], {height}, mark, ms=3, label=name)
            right.plot(time[of], found.threshold[of], mark, ms=3)
        right.plot(time, found.projection_sharpness, "k-", lw=1)
        right.plot(time, found.flow_sharpness, "--", color="teal", lw=1)
    left.set(xlabel="{x}", ylabel="{y}")
    left.legend(fontsize=7)
    right.set(xlabel="{label}", ylabel="2/ηₜ; black λ₁(Φ(xₜ)), dashed λ₁(X)", yscale="log")
    plt.show()"""
)
