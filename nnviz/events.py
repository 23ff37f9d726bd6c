"""The events and frames that a run emits, and how they are written down: small frozen dataclasses. The ground floor.

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
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
MAGIC = b"NNV1"
RENAMED = {"norm_w": "weight_rms"}
"""Arrays of frames that an earlier version has stored: name → what it is called now."""
DTYPES = frozenset({"float32", "uint8", "int8", "uint16", "int16", "uint32", "int32"})
HEADER = frozenset({"run", "view", "step", "epoch", "meta", "arrays"})


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""

    name: ClassVar[str] = "event"
    terminal: ClassVar[bool] = False

    def to_json(self) -> dict[str, Any]:
        """Plain dict with `event` first; NaN and infinity become None, as JSON has neither."""
        return {"event": self.name, **{one.name: finite(getattr(self, one.name)) for one in fields(self)}}


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
    On images `loss` and `accuracy` are the running means since the epoch began, as Keras reports them; `recent_loss`
    and `recent_accuracy` are the means over the last steps across the ends of epochs, which is what a curve shows. On
    points, where the training set is evaluated as a whole, they are None.
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
    recent_loss: float | None = None
    recent_accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class Row(Event):
    """Metrics of a job that is no training, after `step` steps: `values` by the names of the job's columns (None: not
    measured). As JSON they stand beside `step`, as those of `Metrics` do.
    """

    name: ClassVar[str] = "metrics"
    step: int
    values: dict[str, float | None]

    def to_json(self) -> dict[str, Any]:
        return {"event": self.name, "step": self.step, **finite(self.values)}


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
    validation: dict[str, Any] | None = None
    """Like `test`: None where there are no such samples, or a stop left no time for them."""


@dataclass(frozen=True, slots=True)
class Done(Event):
    """The end of a job that is no training and went well: `reason` is the job's word, or stopped; `seconds` without
    pauses; `result`: plain values by name.
    """

    name: ClassVar[str] = "finished"
    terminal: ClassVar[bool] = True
    reason: str
    steps: int
    seconds: float
    result: dict[str, Any] = field(default_factory=dict)


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
        {"event": "frame", "run": run, "view": frame.view, "step": frame.step, "epoch": finite(frame.epoch),
         "meta": finite(frame.meta), "arrays": listing},
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


def rename_frame(data: bytes, run: str) -> bytes:
    """The same frame of another run. Raises ValueError for bytes that are no frame."""
    header = {**frame_header(data), "run": run}
    text = json.dumps(header, separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-(len(text) + 8) % 8)
    return b"".join([MAGIC, struct.pack("<I", len(text)), text, data[_arrays_start(data) :]])


def decode_frame(data: bytes) -> Frame:
    """The frame again, its arrays read-only views of `data`. Raises ValueError for what is no whole frame."""
    header, start = frame_header(data), _arrays_start(data)
    arrays = {}
    try:
        for a in header["arrays"]:
            if a["dtype"] not in DTYPES or min(a["shape"], default=0) < 0 or a["offset"] < 0:
                raise ValueError("not a frame")
            flat = np.frombuffer(data, np.dtype(a["dtype"]), math.prod(a["shape"]), start + a["offset"])
            arrays[RENAMED.get(a["name"], a["name"])] = flat.reshape(a["shape"])
    except (TypeError, KeyError, OverflowError) as error:
        raise ValueError("not a frame") from error
    return Frame(header["view"], header["step"], header["epoch"], header["meta"], arrays)


def _arrays_start(data: bytes) -> int:
    """Where the arrays begin. Raises ValueError for a frame that ends before."""
    (length,) = struct.unpack_from("<I", data, 4)
    if 8 + length > len(data):
        raise ValueError("not a whole frame")
    return 8 + int(length)


def finite(value: Any) -> Any:
    """The value as JSON has it: a number that is none is nothing, and NumPy's are Python's."""
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, dict):
        return {k: finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [finite(v) for v in value]
    return value
