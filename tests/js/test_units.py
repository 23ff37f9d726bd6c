"""The scripts' own unit tests, each file run by the node of the test extra."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.js.node import run_node

UNITS = sorted(Path(__file__).parent.glob("*.test.js"))


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_unit(path: Path) -> None:
    done = run_node("--test", "--test-reporter=spec", str(path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ℹ fail 0" in done.stdout
    assert "ℹ tests 0" not in done.stdout
