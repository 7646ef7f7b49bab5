"""python -m app serves what the README promises."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


def test_it_serves_on_host_and_port_and_says_when_it_is_ready(tmp_path: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    environment = os.environ | {"HOST": "127.0.0.1", "PORT": port, "CACHE_DIR": str(tmp_path)}
    server = subprocess.Popen(
        [sys.executable, "-m", "app"], cwd=ROOT, env=environment, stdout=subprocess.PIPE
    )
    try:
        health = fetch(f"http://127.0.0.1:{port}/healthz")
        assert json.loads(health)["status"] == "ok"
        page = fetch(f"http://127.0.0.1:{port}/")
        assert b"Edgewalk" in page
    finally:
        server.terminate()
        words, _ = server.communicate(timeout=PATIENCE)
    assert f"http://127.0.0.1:{port}".encode() in words


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
