"""Gunicorn with one worker process and threads."""

import socket
from typing import Any

from gunicorn.app.base import BaseApplication

from app.process import begin

THREADS = 8
# A worker leaves in milliseconds; one that cannot is ended after this many seconds.
PATIENCE = 1
LONGEST_LINE = 8190  # of a request, the most that gunicorn takes: links have formulas in them


def serve(listener: socket.socket) -> None:
    """Serve the app until told to end."""
    Server(listener.detach()).run()


class Server(BaseApplication):
    """The app behind a socket that listens already.

    The app is made in the worker and nowhere else: a process that has used JAX must not fork. One
    process holds the locks that let two equal requests share one computation.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        super().__init__()

    def load_config(self) -> None:
        settings: dict[str, Any] = {
            "bind": f"fd://{self.descriptor}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "loglevel": "warning",
            "timeout": 120,
            "graceful_timeout": PATIENCE,
            "keepalive": 30,
            "limit_request_line": LONGEST_LINE,
            "control_socket_disable": True,
        }
        for key, value in settings.items():
            if self.cfg and key in self.cfg.settings:
                self.cfg.set(key, value)

    def load(self) -> Any:
        return begin()
