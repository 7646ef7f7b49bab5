"""What a server takes for an answer it gives back: files, threads, folders and memory."""

import gc
import os
import tempfile
import threading
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

import pytest
from flask.testing import FlaskClient

from app.memory import trim
from dynamics import LOSSES

MEGABYTE = 1 << 20
MORE = 48  # megabytes that may stay: results that are kept, of which there is a bound


class Held(NamedTuple):
    files: int
    threads: int
    folders: int
    memory: float
    """Megabytes."""


def held() -> Held:
    gc.collect()
    trim()  # as a server does while nobody asks
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Held(
        files=len(os.listdir("/proc/self/fd")),
        threads=threading.active_count(),
        folders=len(os.listdir(tempfile.gettempdir())),
        memory=pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE,
    )


RUNS = [f"run.bin?loss=hyperbola&steps=60&eta={0.05 + k * 1e-4:g}" for k in range(1000)]
FORMULAS = (f"{1 + k / 100:g} (1 - x y)^2" for k in range(80))
OTHERS = [
    *(f"run.bin?loss={key}&steps=40" for key in LOSSES),
    *(f"run.bin?formula={text.replace(' ', '%20')}&steps=40" for text in FORMULAS),
]
FILES = ("run.csv", "run.npz", "run.json", "run.py", "run.ipynb", "run.html")
EXPORTS = [f"{file}?loss=ring&steps={40 + k}" for k, file in enumerate(islice(cycle(FILES), 50))]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts what Linux tells")
@pytest.mark.parametrize(
    ("asked", "first"), [(RUNS, 150), (OTHERS, 40), (EXPORTS, 12)], ids=["runs", "losses", "files"]
)
def test_it_is_given_back(client: FlaskClient, asked: list[str], first: int) -> None:
    """After the first have filled what is kept, and compiled their programs."""

    def ask(addresses: list[str]) -> None:
        for address in addresses:
            answer = client.get(f"/{address}")
            assert answer.status_code == 200, answer.text[:300]
            answer.close()

    ask(asked[:first])
    before = held()
    ask(asked[first:])
    after = held()
    assert after.files <= before.files + 2
    assert after.threads <= before.threads + 1  # the one that tidies what is kept on disk
    assert after.folders <= before.folders
    assert after.memory - before.memory < MORE
