"""python -m app: serve Edgewalk on HOST and PORT (127.0.0.1:8050)."""

import errno
import os
import signal
import socket
import sys
from typing import NoReturn

BACKLOG = 2048
LAST_PORT = 65_535


def main() -> None:
    """Serve until interrupted; exit status 2 where HOST or PORT is none, 1 where it is taken."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: os._exit(0))
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8050")
    listener = _listening(host, _port(port))
    shown = f"[{host}]" if ":" in host else host
    print(f"Edgewalk on http://{shown}:{listener.getsockname()[1]} (Ctrl+C stops it)", flush=True)
    # Here, so that what is wrong is told, and an interruption heard, before anything is loaded.
    from app.worker import Server

    Server(listener.detach()).run()


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= LAST_PORT):
        _fail(2, f"PORT must be a whole number in 0 … {LAST_PORT}, got {text!r}.")
    return int(text)


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        number = error.errno or 0
        if number == errno.EADDRINUSE:
            _fail(1, f"Port {port} of {host} is in use; PORT sets another.")
        if number == errno.EADDRNOTAVAIL or number < 0:  # those below 0 tell of names
            _fail(2, f"HOST must be a name or an address of this machine, got {host!r}.")
        _fail(1, f"Port {port} of {host} cannot be had: {os.strerror(number)}.")


def _fail(status: int, words: str) -> NoReturn:
    print(words, file=sys.stderr)
    sys.exit(status)


if __name__ == "__main__":
    main()
