"""The rooms of the dashboard, in the order of the navigation and of the guide's way.

To add one: a file here that makes a `Room` (nnviz/ui/room.py tells each of its parts), its line in ROOMS, and a page of
one call, pages/<name>.py: `show("<name>")`. Navigation, guide, links, preloading of its scripts and "Share" follow.

- A room of trainings is a `TrainingRoom`: its setting is a `RunSpec`. Two rooms may show the same data: a run remembers
  the room that it was started in, and a link to it opens there.
- A room of another job, or of none, is a `Room` with `spec`, a frozen pydantic model of its own. Where the model's
  fields are plain values, its link, its check and its changes come from the model; a subclass that overrides `read`,
  `write` and `change` says otherwise. `stage` ends in `live(here, {...})`, which puts the room's script on the page.
- A room whose script keeps its setting by itself has no `spec`: its `stage` is the whole page, and ends in
  `live.show(ROOM, {...})`.
"""

from __future__ import annotations

from nnviz.ui.room import Room
from nnviz.ui.rooms import (
    approximation,
    backpropagation,
    convolution,
    depth,
    descent,
    digits,
    gan,
    kernels,
    lectures,
    model,
    neuron,
    playground,
    recurrent,
    reinforcement,
    runs,
    sweep,
    tensors,
)

ROOMS: dict[str, Room] = {
    room.name: room
    for room in (
        neuron.ROOM,
        tensors.ROOM,
        descent.ROOM,
        backpropagation.ROOM,
        playground.ROOM,
        approximation.ROOM,
        depth.ROOM,
        kernels.ROOM,
        digits.ROOM,
        convolution.ROOM,
        recurrent.ROOM,
        reinforcement.ROOM,
        gan.ROOM,
        lectures.ROOM,
        sweep.ROOM,
        runs.ROOM,
        model.ROOM,
    )
}
FIRST = "playground"
"""The room that a bare address shows: links without a path lead there."""
EVERY_PAGE = ("kit/page.js", "kit/watch.js")
"""Scripts of ours that stand on each page."""


def entries() -> dict[str, tuple[str, ...]]:
    """The scripts that the browser is told to ask for at once: the last part of a page's address → their names. The
    bare address is the first."""
    order = sorted(ROOMS, key=lambda name: name != FIRST)
    return {"" if name == FIRST else name: (*ROOMS[name].scripts, *EVERY_PAGE) for name in order}
