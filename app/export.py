"""What the page's Export dialog makes, from the command line.

    python -m app export "?loss=hyperbola&eta=0.1&at=120" --what landscape --form svg --out fig.svg
    python -m app export "lab/?plot=rate&loss=ring" --out rate.pdf
    python -m app export "study/?rule=gd" --what sharpness --out edge.svg

LINK is a link of the stage, the lab or the study, or a query of the stage alone. Numbers, programs
and the page that needs no server are made here. Pictures and films are made by the dialog itself,
in a Chromium without a network, which this process answers: that wants Playwright and a Chromium.
The file's own link is LINK, or where that has no address the one at which the server says it is.

One JSON object is printed: `out`, `form`, `bytes`. Bad input gets one line on standard error and
exit status 2, and nothing is written.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit

from flask.testing import FlaskClient

from app.place import COMMAND
from app.vocabulary import (
    FILM_FORMS,
    FILM_RATES,
    PICTURE_FORMS,
    PICTURE_LOOKS,
    PICTURE_PARTS,
    PICTURE_SIZES,
    PICTURES,
    PLOT_PICTURES,
    STUDY_PICTURES,
)

OWN_ADDRESS = "http://127.0.0.1:8050/"
FILES = ("html", "json", "csv", "npz", "py", "ipynb")
FORMS = (*PICTURE_FORMS, *FILM_FORMS, *FILES)
# The first has no windows, and opens a page in two thirds of the processor time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# No sandbox, since a container's root has none.
FLAGS = ("--no-sandbox", "--disable-gpu")


class Place(NamedTuple):
    """A page whose dialog makes pictures."""

    folder: str
    """The end of its address."""
    pictures: dict[str, str]
    usual: dict[str, str]
    """What is made where nothing is said of it, by the plot of a link, "" where there is none."""
    remembered: str
    """Where the dialog keeps what was chosen last."""
    drawn: str
    """What is found once all is there."""
    checked: str
    """The resource that says what is wrong with a link."""


STAGE = Place(
    "",
    PICTURES,
    {"": "both"},
    "edgewalk-picture",
    "body[data-ready][data-drawn]:not([data-veiled])",
    "run.bin",
)
LAB = Place(
    "lab",
    PLOT_PICTURES,
    {"": "map", "regimes": "map", "rate": "rate", "collapse": "collapse", "crowd": "crowd"},
    "edgewalk-plot",
    "main[aria-busy=false] .panel:not([hidden])[data-drawn]",
    "lab.json",
)
STUDY = Place(
    "study",
    STUDY_PICTURES,
    {"": "all"},
    "edgewalk-study",
    "body[data-drawn] #board[aria-busy=false]",
    "study.bin",
)
# The numbers of a picture of the lab.
RESOURCES = {
    **{"map": "regimes", "both": "regimes", "orbit": "orbit", "rate": "rate"},
    **{"crowd": "crowd", "curves": "crowd", "starts": "starts"},
}
PATIENCE = 600_000  # ms, of a long film
OPENING = 60_000  # ms


def main(arguments: Sequence[str]) -> None:
    """Run the command; exit status 2 where it cannot be done."""
    options = _parser().parse_args(arguments)
    try:
        link = _link(options.link)
        form = _form(options)
        what = _what(link, options.what)
        if form in FILM_FORMS and _place(link) is not STAGE:
            raise ValueError(f"films are of the stage, got {options.link}")
        content = _file(link, form, what) if form in FILES else _picture(link, form, what, options)
        Path(options.out).write_bytes(content)
    except (ValueError, OSError) as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        sys.exit(2)
    print(json.dumps({"out": options.out, "form": form, "bytes": len(content)}))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"{COMMAND} export", allow_abbrev=False)
    parser.add_argument("link", metavar="LINK", help="a link of a page, or a query")
    parser.add_argument("--out", required=True, metavar="FILE")
    parser.add_argument("--form", choices=FORMS, help="as FILE ends, if left out")
    every = dict.fromkeys((*PICTURES, *PLOT_PICTURES, *STUDY_PICTURES))
    parser.add_argument("--what", choices=tuple(every), help="if left out, what is usual")
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
    link = urlsplit(urljoin(OWN_ADDRESS, text if "?" in text else f"?{text}"))
    if link.scheme not in ("http", "https") or not link.netloc:
        raise ValueError(
            f"LINK must be a link of the stage, the lab or the study, or a query, got {text}"
        )
    return link


def _place(link: SplitResult) -> Place:
    end = link.path.rstrip("/").rpartition("/")[2]
    return next((place for place in (LAB, STUDY) if place.folder == end), STAGE)


def _home(link: SplitResult) -> str:
    """The address of the stage."""
    page, place = _page(link), _place(link)
    return page.rstrip("/").removesuffix(place.folder) if place.folder else page


def _what(link: SplitResult, asked: str | None) -> str:
    """What a picture is of."""
    place, query = _place(link), dict(parse_qsl(link.query))
    what = asked or place.usual.get(query.get("plot", ""), place.usual[""])
    if what not in place.pictures:
        raise ValueError(f"what must be one of {', '.join(place.pictures)}, got {what!r}")
    return what


def _form(options: argparse.Namespace) -> str:
    out = Path(options.out)
    form = options.form or out.suffix.lstrip(".")
    if form not in FORMS:
        raise ValueError(f"form must be one of {', '.join(FORMS)}, got {form!r}")
    if not out.parent.is_dir():
        raise ValueError(f"out must lie in a folder that exists, got {out}")
    return form


def _client() -> FlaskClient:
    from app.server import create_app  # when all that was asked for is known to be sound

    return create_app().server.test_client()


def _page(link: SplitResult) -> str:
    return f"{link.scheme}://{link.netloc}{link.path or '/'}"


def _file(link: SplitResult, form: str, what: str) -> bytes:
    client, query, page = _client(), link.query, _page(link)
    place = _place(link)
    resource = {"lab": RESOURCES.get(what, "run"), "study": "study"}.get(place.folder, "run")
    if place is LAB and resource == "run":  # what lies on clocks are the stage's own runs
        told = json.loads(_asked(client, f"/lab.json?{query}"))
        query, page = told["stage"], _home(link)
    given = "&".join(filter(None, (query, urlencode({"page": page}))))
    return _asked(client, f"/{resource}.{form}?{given}")


def _asked(client: FlaskClient, address: str) -> bytes:
    """An answer of the server; what it refuses is wrong input."""
    answer = client.get(address)
    if answer.status_code == 404:
        raise ValueError(f"there is no {address.partition('?')[0].lstrip('/')}")
    if answer.status_code != 200:
        said: Any = answer.get_json()
        raise ValueError(" ".join(problem["text"] for problem in said["problems"]))
    return answer.data


def _picture(link: SplitResult, form: str, what: str, options: argparse.Namespace) -> bytes:
    """What the dialog makes of the choices, remembered there as if a person had made them."""
    parts = [part.strip() for part in options.parts.split(",") if part.strip()]
    unknown = [part for part in parts if part not in PICTURE_PARTS]
    if unknown:
        raise ValueError(f"with must be of {', '.join(PICTURE_PARTS)}, got {unknown[0]!r}")
    choice = {
        **{"what": what, "form": form, "size": options.size, "scheme": options.look},
        **{"pixels": str(options.pixels), "parts": parts, "unit": "seconds"},
        **{"speed": str(options.seconds), "rate": str(options.rate)},
    }
    client = _client()
    _asked(client, f"/{_place(link).checked}?{link.query}")
    return _saved(client, link, choice)


def _saved(client: FlaskClient, link: SplitResult, choice: dict[str, Any]) -> bytes:
    """The file that the dialog keeps, in a Chromium that this process answers."""
    try:
        from playwright.sync_api import Error, Route, sync_playwright
    except ModuleNotFoundError:
        raise ValueError("pictures want Playwright: pip install playwright") from None
    home, place = _home(link), _place(link)

    def answer(route: Route) -> None:
        request = route.request
        if not request.url.startswith(home):
            return route.abort()
        sent = {
            name: request.headers[name]
            for name in ("content-type", "prefer")
            if name in request.headers
        }
        said = client.open(
            f"/{request.url.removeprefix(home)}",
            method=request.method,
            headers=sent,
            data=request.post_data_buffer,
        )
        return route.fulfill(status=said.status_code, headers=dict(said.headers), body=said.data)

    remember = (
        f"localStorage.setItem({json.dumps(place.remembered)}, {json.dumps(json.dumps(choice))})"
    )
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        except Error as error:
            raise ValueError(f"pictures want a Chromium: {error.message.splitlines()[0]}") from None
        page = browser.new_page()
        page.route("**/*", answer)
        page.add_init_script(remember)
        page.goto(f"{_page(link)}?{link.query}")
        page.wait_for_selector(place.drawn, timeout=OPENING)
        page.wait_for_load_state("networkidle")
        page.keyboard.press("e")
        page.wait_for_selector("#export-dialog[open]")
        if page.locator("#picture-form").input_value() != choice["form"]:
            raise ValueError(f"this Chromium cannot make {choice['form']}")
        if page.locator("#picture-what").input_value() != choice["what"]:
            raise ValueError(f"there is no {choice['what']} of this link")
        with page.expect_download(timeout=PATIENCE) as event:
            page.click("[data-save]")
        return event.value.path().read_bytes()
