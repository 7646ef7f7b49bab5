"""Settings of a study: what a network learns, the rule, how far and by which steps; their link.

    study · rule · etas (at most four) · tau · seed, of what is computed
    at, focus                                     the pair at the playhead, the run in focus
    distance, layer                               what is beside the gap, what of the first layer
    hide, embed                                   what is not shown, and whether it is in a frame

What is left open follows from the study and the rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.budgets import budgets
from app.link import (
    BrokenError,
    ClampedError,
    Field,
    Reading,
    as_query,
    given_fields,
    one_of,
    read_etas,
    read_fields,
    read_flag,
    read_hidden,
    read_number,
    read_whole,
    write_number,
    write_numbers,
)
from app.vocabulary import STUDY_PICTURES
from dynamics.catalogue import RULES
from dynamics.conduct import Plan
from dynamics.courses import PAIRS
from dynamics.study import RULES as STUDIED
from dynamics.study import STUDIES, with_seed

USUAL = "digits-parity"
MIN_TAU, MAX_TAU = 0.01, 1000.0
MAX_SEED = 999
# What is beside the gap, and what of the first layer.
DISTANCES = {"gap": "gap", "plane": "plane", "rate": "seeds"}
LAYERS = {"weights": "weights", "moved": "moved"}
PANELS = tuple(name for name in STUDY_PICTURES if name != "all")
HIDEABLE = ("header", "settings", *PANELS, "transport")


@dataclass(frozen=True)
class StudySettings:
    """What a study is made of. None is what follows from the rest: see the properties."""

    study: str = USUAL
    rule: str = "ngd"
    etas: tuple[float, ...] | None = None
    tau: float | None = None
    seed: int = 0
    at: int = PAIRS
    focus: int = 0
    distance: str = "gap"
    layer: str = "weights"
    hide: tuple[str, ...] = ()
    embed: bool = False

    @property
    def horizon(self) -> float:
        """How far: slow time τ = η²t, of GD the time ηt."""
        return self.tau or STUDIES[self.study].horizons[self.rule]

    @property
    def step_sizes(self) -> tuple[float, ...]:
        """η of each run."""
        return self.etas or STUDIES[self.study].etas[self.rule][: budgets().runs.most]

    @property
    def plain(self) -> dict[str, Any]:
        """What is computed, by the keys of the link."""
        return {
            "study": self.study,
            "rule": self.rule,
            "etas": list(self.step_sizes),
            "tau": self.horizon,
            "seed": self.seed,
        }

    @property
    def computed(self) -> "StudySettings":
        """The same without what is only looked at, and with nothing left open."""
        return StudySettings(self.study, self.rule, self.step_sizes, self.horizon, self.seed)

    def plan(self, first: float | None = None) -> Plan:
        """What is to be done; `first` is the η that is wanted first.

        Raises:
            ValueError: it would take too long.
        """
        study = with_seed(STUDIES[self.study], self.seed)
        return Plan(study, RULES[self.rule], self.step_sizes, self.horizon, first)


def read_study_query(query: Mapping[str, str]) -> Reading[StudySettings]:
    """Settings from the keys of a link, always valid, with what had to be changed."""
    return read_fields(FIELDS, StudySettings(), query)


def write_study_query(settings: StudySettings) -> str:
    """The link of settings, defaults left out."""
    return as_query(given_fields(FIELDS, settings, StudySettings()))


def _read_step_sizes(text: str, settings: StudySettings) -> tuple[float, ...]:
    """As many as there may be runs; each takes a step, and no more than can be computed."""
    notices = []
    try:
        etas = read_etas(
            text,
            budgets().runs.most,
            settings.step_sizes,
            f"At most {budgets().runs.most} runs at once",
        )
    except ClampedError as clamped:
        etas = clamped.value
        notices.append(str(clamped))
    except BrokenError as broken:
        raise BrokenError(str(broken), _within(broken.nearest, settings)) from None
    within = _within(etas, settings)
    if within != etas:
        low, high = _reach(settings)
        clock = "ηt" if settings.rule == "gd" else "τ"
        notices.append(f"To {clock} = {settings.horizon:g}, η must be in {low:.3g} … {high:.3g}.")
    if notices:
        raise ClampedError(within, " ".join(notices))
    return within


def _within(etas: tuple[float, ...], settings: StudySettings) -> tuple[float, ...]:
    low, high = _reach(settings)
    return tuple(dict.fromkeys(min(max(eta, low), high) for eta in etas))


def _reach(settings: StudySettings) -> tuple[float, float]:
    """The least step size that comes so far, and the greatest that stops there."""
    power = 1 if settings.rule == "gd" else 2
    ends = (budgets().study_steps.most, 4)
    low, high = ((settings.horizon / steps) ** (1 / power) for steps in ends)
    return low, high


FIELDS: tuple[Field, ...] = (
    Field("study", one_of("study", {key: study.name for key, study in STUDIES.items()}), str),
    Field("rule", one_of("rule", {key: RULES[key].name for key in STUDIED}), str),
    Field("tau", lambda text, _: read_number(text, "τ", MIN_TAU, MAX_TAU), write_number),
    Field("etas", _read_step_sizes, write_numbers),
    Field("seed", lambda text, _: read_whole(text, "The seed", 0, MAX_SEED), str),
    Field("at", lambda text, _: read_whole(text, "The playhead", 0, PAIRS), str),
    Field(
        "focus",
        lambda text, _: read_whole(text, "The run in focus", 0, budgets().runs.most - 1),
        str,
    ),
    Field("distance", one_of("distance", DISTANCES), str),
    Field("layer", one_of("layer", LAYERS), str),
    Field("hide", lambda text, _: read_hidden(text, HIDEABLE), ",".join),
    Field("embed", lambda text, _: read_flag(text, "embed"), lambda value: "1" if value else "0"),
)
