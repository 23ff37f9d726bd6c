"""Layers, and the plan of a network: every layer from input to output with its shapes and sizes, none of it built.

What Keras works out when it builds a network is worked out here without it: shapes, numbers of parameters,
multiply-adds; and what does not fit is refused with the layer's number before anything is started.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Annotated, Literal, NamedTuple

from pydantic import BeforeValidator, Field

from nnviz.spec.names import Activation
from nnviz.spec.part import Part, tagged

Shape = tuple[int, ...]
Padding = Literal["valid", "same"]


class Dense(Part):
    """A fully connected layer; `activation` None takes the model's."""

    kind: Literal["dense"] = "dense"
    units: int = Field(4, ge=1, le=2048)
    activation: Activation | None = None


class Dropout(Part):
    kind: Literal["dropout"] = "dropout"
    rate: float = Field(0.2, ge=0, lt=1)


class BatchNormalization(Part):
    """Of each number; behind a convolution of each feature map."""

    kind: Literal["batch_normalization"] = "batch_normalization"


class Conv2D(Part):
    """`filters` kernels of kernel_size × kernel_size slide over the picture; `activation` None takes the model's."""

    kind: Literal["conv2d"] = "conv2d"
    filters: int = Field(16, ge=1, le=256)
    kernel_size: int = Field(5, ge=1, le=11)
    strides: int = Field(1, ge=1, le=4)
    padding: Padding = "valid"
    activation: Activation | None = None


class _Pooling(Part):
    pool_size: int = Field(2, ge=1, le=8)
    strides: int | None = Field(None, ge=1, le=8, description="null: as the pool size")
    padding: Padding = "valid"


class MaxPooling2D(_Pooling):
    kind: Literal["max_pooling2d"] = "max_pooling2d"


class AveragePooling2D(_Pooling):
    kind: Literal["average_pooling2d"] = "average_pooling2d"


class L2Pooling2D(_Pooling):
    """√Σa² over the window."""

    kind: Literal["l2_pooling2d"] = "l2_pooling2d"


class Flatten(Part):
    """Put in by itself where a dense layer follows a picture."""

    kind: Literal["flatten"] = "flatten"


class SimpleRNN(Part):
    """Reads a picture row by row: h ← f(W·row + U·h + b)."""

    kind: Literal["simple_rnn"] = "simple_rnn"
    units: int = Field(64, ge=1, le=512)
    activation: Activation = "tanh"


class LSTM(Part):
    """Reads a picture row by row, with Keras's gates (sigmoid) and activation (tanh)."""

    kind: Literal["lstm"] = "lstm"
    units: int = Field(64, ge=1, le=512)


Pooling = MaxPooling2D | AveragePooling2D | L2Pooling2D
Recurrent = SimpleRNN | LSTM
AnyLayer = (
    Dense | Dropout | BatchNormalization | Conv2D | MaxPooling2D | AveragePooling2D | L2Pooling2D | Flatten
    | SimpleRNN | LSTM
)  # fmt: skip
Layer = Annotated[AnyLayer, Field(discriminator="kind"), BeforeValidator(tagged("kind", "dense"))]
LAYERS: dict[str, type[Part]] = {
    "dense": Dense, "dropout": Dropout, "batch_normalization": BatchNormalization, "conv2d": Conv2D,
    "max_pooling2d": MaxPooling2D, "average_pooling2d": AveragePooling2D, "l2_pooling2d": L2Pooling2D,
    "flatten": Flatten, "simple_rnn": SimpleRNN, "lstm": LSTM,
}  # fmt: skip
"""Every kind of layer that a spec may name."""
NAMES = {
    "dense": "hidden layer", "dropout": "dropout", "batch_normalization": "batch normalisation",
    "conv2d": "convolution", "max_pooling2d": "max pooling", "average_pooling2d": "average pooling",
    "l2_pooling2d": "L2 pooling", "flatten": "flatten", "rows": "rows", "simple_rnn": "recurrent layer",
    "lstm": "LSTM layer",
}  # fmt: skip
UNNUMBERED = frozenset({"flatten", "rows"})


