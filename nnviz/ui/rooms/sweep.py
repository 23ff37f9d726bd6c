"""The Sweep room: one setting with one to three of its values varied, all runs side by side.

Its script (nnviz/web/static/rooms/sweep) starts the runs as one group and asks for the figure's values whenever
something has happened (nnviz/web/sweep_board.py).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import streamlit as st
from pydantic import BaseModel, Field, ValidationError

from nnviz.experiments.outcome import MARKS
from nnviz.experiments.questions import QUESTIONS, asked, suggested
from nnviz.experiments.settings import OFFERED, canonical, changed, label
from nnviz.experiments.sweep import DEFAULT_RUNS, MAX_RUNS, METHODS, SweepSpec, Swept, estimate
from nnviz.jobs import SpecError
from nnviz.link import PATHS, from_query, stranger
from nnviz.spec import RunSpec, explain
from nnviz.ui import controls, more, session
from nnviz.ui.live import live
from nnviz.ui.room import Experiment, Guide, Mark, Room, RoomState
from nnviz.ui.rooms import digits, playground
from nnviz.ui.training_room import ENDLESS_EPOCHS, TrainingRoom
from nnviz.ui.view import View

HOMES: dict[str, TrainingRoom] = {room.name: room for room in (playground.ROOM, digits.ROOM)}
"""Rooms whose settings are swept."""
OVER = ("over", "over2", "over3")
EPOCHS = 100
"""Of each run, where the room trains without end."""
OWN = "own"
LOOKS = {
    "tiles": "Boundaries", "scores": "Scores", "map": "Heat map", "parallel": "Parallel coordinates",
    "panels": "Curves", "seeds": "Median and spread",
}  # fmt: skip


class SweepView(View):
    """How a sweep is looked at. group: the one on the screen."""

    look: Literal["auto", "tiles", "scores", "map", "parallel", "panels", "seeds"] = "auto"
    what: Literal["loss", "accuracy"] = "loss"
    group: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]{1,64}$", description="a sweep's id")


@dataclass(frozen=True, kw_only=True)
class SweepRoom(Room):
    """A room whose setting is a `SweepSpec`."""

    spec: type[BaseModel] | None = SweepSpec
    view_type: type[View] = SweepView

    def read(self, query: Mapping[str, str], ignore: Iterable[str] = ()) -> tuple[SweepSpec, list[str]]:
        home = HOMES.get(query.get("room", ""), playground.ROOM)
        known = {name: text for name, text in query.items() if name in PATHS}
        base, problems = from_query(known, frozenset(ignore), home.base(known))
        if home.is_endless(base) and "epochs" not in known:
            base = _with_epochs(base, EPOCHS)
        names = {"room", "method", "runs", "minutes", "search", *OVER}
        problems += [stranger(name, [*PATHS, *names]) for name in query.keys() - PATHS.keys() - names - set(ignore)]
        given = {name: query[name] for name in ("method", "runs", "minutes") if name in query}
        if "search" in query:
            given["seed"] = query["search"]
        over = [query[name] for name in OVER if name in query]
        fallback = [QUESTIONS["rate"].over(base) if base.is_network else f"C={suggested(base, 'C')}"]
        for attempt in ({"over": over or fallback, **given}, {"over": over or fallback}):
            try:
                return SweepSpec.model_validate({"base": base, **attempt}), problems
            except ValidationError as error:
                problems.append(f"The link's sweep: {explain(error, SweepSpec)[0]}.")
        return SweepSpec.model_validate({"base": base, "over": fallback}), problems

    def write(self, spec: SweepSpec) -> dict[str, str]:
        home = home_of(spec)
        query = home.write(spec.base)
        if home.is_endless(spec.base):
            query["epochs"] = str(ENDLESS_EPOCHS)
        elif home.endless and spec.base.training.epochs == EPOCHS:
            query.pop("epochs", None)
        found = {"room": home.name} if home is not playground.ROOM else {}
        found |= query | {name: str(swept) for name, swept in zip(OVER, spec.over, strict=False)}
        plain = {"method": spec.method, "runs": spec.runs, "minutes": spec.minutes, "search": spec.seed}
        defaults = {"method": "grid", "search": 0}
        return found | {
            name: f"{value:g}" if isinstance(value, float) else str(value)
            for name, value in plain.items()
            if value is not None and value != defaults.get(name)
        }

    def value(self, spec: SweepSpec, name: str) -> Any:
        if name == "question":
            return asked(spec.base, list(map(str, spec.over))) or OWN
        kind, number = name[:-1], name[-1]
        if kind in {"setting", "values"}:
            swept = spec.over[int(number) - 1] if int(number) <= len(spec.over) else None
            return "" if swept is None else swept.setting if kind == "setting" else swept.text
        if name == "epochs":
            return spec.base.training.epochs
        if name == "runs":
            return spec.runs or DEFAULT_RUNS
        return getattr(spec, name)

    def change(self, here: RoomState, changes: Mapping[str, Any]) -> tuple[SweepSpec, list[str]]:
        spec: SweepSpec = here.spec
        given: dict[str, Any] = {"method": spec.method, "runs": spec.runs, "minutes": spec.minutes, "seed": spec.seed}
        over: list[Any] = list(map(str, spec.over))
        base = spec.base
        for name, value in changes.items():
            kind, number = name[:-1], name[-1:]
            if name == "question":
                over = over if value == OWN else [QUESTIONS[value].over(base)]
                given["method"] = "grid"
            elif name == "epochs":
                base = _with_epochs(base, value)
            elif kind == "setting":
                at, setting = int(number) - 1, canonical(str(value or ""))
                over[at : at + 1] = [f"{setting}={_suggested(base, setting)}"] if setting else []
            elif kind == "values":
                over[int(number) - 1] = f"{spec.over[int(number) - 1].setting}={value}"
            else:
                given[name] = value
        return SweepSpec.model_validate({"base": base, "over": over, **given}), []


def _with_epochs(base: RunSpec, epochs: Any) -> RunSpec:
    raw = base.model_dump(mode="json")
    raw["training"]["epochs"] = epochs
    return RunSpec.model_validate(raw)


def _suggested(base: RunSpec, setting: str) -> str:
    try:
        return suggested(base, setting)
    except KeyError:  # a field by its path: what it has now
        value: Any = base.model_dump(mode="json")
        for part in setting.split("."):
            value = value[int(part)] if isinstance(value, list) else value[part]
        return str(value)


def home_of(spec: SweepSpec) -> TrainingRoom:
    """The room that shows its runs."""
    return digits.ROOM if spec.base.data.is_image else playground.ROOM


@lru_cache(maxsize=512)
def _fits(base: RunSpec, setting: str) -> bool:
    """Whether this setting's suggested values can be swept here."""
    try:
        swept = Swept.model_validate(f"{setting}={_suggested(base, setting)}")
        for value in swept.values[:1] or (swept.low,):
            changed(base, {setting: value})
    except (SpecError, ValueError, KeyError):
        return False
    return True


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _stage(here: RoomState) -> None:
    spec: SweepSpec = here.spec
    question = asked(spec.base, list(map(str, spec.over)))
    try:
        points = [spec.words(point) for point in spec.points()[:60]] if spec.method != "tpe" else []
    except SpecError:
        points = []
    looks = _looks(spec)
    given = {
        "home": home_of(spec).name, "size": spec.size, "seconds": estimate(spec, cores()), "points": points,
        "why": QUESTIONS[question].why if question else "", "looks": [[name, LOOKS[name]] for name in looks],
        "first": _first(spec, question, looks), "title": spec.title, "marks": MARKS,
        "classes": spec.base.data.classes if spec.base.outputs > 1 else 1,
    }  # fmt: skip
    live(here, given)


