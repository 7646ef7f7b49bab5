"""What the lab says of its plots, from their settings."""

from app.budgets import budgets, shortened, telling
from app.lab.settings import ETA, START, LabSettings
from app.link import NUMBER
from dynamics import RULES
from dynamics.flatness import steps_to


def caption(settings: LabSettings, name: str) -> str:
    """What a resource of the lab shows, in a line; `name` is that of `app.lab.routes`, and settings
    have nothing left open."""
    rules = ", ".join(RULES[rule].name for rule in settings.rules)
    shown = settings.axes if settings.plot == "regimes" else ()
    fixed = [(name, value) for name, value in settings.theta if NUMBER + name not in shown]
    numbers = "".join(f", {name} = {value:g}" for name, value in fixed)
    of = f"{rules} on {settings.chosen.record.formula}{numbers}"
    said = SAID.get(name, SAID.get(settings.plot, _of_runs))(settings, of)
    return telling(said, shortenings(settings))


def shortenings(settings: LabSettings) -> list[str]:
    """What to say of runs that end before they should: rules side by side whose steps are many."""
    if settings.plot != "flatness":
        return []
    wanted = {
        spec.record.name: steps_to(spec.record, settings.step_sizes[0], settings.slow_time)
        for spec in settings.fitting_rules
    }
    budget = budgets().steps
    long = [name for name, steps in wanted.items() if steps > budget.most + 0.5]
    why = f"{', '.join(long)} would take more steps, and {budget.granted}"
    return [shortened(why)] if long else []


def _of_map(settings: LabSettings, of: str) -> str:
    many = f"{settings.size} × {settings.size} runs of {settings.steps:,} steps"
    return f"Regime map of {of}: {many}, {_along_axes(settings, settings.axes)}"


def _of_orbit(settings: LabSettings, of: str) -> str:
    across, up = settings.axes
    share = settings.column / max(settings.size - 1, 1)
    if up == START:
        where = f"from the start after {100 * share:.0f} % of the way; {_starts(settings)}"
        return f"Orbit diagram of {of}: the last iterates, {_along(settings, across)}, {where}"
    where = f"after {100 * share:.0f} % of the way up, {_along_axes(settings, (across, up))}"
    return f"Orbit diagram of {of}: the last iterates, {where}"


def _of_rate(settings: LabSettings, of: str) -> str:
    etas = settings.step_sizes
    many = f"clouds of runs at {len(etas)} step sizes from {max(etas):g} to {min(etas):g}"
    tau = f"the limiting flow at τ = {settings.slow_time:g}"
    return f"Gap of {of} to {tau}: {many}, from ({_point(settings.start_point)})"


def _of_runs(settings: LabSettings, of: str) -> str:
    etas = ", ".join(f"{eta:g}" for eta in settings.step_sizes)
    start = f"from ({_point(settings.start_point)}) to τ = {settings.slow_time:g}"
    return f"λ₁(Φ(xₜ)) of {of}, η = {etas}, {start}, on three clocks"


def _of_flatness(settings: LabSettings, of: str) -> str:
    start, time = _point(settings.start_point), f"{settings.slow_time:g}"
    how = f"η = {settings.step_sizes[0]:g}, from ({start}), each to {time} on its own clock"
    return f"Which flatness: {of}, {how}"


def _of_crowd(settings: LabSettings, of: str) -> str:
    left, right, below, above = (f"{end:.4g}" for end in settings.region_shown)
    where = f"{settings.kind} x = {left} … {right}, y = {below} … {above}"
    many = f"{settings.grid} × {settings.grid} starts of the {where}"
    return f"Crowd of {of}: {settings.steps:,} steps from {many}, {_along(settings, ETA)}"


SAID = {
    "crowd": _of_crowd,
    "starts": _of_crowd,
    "regimes": _of_map,
    "orbit": _of_orbit,
    "rate": _of_rate,
    "flatness": _of_flatness,
}


def _along_axes(settings: LabSettings, axes: tuple[str, ...]) -> str:
    """What goes along the axes, η and the starts last where none shows them."""
    names = [*axes, *(name for name in (ETA, START) if name not in axes)]
    return ", ".join(_along(settings, name) for name in names)


def _along(settings: LabSettings, name: str) -> str:
    if name == START:
        return _starts(settings)
    low, *high = settings.ranges.get(name) or settings.eta or (0.0,)
    to = "".join(f" … {end:.3g}" for end in high)
    return f"{settings.symbols[name]} = {low:.3g}{to}"


def _starts(settings: LabSettings) -> str:
    if START not in settings.axes:
        return f"from ({_point(settings.start_point)})"
    if settings.along == "valley":
        return f"starts along Γ, {settings.off:g} from it along v₁"
    first, last = settings.ends
    return f"starts from ({_point(first)}) to ({_point(last)})"


def _point(start: tuple[float, ...]) -> str:
    return ", ".join(f"{value:g}" for value in start)
