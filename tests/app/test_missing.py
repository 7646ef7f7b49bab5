"""An address that leads nowhere."""

import re
from urllib.parse import urljoin

import pytest
from flask.testing import FlaskClient

ADDRESSES = [
    *("/nonsense", "/.env", "/labs/", "/lab/x", "/about/x/y/", "/run.exe", "/assets/none.js"),
    *("/lab/assets/js/none.mjs", "/_dash-component-suites/dash/none.js", "/wp/..%2F/x", "/a%2fb"),
    *("/_dash-component-suites/none/none.js", "/{up}", "/<script>"),
]


@pytest.mark.parametrize("outside", ["http://x", "http://x/teach", "http://x/a/b"])
@pytest.mark.parametrize("path", ADDRESSES)
def test_it_is_told_with_links_that_lead_somewhere(
    client: FlaskClient, path: str, outside: str
) -> None:
    """Also where a proxy has taken a path off before it asked."""
    answer = client.get(path, environ_overrides={"RAW_URI": f"{path}?a=%2F"})
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert "<script>" not in answer.text
    links = re.findall(r'(?:src|href)="([^"]*)"', answer.text)
    there = [urljoin(f"{outside}{path}", link) for link in links]
    assert {f"{outside}/", f"{outside}/lab/", f"{outside}/about/"} < set(there)
    for address in there:
        assert address.startswith(f"{outside}/")
        assert client.get(address.removeprefix(outside)).status_code == 200


def test_it_is_said_which(client: FlaskClient) -> None:
    assert "<code>/&lt;b&gt;</code> leads nowhere" in client.get("/<b>").text
