"""The data sets: each in a file of its own; one line here makes one known to specs, controls and commands."""

from nnviz.sets.base import DataError, DataMissing, DataSet, Fetched, FixedSet, ImageSet, MeasuredSet, OwnSet, PlaneSet
from nnviz.sets.blobs import BLOBS
from nnviz.sets.circle import CIRCLE
from nnviz.sets.digits import DIGITS
from nnviz.sets.donuts import DONUTS
from nnviz.sets.fashion_mnist import FASHION_MNIST
from nnviz.sets.gauss import GAUSS
from nnviz.sets.mnist import MNIST
from nnviz.sets.moons import MOONS
from nnviz.sets.multi_gauss import MULTI_GAUSS
from nnviz.sets.own import IMAGES, TABLE
from nnviz.sets.plane import PLANE
from nnviz.sets.spiral import SPIRAL
from nnviz.sets.xor import XOR
from nnviz.sets.zeros_ones import ZEROS_ONES

__all__ = [
    "SETS", "DataError", "DataMissing", "DataSet", "Fetched", "FixedSet", "ImageSet", "MeasuredSet", "OwnSet",
    "PlaneSet", "fetchable", "fixed", "image_sets", "is_here", "own_sets",
]  # fmt: skip

SETS: dict[str, DataSet] = {
    "circle": CIRCLE, "xor": XOR, "gauss": GAUSS, "spiral": SPIRAL, "moons": MOONS, "blobs": BLOBS,
    "donuts": DONUTS, "plane": PLANE, "multi_gauss": MULTI_GAUSS, "zeros_ones": ZEROS_ONES, "table": TABLE,
    "digits": DIGITS, "mnist": MNIST, "fashion_mnist": FASHION_MNIST, "images": IMAGES,
}  # fmt: skip
"""Every data set that a spec may name, in the order of the controls."""


def image_sets() -> list[str]:
    """The names of the sets of images."""
    return [name for name, one in SETS.items() if one.is_image]


def own_sets() -> dict[str, OwnSet]:
    """What visitors bring."""
    return {name: one for name, one in SETS.items() if isinstance(one, OwnSet)}


def fixed(name: str) -> FixedSet | None:
    """The set of this name, where it has so many samples and no more."""
    one = SETS.get(name)
    return one if isinstance(one, FixedSet) else None


def is_here(name: str) -> bool:
    """Whether a set needs nothing from outside any more."""
    fetched = SETS[name].fetched
    return fetched is None or fetched.find() is not None


def fetchable() -> dict[str, Fetched]:
    """What has to be fetched once, by the name of its set; what is made of another set comes with that."""
    return {n: one.fetched for n, one in SETS.items() if one.fetched is not None and not isinstance(one, MeasuredSet)}
