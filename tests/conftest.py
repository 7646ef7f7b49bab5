"""What every test may ask for."""

import ctypes
import functools
import gc
import logging
import os
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from typing import Any

import jax
import pytest
from werkzeug.serving import make_server

from dynamics.compilation import prepare_process
from tests.served import served

NOBODY = 65534

# Before any test compiles a program.
prepare_process()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--every`: the whole product too, of which other runs take a part."""
    parser.addoption("--every", action="store_true", help="run tests marked `every` too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only `--every` asks for."""
    if config.option.every:
        return
    kept = [item for item in items if not item.get_closest_marker("every")]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


@pytest.fixture(scope="module", autouse=True)
def let_programs_go(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let go of what a module compiled and kept, or each process would grow to six gigabytes.

    Not in the browser, where one app is asked by every module.
    """
    yield
    if "browser" in request.path.parts:
        return
    for kept in _kept():
        kept.cache_clear()
    jax.clear_caches()
    gc.collect()
    _give_back()


def _kept() -> list[Any]:
    """Functions of the tests that keep what they have made: runs, and programs of losses."""
    modules = [module for name, module in sys.modules.items() if name.startswith("tests.")]
    return [kept for module in modules for kept in vars(module).values() if _keeps(kept)]


def _give_back() -> None:
    """What is free goes back to the system, which glibc does not do by itself."""
    if give_back := getattr(ctypes.CDLL(None), "malloc_trim", None):
        give_back(0)


def _keeps(value: Any) -> bool:
    return isinstance(value, type(functools.lru_cache(lambda: None)))


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The address of the app, served from a thread as long as the session lasts."""
    # Here, so that tests of the mathematics alone do not import the page.
    from app.server import create_app

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, create_app().server, threaded=True)
    with served(server):
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def other() -> Iterator[dict[str, Any]]:
    """How a process is run as another user, who cannot write in the checkout and has a home."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root can be another user")
    with tempfile.TemporaryDirectory() as home:
        os.chown(home, NOBODY, NOBODY)
        yield {
            "user": NOBODY,
            "group": NOBODY,
            "extra_groups": [],
            "env": {
                "HOME": home,
                "PATH": os.environ["PATH"],
                "PORT": "0",
                "PYTHONPATH": sysconfig.get_path("purelib"),
            },
        }
