"""python -m app serves as the README says, stops at once, and tells what is wrong in one line."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
# The server takes a third of a second; the rest is for a machine that does other things.
AT_ONCE = 5.0

# What Windows has not, and then it is started as ever.
AS_ON_WINDOWS = """
import os, runpy, select, signal, sys
sys.modules["fcntl"] = None
del os.fork, os.sysconf, select.epoll, select.poll, signal.SIGQUIT
runpy.run_module("app", run_name="__main__")
"""
COMMANDS = {"gunicorn": ("-m", "app"), "waitress": ("-c", AS_ON_WINDOWS)}


@contextmanager
def started(
    folder: Path, by: str = "gunicorn", **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """The server as a process of its own group, ended when the test is over."""
    given = {"HOST": "127.0.0.1", "CACHE_DIR": str(folder)} | environment
    with running([sys.executable, *COMMANDS[by]], os.environ | given) as server:
        yield server


@contextmanager
def running(
    command: list[str], environment: Mapping[str, str], **more: Any
) -> Iterator[subprocess.Popen[bytes]]:
    server = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        **{"cwd": ROOT} | more,
    )
    try:
        yield server
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.communicate()


def address_of(server: subprocess.Popen[bytes]) -> str:
    """What it says first."""
    assert server.stdout
    words = server.stdout.readline().decode().split()
    assert words[:2] == ["Edgewalk", "on"]
    return words[2]


@pytest.mark.parametrize("by", COMMANDS)
def test_it_serves_on_host_and_port_and_says_when_it_is_ready(tmp_path: Path, by: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    with started(tmp_path, by, PORT=port) as server:
        url = address_of(server)
        assert url == f"http://127.0.0.1:{port}"
        assert json.loads(fetch(f"{url}/healthz"))["status"] == "ok"
        with urllib.request.urlopen(url) as answer:
            assert answer.headers["Server"].startswith(by)
            assert b"Edgewalk" in answer.read()
        assert len(fetch(f"{url}/run.bin?steps=50")) > 5_000


@pytest.mark.parametrize(
    ("host", "shown", "asked"),
    [
        ("::1", "[::1]", "::1"),
        ("[::1]", "[::1]", "::1"),
        ("::", "[::]", "127.0.0.1"),
        ("", "127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost", "127.0.0.1"),
    ],
)
def test_a_host_may_be_written_in_other_ways(
    tmp_path: Path, host: str, shown: str, asked: str
) -> None:
    """It listens when it says so, before anything is loaded."""
    if ":" in host and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    with started(tmp_path, HOST=host, PORT="0") as server:
        said, _, port = address_of(server).rpartition(":")
        assert said == f"http://{shown}"
        socket.create_connection((asked, int(port)), timeout=AT_ONCE).close()
        end(server, "SIGTERM")


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def fetch(url: str) -> bytes:
    """The body, as soon as somebody answers."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                return answer.read()
        except urllib.error.URLError:
            assert time.monotonic() < end, "nobody answers"
            time.sleep(0.2)


# ---- stopping ----

# What tells a server to end, and which.
WAYS = [("Ctrl-C", "gunicorn"), ("SIGTERM", "gunicorn"), ("Ctrl-C", "waitress")]


def end(server: subprocess.Popen[bytes], how: str) -> None:
    """Ctrl-C reaches all processes of a terminal, SIGTERM the one that was started."""
    begun = time.monotonic()
    if how == "Ctrl-C":
        os.killpg(server.pid, signal.SIGINT)
    else:
        server.terminate()
    _, complaints = server.communicate(timeout=PATIENCE)
    assert complaints == b""
    assert server.returncode == 0
    assert time.monotonic() - begun < AT_ONCE


@pytest.mark.parametrize(("how", "by"), WAYS)
@pytest.mark.parametrize("after", [0.0, 0.5, 1.5])
def test_it_stops_at_once_while_it_loads(tmp_path: Path, how: str, by: str, after: float) -> None:
    with started(tmp_path, by, PORT="0") as server:
        address_of(server)
        time.sleep(after)
        end(server, how)


@pytest.mark.parametrize(("how", "by"), WAYS)
def test_it_stops_at_once_while_it_warms_up(tmp_path: Path, how: str, by: str) -> None:
    """With nothing compiled: seconds of it are left when it answers."""
    with started(tmp_path, by, PORT="0", JAX_COMPILATION_CACHE_DIR=str(tmp_path / "jax")) as server:
        fetch(f"{address_of(server)}/healthz")
        time.sleep(0.5)
        end(server, how)


@pytest.mark.parametrize(("how", "by"), WAYS)
def test_it_stops_at_once_while_a_map_is_computed(tmp_path: Path, how: str, by: str) -> None:
    with started(tmp_path, by, PORT="0") as server:
        url = address_of(server)
        fetch(f"{url}/healthz")
        with urllib.request.urlopen(f"{url}/regimes.bin?size=400&steps=100000") as answer:
            answer.read(50_000)  # the header and a few of its two megabytes
            end(server, how)


