"""The samples of a 2-D set as a frame: sent once, the browser draws them over every boundary."""

from __future__ import annotations

import numpy as np

from nnviz.data.dataset import Dataset
from nnviz.events import Array, Frame
from nnviz.spec import RunSpec


def data_frame(spec: RunSpec, data: Dataset) -> Frame:
    """View "data": x float32 [n, 2] in original units, y float32 [n] (label or target), split uint8 [n] (0 train,
    1 validation). Test samples stay out: nobody tunes a network by looking at them."""
    n = data.n_train + data.n_validation
    meta = {
        "classes": spec.data.classes,
        "class_names": list(data.class_names),
        "domain": [list(axis) for axis in data.domain],
        "shift": [float(v) for v in data.shift],
        "scale": [float(v) for v in data.scale],
        "problem": spec.problem,
        "inputs": list(spec.data.inputs),
        "axes": list(data.axes),
        "target_range": None if data.target_range is None else list(data.target_range),
    }
    arrays: dict[str, Array] = {
        "x": data.x[:n].astype(np.float32),
        "y": data.y[:n].astype(np.float32),
        "split": (np.arange(n) >= data.n_train).astype(np.uint8),
    }
    return Frame("data", 0, 0.0, meta, arrays)
