"""The command line: list, simulate, flow, rate, crowd, study. Each prints one JSON object.

    python -m dynamics list
    python -m dynamics simulate --loss hyperbola --rule ngd --eta 0.05 --start 2,0.7 --steps 800
    python -m dynamics simulate --formula "½(1 − xy)²" --rule ngd --eta 0.05 --steps 800
    python -m dynamics flow --loss hyperbola --rule ngd --start 2,0.5 --tau 2
    python -m dynamics rate --loss hyperbola --rule ngd --start 2,0.5 --tau 1 --etas 0.1,0.05,0.025
    python -m dynamics crowd --loss hyperbola --rule gd --region 0.5,2.2,0.3,1.6 --grid 41 \
        --etas 0.1,0.2,0.4 --steps 2000
    python -m dynamics study digits-parity --rule ngd --etas 0.1,0.05,0.025 --tau 6 --out study.npz

Bad input gets one line on standard error and exit status 2, and nothing is written.
"""

import argparse
import io
import json
import math
import re
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import jax
import numpy as np

from dynamics import numerals
from dynamics.assumptions import broken
from dynamics.catalogue import LOSSES, RULES, find_loss, find_pair, find_rule
from dynamics.compilation import prepare_process, quickly
from dynamics.conduct import Event, Memory, Plan, conduct, finish, study_columns
from dynamics.courses import Traced
from dynamics.crowd import KINDS, Region, crowd, summary
from dynamics.curvature import sharpness
from dynamics.datasets import read_table
from dynamics.files import (
    SUFFIXES,
    check_path,
    clean,
    loss_settings,
    rule_settings,
    run_columns,
    run_settings,
    write,
)
from dynamics.flows import gradient_flow, limiting_flow
from dynamics.forks import Fork
from dynamics.formulas import formula, with_data
from dynamics.kept import Folder
from dynamics.measures import Measures, measure
from dynamics.networks import ACTIVATIONS, Network
from dynamics.phases import eigengap_closes
from dynamics.program import PROGRAMS, Asked
from dynamics.projection import projection
from dynamics.rate import check_tau, measure_rate
from dynamics.rounding import parted_from
from dynamics.schedule import Schedule, schedule_of
from dynamics.simulate import Run, checked_start, simulate
from dynamics.spelling import FormulaError
from dynamics.stretch import measured_stretch
from dynamics.study import STUDIES, Study, find_study, of_table, with_seed
from dynamics.types import Array, Loss, Rule
from dynamics.version import VERSION

FLOW_POINTS = 501

RULE_NUMBERS = {p.name: p.words for rule in RULES.values() for p in rule.parameters}


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage."""

    def error(self, message: str):
        print(f"{self.prog}: {message}", file=sys.stderr)
        sys.exit(2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status."""
    prepare_process()
    options = _parser().parse_args(_joined(sys.argv[1:] if arguments is None else arguments))
    try:
        answer = options.command(options)
    except FormulaError as error:
        at = f" At letter {error.position[0] + 1} of {error.text!r}."
        print(f"dynamics: {error}{at}", file=sys.stderr)
        return 2
    except (ValueError, OSError) as error:
        print(f"dynamics: {error}", file=sys.stderr)
        return 2
    _write(json.dumps(clean(answer), ensure_ascii=False))
    return 0