def _looks(spec: SweepSpec) -> list[str]:
    """The figures that can show it."""
    found = [] if spec.base.data.is_image else ["tiles"]
    found += ["scores"] if len(spec.over) == 1 else ["map", "parallel"] if len(spec.over) == 2 else ["parallel"]
    found += ["seeds"] if [swept.setting for swept in spec.over] == ["seed"] else []
    return [*found, "panels"] if spec.size <= 8 and spec.base.is_network else found


def _first(spec: SweepSpec, question: str | None, looks: list[str]) -> str:
    """The figure that it is seen in where nobody has chosen."""
    if "seeds" in looks:
        return "seeds"
    if question is not None and QUESTIONS[question].curves and "panels" in looks and spec.base.data.is_image:
        return "panels"
    return looks[0]


def _controls(here: RoomState) -> None:
    spec: SweepSpec = here.spec
    base, home = spec.base, home_of(spec)
    st.markdown(f"**{home.title}**: {base.data.name}, {base.words}")
    if st.button(f"Open in {home.title}", key="w_home", icon=":material/arrow_back:", width="stretch"):
        st.switch_page(home.page, query_params=home.write(base))
    fitting = {name: q.title for name, q in QUESTIONS.items() if q.fits(base)}
    controls.choose(
        "Question", "question", {OWN: "My own", **fitting},
        help="A prepared sweep over this setting. Its values can be changed below.",
    )  # fmt: skip
    _setting(spec, 1)
    for number in range(2, min(len(spec.over) + 1, 3) + 1):
        _setting(spec, number)
    controls.choose(
        "Which combinations", "method", {name: words[:1].upper() + words[1:] for name, words in METHODS.items()},
        help="All of them; some at random; or where Optuna's TPE, having seen the runs before, expects better ones, "
        "with the worse half stopped early (median rule).",
    )  # fmt: skip
    if spec.method != "grid":
        controls.whole("Runs", "runs", 2, MAX_RUNS, help="How many the search makes.")
    controls.whole(
        "Epochs of each", "epochs", 1, 1000, help="Every run trains for so many, unless it is stopped early."
    )


