"""edgewalk, and python -m edgewalk: what python -m app does in a checkout."""

import sys
from pathlib import Path


def main() -> None:
    """Run the command. Its own `app` comes before any that the working folder has."""
    sys.path.insert(0, str(Path(__file__).parent))
    from app.__main__ import main

    main()


if __name__ == "__main__":
    main()
