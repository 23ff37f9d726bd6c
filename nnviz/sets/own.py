"""What visitors bring: read by nnviz/data/uploads."""

from __future__ import annotations

from nnviz.sets.base import OwnSet

TABLE = OwnSet(
    title="Own table",
    about="A CSV file of yours with the columns x1, x2 and label.",
    classes=(0, *range(2, 11)),
    kept=("tables", "csv"),
    refusal="an own table needs its id, and classes 0 (regression) or 2 to 10",
)
IMAGES = OwnSet(
    title="Own images",
    about="Pictures of yours as 28×28 greys: a ZIP with a folder for each class, or NumPy arrays.",
    classes=tuple(range(2, 11)),
    shape=(28, 28, 1),
    kept=("images", "npz"),
    refusal="an own set of images needs its id, and classes 2 to 10",
)
