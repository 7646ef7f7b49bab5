"""How much the tests would notice: modules with one thing changed at a time (a sign, a number, a
comparison), and the share of those mutants that some test fails on. Cosmic Ray makes the changes of
Python, Stryker's instrumenter those of scripts.

    python -m tests.mutants                 a seeded sample of every module, and a table
    python -m tests.mutants rules link      of some
    python -m tests.mutants --count 100     of more places each
    python -m tests.mutants --seed 2        of other places

Each mutant lives in a copy of the checkout under `.cache/mutants`, never in the checkout itself.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from tests.mutants import AGREED, FOLDER, MODULES, ROOT, python, scripts

WORKERS = 2
COUNT = {python: 20, scripts: 60}  # places of each module; a test of a script takes a moment


def main(arguments: list[str]) -> int:
    """Print the table, then what survived; 0 however much did."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("module", nargs="*", help=f"of {', '.join(MODULES)}; all when left out")
    parser.add_argument("--count", type=int, help="places of each module")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    asked = parser.parse_args(arguments)
    names = asked.module or list(MODULES)
    if unknown := set(names) - set(MODULES):
        parser.error(f"no module called {min(unknown)}. Known: {', '.join(MODULES)}")
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    survivors = []
    print("module     places  tried  noticed  minutes")
    with ProcessPoolExecutor(WORKERS, initializer=move_into_a_copy) as pool:
        for name in names:
            began = time.monotonic()
            path, tests = MODULES[name]
            maker = scripts if path.endswith(".mjs") else python
            if AGREED in tests:
                scripts.prepare()
            every = maker.places(path)
            count = min(asked.count or COUNT[maker], len(every))
            sample = random.Random(asked.seed).sample(every, count)
            found = list(pool.map(partial(maker.attempt, name), sample))
            survivors += [mutant for mutant in found if not mutant.noticed]
            noticed, minutes = sum(mutant.noticed for mutant in found), time.monotonic() - began
            print(
                f"{name:10} {len(every):6} {len(found):6} {noticed / len(found):8.0%}"
                f" {minutes / 60:8.1f}",
                flush=True,
            )
    for mutant in sorted(survivors):
        print(f"\n{mutant.module}, line {mutant.line}, survives:\n{mutant.difference}")
    shutil.rmtree(FOLDER)
    return 0


def move_into_a_copy() -> None:
    """Give a worker process a checkout of its own to work in."""
    copy = Path(tempfile.mkdtemp(dir=FOLDER))
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.check_output(listed, cwd=ROOT, text=True).split("\0"):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    os.chdir(copy)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
