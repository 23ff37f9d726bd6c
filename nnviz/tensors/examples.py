"""Real arrays from 0-D to 5-D, with what each of their axes is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nnviz.data.augment import rotated
from nnviz.sets import digits
from nnviz.sets.iris import MEASURES, SPECIES, iris
from nnviz.surfaces.race import race
from nnviz.surfaces.spec import DescentSpec

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class Example:
    """axes: what each counts, from the first. index: what is looked at at first, an index for each axis, None: all of
    it. words: what the numbers are, and which layers take such an array."""

    title: str
    axes: tuple[str, ...]
    index: tuple[int | None, ...]
    words: str
    make: Callable[[], Float32]
    unit: str = ""
    columns: tuple[str, ...] = ()


@cache
def _flowers() -> Float32:
    return iris(SPECIES, MEASURES)[0].astype(np.float32)


@cache
def _digits() -> Float32:
    return digits.read()[0][:60, :, :, None].astype(np.float32)


@cache
def _paths() -> Float32:
    spec = DescentSpec(steps=40, tolerance=0)
    return np.stack([path.places for path in race(spec)])


@cache
def _video() -> Float32:
    """Six digits, each turned once around in twelve frames."""
    images = _digits()[:6]
    return np.stack([rotated(images, -30.0 * frame) for frame in range(12)], axis=1)


EXAMPLES: dict[str, Example] = {
    "number": Example(
        "0-D: a number", (), (),
        "One measurement: the length of a petal. A loss is such an array, too.", lambda: _flowers()[0, 2], "cm",
    ),
    "vector": Example(
        "1-D: one flower", ("features",), (None,),
        "Four measurements of one iris flower: a sample, as a dense layer takes it.", lambda: _flowers()[0], "cm",
        MEASURES,
    ),
    "table": Example(
        "2-D: vector data", ("samples", "features"), (None, None),
        "Fisher’s 150 iris flowers, four measurements of each: a batch for a dense layer.", _flowers, "cm", MEASURES,
    ),
    "series": Example(
        "3-D: time series", ("samples", "steps", "features"), (1, None, None),
        "Where four optimisers were at each of 41 moments of the Descent room’s race: a batch for a recurrent layer, "
        "which takes one step after the other.", _paths, "", ("x", "y"),
    ),
    "images": Example(
        "4-D: images", ("samples", "height", "width", "channels"), (0, None, None, 0),
        "Handwritten digits in one channel of grey (a colour picture has three): a batch for a convolution.", _digits,
        "grey",
    ),
    "video": Example(
        "5-D: video", ("samples", "frames", "height", "width", "channels"), (3, 0, None, None, 0),
        "Six digits, each turned around in twelve frames: a batch for a convolution over time as well (Conv3D).",
        _video, "grey",
    ),
}  # fmt: skip
