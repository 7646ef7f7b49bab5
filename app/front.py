"""What stands in front of the app: a request's address is made what the app knows.

Every address that a page asks for, links to or is sent on to is relative to its own. So a proxy may
put a path in front of all of them, and where it takes that off again before it passes a request on,
nothing here need know of it.
"""

import re
from collections.abc import Iterable

from werkzeug.utils import redirect

MANY_SLASHES = re.compile("//+")


class Front:
    """An app below a path that a proxy leaves on, `prefix`, and at its own addresses too.

    Of several slashes one counts: a proxy that is told to put `/` in place of a path without one
    sends two.
    """

    def __init__(self, application, prefix: str = "") -> None:
        self.application = application
        self.folders = [folder for folder in prefix.split("/") if folder]
        # As WSGI has a path, each byte a character.
        self.prefix = "".join(f"/{folder}" for folder in self.folders).encode().decode("latin-1")

    def __call__(self, environ, start_response) -> Iterable[bytes]:
        path = MANY_SLASHES.sub("/", environ.get("PATH_INFO", ""))
        if self.prefix and path == self.prefix:
            return self._with_slash(environ)(environ, start_response)
        if self.prefix and path.startswith(f"{self.prefix}/"):
            path = path.removeprefix(self.prefix)
            environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}{self.prefix}"
        environ["PATH_INFO"] = path
        return self.application(environ, start_response)

    def _with_slash(self, environ):
        """What the first page loads lies below the prefix."""
        query = environ.get("QUERY_STRING")
        name = self.folders[-1]
        return redirect(f"{name}/?{query}" if query else f"{name}/")
