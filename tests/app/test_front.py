"""Below a path that a proxy puts in front of every address."""

import re
from urllib.parse import urljoin

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.test import Client

from app.front import Front


@pytest.fixture(params=["/teach", "teach/", "/a/b/", "/é"])
def prefix(request: pytest.FixtureRequest) -> str:
    return request.param


def visitor(prefix: str) -> Client:
    """Of a server that tells the path that it was asked for."""
    server = Flask("tells")
    server.add_url_rule("/", "first", lambda: "/")
    server.add_url_rule("/<path:path>", "any", lambda path: f"/{path}?{request.query_string!r}")
    return Client(Front(server.wsgi_app, prefix))


def test_a_path_that_a_proxy_leaves_on_is_taken_off(prefix: str) -> None:
    outside = f"/{prefix.strip('/')}"
    client = visitor(prefix)
    assert client.get(f"{outside}/").text == "/"
    assert client.get(f"{outside}/lab/x?a=1").text == "/lab/x?b'a=1'"
    assert client.get("/healthz").text == "/healthz?b''"
    assert client.get(f"{outside}s/x").text == f"{outside}s/x?b''"
    for query in ("", "?a=1,2"):
        sent = client.get(f"{outside}{query}")
        assert sent.status_code == 302
        there = urljoin(f"http://x{outside}{query}", sent.headers["Location"])
        assert client.get(there.removeprefix("http://x")).text == "/"
        assert there.endswith(f"/{query}")


def test_of_several_slashes_one_counts() -> None:
    client = visitor("")
    assert client.get("http://x//lab//y").text == "/lab/y?b''"
    assert visitor("/teach").get("http://x//teach//lab").text == "/lab?b''"


@pytest.mark.parametrize("path", ["/lab?size=9", "/about", "/", "/lab/", "/about/"])
def test_no_address_says_where_it_begins(client: FlaskClient, path: str) -> None:
    """Neither one to be sent on to nor one that a page names, but for other hosts."""
    answer = client.get(path)
    told = re.findall(r'(?:src|href)=["\']([^"\']*)', answer.text)
    told += [answer.headers["Location"]] if answer.status_code == 302 else []
    layout = client.get(f"{path}_dash-layout").text if path.endswith("/") else ""
    told += re.findall(r'"href": ?"([^"]*)"', layout)
    own = [address for address in told if not address.startswith("https://")]
    assert own
    assert not [address for address in own if address.startswith("/")]