def _setting(spec: SweepSpec, number: int) -> None:
    """A setting and its values."""
    there = number <= len(spec.over)
    own = spec.over[number - 1].setting if there else ""
    taken = {swept.setting for swept in spec.over} - {own}
    names = [name for name in OFFERED if name not in taken and (name == own or _fits(spec.base, name))]
    options = {name: label(name)[:1].upper() + label(name)[1:] for name in [*names, *([own] if own else [])]}
    first = "Vary" if number == 1 else "and" if there else "and also …"
    controls.choose(first, f"setting{number}", options if number == 1 else {"": "nothing more", **options})
    if there:
        controls.text(
            f"Values of {label(own)}", f"values{number}",
            help="0.01, 0.1, 1 is a list; 0.001..1:5:log a range with 5 values, evenly in their logarithm; 8|8,8|none "
            "are layers.",
        )  # fmt: skip


def _more(_: RoomState) -> None:
    more.heading("Budget and search")
    controls.real(
        "Minutes", "minutes", 0.1, 1440.0, optional=True,
        help="No run begins later than so many minutes after the first. A sweep of more than an hour needs it.",
    )  # fmt: skip
    controls.whole("Seed of the search", "seed", 0, 2**31 - 1, help="Another one draws other combinations.")


def _open(here: RoomState, act: Mapping[str, Any]) -> None:
    """A run, in its room."""
    run = act.get("run")
    if isinstance(run, str) and 0 < len(run) <= 64:
        session.want_run(run, home_of(here.spec).name)


SPIRAL = {
    "data": "spiral", "layers": "8,8", "inputs": "x1,x2,x1_squared,x2_squared,x1_x2,sin_x1,sin_x2", "epochs": "200",
}  # fmt: skip
EXPERIMENTS = (
    Experiment("Start here: which learning rate?", "Five rates, from too small to too large, on the circle.", {}),
    Experiment(
        "Rate against width",
        "Sixteen boundaries of the spiral: wide networks learn at rates at which narrow ones stand still.",
        {**SPIRAL, "over": "learning_rate=0.003,0.01,0.03,0.1", "over2": "width=2,4,8,16"},
    ),
    Experiment(
        "How much of it is luck?",
        "The same network from eight seeds: the spread of their curves, and what all of them together are worth.",
        {**SPIRAL, "over": "seed=0..7:8"},
    ),
    Experiment(
        "How many digits does it take?",
        "Curves of four trainings side by side: the gap between them closes as there is more to learn from.",
        {"room": "digits", "over": "train=25,125,375,1200", "epochs": "30"},
    ),
    Experiment(
        "Let Optuna search",
        "Forty networks for the moons; rate, batch and width are chosen from what the networks before came to.",
        {"data": "moons", "noise": "0.3", "over": "learning_rate=0.001..3:5:log", "over2": "batch_size=1..100:5:log",
         "over3": "width=1..16:5", "method": "tpe", "runs": "40"},
    ),
)  # fmt: skip
GUIDE_MARKS: tuple[Mark, ...] = (
    ("✓ converged", "at least 95 % of the training samples are right at the end"),
    ("○ not converged", "it went to its end, and fewer are right"),
    ("✗ diverged", "its numbers ran away; a click says where and what to try"),
    ("◐ stopped early", "the search left it at a point where half of the others had been better, or you stopped it"),
    ("the thick frame", "the best run: by its validation samples, where there are some; its test accuracy is shown"),
)
KEYS: tuple[Mark, ...] = (("Tab, Enter", "“All runs as a table”: from run to run; Enter opens one in its room"),)

ROOM = SweepRoom(
    name="sweep",
    title="Sweep",
    section="Compare",
    icon=":material/grid_view:",
    intro=(
        "One setting many times, with one to three of its values varied. Press **Run**: every network appears as soon "
        "as it has something to show. Click one to open it in its room."
    ),
    stage=_stage,
    controls=_controls,
    more=_more,
    script="rooms/sweep/sweep.js",
    styles=("kit/room.css", "rooms/sweep/sweep.css"),
    acts={"open": _open},
    hideable={"question": "Question", "method": "Which combinations", "epochs": "Epochs"},
    about_more="A budget of minutes, the seed of the search.",
    guide=Guide(
        what="of many networks at once",
        experiments=EXPERIMENTS,
        marks=GUIDE_MARKS,
        keys=KEYS,
        lectures="B4 to B13, D3, D6",
        needs="a setting that you want an answer about",
        lead="One run answers nothing: the same setting many times, with one thing varied.",
    ),
)
