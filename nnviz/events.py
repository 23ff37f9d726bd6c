"""What a run says, and how it is written down: small frozen dataclasses, each with a `name`. The ground floor.

An event becomes one JSON object (`to_json`), the same on the command line, in the store and on the WebSocket. A `Frame`
becomes bytes once, in the process that made it, and nobody encodes it again:

    "NNV1" · uint32 length of the header · header (JSON, padded with spaces) · arrays, each at a multiple of 8 bytes

The header holds run, view, step, epoch, meta and, for each array, name, dtype, shape and offset from the header's end:
a browser reads it as typed arrays without a copy. Never pickled objects.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
MAGIC = b"NNV1"
DTYPES = frozenset({"float32", "uint8", "int8", "uint16", "int16", "uint32", "int32"})
HEADER = frozenset({"run", "view", "step", "epoch", "meta", "arrays"})


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""

    name: ClassVar[str] = "event"
    terminal: ClassVar[bool] = False

    def to_json(self) -> dict[str, Any]:
        """Plain dict with `event` first; NaN and infinity become None, as JSON has neither."""
        return {"event": self.name, **{k: _finite(v) for k, v in asdict(self).items()}}


@dataclass(frozen=True, slots=True)
class Started(Event):
    """The network is built. `layers` is the summary: name, output shape, parameters of each layer."""

    name: ClassVar[str] = "started"
    parameters: int
    layers: list[dict[str, Any]]
    versions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Metrics(Event):
    """Where the training stands after `step` updates (`epoch` counts whole passes, fractional within one).

    Losses are means per sample and include `penalty`, as Keras reports them. Accuracies are None for a regression.
    `epoch_end` marks the one row an epoch that the command line prints. `seconds` is training time without pauses.
    """

    name: ClassVar[str] = "metrics"
    epoch: float
    step: int
    loss: float
    accuracy: float | None
    val_loss: float | None
    val_accuracy: float | None
    penalty: float
    learning_rate: float
    seconds: float
    epoch_end: bool


@dataclass(frozen=True, slots=True)
class Status(Event):
    """A change of state that is not an end: running, paused, or a rate that was changed live."""

    name: ClassVar[str] = "status"
    status: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finished(Event):
    """The end of a run that went well: `reason` is epochs, target, early_stopping or stopped."""

    name: ClassVar[str] = "finished"
    terminal: ClassVar[bool] = True
    reason: str
    epochs: float
    steps: int
    seconds: float
    parameters: int
    train: dict[str, Any]
    test: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Diverged(Event):
    """A number stopped being finite: training is frozen there. `layer` is the first such one, from the input."""

    name: ClassVar[str] = "diverged"
    terminal: ClassVar[bool] = True
    epoch: float
    step: int
    layer: str
    message: str


@dataclass(frozen=True, slots=True)
class Failed(Event):
    """The run ended by a fault; `message` is in words that a student can act on."""

    name: ClassVar[str] = "failed"
    terminal: ClassVar[bool] = True
    message: str


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture of the model now. `view` says what it shows; arrays are C-ordered, of the dtypes in DTYPES."""

    view: str
    step: int
    epoch: float
    meta: dict[str, Any]
    arrays: dict[str, Array]


def encode_frame(frame: Frame, run: str) -> bytes:
    """Bytes as the module's docstring lays out. Raises ValueError for a dtype that browsers have no array for."""
    listing, blobs, offset = [], [], 0
    for key, array in frame.arrays.items():
        data = np.asarray(array, array.dtype.newbyteorder("<"), order="C")
        if data.dtype.name not in DTYPES:
            raise ValueError(f"frame {frame.view}: {key} has dtype {data.dtype.name}; allowed are {sorted(DTYPES)}")
        listing.append({"name": key, "dtype": data.dtype.name, "shape": list(data.shape), "offset": offset})
        pad = -data.nbytes % 8
        blobs += [data.tobytes(), b"\0" * pad]
        offset += data.nbytes + pad
    header = json.dumps(
        {"event": "frame", "run": run, "view": frame.view, "step": frame.step, "epoch": _finite(frame.epoch),
         "meta": _finite(frame.meta), "arrays": listing},
        separators=(",", ":"), allow_nan=False,
    ).encode()  # fmt: skip
    header += b" " * (-(len(header) + 8) % 8)
    return b"".join([MAGIC, struct.pack("<I", len(header)), header, *blobs])


def frame_header(data: bytes) -> dict[str, Any]:
    """The header alone: what the hub and the store need to know. Raises ValueError for bytes that are no frame."""
    if len(data) < 8 or data[:4] != MAGIC:
        raise ValueError("not a frame")
    try:
        header = json.loads(data[8 : _arrays_start(data)])
    except RecursionError as error:
        raise ValueError("not a frame") from error
    if not isinstance(header, dict) or not header.keys() >= HEADER:
        raise ValueError("not a frame")
    return header


def decode_frame(data: bytes) -> Frame:
    """The frame again, its arrays read-only views of `data`. Raises ValueError for what is no whole frame."""
    header, start = frame_header(data), _arrays_start(data)
    arrays = {}
    try:
        for a in header["arrays"]:
            if a["dtype"] not in DTYPES or min(a["shape"], default=0) < 0 or a["offset"] < 0:
                raise ValueError("not a frame")
            flat = np.frombuffer(data, np.dtype(a["dtype"]), math.prod(a["shape"]), start + a["offset"])
            arrays[a["name"]] = flat.reshape(a["shape"])
    except (TypeError, KeyError, OverflowError) as error:
        raise ValueError("not a frame") from error
    return Frame(header["view"], header["step"], header["epoch"], header["meta"], arrays)


def _arrays_start(data: bytes) -> int:
    """Where the arrays begin. Raises ValueError for a frame that ends before."""
    (length,) = struct.unpack_from("<I", data, 4)
    if 8 + length > len(data):
        raise ValueError("not a whole frame")
    return 8 + int(length)


def _finite(value: Any) -> Any:
    """Numbers that JSON can carry."""
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    return value
