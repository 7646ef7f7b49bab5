"""Waitress: threads of one process, for systems that have no processes as Gunicorn wants them."""

import logging
import socket

import waitress

from app.process import begin

THREADS = 8
# Windows can wait for 512 at a time; a browser opens six.
MOST_CONNECTIONS = 400
# Whole seconds: on Windows who is told to end hears of it only between two waits.
WAIT = 1


def serve(listener: socket.socket) -> None:
    """Serve the app until told to end."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that some wait is no news
    waitress.serve(
        begin(),
        sockets=[listener],
        threads=THREADS,
        connection_limit=MOST_CONNECTIONS,
        asyncore_loop_timeout=WAIT,
        # Reads on while it answers, and so learns that nobody waits any more.
        channel_request_lookahead=1,
        _quiet=True,
    )
