"""One moment of a run as a small picture without words: the boundary, the confusion matrix or the first filters."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from nnviz.data.dataset import Dataset
from nnviz.events import Frame
from nnviz.figures.confusion_matrix import STRONGEST, WRONG
from nnviz.figures.decision_boundary import colors_of
from nnviz.figures.operations import confusion
from nnviz.figures.stored.training import plane_of
from nnviz.figures.theme import Theme, css, mix
from nnviz.figures.tiles import mosaic
from nnviz.film.sheet import colored, shades

Pixels = NDArray[np.uint8]
MOST_FILTERS = 40


def boundary(frame: Frame, theme: Theme) -> Pixels:
    """[h, w, 3] of a frame of view "network", the highest x2 above."""
    found = plane_of(frame)
    plane, classes = np.asarray(found["plane"], np.float32)[::-1], found["high"]
    if classes == 1:  # one number: as smooth as on the page
        side = 4 * plane.shape[0]
        plane = np.asarray(Image.fromarray(np.nan_to_num(plane)).resize((side, side), Image.Resampling.BILINEAR))
    return colored(plane, found["low"], classes, shades(colors_of(theme, classes)))


def matrix(frame: Frame, data: Dataset, theme: Theme) -> tuple[Pixels, list[list[str]]]:
    """[classes, classes, 3] of a frame of view "predictions", a row for each true class; and the words of its cells."""
    predicted = frame.arrays["predicted"]
    index = frame.arrays.get("index", np.arange(len(predicted)))
    truth = np.asarray(data.labels(frame.meta["split"]))[index]
    found = confusion(truth=truth, predicted=predicted, names=[str(name) for name in data.class_names])
    ends = [css(mix(theme.neutral, color, STRONGEST)) for color in (theme.accent, WRONG)]
    table = shades([[0, ends[0]], [0.5, css(theme.neutral)], [1, ends[1]]])
    return colored(np.asarray(found["strength"]), -1, 1, table), found["text"]


def filters(frame: Frame, theme: Theme, box: tuple[float, float]) -> tuple[Pixels, dict[str, Any]]:
    """[h, w, 3] of a frame of view "filters": its first layer's, as many as are readable, laid out for such a box; the
    ground is the theme's. And {name, shown, total, matrix, most}, most: the weight of the strongest colour."""
    about = frame.meta["layers"][0]
    codes, peaks = frame.arrays[about["array"]], frame.arrays[about["peak"]]
    if codes.ndim == 2:
        codes = codes[None]
    elif len(codes) > MOST_FILTERS:
        codes, peaks = codes[:MOST_FILTERS], peaks[:MOST_FILTERS]
    made = mosaic(codes=codes, peaks=peaks, box=box)
    z, most = np.asarray(made["z"]), float(made["top"]) or 1.0
    told = {"name": about["name"], "shown": len(codes), "total": about["total"], "matrix": about["matrix"]}
    return colored(z, -most, most, shades(theme.signed()), theme.background), {**told, "most": most}
