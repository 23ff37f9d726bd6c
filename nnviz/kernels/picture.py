"""What the room shows of one SVM: view "kernel", fitted anew for each turn of a slider."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.data import Dataset
from nnviz.events import Frame
from nnviz.kernels.fitted import Fitted, bumps, cells, decision, fit, part, right, score
from nnviz.kernels.spec import KernelSpec

MOST = 1000
"""Training samples that are fitted at once; the grid search takes all."""
STEPS = 50_000
"""Of the solver, in a fit that a visitor waits for."""
GRID, LINE = 80, 161
"""Cells along each side of the map, and places along the cut."""
CURVES = 40
"""Support vectors whose curves are drawn in the cut, those that reach highest there."""
TERMS = 6
"""Of the sum at a place that are told, the largest."""


def picture(spec: KernelSpec, data: Dataset, at: tuple[float, float] | None, vector: int | None) -> Frame:
    """The SVM of `spec`, what it says at a place (none: a free support vector, near the border) and of one of its
    support vectors, by its training sample (none: the one that says most there, or is there). Raises ValueError where
    all samples are of one class.

    Arrays, float32 where nothing else is said. x [2, n], y uint8 [n]: the training samples; weight [n]: y·α, 0 of what
    is no support vector; held uint8 [n]: α = C; wrong uint8 [n]. plane, bump [80, 80]: the decision, and what the one
    support vector adds to it; row 0 is lowest. cut_x [161], cut [≤ 40, 161], cut_class uint8 [≤ 40], cut_sum [161]:
    along the line through the place, what single support vectors add, and the whole decision, with b.
    """
    x, y = part(data, "train", MOST)
    svm = fit(spec, spec.svm(), x, y, STEPS)
    place = np.array(at if at is not None else svm.vectors[_near(svm)])
    there = bumps(svm, place[None])[0]
    found = np.flatnonzero(svm.index == (-1 if vector is None else vector))
    one = int(found[0]) if len(found) else _near(svm) if at is None else int(np.abs(there).argmax())
    grid = cells(data.domain, GRID)
    line = _line(data.domain[0], place)
    curves = bumps(svm, line)
    high = np.argsort(-np.abs(curves).max(0), kind="stable")[:CURVES]
    weight, held = np.zeros(len(x)), np.zeros(len(x), np.uint8)
    weight[svm.index], held[svm.index] = svm.weights, svm.held
    bump = svm.kernel(grid, svm.vectors[[one]])[:, 0] * svm.weights[one]
    arrays: dict[str, Any] = {
        "x": x.T, "weight": weight, "plane": decision(svm, grid).reshape(GRID, GRID),
        "bump": bump.reshape(GRID, GRID), "cut_x": line[:, 0], "cut": curves[:, high].T,
        "cut_sum": curves.sum(1) + svm.b,
    }  # fmt: skip
    arrays = {name: np.nan_to_num(array.astype(np.float32)) for name, array in arrays.items()}
    arrays |= {
        "y": y.astype(np.uint8), "held": held, "wrong": (~right(svm, x, y)).astype(np.uint8),
        "cut_class": (svm.weights[high] > 0).astype(np.uint8),
    }  # fmt: skip
    return Frame("kernel", 0, 0.0, _meta(spec, data, svm, place, one, there), arrays)


def _near(svm: Fitted) -> int:
    """A support vector on the margin, where there is one."""
    free = np.flatnonzero(~svm.held)
    return int(free[0]) if len(free) else 0


def _line(range_: tuple[float, float], place: Any) -> Any:
    """float64 [161, 2]: across the map at the height of the place."""
    across = np.linspace(*range_, LINE)
    return np.stack([across, np.full(LINE, place[1])], axis=1)


def _meta(spec: KernelSpec, data: Dataset, svm: Fitted, place: Any, one: int, there: Any) -> dict[str, Any]:
    """domain, axes, classes; n of n_all samples; support vectors: of each class, and `held`; b; train, test scores;
    steps, solved, seconds; norm: ‖w‖ of a linear SVM; at: the place with its terms {index, x, weight, k, product} and
    their rest; vector: the one support vector, as a term."""
    values = svm.kernel(place[None], svm.vectors)[0]

    def term(i: int) -> dict[str, Any]:
        return {
            "index": int(svm.index[i]), "x": svm.vectors[i].tolist(), "weight": float(svm.weights[i]),
            "k": float(values[i]), "product": float(there[i]), "held": bool(svm.held[i]),
        }  # fmt: skip

    largest = np.argsort(-np.abs(there), kind="stable")[:TERMS]
    return {
        "domain": [list(side) for side in data.domain], "axes": list(data.axes), "classes": list(data.class_names),
        "n": min(spec.train, MOST), "n_all": spec.train, "b": svm.b, "held": int(svm.held.sum()),
        "support": [int((svm.weights < 0).sum()), int((svm.weights > 0).sum())],
        "train": score(svm, *part(data, "train", MOST)), "test": score(svm, *part(data, "test")),
        "steps": svm.steps, "solved": svm.steps < STEPS, "seconds": svm.seconds,
        "norm": float(np.linalg.norm(svm.weights @ svm.vectors)) if spec.kernel == "linear" else None,
        "at": {"x": place.tolist(), "f": float(there.sum() + svm.b), "terms": [term(int(i)) for i in largest],
               "rest": float(there.sum() - there[largest].sum()), "n_rest": len(there) - len(largest)},
        "vector": term(one),
    }  # fmt: skip
