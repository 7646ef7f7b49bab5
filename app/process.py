"""The process that holds the app: how it begins, and that it ends at once when it is told to."""

import os
import signal
import sys
import threading
from typing import Any

from flask import Flask

from app.disk import folders, forget_newest

# Those of them that the system has.
ENDS = ("SIGTERM", "SIGINT", "SIGQUIT", "SIGBREAK")


def begin() -> Flask:
    """The app, which warms up on a thread; from now on this process ends when it is told to."""
    kept = folders()

    def leave(*_: Any) -> None:
        """End this process without a word to its threads.

        Python would first wait for those that compute, and then take the interpreter from under
        those that compile, which ends in an abort.
        """
        forget_newest(kept.programs)
        os._exit(0)

    for name in ENDS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), leave)
    if kept.said:
        print(kept.said, file=sys.stderr, flush=True)
    # Here, so that this process has learnt to end before it loads JAX.
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
