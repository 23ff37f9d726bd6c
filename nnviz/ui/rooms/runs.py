"""The runs room: every run of this home as a table, and several of them over each other (static/rooms/runs)."""

from __future__ import annotations

from nnviz.figures.colors import CLASS_COLORS
from nnviz.sets import SETS
from nnviz.spec.words import FAMILIES
from nnviz.store.schema import SORTS
from nnviz.ui import session, take_home
from nnviz.ui.live import show
from nnviz.ui.room import Experiment, Guide, Mark, Room, RoomState

JOBS = {
    "descent": "Race of optimisers",
    "perceptron": "Perceptron",
    "grid_search": "Grid search",
    "unfold": "Unfolding",
    "backprop": "Automatic differentiation",
    "approximation": "Approximation",
    "reinforcement": "Reinforcement learning",
    "gan": "GAN",
    "keras": "Your own model",
}
"""What stands for the family of a model where a job has none."""


def _stage(here: RoomState) -> None:
    given = {
        "rooms": here.titles,
        "sorts": list(SORTS),
        "words": {**FAMILIES, **JOBS, **{name: one.title for name, one in SETS.items()}},
        "palette": list(CLASS_COLORS),
    }
    show(ROOM, given, on_open_change=_open, on_take_change=_take)
    if (run := session.taken_home()) is not None:
        take_home.of_run(run)


def _open() -> None:
    """A run was chosen: the page turns to its room."""
    said = (session.widget_value(ROOM.name) or {}).get("open")
    if isinstance(said, dict) and isinstance(run := said.get("run"), str) and 0 < len(run) <= 64:
        session.want_run(run, said.get("room"))


def _take() -> None:
    """A run is to be taken home: the list of what can be made of it opens."""
    said = (session.widget_value(ROOM.name) or {}).get("take")
    if isinstance(said, dict) and isinstance(run := said.get("run"), str) and 0 < len(run) <= 64:
        session.take_home(run)


EXPERIMENTS = (
    Experiment("The best so far", "By test accuracy, the best of each run first.", {"sort": "test_best"}),
    Experiment("What went wrong", "Runs whose numbers ran away: open one, and its room names the layer.",
               {"status": "diverged"}),
    Experiment("Only those with a star", "Give a star (S) to what you want to find again.", {"star": "on"}),
)  # fmt: skip
MARKS: tuple[Mark, ...] = (
    ("the coloured dot", "the colour of the run’s curve wherever runs lie over each other"),
    ("an accuracy", "the best that was measured; below it the interval in which the true one lies in 95 of 100 cases, "
     "or the last one where that was worse"),
    ("↳ from", "it began with the weights of another run"),
    ("⊞", "it belongs to a group: seeds, a sweep"),
)  # fmt: skip
KEYS: tuple[Mark, ...] = (
    ("↑ ↓", "the run before, the next one; with Shift they are selected"),
    ("Enter", "open the run in its room, with setting, curves and film"),
    ("space", "select it"),
    ("/", "search"),
    ("O", "the selected runs over each other"),
    ("arrows, Home, End, space", "on the slider below runs over each other: back, on, start, end; play and stop"),
    ("S, E, Delete", "star; name, tags and note; throw away (it can come back for a day)"),
    ("T", "take it home: as a program, a notebook, tables, a film, a report"),
)

ROOM = Room(
    name="runs",
    title="Runs",
    section="Compare",
    icon=":material/table_rows:",
    stage=_stage,
    script="rooms/runs/runs.js",
    styles=("kit/film.css", "rooms/runs/runs.css"),
    height=420,
    guide=Guide(
        what="of every run, side by side",
        experiments=EXPERIMENTS,
        marks=MARKS,
        keys=KEYS,
        lectures="B14, D4",
        needs="a few runs of your own",
        lead="All that you have trained, side by side, with notes, and to take home.",
    ),
)