class Placed(NamedTuple):
    """A layer in its place. Shapes are without the batch.

    kind: of the spec's layers, or one that is put in by itself: "flatten", "rows" ([h, w, c] → [h, w·c] in front of
    a recurrent layer), and the output "dense". part: the spec's own, None for those. sequence: a recurrent layer that
    hands on every row's state, as the next one reads rows, too.
    """

    kind: str
    part: AnyLayer | None
    name: str
    input_shape: Shape
    output_shape: Shape
    activation: str | None
    parameters: int
    multiply_adds: int
    sequence: bool = False


def plan(
    layers: tuple[AnyLayer, ...], input_shape: Shape, activation: str, outputs: int, output_activation: str
) -> tuple[Placed, ...]:
    """All layers from the first to the output layer. Raises ValueError for a layer that cannot stand where it does."""
    counts: Counter[str] = Counter()
    placed: list[Placed] = []
    shape = input_shape

    def put(kind: str, part: AnyLayer | None, output: Shape, *rest: object, name: str = "") -> None:
        nonlocal shape
        counts[kind] += 1
        word = NAMES[kind] if kind in UNNUMBERED else f"{NAMES[kind]} {counts[kind]}"
        placed.append(Placed(kind, part, name or word, shape, output, *rest))  # type: ignore[arg-type]
        shape = output

    for i, part in enumerate(layers):
        if isinstance(part, Dense):
            if len(shape) > 1:
                put("flatten", None, (math.prod(shape),), None, 0, 0)
            size = shape[0] * part.units
            put("dense", part, (part.units,), part.activation or activation, size + part.units, size)
        elif isinstance(part, Conv2D | Pooling):
            if len(shape) != 3:
                raise ValueError(f"layers.{i}: {part.kind} needs a picture, and {_before(placed)} is none")
            channels = part.filters if isinstance(part, Conv2D) else shape[2]
            window = part.kernel_size if isinstance(part, Conv2D) else part.pool_size
            strides = part.strides or window
            side = tuple(_slide(n, window, strides, part.padding) for n in shape[:2])
            if min(side) < 1:
                field = "kernel_size" if isinstance(part, Conv2D) else "pool_size"
                raise ValueError(
                    f"layers.{i}.{field}: {window}×{window} is larger than the picture there, {shape[0]}×{shape[1]}; "
                    f"allowed are at most {min(shape[:2])}, or padding 'same'"
                )
            if isinstance(part, Conv2D):
                kernel = window * window * shape[2] * channels
                work = side[0] * side[1] * kernel
                put("conv2d", part, (*side, channels), part.activation or activation, kernel + channels, work)
            else:
                put(part.kind, part, (*side, channels), None, 0, 0)
        elif isinstance(part, Recurrent):
            if len(shape) == 1:
                raise ValueError(f"layers.{i}: {part.kind} reads rows, and {_before(placed)} has none")
            if len(shape) == 3:
                put("rows", None, (shape[0], shape[1] * shape[2]), None, 0, 0)
            gates = 4 if isinstance(part, LSTM) else 1
            size = gates * part.units * (shape[1] + part.units)
            follows = next((p for p in layers[i + 1 :] if not isinstance(p, Dropout | BatchNormalization)), None)
            sequence = isinstance(follows, Recurrent)
            output = (shape[0], part.units) if sequence else (part.units,)
            act = "tanh" if isinstance(part, LSTM) else part.activation
            put(part.kind, part, output, act, size + gates * part.units, shape[0] * size, sequence)
        elif isinstance(part, Flatten):
            put("flatten", part, (math.prod(shape),), None, 0, 0)
        else:
            parameters = 2 * shape[-1] if isinstance(part, BatchNormalization) else 0
            put(part.kind, part, shape, None, parameters, 0)
    if len(shape) > 1:
        put("flatten", None, (math.prod(shape),), None, 0, 0)
    size = shape[0] * outputs
    put("dense", None, (outputs,), output_activation, size + outputs, size, name="output layer")
    return tuple(placed)


def numbers(placed: tuple[Placed, ...]) -> int:
    """Activations that one sample makes on its way: what a batch costs in memory."""
    return sum(math.prod(layer.output_shape) for layer in placed)


def _slide(n: int, window: int, strides: int, padding: Padding) -> int:
    """Places of a window along a side of n, as TensorFlow counts them."""
    return -(-n // strides) if padding == "same" else (n - window) // strides + 1


def _before(placed: list[Placed]) -> str:
    return f"what comes from {placed[-1].name}" if placed else "the input"
