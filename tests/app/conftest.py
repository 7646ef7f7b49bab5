"""What the tests of the app share."""

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from app.budgets import budgets
from app.server import create_app


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    """A visitor of an app that keeps its results in memory."""
    with create_app({"CACHE_TYPE": "SimpleCache"}).server.test_client() as client:
        yield client


@pytest.fixture
def granting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Set what is granted, as the environment of a server does."""

    def grant(**settings: int) -> None:
        for name, most in settings.items():
            monkeypatch.setenv(name, str(most))
        budgets.cache_clear()

    yield grant
    monkeypatch.undo()
    budgets.cache_clear()
