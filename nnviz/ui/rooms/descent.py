"""The descent room: optimisers race down a surface, from above and in 3-D (nnviz/web/static/rooms/descent)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from nnviz.experiments.catalogue import RECIPES
from nnviz.figures.racers import DASHES
from nnviz.jobs.descent import DESCENT, EXAMPLE
from nnviz.surfaces import OWN, SURFACES
from nnviz.surfaces.frames import surface_frame
from nnviz.surfaces.lineups import LINEUPS, good_rate
from nnviz.surfaces.racer import Racer
from nnviz.surfaces.spec import DescentSpec
from nnviz.ui import descent_controls
from nnviz.ui.live import live, packed
from nnviz.ui.room import Experiment, Guide, Mark, Room, RoomState
from nnviz.ui.view import View

INTRO = (
    "Learning is going downhill on the error’s surface, and optimisers differ in how they go. **Click the map**: all "
    "race from there to the minimum (★). Then change a learning rate and race again."
)


class DescentView(View):
    """How a race is looked at. pace: steps a second."""

    pace: Literal["5", "20", "60", "200", "all"] = "60"
    look: Literal["map", "relief"] = "map"


@dataclass(frozen=True, kw_only=True)
class DescentRoom(Room):
    """A room whose setting is a `DescentSpec`."""

    job: str | None = "descent"
    spec: type[BaseModel] | None = DescentSpec
    view_type: type[View] = DescentView

    def change(self, here: RoomState, changes: Mapping[str, Any]) -> tuple[DescentSpec, list[str]]:
        spec: DescentSpec = here.spec
        plain = spec.model_dump(mode="json", exclude_none=True)
        plain |= {name: value for name, value in changes.items() if name in DescentSpec.model_fields}
        if changes.keys() & {"surface", "formula", "half_width"}:
            plain.pop("start", None)  # it was a place on another map
        if plain["surface"] == OWN:
            plain.setdefault("formula", EXAMPLE if spec.place.samples else spec.place.formula)
        else:
            plain.pop("formula", None)
            plain.pop("half_width", None)
        if "surface" in changes and plain.get("racers"):
            bare = {name: plain[name] for name in ("surface", "formula", "half_width") if name in plain}
            place = DescentSpec.model_validate(bare)
            plain["racers"] = [_moved(racer, spec, place).model_dump(mode="json") for racer in spec.runners]
        return DescentSpec.model_validate(plain), []

    def difference(self, before: DescentSpec, now: DescentSpec) -> tuple[str, str]:
        """What a surface brings along, its start and the racers' rates, is no change of its own."""
        told = [spec.model_copy(update={"racers": spec.runners, "start": spec.begin}) for spec in (before, now)]
        if before.place != now.place:
            told = [
                spec.model_copy(update={"racers": None, "start": None, "formula": None, "surface": spec.subject})
                for spec in told
            ]
        return super().difference(*told)


def _moved(racer: Racer, old: DescentSpec, new: DescentSpec) -> Racer:
    """A racer on another surface: as fast there, in proportion to the good rate."""
    name, momentum = racer.optimizer.name, getattr(racer.optimizer, "momentum", 0.0)
    times = good_rate(new.place, name, momentum) / good_rate(old.place, name, momentum)
    rate = min(1000.0, float(f"{racer.optimizer.learning_rate * times:.2g}"))
    samples = len(new.place.samples.u) if new.place.samples else 0
    size = None if racer.batch_size is None or not samples else min(racer.batch_size, samples)
    optimizer = racer.optimizer.model_copy(update={"learning_rate": rate})
    return racer.model_copy(update={"optimizer": optimizer, "batch_size": size})


def _stage(here: RoomState) -> None:
    live(here, {"surface": packed(surface_frame(here.spec)), "dashes": list(DASHES)})


def _link(surface: str, lineup: str) -> dict[str, str]:
    return {"surface": surface, "racers": ",".join(map(str, LINEUPS[lineup].racers(SURFACES[surface])))}


def _case(recipe: str, case: str) -> dict[str, str]:
    """The link of a lecture's experiment."""
    return DESCENT.link.write(RECIPES[recipe].case(case).spec)


EXPERIMENTS = (
    Experiment(
        "Start here: four methods in a ravine",
        "Plain descent zigzags across, momentum rolls along, and two scale each direction. Who is first?",
        {},
    ),
    Experiment(
        "Learning rates side by side",
        "The same method five times: too small is slow, and the largest leaves the map and never comes back.",
        _link("ravine", "rates"),
    ),
    Experiment(
        "A local and a global minimum",
        "The error of a small network: plain descent stays in w_A; with momentum it rolls on into w_B.",
        _case("C5", "hills"),
    ),
    Experiment(
        "Batch, mini-batch, stochastic",
        "Three paths down a regression’s error: all samples, six, or one at a time. Cheap steps are noisy ones.",
        _case("C4", "paths"),
    ),
    Experiment(
        "Hung up at a saddle",
        "The start is a hair off the ridge. The gradient is all but zero there: see who gets away first.",
        {"surface": "saddle", "look": "relief"},
    ),
    Experiment(
        "The lectures’ seven optimisers",
        "SGD, Adagrad, Adadelta, RMSprop, Adam, Adamax and Nadam in Himmelblau’s four hollows.",
        _case("C5", "hollows"),
    ),
    Experiment(
        "A surface of your own",
        "Type a height in x and y: it is derived, drawn, and raced on.",
        {"surface": OWN, "formula": "sin(3*x)*cos(2*y) + 0.3*(x**2 + y**2)"},
    ),
)
MARKS: tuple[Mark, ...] = (
    ("colours of the map", "the height: the deeper, the stronger; stretched so that flat valleys still show"),
    ("★", "a minimum; where there is a better one elsewhere it has a name"),
    ("×", "the start; a click on the map puts it elsewhere, and all race"),
    ("a triangle at the map’s edge", "a racer has left the map that way; it may come back"),
    ("to go, above", "the way to the nearest of the lowest minima, and the height above it"),
    ("diverged", "fifty times as far away as the map is wide, or no number any more: it will not come back"),
)
KEYS: tuple[Mark, ...] = (
    ("space", "race, pause, play again"),
    ("← →", "one step back or on; with Shift ten"),
    ("Home, End", "to the start, to the end"),
    ("R", "back to the start"),
)

ROOM = DescentRoom(
    name="descent",
    title="Descent",
    section="Foundations",
    icon=":material/downhill_skiing:",
    intro=INTRO,
    stage=_stage,
    controls=descent_controls.first_sight,
    more=descent_controls.more_settings,
    script="rooms/descent/descent.js",
    styles=("kit/room.css", "rooms/descent/descent.css"),
    hideable={
        "surface": "Surface", "racers": "Racers", "start": "Start", "pace": "Speed", "steps": "Single steps",
        "heights": "Chart of the heights", "formula": "Formula",
    },
    about_more="Each racer’s rate, momentum, decay and batch; when the race ends.",
    guide=Guide(
        what="who gets down a surface", experiments=EXPERIMENTS, marks=MARKS, keys=KEYS,
        lectures="C4, C5, E4",
        needs="that a curve has a slope",
        lead="How weights are found where no rule says them: downhill on the error, step by step.",
    ),
)  # fmt: skip
