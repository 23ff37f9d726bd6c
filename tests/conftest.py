"""What the tests share. None of them writes into the home of whoever runs them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A shared machine may be slow at any moment: an example's time says nothing about the code.
settings.register_profile("nnviz", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("nnviz")


LONG = ("browser", "web", "engine", "training", "bench", "jobs", "ui")
"""Folders whose files take longest, most of it first. What they share (a server, a browser) lives while a worker is in
the folder."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """At the end there are short files only: no worker waits long for the other."""
    here = Path(__file__).parent
    places = {folder: place for place, folder in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.path.relative_to(here).parts[0], len(LONG)))


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.environ["NNVIZ_HOME"] = str(tmp_path_factory.mktemp("home-of-the-session"))


@pytest.fixture(autouse=True)
def _runs_end_with_their_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test leaves running on a server that others use would take the processor from them."""
    server = request.getfixturevalue("server") if "server" in request.fixturenames else None
    yield
    if server is not None:
        server.end_runs()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory of the test's own, also for the processes that it starts."""
    place = tmp_path / "home"
    monkeypatch.setenv("NNVIZ_HOME", str(place))
    return place


@pytest.fixture(scope="session")
def mnist() -> Path:
    """The real MNIST. CI must have it; elsewhere it is fetched by `nnviz data get mnist`, or named by NNVIZ_DATA."""
    from nnviz.sets.mnist import find

    path = find()
    if path is None:
        message = "needs mnist.npz: run `nnviz data get mnist`, or set NNVIZ_DATA to its folder"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path
