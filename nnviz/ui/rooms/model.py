"""Your model: a Keras model that a visitor's own script trains, with nnviz.keras.Dashboard (static/rooms/model)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from nnviz.home import user_home
from nnviz.jobs.own_model import OwnModelSpec
from nnviz.store.table import Query
from nnviz.ui.live import live
from nnviz.ui.room import Experiment, Guide, Mark, Room, RoomState
from nnviz.ui.view import View
from nnviz.web.entrance import entrance
from nnviz.web.services import services

INTRO = (
    "A Keras model that your own script or notebook trains, live: one callback in `model.fit` shows its curves, "
    "filters, gradients and mistakes here. **Pause** and **Stop** act upon the script."
)
NEWEST = 12
"""Runs that the page without one lists."""


class ModelView(View):
    """How such a training is looked at."""

    axis: Literal["epoch", "step", "seconds"] = "epoch"
    log: bool = False
    smooth: Literal[0, 0.6, 0.9, 0.97] = 0  # type: ignore[valid-type]
    scale: Literal["layer", "filter"] = "layer"


@dataclass(frozen=True, kw_only=True)
class ModelRoom(Room):
    """A room that shows runs and starts none: what is trained is said by the script."""

    job: str | None = "keras"
    spec: type[BaseModel] | None = OwnModelSpec
    view_type: type[View] = ModelView


def snippet(home: str | None) -> str:
    """What is to be put into a script; with the home where it is not the one that a script finds by itself."""
    where = "" if home is None else f", home={home!r}"
    return (
        "from nnviz.keras import Dashboard\n\n"
        f"model.fit(x, y, epochs=10, callbacks=[Dashboard(test_data=(x_test, y_test){where})])"
    )


def _stage(here: RoomState) -> None:
    home = services().home
    usual = home == user_home() or entrance().is_open  # the path is nothing for visitors of other machines
    given: dict[str, Any] = {"snippet": snippet(None if usual else str(home)), "newest": [] if here.run else _newest()}
    live(here, given)


def _newest() -> list[dict[str, Any]]:
    """The last runs: id, title, status, when (seconds since 1970). Where other machines can come in, none."""
    if entrance().is_open:
        return []
    rows = services().store.table.page(Query(family="keras"), limit=NEWEST)
    return [{name: row[name] for name in ("run", "title", "status", "created")} for row in rows]


MARKS: tuple[Mark, ...] = (
    ("training", "the mean over the steps since the point before, as Keras reports it"),
    ("test", "the share of the test samples that are classified right, with the interval in which the true accuracy "
     "lies in 95 of 100 cases; of at most 2,000 of the samples that the script gave as test_data"),
    ("Filters", "the weights of each kernel; blue adds to a sum, orange takes away"),
    ("gradient", "∂loss/∂w over 32 test samples, root mean square; far smaller in the first layers than in the last: "
     "it vanishes"),
    ("Left out", "what cannot be shown of this model, and why"),
)  # fmt: skip
KEYS: tuple[Mark, ...] = (("space", "pause the script’s training, and let it go on"),)

ROOM = ModelRoom(
    name="model",
    title="Your model",
    section="Compare",
    icon=":material/terminal:",
    intro=INTRO,
    stage=_stage,
    script="rooms/model/model.js",
    styles=("kit/room.css", "rooms/model/model.css"),
    hideable={"stop": "Stop", "curves": "Curves", "layers": "Table of the layers"},
    guide=Guide(
        what="of a model that your own script trains",
        experiments=(
            Experiment("The lines to copy", "Two lines in a script, and its training appears here.", {}),
        ),
        marks=MARKS,
        keys=KEYS,
        lectures="C1",
        needs="Python with Keras, and a script or notebook",
        lead="Your own model in the same light: two lines in your script.",
    ),
)  # fmt: skip