def _write(text: str) -> None:
    """A line in UTF-8, as JSON has it: what Windows writes into files and pipes has no Greek."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    print(text)


def _joined(arguments: Sequence[str]) -> list[str]:
    """`--start -1,2` as `--start=-1,2`: argparse takes −1,2 for the name of an option."""
    joined: list[str] = []
    for text in arguments:
        if re.match(r"[-−]\.?\d", text) and joined and joined[-1].startswith("--"):
            joined[-1] += f"={text}"
        else:
            joined.append(text)
    return joined


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="dynamics", description="Gradient descent at the edge of stability.")
    parser.add_argument("--version", action="version", version=f"edgewalk {VERSION}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    commands.add_parser("list", help="the losses and rules").set_defaults(command=_list)

    run = _command(commands, "simulate", _simulate, "run a rule")
    run.add_argument(
        "--eta", type=_eta, required=True, help="step size η; 0.2@0,0.05@400 where it changes"
    )
    run.add_argument("--steps", type=_whole, required=True, help="number of steps")
    run.add_argument("--noise", type=_number, default=0.0, help="radius of the noise")
    run.add_argument("--seed", type=_whole, default=0, help="of the noise")
    _fork_arguments(run)
    _file_arguments(run, (*SUFFIXES, *PROGRAMS))

    flow = _command(commands, "flow", _flow, "integrate the limiting flow")
    flow.add_argument("--tau", type=_number, required=True, help="slow time τ = η²t, or its own")
    flow.add_argument("--eta", type=_number, default=0.0, help="η, where the flow depends on it")
    _file_arguments(flow, SUFFIXES)

    rate = _command(commands, "rate", _rate, "measure how the gap shrinks with η")
    rate.add_argument("--tau", type=_number, required=True, help="slow time of the gaps")
    rate.add_argument("--etas", type=_step_sizes, required=True, help="step sizes, comma-separated")

    many = _command(commands, "crowd", _crowd, "what runs from a region of starts have in common")
    many.add_argument(
        "--region", type=_numbers, required=True, metavar="x0,x1,y0,y1",
        help="where they start; other coordinates are those of the start",
    )  # fmt: skip
    many.add_argument("--kind", default=KINDS[0], help=f"of the region: {', '.join(KINDS)}")
    many.add_argument("--grid", type=_whole, required=True, help="cells on a side of the region")
    many.add_argument("--etas", type=_step_sizes, required=True, help="step sizes, comma-separated")
    many.add_argument("--steps", type=_whole, required=True, help="number of steps of each run")

    study = commands.add_parser("study", help="a network that fits data", allow_abbrev=False)
    study.set_defaults(command=_study, decimal_comma=False, suffixes=(".npz",))
    study.add_argument("study", metavar="NAME", help=f"{', '.join(STUDIES)}, or own with --data")
    study.add_argument("--rule", required=True, metavar="KEY")
    study.add_argument(
        "--etas", type=_step_sizes, required=True, help="step sizes, comma-separated"
    )
    study.add_argument("--tau", type=_number, required=True, help="slow time τ = η²t")
    study.add_argument("--seed", type=_whole, default=0, help="of the data and first weights")
    study.add_argument(
        "--data", help="a .csv of inputs and, last, a target; or a .npz with x and y"
    )
    study.add_argument("--widths", type=_widths, default=(16,), help="of the hidden layers: 16,16")
    study.add_argument("--activation", default="tanh", help=", ".join(ACTIVATIONS))
    study.add_argument(
        "--cluster", help="tcp://HOST:PORT of a dask scheduler that is to take the runs"
    )
    study.add_argument("--keep", help="a folder, from which what was broken off goes on")
    study.add_argument("--out", help="a file for the observables: .npz")
    return parser


def _command(commands, name: str, command, words: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=words, allow_abbrev=False)
    parser.set_defaults(command=command)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--loss", metavar="KEY")
    which.add_argument("--formula", help="a loss of one's own: a x^2 + y^2; a = 0.5 in [0, 2]")
    parser.add_argument(
        "--data", help="a .csv of two columns, to which the formula, a model a x + b, is fitted"
    )
    parser.add_argument("--rule", required=True, metavar="KEY")
    for name, words in RULE_NUMBERS.items():
        parser.add_argument(f"--{name}", type=_number, help=f"of the rule: {words}")
    parser.add_argument(
        "--parameter", type=_parameter, action="append", default=[], metavar="NAME=NUMBER",
        help="a number in the formula of the loss, k=2; as often as it has some",
    )  # fmt: skip
    parser.add_argument(
        "--start", type=_numbers, help="comma-separated numbers; a formula has its own"
    )
    return parser


def _fork_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--fork", type=_whole, metavar="T", help="leave the run at step T, from there on with:"
    )
    command.add_argument("--fork-eta", type=_number, help="another step size η")
    command.add_argument("--fork-rule", metavar="KEY", help="another rule")
    command.add_argument("--fork-noise", type=_number, help="another radius of the noise")
    command.add_argument(
        "--fork-push", type=_numbers, default=(), help="numbers that are added to the iterate"
    )


def _file_arguments(command: argparse.ArgumentParser, suffixes: tuple[str, ...]) -> None:
    command.set_defaults(suffixes=suffixes)
    what = "columns, or for a program" if suffixes != SUFFIXES else "columns"
    command.add_argument("--out", help=f"a file for the {what}: {', '.join(suffixes)}")
    command.add_argument(
        "--decimal-comma", action="store_true",
        help="in a .csv: 0,5 in place of 0.5, and semicolons between the cells",
    )  # fmt: skip


def _out(options: argparse.Namespace) -> Path | None:
    """The file for the columns, where one is asked for and can be written."""
    if options.decimal_comma and not (options.out or "").endswith(".csv"):
        raise ValueError(f"decimal-comma wants an out that ends in .csv, got {options.out}")
    return check_path(options.out, options.suffixes) if options.out else None


def _number(text: str) -> float:
    value = numerals.read_number(text)
    if math.isnan(value):
        hint = numerals.hint(numerals.meant_number(text))
        raise argparse.ArgumentTypeError(
            f"must be a number, got {text!r}{'.' if hint else ''}{hint}"
        )
    return value


def _eta(text: str) -> float | Schedule:
    """η, or how it changes."""
    try:
        return schedule_of(text) if "@" in text else _number(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _whole(text: str) -> int:
    value = numerals.read_whole(text)
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"must be a whole number, got {text!r}")
    return int(value)


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(_number(part) for part in text.split(","))


def _step_sizes(text: str) -> tuple[float, ...]:
    if hint := numerals.hint(numerals.meant_numbers(text)):
        raise argparse.ArgumentTypeError(f"must be numbers between commas, got {text!r}.{hint}")
    return _numbers(text)


def _widths(text: str) -> tuple[int, ...]:
    return tuple(_whole(part) for part in text.split(","))


def _parameter(text: str) -> tuple[str, float]:
    name, sign, number = text.partition("=")
    if not sign:
        raise argparse.ArgumentTypeError(f"must be NAME=NUMBER, got {text!r}")
    return name.strip(), _number(number)


def _loss(options: argparse.Namespace) -> Loss:
    """The loss that is asked for, with its parameters. A formula may do without a start, and so may
    what has a region of them."""
    if options.data and options.loss:
        raise ValueError("data wants a formula that is fitted to it, in place of a loss")
    if options.loss and options.start is None and "region" not in options:
        raise ValueError("the following arguments are required: --start")
    given = dict(options.parameter)
    loss = find_loss(options.loss).at(**given) if options.loss else formula(_text(options), given)
    options.start = options.start or loss.start
    return loss


def _rule(options: argparse.Namespace) -> Rule:
    """The rule that is asked for, with its numbers; others may be those of one it is forked to."""
    rule, forked = find_rule(options.rule), getattr(options, "fork_rule", None)
    later = {p.name for p in find_rule(forked).parameters} if forked else set()
    given = {name: getattr(options, name) for name in RULE_NUMBERS}
    own = {p.name for p in rule.parameters} | set(given) - later
    return rule.at(**{k: v for k, v in given.items() if v is not None and k in own})


def _forked_rule(options: argparse.Namespace) -> Rule | None:
    """The rule that it is forked to, with its numbers."""
    if options.fork_rule is None:
        return None
    rule = find_rule(options.fork_rule)
    given = {p.name: getattr(options, p.name) for p in rule.parameters}
    return rule.at(**{name: value for name, value in given.items() if value is not None})


def _forks(options: argparse.Namespace) -> tuple[Fork, ...]:
    """Where the run that is asked for leaves its parent, if it does."""
    changed = (options.fork_eta, options.fork_rule, options.fork_noise, options.fork_push or None)
    if options.fork is None:
        if any(value is not None for value in changed):
            raise ValueError("fork must say at which step: --fork T")
        return ()
    rule = _forked_rule(options)
    return (Fork(options.fork, options.fork_eta, rule, options.fork_noise, options.fork_push),)


def _text(options: argparse.Namespace) -> str:
    """The formula that is asked for, with the data that it is fitted to, where there are."""
    if not options.data:
        return options.formula
    table = read_table(options.data)
    return with_data(options.formula, np.concatenate([table.inputs, table.targets], axis=1))


def _list(_: argparse.Namespace) -> dict:
    losses = {
        loss.key: {
            "name": loss.name,
            "formula": loss.formula,
            "manifold": loss.valley,
            "sharpness": loss.sharpness_formula,
            "start": loss.start,
            "parameters": _told(loss),
        }
        for loss in LOSSES.values()
    }
    rules = {
        rule.key: {"name": rule.name, "formula": rule.formula, "parameters": _told(rule)}
        for rule in RULES.values()
    }
    return {"losses": losses, "rules": rules}


def _told(record: Loss | Rule) -> dict:
    """The numbers of a record with their ranges."""
    return {
        p.name: {"default": p.default, "low": p.low, "high": p.high, "words": p.words}
        for p in record.parameters
        if p.is_number
    }


def _simulate(options: argparse.Namespace) -> dict:
    out = _out(options)
    loss = _loss(options)
    run = simulate(
        loss, _rule(options), options.start, options.eta, options.steps,
        noise=options.noise, seed=options.seed, forks=_forks(options),
    )  # fmt: skip
    measures = measure(run)
    breaks = broken(run, measures)
    settings = run_settings(run) | ({"broken": breaks.value} if breaks else {})
    if out and out.suffix in PROGRAMS:
        first, eta = run.pieces[0] if run.pieces else run, run.schedule or run.eta
        asked = Asked(
            first.rule, eta, tuple(run.start.tolist()), run.steps, first.noise, run.seed, run.forks
        )
        out.write_text(PROGRAMS[out.suffix](run.loss, [asked]), encoding="utf-8")
    elif out:
        write(out, run_columns(run, measures), settings, options.decimal_comma)
    return {
        "settings": settings,
        "x": run.x[-1],
        "x_prev": run.x[-2] if len(run.x) > 1 else None,
        "projection": measures.projection[-1],
        "loss": measures.loss[-1],
        "sharpness": measures.projection_sharpness[-1],
        "flow": None if run.rule.flow is None else measures.flow[-1],
        "gap": measures.gap[-1],
        "stableness_pair": measures.stableness_pair[-1],
        "step_curvature": _last_curvatures(run, measures),
        "conserved": measures.conserved[-1],
        "conserved_ledger": measures.conserved_ledger[-1],
        "eigengap_closes": eigengap_closes(run, measures),
        "parted_from": parted_from(run),
        "outcome": run.outcome.name.lower(),
        "outcome_step": run.outcome_step,
        "outcome_words": run.outcome.value,
    } | ({"minimum": loss.minimum, "remarks": loss.remarks} if loss.source else {})


def _last_curvatures(run: Run, measures: Measures) -> np.ndarray:
    """κ of the last two steps that were taken, of which the first may not be recorded; [2] or, of
    shorter runs, less."""
    first = max(int(run.step[-1]) - 2, 0)
    return measured_stretch(run, measures, first, 3)[1].step_curvature[:-1]


def _flow(options: argparse.Namespace) -> dict:
    out = _out(options)
    loss, rule = find_pair(_loss(options), _rule(options))
    check_tau(options.tau)
    start = checked_start(loss, options.start)
    tau = np.linspace(0.0, options.tau, FLOW_POINTS)
    columns = {"tau": tau, **_flow_columns(loss, rule, start, tau, options.eta)}
    numbers = {"start": start, "tau": options.tau} | ({"eta": options.eta} if options.eta else {})
    settings = loss_settings(loss) | rule_settings(rule) | numbers
    if out:
        write(out, columns, settings, options.decimal_comma)
    return {"settings": settings, "x": columns["flow"][-1], "sharpness": columns["sharpness"][-1]}


def _flow_columns(loss: Loss, rule: Rule, start: np.ndarray, tau: np.ndarray, eta: float) -> dict:
    """`flow` [k, d] and `sharpness` [k]; gradient flow itself is integrated in its own time."""
    if rule.step is None:
        points = gradient_flow(loss, start, tau)
    elif rule.flow is None:
        known = ", ".join(one.key for one in RULES.values() if one.flow or one.step is None)
        raise ValueError(f"rule must have a flow ({known}), got {rule.key}")
    else:
        flow = rule.flow_at(eta)
        assert flow is not None
        foot = _projection(loss, start) if flow.on_manifold else start
        points = limiting_flow(loss, rule, flow.start(loss, start, foot), tau, eta)
    return {"flow": np.asarray(points), "sharpness": np.asarray(_sharpness_along(loss, points))}


_projection = quickly(projection)


@quickly
def _sharpness_along(loss: Loss, x: Array) -> Array:
    return jax.vmap(partial(sharpness, loss))(x)


def _rate(options: argparse.Namespace) -> dict:
    loss = _loss(options)
    rule = _rule(options)
    rate = measure_rate(loss, rule, options.start, options.tau, options.etas)
    numbers = {"start": options.start, "tau": options.tau}
    return {"settings": loss_settings(loss) | rule_settings(rule) | numbers, **rate._asdict()}


def _crowd(options: argparse.Namespace) -> dict:
    if len(options.region) != 4:
        raise ValueError(f"region must be four numbers, x0,x1,y0,y1, got {len(options.region)}")
    left, right, below, above = options.region
    loss, rule = _loss(options), _rule(options)
    region = Region((left, below), (right, above), options.kind)
    found = crowd(
        loss, rule, region, options.grid, options.etas, options.steps, start=options.start
    )
    asked = {name: getattr(options, name) for name in ("region", "kind", "grid", "steps")}
    settings = loss_settings(loss) | rule_settings(rule) | asked
    return {"settings": settings, **summary(found)._asdict()}


def _study(options: argparse.Namespace) -> dict:
    out = _out(options)
    study = with_seed(_chosen_study(options), options.seed)
    plan = Plan(study, find_rule(options.rule), tuple(options.etas), options.tau)
    keep = Folder(Path(options.keep)) if options.keep else Memory()
    if options.cluster:
        from dynamics.cluster import conduct_on

        found = conduct_on(options.cluster, plan, keep)
    else:
        found = finish(conduct(plan, keep), _tell)
    trained, path, runs = found
    names = ("study", "rule", "etas", "tau", "seed")
    settings = {name: getattr(options, name) for name in names}
    if out:
        write(out, study_columns(*found), settings)
    return {
        "settings": settings,
        "parameters": study.network.p,
        "residuals": len(trained.residuals.at(trained.x)),
        "spectrum": path.spectrum[0],
        "gap_closes": path.gap_closes,
        "runs": [_summary(run) for run in runs],
    }


def _chosen_study(options: argparse.Namespace) -> Study:
    """One of those that there are, or one of a file."""
    if options.data is None:
        return find_study(options.study)
    table = read_table(options.data)
    widths = table.inputs.shape[1], *options.widths, table.targets.shape[1]
    return of_table(table, Network(widths, options.activation))


def _tell(event: Event) -> None:
    """Progress, where a person watches."""
    if sys.stderr.isatty():
        end = "\n" if event.share >= 1 else ""
        print(f"\r{event.words:48} {event.share:4.0%}", end=end, file=sys.stderr, flush=True)


def _summary(run: Traced) -> dict:
    last = ("sharpness", "flow_sharpness", "gap", "way", "stableness_pair", "sqrt_loss_pair")
    whole = ("eta", "steps", "seconds", "projection_error")
    return {name: getattr(run, name) for name in whole} | {
        name: getattr(run, name)[-1] for name in last
    }


if __name__ == "__main__":
    sys.exit(main())
