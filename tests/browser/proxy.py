"""A small proxy: it serves what lies on a server below a path of its own."""

import http.client
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import SplitResult, urlsplit

from tests.served import served

PIECE = 1 << 16
# What is about one connection and not about what comes by it.
HOP = {"connection", "keep-alive", "transfer-encoding", "host", "server", "date"}


@contextmanager
def proxy(server_url: str, prefix: str, strips: bool) -> Iterator[str]:
    """The address at which all of a server is found below `prefix`, which is taken off before a
    request is passed on, or left on. Elsewhere there is nothing."""
    passes = partial(_Passes, urlsplit(server_url), prefix, strips)
    server = ThreadingHTTPServer(("127.0.0.1", 0), passes)
    server.daemon_threads = True
    with served(server):
        yield f"http://127.0.0.1:{server.server_port}{prefix}"


class _Passes(BaseHTTPRequestHandler):
    """Passes on what is asked below the prefix, and its answer piece by piece as it comes."""

    def __init__(self, behind: SplitResult, prefix: str, strips: bool, *connection) -> None:
        self.behind, self.prefix, self.strips = behind, prefix, strips
        super().__init__(*connection)

    def do_GET(self) -> None:
        inside = self.path.removeprefix(self.prefix)
        if not self.path.startswith(self.prefix) or inside[:1] not in ("", "/", "?"):
            self.send_error(404)
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        given = {key: value for key, value in self.headers.items() if key.lower() not in HOP}
        there = http.client.HTTPConnection(self.behind.netloc, timeout=120)
        path = self.path if not self.strips else inside if inside[:1] == "/" else f"/{inside}"
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
        while piece := answer.read1(PIECE):
            self.wfile.write(piece)

    def log_message(self, *_) -> None:
        """Nothing."""
