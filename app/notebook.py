"""Runs as a notebook shows them: the stage itself in a frame, with nothing to ask a server for."""

from functools import cache
from html import escape
from itertools import pairwise

from app.stage.branches import Branch
from app.stage.compute import Compute
from app.stage.offline import Get, answers_of, offline_page
from app.stage.settings import Settings
from app.vocabulary import CLOCKS
from dynamics import LOSSES, Fork, Run
from dynamics.schedule import Schedule
from dynamics.simulate import offset_of

HEIGHT = 640  # pixels of the page


def frame(*runs: Run) -> str | None:
    """A frame that plays runs from one start, every rule at every η as `dynamics.show` has them;
    None of a loss that is not in the catalogue, which has no link, and where several change, and
    not alike. A run with forks is shown beside those that it has left.

    It has a megabyte, and comes with a notebook that is kept.
    """
    run = runs[0]
    loss = run.loss
    alike = all(one.schedule == run.schedule and not one.forks for one in runs)
    if loss.key not in LOSSES or not (alike or len(runs) == 1):
        return None
    schedule, firsts = _first_schedule(run), [one.pieces[0] if one.forks else one for one in runs]
    own = LOSSES[loss.key].theta
    given = {name: float(value) for name, value in loss.theta.items()}
    settings = Settings(
        loss=loss.key,
        theta=tuple((name, value) for name, value in given.items() if value != float(own[name])),
        rule=tuple(dict.fromkeys(one.rule.key for one in firsts)),
        eta=schedule.etas[:1] if schedule else tuple(dict.fromkeys(one.eta for one in firsts)),
        schedule=schedule,
        start=tuple(map(float, run.start)),
        steps=_first_steps(run),
        noise=firsts[0].noise,
        seed=run.seed,
        branches=tuple(_branch(k, fork) for k, fork in enumerate(run.forks)),
        focus=len(run.forks) or None,
    )
    compute, get = _server()
    page = escape(offline_page(compute, get, settings, small=True))
    return (
        f'<iframe srcdoc="{page}" sandbox="allow-scripts" title="Edgewalk" '
        f'style="width: 100%; height: {HEIGHT}px; border: 0"></iframe>'
    )


def _first_schedule(run: Run) -> Schedule | None:
    """How η was to change before a fork set it."""
    ends = [fork.step for fork in run.forks if fork.eta is not None]
    if run.schedule is None or not ends:
        return run.schedule
    count = sum(first < ends[0] for first in run.schedule.firsts)
    return Schedule(run.schedule.etas[:count], run.schedule.firsts[:count]) if count > 1 else None


def _first_steps(run: Run) -> int:
    """To where the run that a branch has left would have gone by the time at which that ends."""
    steps = run.steps
    for piece, after in reversed(list(pairwise(run.pieces))):
        power = list(CLOCKS).index(after.rule.clock)
        step = offset_of(after)
        if any(fork.step == step for fork in run.forks):
            steps = step + round((steps - step) * (after.eta / piece.eta) ** power)
    return steps


def _branch(k: int, fork: Fork) -> Branch:
    """The fork of a run as a branch of the one before it."""
    key = fork.rule.key if fork.rule else None
    return Branch(fork.step, k, fork.eta, key, fork.noise, fork.push)


@cache
def _server() -> tuple[Compute, Get]:
    """What answers instead of a server, within this process."""
    from app.server import create_app

    app = create_app()
    return app.compute, answers_of(app.server)  # type: ignore[attr-defined]