def test_half_a_program_is_not_left_behind(tmp_path: Path) -> None:
    """Of a file that is being written when the server stops only a part may be there."""
    programs = tmp_path / "jax"
    programs.mkdir()
    with started(tmp_path, PORT="0", JAX_COMPILATION_CACHE_DIR=str(programs)) as server:
        fetch(f"{address_of(server)}/healthz")
        (programs / "old-cache").write_bytes(b"whole")
        os.utime(programs / "old-cache", (1e9, 1e9))
        (programs / "new-cache").write_bytes(b"ha")
        end(server, "SIGTERM")
    assert (programs / "old-cache").exists()
    assert not (programs / "new-cache").exists()


def test_waitress_tells_that_nobody_waits_any_more(tmp_path: Path) -> None:
    with started(tmp_path, "waitress", PORT="0") as server:
        url = address_of(server)
        fetch(f"{url}/run.bin?steps=20")
        with urllib.request.urlopen(f"{url}/regimes.bin?size=400&steps=100000") as answer:
            answer.read(50_000)
        end_of_wait = time.monotonic() + PATIENCE
        while worked(server, 1.0) > 0.2:
            assert time.monotonic() < end_of_wait, "it works on"
        end(server, "SIGTERM")


def worked(server: subprocess.Popen[bytes], seconds: float) -> float:
    """Seconds of processor time that a server's group takes in so many of the clock's."""
    before = processor_time(server.pid)
    time.sleep(seconds)
    return processor_time(server.pid) - before


def processor_time(group: int) -> float:
    """Seconds that the processes of a group have taken, as Linux tells."""
    ticks = 0
    for process in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it may have ended just now
            told = process.read_text().rpartition(")")[2].split()
            ticks += (int(told[2]) == group) * (int(told[11]) + int(told[12]))
    return ticks / os.sysconf("SC_CLK_TCK")


# ---- where things are kept ----


def python_of(other: dict[str, Any]) -> str:
    """A Python that the other user can run the app by."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/python{version}"):
        with suppress(OSError, subprocess.CalledProcessError):
            subprocess.run([python, "-c", "import app.worker"], cwd=ROOT, check=True, **other)
            return python
    pytest.skip("another user can run no Python here, or not read the checkout")


@pytest.mark.parametrize("homeless", [False, True])
def test_another_user_may_run_a_checkout(other: dict[str, Any], homeless: bool) -> None:
    """It is said in one line where results are kept then."""
    python, environment = python_of(other), other.pop("env")
    kept = Path(environment["HOME"], ".cache", "edgewalk")
    if homeless:
        environment["HOME"] = "/nonexistent"
    with running([python, "-m", "app"], environment, **other) as server:
        url = address_of(server)
        fetch(f"{url}/healthz" if homeless else f"{url}/run.bin?steps=20")
        assert kept.exists() != homeless
        server.terminate()
        _, said = server.communicate(timeout=PATIENCE)
        runs, programs = ("memory alone",) * 2 if homeless else (kept / "runs", kept / "jax")
    assert server.returncode == 0
    assert said.decode() == (
        f"{ROOT / '.cache' / 'runs'} cannot be written: results are kept in {runs}, "
        f"compiled programs in {programs}.\n"
    )
    assert homeless or list((kept / "runs").iterdir())


# ---- what is wrong ----


def complaint(folder: Path, **environment: str) -> tuple[int, str]:
    """The exit status of a server that cannot start, and all that it says."""
    with started(folder, **environment) as server:
        words, complaints = server.communicate(timeout=PATIENCE)
    assert words == b""
    return server.returncode, complaints.decode()


@pytest.mark.parametrize(
    "port", ["abc", "-1", "65536", "99999", "", "80.5", "8050 ", "٨٠٥٠", "8" * 5000]
)
def test_a_port_that_is_none_is_told_in_one_line(tmp_path: Path, port: str) -> None:
    said = f"PORT must be a whole number in 0 … 65535, got {port!r}.\n"
    assert complaint(tmp_path, PORT=port) == (1, said)


def test_a_port_in_use_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        begun = time.monotonic()
        said = f"Port {port} of 127.0.0.1 is in use; PORT sets another.\n"
        assert complaint(tmp_path, PORT=port) == (1, said)
    assert time.monotonic() - begun < AT_ONCE


@pytest.mark.parametrize(
    "host", ["no.such.host.invalid", "192.0.2.7", "2001:db8::7", "a" * 300, "127.0.0.1:80"]
)
def test_a_host_that_is_none_is_told_in_one_line(tmp_path: Path, host: str) -> None:
    said = f"HOST must be a name or an address of this machine, got {host!r}.\n"
    assert complaint(tmp_path, HOST=host, PORT="0") == (1, said)
