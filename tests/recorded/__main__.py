"""The recorded set: what links, files, resources and the command line answer, in `answers/`.

    python -m tests.recorded                      what differs from it now
    python -m tests.recorded renew                write all of it anew
    python -m tests.recorded renew runs windows   write some groups anew

Renew it in the commit that means to change an answer, and read the difference.
"""

import sys

from dynamics.compilation import prepare_process
from tests.recorded import book
from tests.recorded.answers import answer_to
from tests.recorded.compare import differences
from tests.recorded.requests import groups


def main(arguments: list[str]) -> int:
    """Renew or compare; the exit status."""
    renew = arguments[:1] == ["renew"]
    wanted = arguments[renew:] or list(groups())
    unknown = [name for name in wanted if name not in groups()]
    if unknown:
        print(f"no group called {unknown[0]}. Known: {', '.join(groups())}.", file=sys.stderr)
        return 2
    return sum(_renew(name) if renew else _compare(name) for name in wanted) and 1


def _answers(name: str) -> dict:
    client = book.visitor()
    return {line: answer_to(line, client) for line in groups()[name]}


def _renew(name: str) -> int:
    book.write(name, _answers(name))
    print(f"{name}: {len(groups()[name])} answers")
    return 0


def _compare(name: str) -> int:
    recorded, changed = book.read(name), 0
    for line, found in _answers(name).items():
        told = list(differences(recorded.get(line), found))
        if told:
            print(line, *told, sep="\n    ")
            changed += 1
    print(f"{name}: {changed} of {len(groups()[name])} differ")
    return changed


if __name__ == "__main__":
    prepare_process()
    sys.exit(main(sys.argv[1:]))
