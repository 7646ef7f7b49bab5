"""What the page's Export dialog makes, from the command line.

    python -m app export "?loss=hyperbola&eta=0.1&at=120" --what landscape --form svg --out fig.svg

LINK is a link of the stage, or its query alone. Numbers, programs and the page that needs no server
are made here. Pictures and films are made by the dialog itself, in a Chromium without a network,
which this process answers: that wants Playwright (requirements-dev.txt) and a Chromium. The file's
own link is LINK, or where that is a query the address at which `python -m app` serves.

One JSON object is printed: `out`, `form`, `bytes`. Bad input gets one line on standard error and
exit status 2, and nothing is written.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from flask.testing import FlaskClient

from app.vocabulary import (
    FILM_RATES,
    PICTURE_FORMS,
    PICTURE_LOOKS,
    PICTURE_PARTS,
    PICTURE_SIZES,
    PICTURES,
)

OWN_ADDRESS = "http://127.0.0.1:8050/"
FILES = ("html", "json", "csv", "npz", "py", "ipynb")
REMEMBERED = "edgewalk-picture"  # where the dialog keeps what was chosen last
# The first has no windows, and opens a page in two thirds of the processor time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# No sandbox, since a container's root has none.
FLAGS = ("--no-sandbox", "--disable-gpu")
PATIENCE = 600_000  # ms, of a long film
OPENING = 60_000  # ms


def main(arguments: Sequence[str]) -> None:
    """Run the command; exit status 2 where it cannot be done."""
    options = _parser().parse_args(arguments)
    try:
        link = _link(options.link)
        form = _form(options)
        content = _file(link, form) if form in FILES else _picture(link, form, options)
        Path(options.out).write_bytes(content)
    except (ValueError, OSError) as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        sys.exit(2)
    print(json.dumps({"out": options.out, "form": form, "bytes": len(content)}))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app export", allow_abbrev=False)
    parser.add_argument("link", metavar="LINK", help="a link of the stage, or its query")
    parser.add_argument("--out", required=True, metavar="FILE")
    parser.add_argument(
        "--form", choices=(*PICTURE_FORMS, *FILES), help="as FILE ends, if left out"
    )
    parser.add_argument("--what", choices=tuple(PICTURES), default="both")
    parser.add_argument("--size", choices=tuple(PICTURE_SIZES), default="wide")
    parser.add_argument("--pixels", type=int, choices=(1, 2, 3, 4), default=2, help="of a PNG")
    parser.add_argument("--look", choices=tuple(PICTURE_LOOKS), default="light")
    parser.add_argument(
        "--with", dest="parts", default="title,legend", help=f"of {', '.join(PICTURE_PARTS)}"
    )
    parser.add_argument("--seconds", type=float, default=20.0, help="of a film")
    parser.add_argument("--rate", type=int, choices=FILM_RATES, default=30, help="frames a second")
    return parser


def _link(text: str) -> SplitResult:
    """A link, at the page's own address where it has none."""
    link = urlsplit(text if "://" in text else f"{OWN_ADDRESS}?{text.lstrip('?')}")
    if link.scheme not in ("http", "https") or not link.netloc:
        raise ValueError(f"LINK must be a link of the stage or its query, got {text}")
    return link


def _form(options: argparse.Namespace) -> str:
    out = Path(options.out)
    form = options.form or out.suffix.lstrip(".")
    if form not in (*PICTURE_FORMS, *FILES):
        raise ValueError(f"form must be one of {', '.join((*PICTURE_FORMS, *FILES))}, got {form!r}")
    if not out.parent.is_dir():
        raise ValueError(f"out must lie in a folder that exists, got {out}")
    return form


def _client() -> FlaskClient:
    from app.server import create_app  # when all that was asked for is known to be sound

    return create_app().server.test_client()


def _page(link: SplitResult) -> str:
    return f"{link.scheme}://{link.netloc}{link.path or '/'}"


def _file(link: SplitResult, form: str) -> bytes:
    page = urlencode({"page": _page(link)})
    return _asked(_client(), f"/run.{form}?{'&'.join(filter(None, (link.query, page)))}")


def _asked(client: FlaskClient, address: str) -> bytes:
    """An answer of the server; what it refuses is wrong input."""
    answer = client.get(address)
    if answer.status_code != 200:
        said: Any = answer.get_json()
        raise ValueError(" ".join(problem["text"] for problem in said["problems"]))
    return answer.data


def _picture(link: SplitResult, form: str, options: argparse.Namespace) -> bytes:
    """What the dialog makes of the choices, remembered there as if a person had made them."""
    parts = [part.strip() for part in options.parts.split(",") if part.strip()]
    unknown = [part for part in parts if part not in PICTURE_PARTS]
    if unknown:
        raise ValueError(f"with must be of {', '.join(PICTURE_PARTS)}, got {unknown[0]!r}")
    choice = {
        **{"what": options.what, "form": form, "size": options.size, "scheme": options.look},
        **{"pixels": str(options.pixels), "parts": parts, "unit": "seconds"},
        **{"speed": str(options.seconds), "rate": str(options.rate)},
    }
    client = _client()
    _asked(client, f"/run.bin?{link.query}")
    return _saved(client, link, choice)


def _saved(client: FlaskClient, link: SplitResult, choice: dict[str, Any]) -> bytes:
    """The file that the dialog keeps, in a Chromium that this process answers."""
    try:
        from playwright.sync_api import Error, Route, sync_playwright
    except ModuleNotFoundError:
        raise ValueError("pictures want Playwright: pip install -r requirements-dev.txt") from None
    page_at = _page(link)

    def answer(route: Route) -> None:
        request = route.request
        if not request.url.startswith(page_at):
            return route.abort()
        sent = {
            name: request.headers[name]
            for name in ("content-type", "prefer")
            if name in request.headers
        }
        said = client.open(
            f"/{request.url.removeprefix(page_at)}",
            method=request.method,
            headers=sent,
            data=request.post_data_buffer,
        )
        return route.fulfill(status=said.status_code, headers=dict(said.headers), body=said.data)

    remember = f"localStorage.setItem({json.dumps(REMEMBERED)}, {json.dumps(json.dumps(choice))})"
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        except Error as error:
            raise ValueError(f"pictures want a Chromium: {error.message.splitlines()[0]}") from None
        page = browser.new_page()
        page.route("**/*", answer)
        page.add_init_script(remember)
        page.goto(f"{page_at}?{link.query}")
        page.wait_for_selector("body[data-ready][data-drawn]:not([data-veiled])", timeout=OPENING)
        page.wait_for_load_state("networkidle")
        page.keyboard.press("e")
        page.wait_for_selector("#export-dialog[open]")
        if page.locator("#picture-form").input_value() != choice["form"]:
            raise ValueError(f"this Chromium cannot make {choice['form']}")
        if page.locator("#picture-what").input_value() != choice["what"]:
            raise ValueError(f"there is no {choice['what']} of this run")
        with page.expect_download(timeout=PATIENCE) as event:
            page.click("[data-save]")
        return event.value.path().read_bytes()
