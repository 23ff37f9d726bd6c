"""Films that are drawn while the server runs: how far they are, who waits, and every way in which one can end."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nnviz.web.films import AT_ONCE, Film, Films

PROGRAM = """
import json, sys, time
from pathlib import Path
home, run, kind, speed, path = sys.argv[1:]
while not (Path(home) / run).exists():
    print(json.dumps({"event": "drawn", "done": 3, "of": 7}), flush=True)
    time.sleep(0.02)
said = (Path(home) / run).read_text()
if said == "done":
    Path(path).write_bytes(f"{kind} at {speed}".encode())
    print(json.dumps({"event": "done"}), flush=True)
elif said:
    print(json.dumps({"event": "failed", "message": said}), flush=True)
"""
"""What `nnviz.export.film_process` does, as seen from here: it goes on until a file named as the run says its end."""
Make = Callable[..., Films]


def say(home: Path, run: str, end: str) -> None:
    """Whole at once: it is looked for all the time."""
    (home / "said").write_text(end)
    (home / "said").rename(home / run)


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[Films] = []

    def films(program: str = PROGRAM, longest: float = 100) -> Films:
        made.append(Films([sys.executable, "-c", program], longest))
        return made[-1]

    yield films
    for one in made:
        one.close()


def wait(films: Films, owner: str, wanted: Callable[[Film], bool]) -> Film:
    end = time.monotonic() + 100
    while not wanted(film := films.state(owner)):
        assert time.monotonic() < end, film
        time.sleep(0.01)
    return film


def test_it_tells_how_far_it_is_and_keeps_the_file(make: Make, tmp_path: Path) -> None:
    films = make()
    assert films.state("a") == Film()
    assert films.start("a", tmp_path, "run", "gif", "2").is_under_way
    assert wait(films, "a", lambda film: film.done == 3).of == 7
    assert films.start("a", tmp_path, "other", "mp4", "1").run == "run", "one at a time"
    say(tmp_path, "run", "done")
    film = wait(films, "a", lambda film: film.status == "done")
    assert film.path is not None
    assert film.path.read_text() == "gif at 2"
    films.close()
    assert not film.path.exists()


def test_another_film_of_the_same_owner_takes_its_place(make: Make, tmp_path: Path) -> None:
    films = make()
    (tmp_path / "run").write_text("done")
    paths = []
    for speed in ("1", "2"):
        films.start("a", tmp_path, "run", "gif", speed)
        path = wait(films, "a", lambda film, speed=speed: film.status == "done" and film.speed == speed).path
        assert path is not None
        paths.append(path)
    assert [path.exists() for path in paths] == [False, True]


def test_some_are_drawn_at_once_and_the_others_wait(make: Make, tmp_path: Path) -> None:
    films, owners = make(), [f"owner {n}" for n in range(AT_ONCE + 1)]
    for owner in owners:
        films.start(owner, tmp_path, owner, "gif", "1")
    for owner in owners[:-1]:
        wait(films, owner, lambda film: film.status == "running")
    assert films.state(owners[-1]).status == "waiting"
    say(tmp_path, owners[-1], "done")
    say(tmp_path, owners[0], "done")
    wait(films, owners[-1], lambda film: film.status == "done")


def test_it_is_given_up_while_it_is_drawn_and_while_it_waits(make: Make, tmp_path: Path) -> None:
    films, owners = make(), [f"owner {n}" for n in range(AT_ONCE + 1)]
    for owner in owners:
        films.start(owner, tmp_path, owner, "gif", "1")
    wait(films, owners[0], lambda film: film.status == "running")
    films.cancel(owners[-1])
    films.cancel(owners[0])
    assert films.state(owners[0]).status == films.state(owners[-1]).status == "cancelled"
    (tmp_path / "next").write_text("done")
    films.start(owners[0], tmp_path, "next", "gif", "1")  # there is room again
    wait(films, owners[0], lambda film: film.status == "done")
    assert films.state(owners[-1]).status == "cancelled"


@pytest.mark.parametrize(("said", "words"), [("no such film", "no such film"), ("", "ended without a word")])
def test_what_went_wrong_is_told(make: Make, tmp_path: Path, said: str, words: str) -> None:
    films = make()
    (tmp_path / "run").write_text(said)
    films.start("a", tmp_path, "run", "gif", "1")
    assert words in wait(films, "a", lambda film: film.status == "failed").message


def test_it_may_not_take_for_ever(make: Make, tmp_path: Path) -> None:
    films = make(longest=0.3)
    films.start("a", tmp_path, "run", "gif", "1")
    assert "more than 0.3 seconds" in wait(films, "a", lambda film: film.status == "failed").message
