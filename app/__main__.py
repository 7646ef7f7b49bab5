"""python -m app, or edgewalk where it is installed: serve Edgewalk on HOST and PORT.

Its commands are told by `--help`; `app/export.py` makes a file of a run, `app/site.py` a site that
needs no server.
"""

import errno
import os
import re
import signal
import socket
import sys
import textwrap
from importlib.util import find_spec
from typing import NoReturn

from app.budgets import Budgets, budgets
from app.place import COMMAND, in_checkout

HOST, PORT = "127.0.0.1", "8050"
HELP = f"""\
{COMMAND}                serve Edgewalk on http://{HOST}:{PORT}
{COMMAND} export LINK    make a file of a link: a picture, a film, numbers, a program, a page
{COMMAND} site           write the stage as files for any web host
{COMMAND} COMMAND --help
{COMMAND} --version

The environment: HOST, PORT; PREFIX, the path that a proxy leaves on; CACHE_DIR and
JAX_COMPILATION_CACHE_DIR, where results and compiled programs are kept; CACHE_TYPE and the other
settings of flask-caching. What the server grants to each who asks, as About tells:
{textwrap.fill(", ".join(budget.setting for budget in Budgets()), 96)}."""
# What the dashboard needs beside the mathematics: what is imported, and what serves.
NEEDED = ("dash", "plotly", "flask_caching", "flask_compress")
BACKLOG = 2048
LAST_PORT = 65_535


def main() -> None:
    """Serve until interrupted; exit status 1 where HOST or PORT is none, or is taken."""
    if sys.argv[1:2] in (["--help"], ["-h"]):
        return print(HELP)
    if sys.argv[1:2] == ["--version"]:
        return _tell_version()
    _check_libraries()
    try:
        budgets()
    except ValueError as error:
        _fail(str(error))
    if sys.argv[1:2] == ["export"]:
        from app.export import main as export

        return export(sys.argv[2:])
    if sys.argv[1:2] == ["site"]:
        from app.site import main as site

        return site(sys.argv[2:])
    if sys.argv[1:]:
        _fail(f"There is no command {sys.argv[1]!r}. Known: export, site.")
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: os._exit(0))
    host = os.environ.get("HOST", "").strip("[]") or HOST
    listener = _listening(host, _port(os.environ.get("PORT", PORT)))
    shown = f"[{host}]" if ":" in host else host
    print(f"Edgewalk on http://{shown}:{listener.getsockname()[1]} (Ctrl+C stops it)", flush=True)
    # Here, so that what is wrong is told, and an interruption heard, before anything is loaded.
    if find_spec("fcntl"):
        from app.worker import serve
    else:  # on Windows, where Gunicorn cannot run
        from app.threads import serve
    return serve(listener)


def _tell_version() -> None:
    from dynamics.version import VERSION  # here, since it loads JAX

    print(f"edgewalk {VERSION}")


def _check_libraries() -> None:
    serving = "gunicorn" if find_spec("fcntl") else "waitress"
    missing = [name for name in (*NEEDED, serving) if not find_spec(name)]
    if missing:
        how = "-r requirements.txt" if in_checkout() else '"edgewalk[app]"'
        _fail(f"The dashboard wants {', '.join(missing)}, not installed here: pip install {how}")


def _port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) > LAST_PORT:
        _fail(f"PORT must be a whole number in 0 … {LAST_PORT}, got {text!r}.")
    return int(text)


def _listening(host: str, port: int) -> socket.socket:
    try:
        return _bound(host, port)
    except (socket.gaierror, UnicodeError):
        _fail(f"HOST must be a name or an address of this machine, got {host!r}.")
    except OSError as error:
        number = error.errno or 0
        if number == errno.EADDRINUSE:
            _fail(f"Port {port} of {host} is in use; PORT sets another.")
        if number == errno.EADDRNOTAVAIL:
            _fail(f"HOST must be a name or an address of this machine, got {host!r}.")
        _fail(f"Port {port} of {host} cannot be had: {os.strerror(number)}.")


def _bound(host: str, port: int) -> socket.socket:
    """A socket that listens; for a name of both kinds of addresses at the older kind, which every
    program tries, and for `::` at both, where the system can."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    family, *_, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    both = address[0] == "::" and socket.has_dualstack_ipv6()
    return socket.create_server(address, family=family, backlog=BACKLOG, dualstack_ipv6=both)


def _fail(words: str) -> NoReturn:
    print(words, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
