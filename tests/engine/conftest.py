"""Engines for the tests of nnviz.engine: one for all that leave it as they found it, and others of a test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nnviz.engine.limits import Limits
from nnviz.engine.local import LocalEngine
from tests.engines import Ear
from tests.serving import PATIENCE

Make = Callable[..., LocalEngine]


@pytest.fixture(scope="package")
def ear() -> Ear:
    """What all engines' runs say; each has a name of its own."""
    return Ear()


@pytest.fixture(scope="package")
def forking(tmp_path_factory: pytest.TempPathFactory, ear: Ear) -> Iterator[LocalEngine]:
    """Its zygote has TensorFlow, which takes seconds to import."""
    limits = Limits(terminate=0.6, kill=0.4)
    engine = LocalEngine(tmp_path_factory.mktemp("home"), ear, method="fork", limits=limits)
    assert engine.wait_ready(PATIENCE)
    yield engine
    engine.close()


@pytest.fixture
def make(tmp_path: Path, ear: Ear) -> Iterator[Make]:
    """Engines of a test's own."""
    made: list[LocalEngine] = []

    def build(listener: Callable[[str, dict[str, Any] | bytes], None] = ear, **options: Any) -> LocalEngine:
        made.append(LocalEngine(tmp_path, listener, **options))
        return made[-1]

    yield build
    for engine in made:
        engine.close()
