"""The commands a run obeys, and where it gets them from.

The same words travel from the browser to the server, from the server to the child process and into `train`; they are
validated here, once, whoever sends them.
"""

from __future__ import annotations

import queue
from typing import Annotated, Any, Literal, Protocol, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Speed(_Part):
    """How fast a run is shown: `steps` updates a frame (None: as many as it can), at most `fps` frames a second.
    `epochs` a frame instead, of a job whose epochs differ in their steps (nnviz.jobs.steps); a training has no use for
    it. `rows`: a row of metrics after every so many epochs, also between frames."""

    steps: int | None = Field(None, ge=1, le=1_000_000)
    epochs: int | None = Field(None, ge=1, le=1_000_000)
    fps: float = Field(20.0, ge=0.01, le=60)
    rows: int | None = Field(None, ge=1, le=100_000)


SpeedName = Literal["step", "10steps", "epoch", "2epochs", "5epochs", "20epochs", "100epochs", "full"]
"""The speeds that a page offers: what a run does between two frames."""
FRAMES_PER_SECOND = 12.0
"""Of a page's run."""


def _speed(name: SpeedName) -> dict[str, Any]:
    unit = "steps" if "step" in name else "epochs"
    count = int(name.removesuffix("s").removesuffix(unit[:-1]) or 1)
    return {"title": f"{count} {unit if count > 1 else unit[:-1]} a frame", unit: count}


SPEEDS: dict[str, dict[str, Any]] = {
    name: {"title": "full speed"} if name == "full" else _speed(name) for name in get_args(SpeedName)
}
"""Name → its words on the page, and how many steps or epochs go by between two frames (full: as many as may be)."""


class Play(_Part):
    do: Literal["play"]


class Pause(_Part):
    do: Literal["pause"]


class Step(_Part):
    """Do `n` updates, or go to the end of the `n`-th epoch from here, then be paused."""

    do: Literal["step"]
    n: int = Field(1, ge=1, le=1_000_000)
    unit: Literal["step", "epoch"] = "step"


class Only(_Part):
    """Do `n` updates of one of two networks that a job trains against each other (nnviz.jobs.gan), then be paused."""

    do: Literal["only"]
    network: Literal["discriminator", "generator"]
    n: int = Field(1, ge=1, le=1000)


class Stop(_Part):
    do: Literal["stop"]


class Rates(_Part):
    """Of a training, what may change without a reset; what is left out stays."""

    learning_rate: float | None = Field(None, gt=0, le=1000)
    regularization_rate: float | None = Field(None, ge=0, le=100)


class Set(Rates):
    """Change what may change without a reset; what is left out stays."""

    do: Literal["set"]
    epsilon: float | None = Field(None, ge=0, le=1, description="how often an agent explores")
    speed: Speed | None = None


class Edit(_Part):
    """One number by hand. `layer` counts the dense layers from 0, the output layer last."""

    do: Literal["edit"]
    layer: int = Field(ge=0, le=40)
    what: Literal["kernel", "bias"]
    row: int = Field(0, ge=0)
    column: int = Field(ge=0)
    value: float = Field(ge=-1e6, le=1e6)


Command = Annotated[Play | Pause | Step | Only | Stop | Set | Edit, Field(discriminator="do")]
_COMMANDS: TypeAdapter[Command] = TypeAdapter(Command)


def parse_command(value: Any) -> Command:
    """The command in `value` (a dict). Raises pydantic.ValidationError, which names the field and what is allowed."""
    return _COMMANDS.validate_python(value)


class Control(Protocol):
    """What `train` asks between two chunks of steps."""

    def poll(self) -> list[dict[str, Any]]:
        """Commands since the last time; never blocks."""

    def wait(self, seconds: float | None) -> list[dict[str, Any]]:
        """Commands, as soon as there are any; none after `seconds` (None: wait without end)."""

    def wants_frames(self) -> bool:
        """Whether a frame would be looked at or kept now."""


class QueueControl:
    """A control inside one process: other threads `send`."""

    def __init__(self, *commands: dict[str, Any], frames: bool = True) -> None:
        self.frames = frames
        self._queue: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        for command in commands:
            self.send(command)

    def send(self, command: dict[str, Any]) -> None:
        self._queue.put(command)

    def poll(self) -> list[dict[str, Any]]:
        commands = []
        while not self._queue.empty():
            commands.append(self._queue.get_nowait())
        return commands

    def wait(self, seconds: float | None) -> list[dict[str, Any]]:
        try:
            first = self._queue.get(timeout=seconds)
        except queue.Empty:
            return []
        return [first, *self.poll()]

    def wants_frames(self) -> bool:
        return self.frames
