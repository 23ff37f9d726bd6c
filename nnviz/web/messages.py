"""The messages that a browser may send on the live socket: checked here, before anything is done.

A message is one JSON object with `do`. What is wrong with it becomes one `Refusal`, which names the field and what is
allowed; the socket sends that back and goes on.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Annotated, Any, Generic, Literal, NoReturn, TypeVar, get_args

from pydantic import BaseModel, Field, ValidationError

from nnviz import control
from nnviz.experiments.sweep import MAX_RUNS, SweepSpec
from nnviz.jobs import SpecError, find_job
from nnviz.spec import explain
from nnviz.spec.job import JobSpec
from nnviz.web.message import Message, RunId, by_do
from nnviz.web.table_messages import TABLE_MESSAGES

S = TypeVar("S", bound=JobSpec)
MAX_MESSAGE = 64 * 1024
"""Bytes. A spec with 40 layers and 500 edits fits."""
MAX_EDITS = 500
MAX_MEMBERS = MAX_RUNS
SHOWN_FAULTS = 5

ChannelId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,64}$", description="22 url-safe characters")]
View = Annotated[str, Field(pattern=r"^[a-z_]{1,20}$", description="of a run's frames")]
Room = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$", description="a room's name")]
Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22,128}$", repr=False, description="a visitor's secret")]


def visitor_name(token: str) -> str:
    """What is stored and queued of a visitor: whoever has the token itself controls the visitor's runs."""
    return hashlib.sha256(token.encode()).hexdigest()


