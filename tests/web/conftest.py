"""One real server for all tests of nnviz.web that leave it as they found it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.jobs.counting import PROGRAM
from tests.serving import Server


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Also with a job that is not of the package. What a test leaves running ends behind it."""
    with Server(tmp_path_factory.mktemp("home"), start=PROGRAM) as running:
        yield running
    assert "Traceback" not in running.err, running.err
