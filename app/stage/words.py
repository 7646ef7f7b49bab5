"""Every sentence that depends on what is shown. The page's fixed texts stand in its layout.

Numbers at the playhead are filled in by the page, where a sentence has their name in braces.
"""

from collections.abc import Mapping
from typing import Any

from app.stage.settings import Settings
from dynamics import LOSSES, RULES, Loss

# One line a symbol: what it is, shown where the symbol is pointed at or has the focus.
SYMBOLS = {
    "step": "t: the number of steps taken",
    "tau": "τ = η²t: slow time, the clock of the drift along the valley",
    "x": "x: the parameters",
    "eta": "η: the step size, or learning rate",
    "loss": "L(x): the value that is minimised",
    "sharpness": "λ₁: the largest curvature of L, its top Hessian eigenvalue",
    "projection": "Φ(xₜ): where gradient flow from the iterate would end, on the valley Γ",
    "projection_sharpness": "λ₁(Φ(xₜ)): sharpness where gradient flow from the iterate would end",
    "flow_sharpness": "λ₁(X(τ)): sharpness that the theorem predicts",
    "threshold": "2/ηₜ: the curvature above which a step this long overshoots; its mean over two "
    "steps is λ₁ at the edge",
    "threshold_mean": "mean of 2/ηₜ over two steps: equal to λ₁ at the edge",
    "flow": "X(τ): the theorem's point on Γ, moving by the limiting flow",
    "gap": "‖Φ(xₜ) − X(η²t)‖: how far the run is from the theorem",
    "stableness_pair": "Sₜ = ηₜλ₁: a step is stable while Sₜ ≤ 2. At the edge 1/Sₜ + 1/Sₜ₊₁ is 1",
    "sqrt_loss_pair": "√L of two steps in a row, over what the theorem says it is at the edge: "
    "then 1",
    "lopsidedness": "A: how far the middle of the bounce is off Γ, in half bounces: 0 even, ±1 one "
    "wall on Γ",
    "alignment": "θₜ: the angle between x̃ₜ and v₁; 0 once the hops go straight across the valley",
    "transformed": "x̃ₜ: the hop scaled by curvatures and 1/η. Iⱼ: where its part beyond j − 1 "
    "directions is at most λⱼ",
    "manifold": "Γ: the valley floor, all the minimisers of L",
    "direction": "v₁: the direction of largest curvature, straight across the valley",
    "arc": "s: length along Γ, from its flattest point",
}

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def coordinate_names(loss: Loss) -> list[str]:
    """What the parameters of a loss are called, [d]."""
    if loss.variables:
        return list(loss.variables)
    few = "xyzw" if loss.d <= 4 else ""
    return [few[i] if few else f"x{i + 1}".translate(SUBSCRIPTS) for i in range(loss.d)]


def page_words(settings: Settings, runs: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Title, formulas, names and what to look for, from the settings and how the runs went."""
    loss = LOSSES[settings.loss]
    return {
        "formula": loss.formula,
        "valley": f"valley {loss.valley}",
        "sharpness": loss.sharpness_formula,
        "rules": [
            {"key": key, "name": RULES[key].name, "formula": RULES[key].formula}
            for key in settings.rule
        ],
        "labels": [_label(settings, run) for run in runs],
        "stories": [_story(settings, run) for run in runs],
    }


def _label(settings: Settings, run: Mapping[str, Any]) -> str:
    """What tells a run from the others."""
    parts = [run["name"]] if len(settings.rule) > 1 or len(settings.eta) == 1 else []
    parts += [f"η = {run['eta']:g}"] if len(settings.eta) > 1 else []
    return ", ".join(parts)


def _story(settings: Settings, run: Mapping[str, Any]) -> dict[str, Any]:
    """One sentence a phase, in the order of `run["phases"]`, or one for all of the run where there
    are none; how it ends; and what `{drift}` stands for where sharpness changes and where it stays.
    """
    loss = LOSSES[settings.loss]
    moves = loss.codim < loss.d
    return {
        "phases": [_told(run, _phase(settings, run, i)) for i in range(len(run["phases"]))],
        "all": _told(run, RULES[run["rule"]].look_for),
        "end": _ending(run),
        "drifts": "the jumps add up to a drift. Sharpness has gone from {first_sharpness} to "
        "{sharpness}. " + loss.look_for,
        "stays": "there is no drift here: sharpness stays {sharpness}."
        if moves
        else "there is nowhere to drift. " + loss.look_for,
    }


def _phase(settings: Settings, run: Mapping[str, Any], i: int) -> str:
    rule, loss = RULES[run["rule"]], LOSSES[settings.loss]
    phase = run["phases"][i]
    after = run["phases"][i + 1]["first"] if i + 1 < len(run["phases"]) else None
    if phase["name"] == "descent":
        when = f"Descent, {_steps(after)}" if after else f"Descent, all {run['last']:,} steps"
        return f"{when}: down the wall to the valley floor, loss now {{loss}}. {rule.look_for}"
    if phase["name"] == "alignment":
        turning = "the hops still turn straight across the valley, " if loss.codim > 1 else ""
        return (
            f"Alignment from step {phase['first']:,}: within a bounce of the floor, but {turning}"
            "the laws of the edge do not hold yet; 1/Sₜ + 1/Sₜ₊₁ is {stableness_pair}."
        )
    if phase["name"] == "floor":
        return (
            f"One wall is the floor since step {phase['first']:,}: lopsided as it was, the bounce "
            "grew more so, and every second iterate lies on Γ. Sharpness has gone from "
            "{first_sharpness} to {sharpness}."
        )
    if phase["name"] == "overlong":
        return (
            f"Too large a step for the laws, from step {phase['first']:,}: each hop is within a "
            "bounce of the floor, but so long that the valley changes below it. 1/Sₜ + 1/Sₜ₊₁ is "
            "{stableness_pair}, and the theorem is about small η."
        )
    if phase["name"] == "beyond":
        return (
            f"Beyond the theorem since step {phase['first']:,}: λ₁ and λ₂ have met, so there is no "
            "one direction to bounce along, and no prediction. The gap to its flow is {gap}."
        )
    floor = "the valley floor" if loss.codim < loss.d else "the minimum"
    return f"At the edge since step {phase['first']:,}: each step jumps {floor}, and {{drift}}"


def _told(run: Mapping[str, Any], sentence: str) -> str:
    """What is said of a run, whose sentence would speak of a Γ or a prediction that may not be."""
    if not run["broken"]:
        return sentence
    words = run["broken_words"]
    return f"{sentence} {words}" if run["broken"] == "flow_ends" else words


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count:,} steps"


def _ending(run: Mapping[str, Any]) -> str:
    if run["outcome"] == "reached":
        return ""
    return f"{run['name']}, step {run['outcome_step']:,}: {run['outcome_words']}"
