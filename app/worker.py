"""Gunicorn with one worker process and threads, which stops at once when it is told to."""

import os
import signal
import threading
from typing import Any

from gunicorn.app.base import BaseApplication

from app.disk import PROGRAMS, forget_newest

THREADS = 8
# A worker leaves in milliseconds; one that cannot is ended after this many seconds.
PATIENCE = 1


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
            "control_socket_disable": True,
        }
        for key, value in settings.items():
            if self.cfg and key in self.cfg.settings:
                self.cfg.set(key, value)

    def load(self):
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(name, _leave)
        # Here, so that only the worker loads JAX, and this is after it has learnt to stop.
        from dynamics.compilation import prepare_process

        prepare_process()
        from app.memory import Memory
        from app.server import create_app
        from app.stage.settings import Settings

        app, memory = create_app(), Memory()
        memory.watch(app.server)

        def warm_up() -> None:
            app.compute.warm_up(Settings())  # type: ignore[attr-defined]
            memory.asked()

        threading.Thread(target=warm_up, daemon=True).start()
        return app.server


def _leave(*_: Any) -> None:
    """End this process without a word to its threads.

    Python would first wait for those that compute, and then take the interpreter from under those
    that compile, which ends in an abort.
    """
    forget_newest(PROGRAMS)
    os._exit(0)