class Refusal(Exception):  # noqa: N818  (it is sent as a message, too)
    """A message that is not obeyed: the field that is at fault (None: the whole) and a sentence for the visitor."""

    def __init__(self, field: str | None, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message

    def to_json(self) -> dict[str, Any]:
        return {"event": "error", "field": self.field, "message": self.message}


class Hello(Message):
    """Who is there: the visitor's secret, made and kept by the browser."""

    do: Literal["hello"]
    visitor: Token


class Watch(Message):
    """Send me this run: where it stands, its history, its newest frames, then what comes. None: no run any more."""

    do: Literal["watch"]
    run: RunId | None


class ListFrames(Message):
    """Which pictures of the watched run are kept: answered by {"event": "film", "view", "frames"}, a frame being
    [seq, step, epoch]."""

    do: Literal["film"]
    view: View = "network"


class Picture(Message):
    """One of the film's pictures, sent as the frame it was."""

    do: Literal["picture"]
    seq: int = Field(ge=0, le=2**53)


class Still(Message):
    """How the watched run looked at a step: of each view the newest recorded frame that is not younger.

    Answered by {"event": "still", "step": the step asked for, "views": {view: its frame's step}}, then by those frames,
    as they were; the run's newest frames go on coming meanwhile, and are told from them by their step.
    """

    do: Literal["still"]
    step: int = Field(ge=0, le=2**53)


class Submit(Message, Generic[S]):
    """A new run, which is then watched. `from`: start from that run's newest weights, or with `seq` from those it had
    when that picture of its film was made; `edits` change some by hand. `room`: the one that it is started in."""

    do: Literal["submit"]
    spec: S
    play: bool = True
    speed: control.Speed | None = None
    start_from: RunId | None = Field(None, alias="from")
    seq: int | None = Field(None, ge=0, le=2**53)
    endless: bool = Field(False, description="it ends when it is stopped, not after the spec's epochs")
    edits: tuple[control.Edit, ...] = Field((), max_length=MAX_EDITS)
    room: Room | None = None


class GoOn(Message):
    """A run that has ended goes on where it ended, under these rates; of another visitor's run a copy. It is then
    watched."""

    do: Literal["go_on"]
    run: RunId
    play: bool = True
    rates: control.Rates = control.Rates()
    speed: control.Speed | None = None
    endless: bool = False


class SubmitGroup(Message):
    """Runs that belong together, queued as one: `spec` with each member's changes, values by their paths
    ("training.optimizer.learning_rate"). Answered by {"event": "submitted_group", "group", "runs"}; then watched."""

    do: Literal["submit_group"]
    title: str = Field("", max_length=200)
    spec: dict[str, Any] = Field(default_factory=dict)
    members: tuple[dict[str, Any], ...] = Field(min_length=1, max_length=MAX_MEMBERS)
    room: Room | None = None


class SubmitSweep(Message):
    """The runs of a sweep, queued as one group. Answered as a group is."""

    do: Literal["sweep"]
    sweep: SweepSpec
    room: Room | None = None


class SubmitRecipe(Message):
    """The runs of a lecture's experiment (nnviz.experiments.catalogue), queued as one group, and answered as one is.
    quick: on less data; seeds: of each run, None as the recipe says."""

    do: Literal["recipe"]
    recipe: str = Field(max_length=20)
    quick: bool = False
    seeds: int | None = Field(None, ge=1, le=50)


class WatchGroup(Message):
    """Send me this group, beside the watched run: {"event": "group"} with its runs and their statuses, then
    {"event": "group_history"}: the thinned metrics of all runs as one array for each column, "member" saying which run
    (from 0) a row is of; then {"event": "group_rows"}: what is new, some times a second. None: no group any more."""

    do: Literal["watch_group"]
    group: RunId | None


class GroupCommand(Message):
    """Stop all runs of a group of mine; or let no more of them begin, and again."""

    do: Literal["group"]
    group: RunId
    command: Literal["stop", "pause", "play"]


class Past(Message):
    """The history of another run than the watched one, once: answered by {"event": "past", "run", "columns"}, and by
    the newest frame of each of these views that the run has."""

    do: Literal["past"]
    run: RunId
    views: tuple[View, ...] = Field((), max_length=4)


class Lead(Message):
    """Whoever follows this channel is to see the page that I see: a room's path and the link's parameters."""

    do: Literal["lead"]
    channel: ChannelId
    path: str = Field(pattern=r"^/[a-z]{0,20}$")
    query: str = Field("", max_length=8000)


class Follow(Message):
    """Tell me where the page of this channel is, now and whenever that changes: {"event": "channel", "channel", "path",
    "query", "there"}; path null: nobody has led it yet, or not for long."""

    do: Literal["follow"]
    channel: ChannelId


class EndChannel(Message):
    """Nobody is to follow me any more."""

    do: Literal["end_channel"]
    channel: ChannelId


class Ack(Message):
    """So many binary messages of this socket have arrived in all; see `hub.IN_FLIGHT`."""

    do: Literal["ack"]
    n: int = Field(ge=0, le=2**53)


_OWN = (message for message in Message.__subclasses__() if message.__module__ == __name__)
MESSAGES: dict[str, type[BaseModel]] = by_do(*_OWN, *get_args(get_args(control.Command)[0])) | TABLE_MESSAGES
"""Every message to the socket, and the commands to a run, by what `do` says."""


def parse(text: str) -> BaseModel:
    """The message in `text`, one of MESSAGES. Raises Refusal."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except Refusal:
        raise
    except (ValueError, RecursionError) as error:
        reason = (
            f"{error.msg} at character {error.pos}" if isinstance(error, json.JSONDecodeError) else "it cannot be read"
        )
        raise Refusal(None, f"a message must be JSON: {reason}") from None
    if not isinstance(value, dict):
        raise Refusal(None, f"a message must be a JSON object, not {_kind(value)}")
    do = value.get("do")
    model = MESSAGES.get(do) if isinstance(do, str) else None
    if model is None:
        given = "missing" if "do" not in value else f"not {str(do)[:40]!r}"
        raise Refusal("do", f"do: allowed are {', '.join(MESSAGES)} ({given})")
    if model is Submit:
        try:
            model = _submit_of(find_job(value.get("spec")).spec)
        except SpecError as error:
            raise Refusal("spec.job", f"spec.{error}") from None
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise refusal(error, model) from None
    except RecursionError:
        raise Refusal(None, "a message must not be nested that deeply") from None


@cache
def _submit_of(spec: type[JobSpec]) -> type[BaseModel]:
    return Submit[spec]  # type: ignore[valid-type]


def refusal(error: ValidationError, model: type[BaseModel]) -> Refusal:
    """All faults in one message, the first fault's field in front."""
    lines = explain(error, model)
    more = f" … and {len(lines) - SHOWN_FAULTS} more" if len(lines) > SHOWN_FAULTS else ""
    return Refusal(lines[0].split(":", 1)[0], "; ".join(lines[:SHOWN_FAULTS]) + more)


def _no_constant(name: str) -> NoReturn:
    raise Refusal(None, f"a message must be JSON, which has no {name}")


def _kind(value: Any) -> str:
    return {list: "a list", str: "a string", bool: "a truth value", type(None): "null"}.get(type(value), "a number")
