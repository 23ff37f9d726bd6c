"""Of a training of a recurrent network: an image read row by row, by the network of the recorded weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.analysis.recurrence import is_recurrent, recurrence
from nnviz.figures.stored.recorded import Recorded, Wish
from nnviz.models.weights import flat_to_weights

Values = dict[str, Any]


def read(recorded: Recorded, wish: Wish) -> Values:
    """All rows have been read; the unit `of` is marked. Raises LookupError of a network without a recurrent layer."""
    spec = recorded.spec
    if not recorded.images or not is_recurrent(spec):
        raise LookupError(f"run {recorded.run!r} has no recurrent layer")
    image, label = recorded.image(wish.image)
    kept = recorded.frame("weights").arrays if recorded.has("weights") else recorded.untrained
    weights = flat_to_weights(spec, kept["weights"])
    frame = recurrence(spec, weights, recorded.data.as_inputs(image[None]), label, wish.of, 0, 0.0)
    rows, names = frame.meta["rows"], [str(name) for name in recorded.data.class_names]
    return {
        "arrays": frame.arrays, "meta": frame.meta, "row": rows, "rows": rows, "unit": frame.meta["unit"],
        "names": names, "places": list(range(len(names))),
        "words": [[f"“{name}” after {t} rows:" for t in range(rows + 1)] for name in names],
        "revision": recorded.run,
    }  # fmt: skip


def states(recorded: Recorded, wish: Wish) -> Values:
    return _scaled(read(recorded, wish), "states")


def cells(recorded: Recorded, wish: Wish) -> Values:
    """Raises LookupError where the layer is no LSTM."""
    values = read(recorded, wish)
    if "cells" not in values["arrays"]:
        raise LookupError(f"run {recorded.run!r} has no LSTM, and so no cells")
    return _scaled(values, "cells")


def _scaled(values: Values, what: str) -> Values:
    return {**values, "peak": max(float(np.abs(values["arrays"][what]).max()), 1e-6)}
