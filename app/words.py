"""Every sentence that depends on what is shown. The page's fixed texts stand in its layout.

Numbers at the playhead are filled in by the page: `{sharpness}` and `{first_sharpness}`.
"""

from collections.abc import Mapping
from typing import Any

from app.compute import LOSSES, RULES
from app.settings import Settings

SYMBOLS = {
    "step": "t, the number of steps taken",
    "tau": "τ = η²t, the slow time of the drift",
    "loss": "L(x), the value that is minimised",
    "sharpness": "λ₁, the largest curvature of L",
    "threshold": "2/η, the curvature above which a step of this size overshoots",
    "gap": "distance between the run, carried to Γ by gradient flow, and the theorem",
    "stableness_pair": "1 at the edge of stability, for any two steps in a row",
}


def page_words(settings: Settings, runs: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Title, formulas and what to look for, from the settings and how the runs ended."""
    loss = LOSSES[settings.loss]
    return {
        "formula": loss.formula,
        "valley": f"valley {loss.valley}",
        "sharpness": loss.sharpness_formula,
        "rules": [
            {"key": key, "name": RULES[key].name, "formula": RULES[key].formula}
            for key in settings.rule
        ],
        "stories": [_story(settings, run) for run in runs],
    }


def _story(settings: Settings, run: Mapping[str, Any]) -> dict[str, str]:
    """What to look for before the edge, on it, and how the run ends."""
    rule, loss = RULES[run["rule"]], LOSSES[settings.loss]
    edge = run["edge_step"]
    before = rule.look_for
    if edge is not None and edge > 0:
        before = f"Descent: the run reaches the edge of stability at step {edge:,}. " + before
    return {
        "before": before,
        "edge": (
            f"At the edge since step {edge:,}: each step jumps the valley floor, and the jumps "
            "add up to a drift. Sharpness has gone from {first_sharpness} to {sharpness}. "
            + loss.look_for
            if edge is not None
            else rule.look_for
        ),
        "end": _ending(run),
    }


def _ending(run: Mapping[str, Any]) -> str:
    if run["outcome"] == "reached":
        return ""
    return f"{run['name']}, step {run['outcome_step']:,}: {run['outcome_words']}"
