"""Where this runs from: a checkout, or a folder of what is installed."""

from pathlib import Path

# The folder that `app` and `assets` lie in.
ROOT = Path(__file__).parents[1]
ASSETS = ROOT / "assets"


def in_checkout(root: Path = ROOT) -> bool:
    """Whether this is a checkout; nothing is ever written beside what is installed."""
    return (root / "pyproject.toml").is_file()


# What a person types.
COMMAND = "python -m app" if in_checkout() else "edgewalk"
