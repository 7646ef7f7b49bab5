"""What the tests of the app share."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from app.server import create_app


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    """A visitor of an app that keeps its results in memory."""
    with create_app({"CACHE_TYPE": "SimpleCache"}).server.test_client() as client:
        yield client
