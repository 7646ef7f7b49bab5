"""How a run shows itself in a notebook: by the player, where that is installed beside this package.

The mathematics knows it by its name alone, and does without it.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

PLAYER = "app.notebook"


def frame_of(run: Any) -> str | None:
    """The HTML of a frame that plays a run; None where there is no player, or none for its loss."""
    if not find_spec(PLAYER.split(".")[0]) or not find_spec(PLAYER):
        return None
    return import_module(PLAYER).frame(run)
