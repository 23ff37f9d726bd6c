"""What a browser may say on the live socket: checked here, before anything is done.

A message is one JSON object with `do`. What is wrong with it becomes one `Refusal`, which names the field and what is
allowed; the socket sends that back and goes on.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nnviz import control
from nnviz.spec import RunSpec, explain

MAX_MESSAGE = 64 * 1024
"""Bytes. A spec with 40 layers and 500 edits fits."""
MAX_EDITS = 500
SHOWN_FAULTS = 5

RunId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="22 url-safe characters")]
View = Annotated[str, Field(pattern=r"^[a-z]{1,20}$", description="of a run's frames")]
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


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Hello(_Message):
    """Who is there: the visitor's secret, made and kept by the browser."""

    do: Literal["hello"]
    visitor: Token


class Watch(_Message):
    """Send me this run: where it stands, its history, its newest frames, then what comes. None: no run any more."""

    do: Literal["watch"]
    run: RunId | None


class Film(_Message):
    """Which pictures of the watched run are kept: answered by {"event": "film", "view", "frames"}, a frame being
    [seq, step, epoch]."""

    do: Literal["film"]
    view: View = "network"


class Picture(_Message):
    """One of the film's pictures, sent as the frame it was."""

    do: Literal["picture"]
    seq: int = Field(ge=0, le=2**53)


class Still(_Message):
    """How the watched run looked at a step: of each view the newest recorded frame that is not younger.

    Answered by {"event": "still", "step": the step asked for, "views": {view: its frame's step}}, then by those frames,
    as they were; the run's newest frames go on coming meanwhile, and are told from them by their step.
    """

    do: Literal["still"]
    step: int = Field(ge=0, le=2**53)


class Submit(_Message):
    """A new run, which is then watched. `from`: start from that run's newest weights, or with `seq` from those it had
    when that picture of its film was made; `edits` change some by hand."""

    do: Literal["submit"]
    spec: RunSpec
    play: bool = True
    speed: control.Speed | None = None
    start_from: RunId | None = Field(None, alias="from")
    seq: int | None = Field(None, ge=0, le=2**53)
    edits: tuple[control.Edit, ...] = Field((), max_length=MAX_EDITS)


class Ack(_Message):
    """So many binary messages of this socket have arrived in all; see `hub.IN_FLIGHT`."""

    do: Literal["ack"]
    n: int = Field(ge=0, le=2**53)


MESSAGES: dict[str, type[BaseModel]] = {
    "hello": Hello, "watch": Watch, "submit": Submit, "ack": Ack, "film": Film, "picture": Picture,
    "still": Still,
    "play": control.Play, "pause": control.Pause, "step": control.Step, "stop": control.Stop, "set": control.Set,
    "edit": control.Edit,
}  # fmt: skip


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
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise refusal(error) from None
    except RecursionError:
        raise Refusal(None, "a message must not be nested that deeply") from None


def refusal(error: ValidationError) -> Refusal:
    """All faults in one message, the first fault's field in front."""
    lines = explain(error)
    more = f" … and {len(lines) - SHOWN_FAULTS} more" if len(lines) > SHOWN_FAULTS else ""
    return Refusal(lines[0].split(":", 1)[0], "; ".join(lines[:SHOWN_FAULTS]) + more)


def _no_constant(name: str) -> NoReturn:
    raise Refusal(None, f"a message must be JSON, which has no {name}")


def _kind(value: Any) -> str:
    return {list: "a list", str: "a string", bool: "a truth value", type(None): "null"}.get(type(value), "a number")
