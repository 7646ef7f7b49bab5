"""What is studied: networks and the data that they fit, beside the flow of the theorem."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from dynamics.catalogue import find_rule
from dynamics.datasets import Data, Table, chebyshev, digit_targets
from dynamics.flows import Drift, ngd_drift, sqrt_gd_drift
from dynamics.networks import Network
from dynamics.residuals import Residuals
from dynamics.types import Rule

DRIFTS: Mapping[str, Drift] = {"ngd": ngd_drift, "sqrt-gd": sqrt_gd_drift}
RULES = (*DRIFTS, "gd")
MAX_STEPS = 1_000_000
MAX_WORK = 1e12  # parameters × residuals × steps: some minutes


@dataclass(frozen=True)
class Study:
    """What a network learns.

    Args:
        key: name on the command line and in links.
        name: for a person.
        network: its shape.
        data: seed -> what it learns.
        horizons: how far a rule is followed where nothing is said: to the slow time η²t, of GD to
            the time ηt; a rule that is missing has no point of Γ to start from.
        etas: step sizes where none are given, by rule.
        seed: of the data and of the first weights.
    """

    key: str
    name: str
    network: Network
    data: Callable[[int], Data] = field(repr=False)
    horizons: Mapping[str, float] = field(default_factory=dict)
    etas: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    seed: int = 0

    def residuals(self) -> Residuals:
        """The loss on the data to train on."""
        return self.loss_on(self.data(self.seed))

    def loss_on(self, data: Data) -> Residuals:
        """The squared loss on the training part of some data."""
        return self.network.residuals(data.inputs, data.targets)


def _parity(digit: np.ndarray) -> np.ndarray:
    return np.where(digit % 2 == 0, 1.0, -1.0)


STUDIES = {
    study.key: study
    for study in (
        Study(
            "digits-parity", "Even or odd digits, GELU",
            Network((64, 16, 1), "gelu"), digit_targets(_parity, 100, "scalar"),
            {"ngd": 6.0, "sqrt-gd": 0.6, "gd": 100.0},
            {"ngd": (0.1, 0.05, 0.025), "sqrt-gd": (0.04, 0.02, 0.01), "gd": (0.1, 0.15, 0.2)},
        ),
        Study(
            "digits-parity-tanh", "Even or odd digits, tanh",
            Network((64, 16, 1), "tanh"), digit_targets(_parity, 100, "mean"),
            {"ngd": 2.0, "sqrt-gd": 0.6, "gd": 200.0},
            {"ngd": (0.1, 0.05, 0.025), "sqrt-gd": (0.04, 0.02, 0.01), "gd": (0.1, 0.2, 0.4)},
        ),
        Study(
            "chebyshev", "A Chebyshev polynomial, tanh",
            Network((1, 50, 50, 1), "tanh"), chebyshev(4, 12),
            {"ngd": 1.0, "sqrt-gd": 0.1, "gd": 300.0},
            {"ngd": (0.1, 0.05, 0.025), "sqrt-gd": (0.02, 0.01, 0.005), "gd": (0.05, 0.1, 0.2)},
        ),
    )
}  # fmt: skip


def of_table(table: Table, network: Network) -> Study:
    """A study of data of one's own, whose key tells it from others."""
    digest = hashlib.sha256(table.inputs.tobytes() + table.targets.tobytes())
    digest.update(repr(network).encode())
    return Study(f"own-{digest.hexdigest()[:12]}", "Data of one’s own", network, table)


def check_course(rule: Rule | str, tau: float, etas: Sequence[float]) -> Rule:
    """The rule, if it has a flow that can be followed so far by such steps.

    Raises:
        ValueError: it has none, τ or an η is not above 0, or a run would take over a million steps.
    """
    rule = find_rule(rule) if isinstance(rule, str) else rule
    if rule.key not in RULES:
        raise ValueError(f"rule must be one of {', '.join(RULES)}, got {rule.key}")
    if not (np.isfinite(tau) and tau > 0):
        raise ValueError(f"tau must be a number above 0, got {tau}")
    for eta in etas:
        if not eta > 0 or steps_to(rule, tau, eta) > MAX_STEPS:
            raise ValueError(f"eta must be above 0 and take at most {MAX_STEPS:,} steps, got {eta}")
    return rule


def check_work(study: Study, rule: Rule, tau: float, etas: Sequence[float]) -> None:
    """Raises:
    ValueError: the runs would take too long.
    """
    residuals = study.data(study.seed).targets.size
    steps = sum(steps_to(rule, tau, eta) for eta in etas)
    if (work := study.network.p * residuals * steps) > MAX_WORK:
        raise ValueError(
            f"parameters × residuals × steps must be at most {MAX_WORK:.0e}, got "
            f"{study.network.p:,} × {residuals:,} × {steps:,} = {work:.1e}"
        )


def steps_to(rule: Rule, tau: float, eta: float) -> int:
    """Steps to the slow time τ = η²t, of GD to the time ηt = τ."""
    return round(tau / (eta if rule.key == "gd" else eta**2))


def with_seed(study: Study, seed: int) -> Study:
    """The same with other data and first weights."""
    return replace(study, seed=seed)


def find_study(key: str) -> Study:
    """A study by its key.

    Raises:
        ValueError: there is none.
    """
    if key not in STUDIES:
        raise ValueError(f"study must be one of {', '.join(STUDIES)}, got {key!r}")
    return STUDIES[key]
