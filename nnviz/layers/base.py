"""What every kind of layer has, and a layer in its place in a network.

What Keras works out when it builds a network is worked out here without it: shapes, numbers of parameters,
multiply-adds. The rules are data (`takes`, `gives`, `size`, `window`, `arrays`), so that the pages' script works them
out in the same way while a hand moves a layer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from nnviz.activations import ACTIVATIONS
from nnviz.initializers import Array, Initializer, Random, Shape, orthogonal
from nnviz.part import Part

Back = Callable[[Array], tuple[Array, list[Array]]]
"""∂L/∂output → (∂L/∂input, ∂L/∂weights in `get_weights` order)."""
Apply = Callable[..., tuple[Array, Back]]
"""(input, the layer's arrays in `get_weights` order…) → (output, way back)"""
Padding = Literal["valid", "same"]


class Layer(Part):
    """The settings of a layer, as Keras names them, and all that follows from them.

    To add a kind: a file with a subclass, whose fields are its settings, and a line in LAYERS.
    """

    if TYPE_CHECKING:
        kind: str

    label: ClassVar[str]
    about: ClassVar[str]
    """What it does, for somebody who has never trained a network."""
    name: ClassVar[str]
    """In sentences, with its number: "hidden layer 2"."""
    numbered: ClassVar[bool] = True
    token: ClassVar[str]
    """As a link writes it, with fields in braces: "{filters}@{kernel_size}"; what of activation, padding and strides is
    not the default stands behind it."""
    brief: ClassVar[str | None] = None
    """The same in a list of models, where that is not the token; "" where it is left out there."""
    follows: ClassVar[bool] = False
    """Whether a link writes it behind the layer before it."""

    takes: ClassVar[Literal["any", "numbers", "picture", "rows"]] = "any"
    """Shapes that it can stand behind: numbers [n] (a picture is flattened in front of it), a picture [h, w, c], rows
    [time, n] (a picture is read row by row)."""
    gives: ClassVar[Literal["same", "flat", "rows", "size", "windows", "states"]] = "same"
    """Its output: as it came, [n], rows [h, w·c] of a picture, [size], [h', w', size or c] of windows with `strides`
    and `padding`, or the last state [size], all of them [time, size] where the next layer reads rows."""
    size: ClassVar[str] = ""
    """The field that says how many numbers it gives at each place."""
    window: ClassVar[str] = ""
    """The field that says how long the side of its window is."""
    gates: ClassVar[int] = 1
    arrays: ClassVar[dict[str, str]] = {}
    """Its arrays as Keras names and orders them, with their sizes: `inputs` (at each place), `size` (of the output
    there), `window`, `gates` (as many times `size`)."""
    trained: ClassVar[int | None] = None
    """How many of its arrays the gradient moves; None: all."""

    derived: ClassVar[bool] = False
    """Whether the lectures derive it by hand, so that the network in NumPy has it."""
    identity: ClassVar[bool] = False
    """Whether a trained network hands on the same numbers there, perhaps in another shape."""
    batchwise: ClassVar[bool] = False
    """Whether what it makes of a sample in training hangs on chance or on the batch around it."""
    apart: ClassVar[bool] = False
    """Whether a training step with it is a function of its own inside the loop: TensorFlow hands pooling to oneDNN only
    where it meets the layer before its gradient, which in the loop's circle is a matter of luck. Without, it takes many
    times as long."""
    kept: ClassVar[float]
    """Numbers that a step keeps or makes for each number that it says: itself, its gradient, what lies between."""

    def function(self, common: str) -> str | None:  # noqa: ARG002
        """Its activation, where the network's own is `common`; None: it has none."""
        return None

    def initial(self, arrays: tuple[Shape, ...], rng: Random, kernel: Initializer, bias: Initializer) -> list[Array]:
        """Its arrays float32 before the first step; recurrent kernels are orthogonal, as Keras's."""
        draws = {"kernel": kernel.draw, "recurrent_kernel": orthogonal, "bias": bias.draw}
        return [draws[name](rng, shape) for name, shape in zip(self.arrays, arrays, strict=True)]

    def apply(self, placed: Placed, training: bool) -> Apply:
        """What it does in NumPy, with the way back; as a trained network does, or as in a step of the `training`."""
        raise NotImplementedError

    def keras(self, placed: Placed, activation: Any, regularizer: Any, seed: int) -> Any:
        """The Keras layer. Imports keras. activation, regularizer: as Keras takes them."""
        raise NotImplementedError


class Placed(NamedTuple):
    """A layer in its place. Shapes are without the batch.

    own: whether the spec names it; flatten, rows and the output layer are put in by themselves. activation: None: it
    has none. arrays: the shapes of its arrays in the order of Keras's `get_weights`, named in `layer.arrays`. whole:
    its output shape at every time step; a recurrent layer may hand on the last one only. sequence: it hands on all.
    punished: whether its kernel is under the network's regulariser.
    """

    layer: Layer
    own: bool
    name: str
    input_shape: Shape
    output_shape: Shape
    activation: str | None
    arrays: tuple[Shape, ...]
    whole: Shape
    sequence: bool
    punished: bool = False

    @property
    def kind(self) -> str:
        """As the spec writes it; "rows" ([h, w, c] → [h, w·c] in front of a recurrent layer) is never written."""
        return self.layer.kind

    @property
    def part(self) -> Layer | None:
        """The spec's own layer; None for what is put in by itself."""
        return self.layer if self.own else None

    @property
    def inputs(self) -> int:
        """Of a dense layer its numbers, of a convolution the channels, of a recurrent layer the numbers in a row."""
        return self.input_shape[-1]

    @property
    def units(self) -> int:
        """Of a convolution its filters; of a batch normalisation the channels."""
        return self.output_shape[-1]

    @property
    def kernel(self) -> bool:
        """Whether its first array is a kernel, which a regulariser may punish."""
        return "kernel" in self.layer.arrays

    @property
    def trained(self) -> int:
        """How many of its arrays the gradient moves."""
        return len(self.arrays) if self.layer.trained is None else self.layer.trained

    @property
    def parameters(self) -> int:
        """Numbers that the gradient moves."""
        return sum(math.prod(shape) for shape in self.arrays[: self.trained])

    @property
    def multiply_adds(self) -> int:
        """Of one sample's way through it."""
        kernels = (
            math.prod(shape) for name, shape in zip(self.layer.arrays, self.arrays, strict=True) if "kernel" in name
        )
        return math.prod(self.whole[:-1]) * sum(kernels)


def activated(linear: Apply, name: str | None) -> Apply:
    """a = f(z) of what `linear` gives."""
    function = ACTIVATIONS[name or "linear"]
    f, f_back = function.f, function.back

    def apply(x: Array, *arrays: Array) -> tuple[Array, Back]:
        z, back = linear(x, *arrays)
        a = f(z)
        return a, lambda da: back(f_back(z, a, da))

    return apply


def reshaped(x: Array, shape: Shape) -> tuple[Array, Back]:
    """x [n, …] as [n, *shape]."""
    return x.reshape(-1, *shape), lambda dy: (dy.reshape(x.shape), [])
