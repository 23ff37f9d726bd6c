"""Data sets: `load(spec.data)` loads the samples, `DATASETS` says what there is. numpy only (and scikit-learn)."""

from __future__ import annotations

from pathlib import Path

from nnviz.data import digits, fashion_mnist, gallery, mnist, shelf, toys
from nnviz.data.cache import cached
from nnviz.data.dataset import DataError, DataMissing, DataSet, Dataset
from nnviz.data.gallery import ImagesInfo, images_info, save_images
from nnviz.data.shelf import TableInfo, save_table, table_info
from nnviz.data.table import Table, TableError, parse_table
from nnviz.spec import DataSpec

__all__ = [
    "DATASETS", "DataError", "DataMissing", "DataSet", "Dataset", "ImagesInfo", "Table", "TableError", "TableInfo",
    "cached", "images_info", "load", "parse_table", "save_images", "save_table", "table_info",
]  # fmt: skip

MANY = tuple(range(2, 9))

DATASETS: dict[str, DataSet] = {
    "circle": DataSet(
        "Circle",
        "One class lies in a disc, the other in a ring around it: no straight line parts them, x₁² + x₂² does.",
        "classification", (2,), toys.load,
    ),
    "xor": DataSet(
        "Exclusive or",
        "A sample's class is whether x₁ and x₂ have the same sign: what a single neuron cannot learn from x₁ and x₂.",
        "classification", (2,), toys.load,
    ),
    "gauss": DataSet(
        "Gaussians",
        "Each class is one round cloud; a straight line parts two of them until noise makes them overlap.",
        "classification", MANY, toys.load,
    ),
    "spiral": DataSet(
        "Spiral",
        "Each class is one arm of a spiral: the hardest of these sets, as neighbouring arms wind around each other.",
        "classification", MANY, toys.load,
    ),
    "moons": DataSet(
        "Moons",
        "Two half-moons reach into each other: a gently curved boundary parts them.",
        "classification", (2,), toys.load,
    ),
    "blobs": DataSet(
        "Blobs",
        "Clouds at places that the seed chooses, one for each class.",
        "classification", MANY, toys.load,
    ),
    "donuts": DataSet(
        "Double donuts",
        "Two rings, the core of each belonging to the other ring's class: two islands, and a border between the rings.",
        "classification", (2,), toys.load,
    ),
    "plane": DataSet(
        "Plane",
        "The target rises evenly with x₁ + x₂: a single linear neuron learns it.",
        "regression", (0,), toys.load,
    ),
    "multi_gauss": DataSet(
        "Hills and valleys",
        "Three hills and three valleys on a flat field: the target is the height.",
        "regression", (0,), toys.load,
    ),
    "table": DataSet(
        "Own table",
        "A CSV file of yours with the columns x1, x2 and label.",
        "either", (0, *range(2, 11)), shelf.load,
    ),
    "digits": DataSet(
        "Digits, 8×8",
        "1,797 small images of handwritten digits, part of scikit-learn.",
        "classification", (10,), digits.load,
    ),
    "mnist": DataSet(
        "MNIST, 28×28",
        "70,000 images of handwritten digits, the set of the lectures.",
        "classification", (10,), mnist.load,
    ),
    "fashion_mnist": DataSet(
        "Fashion-MNIST, 28×28",
        "70,000 pictures of clothes in ten classes, in the same format as MNIST and harder to tell apart.",
        "classification", (10,), fashion_mnist.load,
    ),
    "images": DataSet(
        "Own images",
        "Pictures of yours as 28×28 greys: a ZIP with a folder for each class, or NumPy arrays.",
        "classification", tuple(range(2, 11)), gallery.load,
    ),
}  # fmt: skip
"""Every name a DataSpec allows."""


def load(spec: DataSpec, home: Path | None = None) -> Dataset:
    """The samples that `spec` describes; own tables and images are read from `home`. Raises DataError."""
    return DATASETS[spec.name].load(spec, home)
