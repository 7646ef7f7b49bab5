"""Folders that are bounded in bytes."""

import os
import threading
from pathlib import Path

import pytest

from app import disk
from app.disk import Bounds, folders, trim


def write(folder: Path, name: str, size: int, read: float, written: float = 0.0) -> None:
    (folder / name).write_bytes(b"x" * size)
    os.utime(folder / name, (read, written or read))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    """Read or written; and no more goes than must."""
    write(tmp_path, "old", 100, 1e9)
    write(tmp_path, "read", 100, 1e9 + 5, 1e9 - 5)
    write(tmp_path, "written", 100, 1e9 - 5, 1e9 + 4)
    write(tmp_path, "new", 100, 1e9 + 6)
    trim(tmp_path, 400)
    assert names(tmp_path) == ["new", "old", "read", "written"]
    trim(tmp_path, 399)
    assert names(tmp_path) == ["new", "read", "written"]
    trim(tmp_path, 250)
    assert names(tmp_path) == ["new", "read"]
    trim(tmp_path, 0)
    assert not names(tmp_path)


def test_bytes_count_and_not_files(tmp_path: Path) -> None:
    write(tmp_path, "large", 1000, 1e9)
    for number in range(50):
        write(tmp_path, f"small {number}", 1, 1e9 + 1 + number)
    trim(tmp_path, 100)
    assert len(names(tmp_path)) == 50
    assert "large" not in names(tmp_path)


def test_a_folder_that_is_not_there_is_no_trouble(tmp_path: Path) -> None:
    trim(tmp_path / "none", 10)


def test_folders_are_trimmed_at_first_and_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trimmed = threading.Semaphore(0)
    monkeypatch.setattr(disk, "EVERY", 3)
    bounds = Bounds({tmp_path / "a": 10, tmp_path / "b": 20})
    monkeypatch.setattr(bounds, "trim", trimmed.release)
    for _ in range(7):
        bounds()
    assert [trimmed.acquire(timeout=30) for _ in range(3)] == [True] * 3
    assert not trimmed.acquire(timeout=0.05)


def test_each_folder_has_its_own_bound(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        for number in range(4):
            write(tmp_path / folder, str(number), 10, 1e9 + number)
    Bounds({tmp_path / "a": 20, tmp_path / "b": 30}).trim()
    assert (names(tmp_path / "a"), names(tmp_path / "b")) == (["2", "3"], ["1", "2", "3"])


# ---- where they are ----

VARIABLES = ("CACHE_DIR", "JAX_COMPILATION_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout, and a user whose home is beside it."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    for name in ("checkout", "home"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "checkout" / "pyproject.toml").touch()
    monkeypatch.setattr(disk, "ROOT", tmp_path / "checkout")
    return tmp_path / "checkout"


def refuse(folder: Path) -> None:
    """Nobody, not even root, can make a folder where a file is."""
    folder.write_bytes(b"")


def test_folders_are_in_the_checkout(checkout: Path) -> None:
    kept = checkout / ".cache"
    assert folders() == (kept / "runs", kept / "jax", "")
    assert names(kept) == ["jax", "runs"]
    assert not list(kept.rglob("*/*"))


@pytest.mark.parametrize(
    ("system", "caches"),
    [("linux", ".cache"), ("darwin", "Library/Caches"), ("win32", "AppData/Local")],
)
def test_else_they_are_the_users_own(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, system: str, caches: str
) -> None:
    refuse(checkout / ".cache")
    monkeypatch.setattr("sys.platform", system)
    results, programs, said = folders()
    kept = checkout.parent / "home" / caches / "edgewalk"
    assert (results, programs) == (kept / "runs", kept / "jax")
    assert said == (
        f"{checkout / '.cache' / 'runs'} cannot be written: "
        f"results are kept in {results}, compiled programs in {programs}."
    )


def test_of_what_is_installed_they_are_the_users_own_and_nothing_is_said(checkout: Path) -> None:
    (checkout / "pyproject.toml").unlink()
    kept = checkout.parent / "home" / ".cache" / "edgewalk"
    assert folders() == (kept / "runs", kept / "jax", "")
    assert not names(checkout)


def test_who_has_no_home_is_told_nothing_of_what_is_installed(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / "pyproject.toml").unlink()
    monkeypatch.setattr(disk, "_folder_of_user", list)
    assert folders() == (None, None, "")


def test_where_nothing_can_be_written_nothing_is_kept(checkout: Path) -> None:
    refuse(checkout / ".cache")
    refuse(checkout.parent / "home" / ".cache")
    results, programs, said = folders()
    assert (results, programs) == (None, None)
    assert said.endswith("results are kept in memory alone, compiled programs in memory alone.")
    disk.forget_newest(programs)


def test_folders_of_the_environment_come_first(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = checkout.parent / "given"
    monkeypatch.setenv("CACHE_DIR", str(given))
    assert folders() == (given, checkout / ".cache" / "jax", "")
    given.rmdir()
    refuse(given)
    results, _, said = folders()
    assert results == checkout / ".cache" / "runs"
    assert said.startswith(f"{given} cannot be written: ")
