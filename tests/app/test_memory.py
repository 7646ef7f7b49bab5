"""Memory is given back while nobody asks, and before there is too much of it."""

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from flask import Flask

from app import memory
from app.memory import AT_MOST, AT_REST, PIECES, Memory, resident, trim

PATIENCE = 30.0


class Process:
    """A process that takes as much as it is told, and what is done to it, in order."""

    def __init__(self) -> None:
        self.takes = 0
        self.pieces = 0
        self.programs = 0
        self.done: list[str] = []
        self.let_go = threading.Event()

    def trim(self) -> None:
        self.takes -= self.pieces
        self.pieces = 0
        self.done.append("trimmed")

    def let_go_of_programs(self) -> None:
        self.takes -= self.programs
        self.programs = 0
        self.done.append("let go")
        self.let_go.set()


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Iterator[Process]:
    """In place of this one; quiet comes soon."""
    process = Process()
    monkeypatch.setattr(memory, "resident", lambda: process.takes)
    monkeypatch.setattr(memory, "trim", process.trim)
    monkeypatch.setattr(memory, "let_go_of_programs", process.let_go_of_programs)
    monkeypatch.setattr(memory, "QUIET", 0.2)
    yield process
    process.takes = 0
    time.sleep(0.5)  # until a watch has nothing left to do


def watching() -> Memory:
    watched = Memory()
    watched.watch(Flask("test"))
    return watched


def test_what_lies_about_in_pieces_is_enough_where_it_is_much(process: Process) -> None:
    process.takes, process.pieces, process.programs = AT_REST + 100, 200, 300
    Memory().give_back(AT_REST)
    assert process.done == ["trimmed"]


def test_programs_go_where_pieces_are_not_enough(process: Process) -> None:
    process.takes, process.pieces, process.programs = AT_REST + 200, 100, 300
    Memory().give_back(AT_REST)
    assert process.done == ["trimmed", "let go", "trimmed"]
    assert process.takes == AT_REST - 200


def test_little_growth_is_left_alone(process: Process) -> None:
    process.takes = PIECES
    watched = Memory()
    watched.give_back(AT_REST)
    process.takes += PIECES - 1
    watched.give_back(AT_REST)
    assert process.done == ["trimmed"]
    process.takes += 1
    watched.give_back(AT_REST)
    assert process.done == ["trimmed", "trimmed"]


def test_programs_stay_while_somebody_asks(process: Process) -> None:
    process.takes = process.programs = AT_REST + 1
    watched = watching()
    for _ in range(10):
        watched.asked()
        time.sleep(0.05)
    assert not process.done
    assert process.let_go.wait(PATIENCE)


def test_programs_go_where_somebody_always_asks_and_there_is_too_much(process: Process) -> None:
    watched = watching()
    process.takes = process.programs = AT_MOST
    end = time.monotonic() + PATIENCE
    while not process.let_go.is_set() and time.monotonic() < end:
        watched.asked()
        time.sleep(0.02)
    assert process.let_go.is_set()


def test_nothing_is_done_while_nobody_asks(process: Process) -> None:
    process.takes = AT_MOST
    watching()
    time.sleep(0.5)
    assert not process.done


# ---- the real one ----


def test_what_is_given_back_is_memory_of_this_process() -> None:
    """Blocks that are too small to be mapped on their own, with a pin above each few."""
    if not resident():
        pytest.skip("the system does not tell")
    trim()
    before = resident()
    blocks = [np.ones(8_000) for _ in range(2_000)]
    taken = resident() - before
    assert taken > 100 << 20
    pins = blocks[::50]
    del blocks
    trim()
    assert resident() - before < 0.5 * taken
    assert len(pins) == 40
