"""Each result is made once, under a name that depends on all it must, and bounded in bytes."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import app.once
from app.once import Once, Recent, StoppedError, version
from app.runspec import LossSpec, RunSpec

VISITORS = 12
PATIENCE = 30


@pytest.fixture
def once() -> Once:
    """Results that are kept in memory."""
    return Once(Recent(1 << 20), "one")


def together(*tasks: Callable[[], Any]) -> list[Any]:
    """The answers to tasks that begin at the same moment, each on a thread of its own."""
    ready = threading.Barrier(len(tasks), timeout=PATIENCE)

    def begin(task: Callable[[], Any]) -> Any:
        ready.wait()
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(begin, tasks))


# ---- once ----


def test_requests_for_different_runs_do_not_wait_for_each_other(once: Once) -> None:
    both = threading.Barrier(2, timeout=PATIENCE)  # breaks if one is let in after the other
    answers = together(
        lambda: once.result("one", lambda: both.wait() >= 0),
        lambda: once.result("two", lambda: both.wait() >= 0),
    )
    assert answers == [True, True]


def test_once_is_once_for_each_key(once: Once) -> None:
    made: list[str] = []

    def make(key: str) -> str:
        made.append(key)
        time.sleep(0.05)
        return f"result {key}"

    keys = ["a", "b", "c"] * VISITORS
    answers = together(*(lambda key=key: once.result(key, lambda: make(key)) for key in keys))
    assert answers == [f"result {key}" for key in keys]
    assert sorted(made) == ["a", "b", "c"]
    assert not once._work


def test_a_failure_is_not_kept_and_blocks_nobody(once: Once) -> None:
    def fail() -> None:
        raise RuntimeError("no luck")

    for _ in range(2):
        with pytest.raises(RuntimeError, match="no luck"):
            once.result("key", fail)
    assert once.result("key", lambda: 7) == 7
    assert not once._work


def test_whoever_goes_away_while_another_makes_it_waits_no_longer(once: Once) -> None:
    begun, free = threading.Event(), threading.Event()

    def slow() -> int:
        begun.set()
        assert free.wait(PATIENCE)
        return 7

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(once.result, "key", slow)
        assert begun.wait(PATIENCE)
        with pytest.raises(StoppedError):
            once.result("key", lambda: 8, lambda: True)
        free.set()
        assert first.result() == 7
    assert once.result("key", lambda: 9) == 7


# ---- in parts ----


class Count:
    """Makes 0 … last one by one, and tells each that it makes."""

    def __init__(self, last: int, made: list[int], known: list[int] | None) -> None:
        self.last, self.made, self.known = last, made, known
        self.parts: list[int] = []

    def next(self, gone: Callable[[], bool]) -> int | None:
        if gone():
            raise StoppedError
        if len(self.parts) > self.last:
            return None
        if not self.known:
            self.made.append(len(self.parts))
            time.sleep(0.01)
        self.parts.append(len(self.parts))
        return self.parts[-1]

    def whole(self) -> list[int] | None:
        return None if self.known else self.parts


def count(once: Once, last: int, made: list[int], gone: Callable[[], bool]) -> Iterator[int]:
    return once.parts("count", lambda known: Count(last, made, known), gone)


def stays() -> bool:
    return False


def test_all_who_ask_get_every_part_and_each_is_made_once(once: Once) -> None:
    made: list[int] = []
    answers = together(*[lambda: list(count(once, 20, made, stays))] * 5)
    assert answers == [list(range(21))] * 5
    assert made == list(range(21))
    assert not once._work


def test_what_is_known_is_not_made_again(once: Once) -> None:
    made: list[int] = []
    first = list(count(once, 3, made, stays))
    assert list(count(once, 3, made, stays)) == first == [0, 1, 2, 3]
    assert made == [0, 1, 2, 3]
    assert once.store.get("count") == [0, 1, 2, 3]


def test_who_comes_late_gets_what_is_there_and_the_rest(once: Once) -> None:
    made: list[int] = []
    one, other = count(once, 4, made, stays), count(once, 4, made, stays)
    assert [next(one), next(one)] == [0, 1]
    assert [next(other), next(other)] == [0, 1]
    assert made == [0, 1]
    assert (list(one), list(other)) == ([2, 3, 4], [2, 3, 4])
    assert made == [0, 1, 2, 3, 4]


def test_whoever_goes_away_leaves_the_work_to_the_others(once: Once) -> None:
    made: list[int] = []
    left = False
    one, other = count(once, 4, made, lambda: left), count(once, 4, made, stays)
    assert [next(one), next(other), next(one)] == [0, 0, 1]
    left = True
    with pytest.raises(StoppedError):
        next(one)
    assert list(other) == [1, 2, 3, 4]
    assert made == [0, 1, 2, 3, 4]


def test_what_all_have_left_is_forgotten(once: Once) -> None:
    made: list[int] = []
    for _ in range(2):
        parts = count(once, 4, made, stays)
        next(parts)
        parts.close()  # type: ignore[attr-defined]  # a generator
    assert made == [0, 0]
    assert not once._work
    assert once.store.get("count") is None


def test_a_maker_that_fails_blocks_nobody(once: Once) -> None:
    class Fails(Count):
        def next(self, gone: Callable[[], bool]) -> int | None:
            raise RuntimeError("no luck")

    for _ in range(2):
        with pytest.raises(RuntimeError, match="no luck"):
            list(once.parts("count", lambda known: Fails(1, [], known)))
    assert not once._work


# ---- in memory ----


def test_what_was_used_last_is_kept_and_no_more_than_fits() -> None:
    recent = Recent(3000)
    for name in "abc":
        recent.set(name, (np.zeros(100), {"words": "count for nothing"}))
    assert recent.bytes == 2400
    assert recent.get("a") is not None
    recent.set("d", [np.zeros(50), np.zeros(50)])
    assert [name for name in "abcd" if recent.get(name) is not None] == ["a", "c", "d"]
    assert recent.bytes == 2400


def test_bytes_count_too() -> None:
    recent = Recent(1000)
    recent.set("a", ({"rows": 2}, b"x" * 600))
    recent.set("b", b"x" * 600)
    assert (recent.get("a"), recent.bytes) == (None, 600)


def test_what_is_larger_than_all_that_fits_is_kept_alone() -> None:
    recent = Recent(100)
    recent.set("a", np.zeros(10))
    recent.set("b", np.zeros(100))
    assert (recent.get("a"), recent.get("b").size) == (None, 100)


def test_setting_again_counts_once() -> None:
    recent = Recent(1000)
    for _ in range(5):
        recent.set("a", np.zeros(100))
    assert recent.bytes == 800


# ---- the key ----


def test_key_does_not_depend_on_order_or_kind_of_sequence(once: Once) -> None:
    key = once.key("run", eta=0.1, start=[1.0, 2.0], about={"a": 1, "b": (2, 3)})
    same = once.key("run", about={"b": [2, 3], "a": 1}, start=(1.0, 2.0), eta=np.float64(0.1))
    assert (
        key
        == same
        == once.key("run", eta=0.1, start=np.array([1, 2.0]), about={"a": 1, "b": [2, 3]})
    )


def test_key_tells_kinds_and_runs_apart(once: Once) -> None:
    run = RunSpec(LossSpec("ring"), "ngd", 0.1, (1.0, 2.0), 100)
    others = [
        run,
        RunSpec(LossSpec("ring"), "ngd", 0.1, (1.0, 2.0), 101),
        RunSpec(LossSpec("ring", (("k", 2.0),)), "ngd", 0.1, (1.0, 2.0), 100),
        RunSpec(LossSpec("ring", (("k", 3.0),)), "ngd", 0.1, (1.0, 2.0), 100),
    ]
    keys = {once.key(kind, run=spec) for kind in ("page", "whole") for spec in others}
    assert len(keys) == 8
    assert once.key("page", run=run) == once.key("page", run=RunSpec(**vars(run)))


def test_key_is_a_digest_whatever_it_is_made_of(once: Once) -> None:
    for name in ("../../etc/passwd", "a/b", "\0", "‘é’", "x" * 100_000, "\ud800"):
        assert re.fullmatch("[0-9a-f]{64}", once.key(name, query={name: name}))


def test_key_depends_on_the_version() -> None:
    one, other = Once(Recent(1), "one"), Once(Recent(1), "other")
    assert one.key("run", eta=0.1) != other.key("run", eta=0.1)


def test_the_version_changes_with_any_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("dynamics/losses", "app/stage"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.py").write_text("x = 1\n")
    monkeypatch.setattr(app.once, "CODE", (tmp_path / "dynamics", tmp_path / "app"))
    versions = [version(), version()]
    for name in ("dynamics/losses/a.py", "app/stage/a.py", "app/b.py"):
        (tmp_path / name).write_text("x = 2\n")
        versions.append(version())
    (tmp_path / "notes.txt").write_text("no code")
    versions.append(version())
    assert len(set(versions)) == 4
    assert versions[0] == versions[1]
    assert versions[-1] == versions[-2]
    assert all(re.fullmatch("[0-9a-f]{12}", name) for name in versions)


@pytest.mark.parametrize("library", ["jax", "jaxlib", "numpy", "scipy"])
def test_the_version_changes_with_every_library_that_computes(
    library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, version_of = version(), app.once.version_of
    monkeypatch.setattr(
        app.once, "version_of", lambda name: "99" if name == library else version_of(name)
    )
    assert version() != before


def test_the_version_changes_with_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = [version()]
    monkeypatch.setattr(app.once, "_processor", lambda: "another")
    versions.append(version())
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_enable_fast_math=true")
    versions.append(version())
    monkeypatch.setattr(app.once.sys, "version", "4.0")
    versions.append(version())
    assert len(set(versions)) == 4
