"""The Lectures room: the lectures' experiments in their order, each with its figure, a guess before it runs, and a
verdict.

Its script (nnviz/web/static/rooms/lectures) asks for the recipes and for how far one is (nnviz/web/recipes.py), and
keeps what this browser's visitor has guessed and done.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, field_validator

from nnviz.ui.live import live
from nnviz.ui.room import Experiment, Guide, Mark, Room, RoomState
from nnviz.ui.rooms import playground
from nnviz.ui.view import View

INTRO = (
    "The lectures’ experiments, in their order. Choose one, **say first** what will come out, then press **Run**: what "
    "comes out is held against the lecture’s figure, with the rule by which it counts as the same."
)


class LectureSpec(BaseModel):
    """recipe: the id of an experiment; none: the first that this browser has not done. size: on less data, or as the
    lecture has it; auto: as long as that takes at most half a minute. seeds: as many as the verdict needs, or one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: str = Field("", max_length=8, description="an experiment's id")
    size: Literal["auto", "quick", "full"] = "auto"
    seeds: Literal["all", "one"] = "all"

    @field_validator("recipe")
    @classmethod
    def _known(cls, id: str) -> str:
        from nnviz.experiments.catalogue import RECIPES  # all of them: not where nobody asks for one

        if id and id.upper() not in RECIPES:
            ids = list(RECIPES)
            raise ValueError(f"there is no such experiment; there are {ids[0]} to {ids[-1]}, {len(ids)} in all")
        return id.upper()


class LecturesView(View):
    """group: the runs on the screen. column: of their curves, None for what the experiment is about."""

    group: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]{1,64}$", description="an experiment's runs")
    column: str | None = Field(None, pattern=r"^[a-z_]{1,40}$", description="what is drawn of them")


def _stage(here: RoomState) -> None:
    if not _places:
        _places.update(places(here.rooms))
    live(here, {"places": _places})


_places: dict[str, dict[str, str]] = {}
"""What `places` found: rooms and recipes do not change while a server runs."""


def places(rooms: Mapping[str, Room]) -> dict[str, dict[str, str]]:
    """Recipe → where it is gone on with: title and address of the room, and the link to the experiment's setting there
    (its first run's, where the recipe says no other)."""
    from nnviz.experiments.catalogue import RECIPES

    found = {}
    for id, recipe in RECIPES.items():
        room = rooms.get(recipe.place.room)
        if room is None:
            continue
        query: Mapping[str, str] = recipe.place.link
        if not query and recipe.cases and room.shows(recipe.cases[0].spec):
            query = room.write(recipe.cases[0].spec)
        path = "/" if room.name == playground.ROOM.name else f"/{room.name}"
        found[id] = {"title": room.title, "path": path, "href": f"{path}?{urlencode(query)}" if query else path}
    return found


def _guide() -> Guide:
    experiments = (
        Experiment(
            "Start here: a convolutional network",
            "Guess how many of 10,000 digits it gets wrong, and hold the guess against what it does.",
            {"recipe": "B16"},
        ),
        Experiment(
            "The same, as the lecture has it",
            "All 60,000 images: about a minute on two cores, and every claim is judged.",
            {"recipe": "B16", "size": "full"},
        ),
    )
    return Guide(
        what="against the lectures’ own figures",
        experiments=experiments,
        marks=MARKS,
        keys=KEYS,
        note="In a terminal: `nnviz reproduce B16`, or `--all`; `nnviz recipes` lists them.",
        lectures="A to E, all of them",
        needs="nothing: each experiment says where it is gone on with by hand",
        lead="The lectures’ experiments with their figures: guess first, then see whether they come out here, too.",
    )


MARKS: tuple[Mark, ...] = (
    ("– ✓ ★ ✗", "not done yet; reproduced; better than the lecture; not reproduced, with what we think why"),
    ("a small picture", "what came out on our machine, and with a frame, on this one"),
    ("interval or rule", "where the lecture’s number must lie to count as the same: for an accuracy, where 95 of 100 "
     "such runs end; else the rule in words"),
    ("not judged", "less data than the lecture’s cannot say"),
    ("the dotted curve", "your guess"),
)  # fmt: skip
KEYS: tuple[Mark, ...] = (
    ("↑ ↓, Home, End", "in the list: from experiment to experiment; Enter chooses one"),
    ("← →", "on the slider: another number; on the chart where a curve is guessed: another epoch"),
    ("↑ ↓", "there: the guess at that epoch"),
)

ROOM = Room(
    name="lectures",
    title="Lectures",
    section="Learn",
    always_named=True,
    icon=":material/school:",
    intro=INTRO,
    stage=_stage,
    script="rooms/lectures/lectures.js",
    preload=("figures/chart.js",),
    styles=("kit/room.css", "rooms/lectures/lectures.css"),
    height=640,
    spec=LectureSpec,
    view_type=LecturesView,
    hideable={"list": "The list of experiments", "record": "What came out on our machine"},
    guide=_guide(),
)
