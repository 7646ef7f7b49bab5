"""python -m app: serve Edgewalk on HOST and PORT (127.0.0.1:8050)."""

import os
import threading
from typing import Any

from gunicorn.app.base import BaseApplication

THREADS = 8


class Server(BaseApplication):
    """Gunicorn with one worker process and threads.

    The app is made in the worker and nowhere else: a process that has used JAX must not fork. One
    process holds the locks that let two equal requests share one computation.
    """

    def __init__(self, host: str, port: str) -> None:
        self.address = f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        settings: dict[str, Any] = {
            "bind": self.address,
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "loglevel": "warning",
            "timeout": 120,
            "keepalive": 30,
            "control_socket_disable": True,
        }
        for key, value in settings.items():
            if self.cfg and key in self.cfg.settings:
                self.cfg.set(key, value)

    def load(self):
        from app.server import create_app
        from app.stage.settings import Settings

        app = create_app()
        warm_up = app.compute.warm_up  # type: ignore[attr-defined]
        threading.Thread(target=warm_up, args=(Settings(),), daemon=True).start()
        return app.server


def main() -> None:
    """Serve until interrupted."""
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8050")
    print(f"Edgewalk on http://{host}:{port} (Ctrl+C stops it)", flush=True)
    Server(host, port).run()


if __name__ == "__main__":
    main()
