"""A small proxy: it serves what lies on a server below a path of its own, over a network that is as
bad as a test wants it."""

import http.client
import socket
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal, NamedTuple
from urllib.parse import SplitResult, urlsplit

from tests.served import served

PIECE = 1 << 16
# What is about one connection and not about what comes by it.
HOP = {"connection", "keep-alive", "transfer-encoding", "host", "server", "date"}


class Cut(NamedTuple):
    """The end of an answer that is not whole."""

    after: int
    """Bytes."""
    how: Literal["is reset", "ends", "stalls"]


@dataclass
class Network:
    """How what is asked comes to its answer. All may be changed while the proxy serves."""

    gone: bool = False
    """Every connection is reset as soon as something is asked."""
    delay: float = 0.0
    """Seconds before an answer begins."""
    drops: dict[str, tuple[int, float]] = field(default_factory=dict)
    """Paths whose answers come in pieces of so many bytes, and so many seconds after each."""
    cuts: dict[str, Cut] = field(default_factory=dict)
    """Where the next answer of a path breaks off; the one after it is whole."""
    asked: list[str] = field(default_factory=list)
    """What was asked, in order."""


@contextmanager
def proxy(
    server_url: str, prefix: str, strips: bool, network: Network | None = None
) -> Iterator[str]:
    """The address at which all of a server is found below `prefix`, which is taken off before a
    request is passed on, or left on. Elsewhere there is nothing."""
    passes = partial(_Passes, urlsplit(server_url), prefix, strips, network or Network())
    server = ThreadingHTTPServer(("127.0.0.1", 0), passes)
    server.daemon_threads = True
    with served(server):
        yield f"http://127.0.0.1:{server.server_port}{prefix}"


class _Passes(BaseHTTPRequestHandler):
    """Passes on what is asked below the prefix, and its answer piece by piece as it comes."""

    def __init__(
        self, behind: SplitResult, prefix: str, strips: bool, network: Network, *connection
    ) -> None:
        self.behind, self.prefix, self.strips, self.network = behind, prefix, strips, network
        super().__init__(*connection)

    def do_GET(self) -> None:
        self.network.asked.append(self.path)
        if self.network.gone:
            self._reset()
            return
        inside = self.path.removeprefix(self.prefix)
        if not self.path.startswith(self.prefix) or inside[:1] not in ("", "/", "?"):
            self.send_error(404)
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        given = {key: value for key, value in self.headers.items() if key.lower() not in HOP}
        there = http.client.HTTPConnection(self.behind.netloc, timeout=120)
        path = self.path if not self.strips else inside if inside[:1] == "/" else f"/{inside}"
        time.sleep(self.network.delay)
        with closing(there), suppress(ConnectionError):  # the browser may have gone
            there.request(self.command, path, body or None, given)
            self._pass_back(there.getresponse())

    do_POST = do_GET

    def _pass_back(self, answer: http.client.HTTPResponse) -> None:
        self.send_response(answer.status)
        for key, value in answer.getheaders():
            if key.lower() not in HOP:
                self.send_header(key, value)
        self.end_headers()
        path = urlsplit(self.path).path
        cut = self.network.cuts.pop(path, None)
        size, rest = self.network.drops.get(path, (PIECE, 0.0))
        left = cut.after if cut else sys.maxsize
        while left > 0 and (piece := answer.read1(size)):
            if self.network.gone:
                self._reset()
                return
            self.wfile.write(piece[:left])
            left -= len(piece)
            time.sleep(rest)
        if cut and cut.how == "stalls":
            self.rfile.read(1)  # until the browser goes
        elif cut and cut.how == "is reset":
            self._reset()

    def _reset(self) -> None:
        """What is on its way is lost too."""
        at_once = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        self.rfile.close()  # which would hold the connection
        self.connection.close()

    def log_message(self, *_) -> None:
        """Nothing."""
