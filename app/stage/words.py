"""Every sentence that depends on what is shown. The page's fixed texts stand in its layout.

Numbers at the playhead are filled in by the page, where a sentence has their name in braces.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.budgets import telling
from app.runspec import RuleSpec, rule_with
from app.stage.branches import Branch
from app.stage.settings import Settings, shortenings
from dynamics import RULES, Loss

# One line a symbol: what it is, shown where the symbol is pointed at or has the focus.
SYMBOLS = {
    "step": "t: the number of steps taken",
    "tau": "τ = η²t: slow time, the clock of the drift",
    "x": "x: the parameters",
    "eta": "η: the step size, or learning rate",
    "loss": "L(x): the value that is minimised",
    "sharpness": "λ₁: the largest curvature of L, its top Hessian eigenvalue",
    "projection": "Φ(xₜ): where gradient flow from the iterate would end, on Γ",
    "projection_sharpness": "λ₁(Φ(xₜ)): sharpness where gradient flow from the iterate would end",
    "flow_sharpness": "λ₁(X(τ)): sharpness that the theorem predicts",
    "threshold": "2/ηₜ: the curvature above which a step this long overshoots; its mean over two "
    "steps is λ₁ at the edge",
    "threshold_mean": "mean of 2/ηₜ over two steps: equal to λ₁ at the edge",
    "step_curvature": "κₜ: the curvature along the step. At the edge it meets λ₁ at each step, "
    "while 2/ηₜ alternates around both",
    "curvature_balance_late": "mean κₜ over mean 2/ηₜ by ‖sₜ‖², last two thirds: below 1 the loss "
    "falls, at 1 it hangs",
    "conserved": "c: what gradient flow keeps. A step changes it by a factor or a term that is "
    "known exactly",
    "flow": "X(τ): the theorem's point on Γ, moving by the limiting flow",
    "gap": "‖Φ(xₜ) − X(η²t)‖: how far the run is from the theorem",
    "stableness_pair": "Sₜ = ηₜλ₁: a step is stable while Sₜ ≤ 2. At the edge 1/Sₜ + 1/Sₜ₊₁ is 1",
    "sqrt_loss_pair": "√L of two steps in a row, over what the theorem says it is at the edge: "
    "then 1",
    "lopsidedness": "A: how far the middle of the bounce is off Γ, in half bounces: 0 even, ±1 one "
    "wall on Γ",
    "flow_spread": "σ: how far GD hops about the central flow, in the root mean square",
    "rod": "rod: two beads that GD hops between, |ηk − 1| times as far apart after a step; k: "
    "curvature along it",
    "rod_gap": "‖x̄ₜ − c‖: from the middle of two iterates to that of the rod, where its hops are "
    "the run’s",
    "shut": "λ₁ > 2/η: GD with this η comes to rest nowhere there",
    "alignment": "θₜ: the angle between x̃ₜ and v₁; 0 once the hops go along v₁",
    "transformed": "x̃ₜ: the hop scaled by curvatures and 1/η. Iⱼ: where its part beyond j − 1 "
    "directions is at most λⱼ",
    "manifold": "Γ: the valley floor, all the minimisers of L",
    "tangent": "P⊥: what of a vector lies along Γ",
    "unit": "unit: the length of a hop, as its law says",
    "direction": "v₁: the direction of largest curvature, along which the iterate hops",
    "arc": "s: length along Γ, from its flattest point",
}

# How sentences write them, where each says what it is.
WRITTEN = {
    "tau": ("τ", "η²t"),
    "eta": ("η",),
    "sharpness": ("λ₁",),
    "projection": ("Φ",),
    "flow": ("X(τ)",),
    "manifold": ("Γ",),
    "stableness_pair": ("Sₜ", "Sₜ₊₁"),
    "tangent": ("P⊥",),
}

# What is seen of a rule, and what to ask of it: where there is a floor to drift along, on a bowl.
QUESTIONS = {
    "ngd": (
        "Steps too long to settle: where does it end?",
        "Steps too long to settle: which way does it hop?",
    ),
    "sqrt-gd": (
        "A kink that never lets it rest: where does it end?",
        "A kink that never lets it rest: which way does it hop?",
    ),
    "gd": (
        "Steps that shrink with the slope: does it settle, and how sharp is it there?",
        "Steps that shrink with the slope: does it settle?",
    ),
    "heavy-ball": (
        "Momentum: may the valley be sharper before it is too sharp?",
        "Momentum: does it settle?",
    ),
    "nesterov": (
        "Momentum that looks ahead: where is the edge now?",
        "Momentum that looks ahead: does it settle?",
    ),
    "rmsprop": (
        "Steps over a mean of slopes: which way does it drift?",
        "Steps over a mean of slopes: does it settle?",
    ),
    "rmsprop-by-coordinate": (
        "Each coordinate at its own pace: where does it end?",
        "Each coordinate at its own pace: does it settle?",
    ),
    "adam": (
        "Momentum, and each coordinate at its own pace: where does it end?",
        "Momentum, and each coordinate at its own pace: does it settle?",
    ),
    "sam": (
        "A slope taken a little further up: which minimum does it prefer?",
        "A slope taken a little further up: does it settle?",
    ),
    "label-noise": (
        "Noise on the labels: which way does it push along the valley?",
        "Noise on the labels: does it settle?",
    ),
    "weight-decay": (
        "Shrunk a little each step: where does that lead?",
        "Shrunk a little each step: does it settle?",
    ),
    "gradient-flow": (
        "No steps, only the slope: where does it come to rest?",
        "No steps, only the slope: how does it come to rest?",
    ),
}


class Stop(NamedTuple):
    """A stop of the tour: the panels that it is about, and what it says of the run that the page
    opens with."""

    title: str
    panels: tuple[str, ...]
    words: str


TOUR = {
    "hops": Stop(
        "What hops?",
        ("landscape", "across"),
        "The dot is the iterate. Each step goes the length η = {eta} down the slope. From step "
        "{edge} on that is too long to settle: it hops to the other wall of the valley and back, "
        "blue after an even number of steps, orange after an odd one.",
    ),
    "drifts": Stop(
        "What drifts?",
        ("along", "landscape"),
        "A hop and the hop back do not quite cancel. What is left over moves it along the valley "
        "floor Γ, a little with each step and always to the flatter side.",
    ),
    "falls": Stop(
        "What falls?",
        ("sharpness",),
        "The sharpness λ₁, the curvature of the walls where it is: {first_sharpness} where it came "
        "down, {sharpness} at the end. Nothing in the rule asks for that. The hops do it.",
    ),
    "theorem": Stop(
        "What does the theorem say, and does it hold?",
        ("laws", "gap"),
        "For small η the run follows X(τ), the green point that flows along Γ to where it is "
        "flattest, on slow time τ = η²t. Here the two are {gap} apart, and what should be 1 at the "
        "edge is {stableness_pair} and {sqrt_loss_pair}. Does it hold? {answer}.",
    ),
    "halves": Stop(
        "What happens if η is halved?",
        ("gap", "landscape"),
        "Hops are half as long, and a step drifts a quarter as far: the same way takes four times "
        "as many. At the same slow time the gap to the theorem was {gap_before} with η = "
        "{eta_before} and is {gap} with η = {eta}, {times} times less.",
    ),
    "next": Stop(
        "Where next?",
        (),
        "Drag the ring to start elsewhere, choose another loss or rule, press “why does it "
        "drift?”. The lab shows all η and all starts at once. When the tour ends, what was set "
        "before is back.",
    ),
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
    loss = settings.chosen.record
    return {
        "question": question(settings),
        "caption": caption(settings),
        "titles": titles(loss),
        "formula": loss.formula,
        "valley": f"{'valley' if _drifts(loss) else 'minimum at'} {loss.valley}",
        "sharpness": loss.sharpness_formula,
        "rules": [
            {"key": key, "name": RULES[key].name, "formula": RULES[key].formula}
            for key in settings.rule
        ],
        "labels": _labels(settings, runs),
        "stories": [_story(settings, run) for run in runs],
    }


def question(settings: Settings) -> str:
    """The sentence at the top of the stage: what is seen, and what to ask of it."""
    if settings.branches:
        return "Changed on the way: does it end elsewhere?"
    one_rule, one_eta = len(settings.rule) == 1, len(settings.eta) == 1
    if not one_rule:
        return "One start, several rules: do they end in the same place?"
    if not one_eta:
        return "One start, several step sizes: what does η change, and what not?"
    drifting, still = QUESTIONS[settings.rule[0]]
    return drifting if _drifts(settings.chosen.record) else still


def caption(settings: Settings) -> str:
    """What the runs are, in a line."""
    rules = ", ".join(map(_with_numbers, dict.fromkeys(run.rule for run in settings.roots)))
    etas = eta_words(settings)
    start = ", ".join(f"{value:g}" for value in settings.start_point)
    noise = f", noise {settings.noise:g} (seed {settings.seed})" if settings.noise else ""
    steps = f"{settings.runs[0].steps:,} steps"
    forks = "".join(f"; {_forked(settings, k)}" for k in range(len(settings.branches)))
    formula = settings.chosen.record.formula
    said = f"{rules} on {formula}, η = {etas}, from ({start}), {steps}{noise}{forks}"
    return telling(said, shortenings(settings))


def _forked(settings: Settings, k: int) -> str:
    """What a branch is, in words."""
    branch = settings.branches[k]
    named = f" ({branch.name})" if branch.name else ""
    parent = f" of {branch_name(settings, branch.of)}" if branch.of else ""
    return f"fork {k + 1}{named} at step {branch.step:,}{parent}: {changes_at(settings, branch)}"


def branch_name(settings: Settings, i: int) -> str:
    """What a person calls the i-th of a run and its branches."""
    if i == 0:
        return "the run"
    return settings.branches[i - 1].name or f"fork {i}"


def changes_at(settings: Settings, branch: Branch) -> str:
    """What a branch changes."""
    push = ", ".join(f"{value:g}" for value in branch.push)
    changes = [
        _with_numbers(rule_with(branch.rule, settings.numbers)) if branch.rule else "",
        "" if branch.eta is None else f"η = {branch.eta:g}",
        "" if branch.noise is None else f"noise {branch.noise:g}",
        f"pushed by ({push})" if branch.push else "",
    ]
    return ", ".join(filter(None, changes)) or "nothing changed"


def eta_words(settings: Settings) -> str:
    """Its values and, where it changes, when."""
    if settings.schedule is None:
        return ", ".join(f"{eta:g}" for eta in settings.eta)
    (first, _), *later = zip(settings.schedule.etas, settings.schedule.firsts, strict=True)
    return ", ".join([f"{first:g}", *(f"{eta:g} from step {step:,} on" for eta, step in later)])


def _with_numbers(rule: RuleSpec) -> str:
    """The name of a rule, with those of its numbers that are not its own."""
    symbols = {p.name: p.symbol or p.name for p in rule.record.parameters}
    numbers = ", ".join(f"{symbols[name]} = {value:g}" for name, value in rule.numbers)
    return rule.record.name + (f" ({numbers})" if numbers else "")


def titles(loss: Loss) -> dict[str, str]:
    """What the magnifiers show."""
    if _drifts(loss):
        return {"across": "Across the valley: the hop", "along": "Along the valley: the drift"}
    return {"across": "Across the minimum: the hop", "along": "At the minimum: no drift"}


def _drifts(loss: Loss) -> bool:
    """Whether its minimisers are more than a point."""
    return loss.codim < loss.d


def _labels(settings: Settings, runs: list[Mapping[str, Any]]) -> list[str]:
    """What tells runs from each other: branches by the name that a person has given them, or by
    what they change."""
    if not settings.branches:
        return [_label(settings, run) for run in runs]
    named = [branch.name or changes_at(settings, branch) for branch in settings.branches]
    return [_label(settings, runs[0]), *named]


def _label(settings: Settings, run: Mapping[str, Any]) -> str:
    """What tells a run from the others."""
    parts = [run["name"]] if len(settings.rule) > 1 or len(settings.eta) == 1 else []
    parts += [f"η = {run['eta']:g}"] if len(settings.eta) > 1 else []
    return ", ".join(parts)


def _story(settings: Settings, run: Mapping[str, Any]) -> dict[str, Any]:
    """One sentence a phase, in the order of `run["phases"]`, or one for all of the run where there
    are none; how it ends; what `{drift}` stands for where sharpness changes and where it stays,
    `{jump}` where each step jumps the floor and where every second one lands on it, and
    `{theorem}` where there is a prediction.
    """
    loss = settings.chosen.record
    floor = _floor(loss)
    return {
        "phases": [_told(run, _phase(settings, run, i)) for i in range(len(run["phases"]))],
        "all": _told(run, RULES[run["rule"]].look_for),
        "end": _ending(run),
        "parted": _parted(run),
        "drifts": "the jumps add up to a drift: sharpness {first_sharpness} → {sharpness}{theorem}"
        f". {loss.look_for}",
        "stays": "there is no drift here: sharpness stays {sharpness}."
        if _drifts(loss)
        else "there is nowhere to drift. " + loss.look_for,
        "jumps": f"each step jumps {floor}",
        "lands": f"every second step lands on {floor}",
        "theorem": "; the theorem predicts {flow_sharpness}",
        "until": _until(run),
    }


def _until(run: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the place of the laws and of the gap as long as the run is not at the edge:
    what comes there and when, or that it does not."""
    edge = next((p["first"] for p in run["phases"] if p["name"] in ("edge", "floor")), None)
    if edge is not None:
        return {
            "laws": f"When the run reaches the edge, at step {edge:,}: the laws that hold there.",
            "gap": "From then on: the run beside the point that the theorem predicts.",
        }
    if not run["phases"]:
        never = f"{run['name']} has no edge to reach: no law is known of it."
    elif any(phase["name"] == "overlong" for phase in run["phases"]):
        never = "This step is too large for the theorem: the run does not reach the edge."
    else:
        never = f"This run does not reach the edge in its {_steps(run['last'])}."
    return {"laws": never, "gap": "So there is no prediction to measure it by."}


