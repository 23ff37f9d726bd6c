"""What the tests share. None of them writes into the home of whoever runs them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A shared machine may be slow at any moment: an example's time says nothing about the code.
settings.register_profile("nnviz", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("nnviz")


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.environ["NNVIZ_HOME"] = str(tmp_path_factory.mktemp("home-of-the-session"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory of the test's own, also for the processes that it starts."""
    place = tmp_path / "home"
    monkeypatch.setenv("NNVIZ_HOME", str(place))
    return place


@pytest.fixture(scope="session")
def mnist() -> Path:
    """The real MNIST. CI must have it; elsewhere it is fetched by `nnviz data get mnist`, or named by NNVIZ_DATA."""
    from nnviz.data.mnist import find

    path = find()
    if path is None:
        message = "needs mnist.npz: run `nnviz data get mnist`, or set NNVIZ_DATA to its folder"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path
