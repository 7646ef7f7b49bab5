"""Print the table: python -m benchmarks [name ...]. To add a row: a function, and a record in the
tuple of its file."""

import argparse
import os
import platform

import jax

from benchmarks import (
    browser,
    exports,
    frames,
    growth,
    hall,
    heap,
    loops,
    networks,
    process,
    serving,
)
from benchmarks.row import Row, UnavailableError, number
from dynamics.compilation import prepare_process

ROWS = (
    *loops.ROWS,
    *growth.ROWS,
    *networks.ROWS,
    *serving.ROWS,
    *process.ROWS,
    *browser.ROWS,
    *frames.ROWS,
    *heap.ROWS,
    *hall.ROWS,
    *exports.ROWS,
)

HEAD = ("what", "reach", "measured", "ratio", "reached?")


def main() -> None:
    """Measure the rows of the names given, or all, and print each as soon as it is known."""
    prepare_process()
    names = [row.name for row in ROWS]
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("name", nargs="*", help=", ".join(names))
    asked = parser.parse_args().name
    for name in set(asked) - set(names):
        parser.error(f"no benchmark called {name!r}. Known: {', '.join(names)}.")
    print(f"{_machine()}\n\n{_line(HEAD)}\n{_line(['---'] * len(HEAD))}", flush=True)
    for row in ROWS:
        if not asked or row.name in asked:
            print(_line(_cells(row)), flush=True)


def _machine() -> str:
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, "
        f"jax {jax.__version__}, load {os.getloadavg()[0]:.1f}"
    )


def _cells(row: Row) -> list[str]:
    reach = ", ".join(map(str, row.reach))
    try:
        figures = row.measure()
    except UnavailableError as error:
        return [row.what, reach, f"not measured: {error}", "", ""]
    words = {name: f"{number(value)} {name}" for name, value in figures.items()}
    missed = [str(bound) for bound in row.reach if not bound.holds(figures)]
    return [
        row.what,
        reach,
        ", ".join(text for name, text in words.items() if not name.startswith("×")),
        ", ".join(text for name, text in words.items() if name.startswith("×")),
        f"no: {', '.join(missed)}" if missed else "yes",
    ]


def _line(cells) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