def _floor(loss: Loss) -> str:
    return "the valley floor" if _drifts(loss) else "the minimum"


def _phase(settings: Settings, run: Mapping[str, Any], i: int) -> str:
    rule, loss = RULES[run["rule"]], settings.chosen.record
    floor = _floor(loss)
    phase = run["phases"][i]
    after = run["phases"][i + 1]["first"] if i + 1 < len(run["phases"]) else None
    if phase["name"] == "descent":
        when = f"Descent, {_steps(after)}" if after else f"Descent, all {run['last']:,} steps"
        return (
            f"{when}: down the wall to {floor}, loss now {{loss}}; nothing hops yet. "
            f"{rule.look_for}"
        )
    if phase["name"] == "alignment":
        turning = "the hops still turn to the steepest direction, " if loss.codim > 1 else ""
        return (
            f"Alignment from step {phase['first']:,}: within a bounce of {floor}, but {turning}"
            "the laws of the edge do not hold yet; 1/Sₜ + 1/Sₜ₊₁ is {stableness_pair}."
        )
    if phase["name"] == "floor":
        return (
            f"The lopsided bounce, since step {phase['first']:,}: uneven, it grew more so until "
            "one wall was the floor itself, Γ, on which every second step lands. Sharpness has "
            "gone from {first_sharpness} to {sharpness}{theorem}."
        )
    if phase["name"] == "overlong":
        return (
            f"Too large a step for the theorem, from step {phase['first']:,}: it hops across "
            f"{floor}, but so far that the walls change below it. Sharpness has gone from "
            "{first_sharpness} to {sharpness}, not as predicted."
        )
    if phase["name"] == "beyond":
        return (
            f"Beyond the theorem since step {phase['first']:,}: λ₁ and λ₂ have met, so there is no "
            "one direction to bounce along, and no prediction. The gap to its flow is {gap}."
        )
    return f"At the edge since step {phase['first']:,}: {{jump}}, and {{drift}}"


def _parted(run: Mapping[str, Any]) -> str:
    """What is said after each phase's sentence, once it is so."""
    first = run["parted_from"]
    if first is None:
        return ""
    return (
        f" From step {first:,} rounding decides where it goes: moved by 10⁻¹⁵, it goes elsewhere."
    )


def _told(run: Mapping[str, Any], sentence: str) -> str:
    """What is said of a run, whose sentence would speak of a Γ or a prediction that may not be."""
    if not run["broken"]:
        return sentence
    words = run["broken_words"]
    return f"{sentence} {words}" if run["broken"] in ("flow_ends", "no_flow") else words


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count:,} steps"


def _ending(run: Mapping[str, Any]) -> str:
    if run["outcome"] == "reached":
        return ""
    return f"{run['name']}, step {run['outcome_step']:,}: {run['outcome_words']}"
