"""Runs in a notebook, where the dashboard and what it needs are installed."""

import sys
from importlib.util import find_spec
from pathlib import Path

from dynamics import Run

# Last, since a notebook may have an `app` of its own.
sys.path.append(str(Path(__file__).parent))


def frame(*runs: Run) -> str | None:
    """A frame that plays runs from one start, as `app/notebook.py` has it; None without Dash, and
    where another `app` is in its place."""
    if not find_spec("dash") or not _is_found("app.notebook"):
        return None
    from app.notebook import frame

    return frame(*runs)


def _is_found(module: str) -> bool:
    """A module of a package, which may be no package here, or not this one."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
