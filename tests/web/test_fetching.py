"""Fetching a set: a process of its own, its progress, and every way in which it can end. No network."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nnviz.web.fetching import COMMAND, Fetch, Fetching
from tests.serving import PATIENCE

PROGRAM = """
import json, sys, time
from pathlib import Path
(name,) = sys.argv[1:]
for said in {said!r}:
    if isinstance(said, str) and said.startswith("wait for "):
        while not Path(said[9:]).exists():
            time.sleep(0.005)
    else:
        print(said if isinstance(said, str) else json.dumps(said), flush=True)
"""
"""What `nnviz.data.fetch_process` does, as seen from here."""


@pytest.fixture
def fetchings() -> Iterator[Callable[[list[object]], Fetching]]:
    made: list[Fetching] = []

    def make(said: list[object]) -> Fetching:
        made.append(Fetching([sys.executable, "-c", PROGRAM.format(said=said)]))
        return made[-1]

    yield make
    for fetching in made:
        fetching.close()


def wait(fetching: Fetching, wanted: Callable[[Fetch], bool]) -> Fetch:
    end = time.monotonic() + PATIENCE
    while not wanted(state := fetching.state()):
        assert time.monotonic() < end, state
        time.sleep(0.005)
    return state


def test_progress_and_the_end(fetchings: Callable[[list[object]], Fetching], tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    said = [{"bytes": 10, "total": None}, "a warning", {"bytes": 50, "total": 200}, f"wait for {gate}"]
    fetching = fetchings([*said, {"event": "done", "path": "somewhere"}])
    assert fetching.state() == Fetch()
    assert fetching.start("mnist").status == "running"
    assert wait(fetching, lambda s: s.bytes == 50) == Fetch("mnist", "running", 50, 200)
    assert fetching.start("fashion_mnist").name == "mnist"  # one at a time
    gate.touch()
    assert wait(fetching, lambda s: s.status != "running") == Fetch("mnist", "done", 200, 200)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ([{"bytes": 1, "total": 2}, {"event": "failed", "message": "no connection"}], "no connection"),
        ([{"bytes": 1, "total": 2}], "nnviz data get mnist"),
        ([], "nnviz data get mnist"),
    ],
)
def test_what_goes_wrong_is_said(fetchings: Callable[[list[object]], Fetching], said: list[object], words: str) -> None:
    fetching = fetchings(said)
    fetching.start("mnist")
    state = wait(fetching, lambda s: s.status != "running")
    assert state.status == "failed"
    assert words in state.message
    assert fetching.start("mnist").status == "running"  # again


def test_a_program_that_is_not_there() -> None:
    assert Fetching(["/nowhere/nnviz"]).start("mnist").status == "failed"


def test_only_sets_that_can_be_fetched(fetchings: Callable[[list[object]], Fetching]) -> None:
    with pytest.raises(ValueError, match="mnist, fashion_mnist"):
        fetchings([]).start("--help")


def test_the_end_of_the_server_ends_it(fetchings: Callable[[list[object]], Fetching], tmp_path: Path) -> None:
    fetching = fetchings([f"wait for {tmp_path / 'never'}"])
    fetching.start("mnist")
    fetching.close()
    assert wait(fetching, lambda s: s.status != "running").status == "failed"
    assert fetching.start("mnist").status == "failed"


def test_the_real_command_finds_what_is_here(mnist: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNVIZ_DATA", str(mnist.parent))
    fetching = Fetching(COMMAND)
    fetching.start("mnist")
    assert wait(fetching, lambda s: s.status != "running").status == "done"
