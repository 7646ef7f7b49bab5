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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
# The server takes a third of a second; the rest is for a machine that does other things.
AT_ONCE = 5.0


@contextmanager
def started(folder: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """The server as a process of its own group, ended when the test is over."""
    server = subprocess.Popen(
        [sys.executable, "-m", "app"],
        cwd=ROOT,
        env=os.environ | {"HOST": "127.0.0.1", "CACHE_DIR": str(folder)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
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


def test_it_serves_on_host_and_port_and_says_when_it_is_ready(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    with started(tmp_path, PORT=port) as server:
        url = address_of(server)
        assert url == f"http://127.0.0.1:{port}"
        assert json.loads(fetch(f"{url}/healthz"))["status"] == "ok"
        assert b"Edgewalk" in fetch(url)


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


@pytest.mark.parametrize("how", ["Ctrl-C", "SIGTERM"])
@pytest.mark.parametrize("after", [0.0, 0.5, 1.5])
def test_it_stops_at_once_while_it_loads(tmp_path: Path, how: str, after: float) -> None:
    with started(tmp_path, PORT="0") as server:
        address_of(server)
        time.sleep(after)
        end(server, how)


@pytest.mark.parametrize("how", ["Ctrl-C", "SIGTERM"])
def test_it_stops_at_once_while_it_warms_up(tmp_path: Path, how: str) -> None:
    """With nothing compiled: seconds of it are left when it answers."""
    with started(tmp_path, PORT="0", JAX_COMPILATION_CACHE_DIR=str(tmp_path / "jax")) as server:
        fetch(f"{address_of(server)}/healthz")
        time.sleep(0.5)
        end(server, how)


@pytest.mark.parametrize("how", ["Ctrl-C", "SIGTERM"])
def test_it_stops_at_once_while_a_map_is_computed(tmp_path: Path, how: str) -> None:
    with started(tmp_path, PORT="0") as server:
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


# ---- what is wrong ----


def complaint(folder: Path, **environment: str) -> tuple[int, str]:
    """The exit status of a server that cannot start, and all that it says."""
    with started(folder, **environment) as server:
        words, complaints = server.communicate(timeout=PATIENCE)
    assert words == b""
    return server.returncode, complaints.decode()


@pytest.mark.parametrize("port", ["abc", "-1", "65536", "", "80.5", "8050 ", "٨٠٥٠"])
def test_a_port_that_is_none_is_told_in_one_line(tmp_path: Path, port: str) -> None:
    said = f"PORT must be a whole number in 0 … 65535, got {port!r}.\n"
    assert complaint(tmp_path, PORT=port) == (2, said)


def test_a_port_in_use_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        begun = time.monotonic()
        said = f"Port {port} of 127.0.0.1 is in use; PORT sets another.\n"
        assert complaint(tmp_path, PORT=port) == (1, said)
    assert time.monotonic() - begun < AT_ONCE


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.7"])
def test_a_host_that_is_none_is_told_in_one_line(tmp_path: Path, host: str) -> None:
    said = f"HOST must be a name or an address of this machine, got {host!r}.\n"
    assert complaint(tmp_path, HOST=host, PORT="0") == (2, said)
