"""Runs as a notebook shows them: the stage itself in a frame, with nothing to ask a server for."""

from functools import cache
from html import escape

from app.stage.compute import Compute
from app.stage.offline import Get, answers_of, offline_page
from app.stage.settings import Settings
from dynamics import LOSSES, Run

HEIGHT = 640  # pixels of the page


def frame(*runs: Run) -> str | None:
    """A frame that plays runs from one start, every rule at every η as `dynamics.show` has them;
    None of a loss that is not in the catalogue, which has no link, and where η changes in some runs
    and not alike in all.

    It has a megabyte, and comes with a notebook that is kept.
    """
    run = runs[0]
    loss = run.loss
    if loss.key not in LOSSES or any(one.schedule != run.schedule for one in runs):
        return None
    own = LOSSES[loss.key].theta
    given = {name: float(value) for name, value in loss.theta.items()}
    settings = Settings(
        loss=loss.key,
        theta=tuple((name, value) for name, value in given.items() if value != float(own[name])),
        rule=tuple(dict.fromkeys(one.rule.key for one in runs)),
        eta=run.schedule.etas[:1]
        if run.schedule
        else tuple(dict.fromkeys(one.eta for one in runs)),
        schedule=run.schedule,
        start=tuple(map(float, run.start)),
        steps=run.steps,
        noise=run.noise,
        seed=run.seed,
    )
    compute, get = _server()
    page = escape(offline_page(compute, get, settings, small=True))
    return (
        f'<iframe srcdoc="{page}" sandbox="allow-scripts" title="Edgewalk" '
        f'style="width: 100%; height: {HEIGHT}px; border: 0"></iframe>'
    )


@cache
def _server() -> tuple[Compute, Get]:
    """What answers instead of a server, within this process."""
    from app.server import create_app

    app = create_app()
    return app.compute, answers_of(app.server)  # type: ignore[attr-defined]
