"""The plane of two inputs: its samples by class and split, and which class a network says where.

The pages' static/figures/plane.js does the same; a test compares both.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.figures.series import plain

FINE = 128
"""Cells along each side of a map of several classes."""


def winners(*, outputs: NDArray[np.float32], probabilities: bool) -> NDArray[np.float32]:
    """[128, 128]: class + (1 − certainty) where the largest of outputs [classes, n, n] lies, interpolated between the
    centres of their cells. Certainty: how far the largest is above the second (half of it, unless `probabilities`)."""
    n = outputs.shape[-1]
    at = np.clip((np.arange(FINE) + 0.5) * n / FINE - 0.5, 0, n - 1)
    low = np.minimum(n - 2, np.floor(at)).astype(int)
    share = at - low
    rows = outputs[:, low] * (1 - share)[:, None] + outputs[:, low + 1] * share[:, None]
    fine = rows[:, :, low] * (1 - share) + rows[:, :, low + 1] * share
    two = np.sort(fine, axis=0)[-2:]
    margin = (two[1] - two[0]) / (1 if probabilities else 2)
    found: NDArray[np.float32] = (fine.argmax(0) + 0.999 * (1 - np.clip(margin, 0, 1))).astype(np.float32)
    return found


def samples(*, arrays: dict[str, Any], meta: dict[str, Any], validation: bool) -> list[dict[str, Any]]:
    """The samples in groups of one look: {x, y, name, color, part, of, truth, text, values, hover}.

    arrays, meta: of a frame of view "data" (probes.data); validation: with those that no training sees. `color`: which
    class; `values`: of a regression the targets from −1 to 1, else null; `text` what they are in words, else null.
    """
    x, y, split = (np.asarray(arrays[name]) for name in ("x", "y", "split"))
    regression = meta["problem"] == "regression"
    (a1, a2), (d1, d2) = (map(axis_name, meta["axes"][:2]), map(decimals, meta["domain"]))
    groups = []
    for part, word in enumerate(["training", "validation"] if validation else ["training"]):
        for k in range(1 if regression else meta["classes"]):
            chosen = (split == part) & (regression | (y == k))
            values = y[chosen].astype(float).tolist() if regression else None
            truth = None if regression else class_name(meta["class_names"][k])
            said = "%{text}" if regression else truth
            groups.append({
                "x": x[chosen, 0], "y": x[chosen, 1], "color": k, "part": part, "values": values, "truth": truth,
                "of": f"{word} sample", "name": word if regression else f"{meta['class_names'][k]} {word}",
                "text": values and [f"target {_short(target(meta, v))}" for v in values],
                "hover": f"{word} sample, {said}<br>{a1} %{{x:.{d1}f}}, {a2} %{{y:.{d2}f}}<extra></extra>",
            })  # fmt: skip
    return groups


def axis_name(name: str) -> str:
    return {"x1": "x₁", "x2": "x₂"}.get(name) or plain(name, 40)


def class_name(name: object) -> str:
    """ "class 0", but a name of the visitor's own as it is."""
    return f"class {name}" if re.fullmatch(r"\d+", str(name)) else plain(name, 40)


def decimals(span: Sequence[float]) -> int:
    """Digits after the point that tell places on an axis apart."""
    return max(0, min(8, 3 - math.floor(math.log10(span[1] - span[0] or 1))))


def target(meta: dict[str, Any], value: float) -> float:
    """A regression's target in the data's own units."""
    low, high = meta["target_range"] or (-1.0, 1.0)
    return float(low + (value + 1) / 2 * (high - low))


def _short(value: float) -> str:
    """Four digits, without zeros at the end."""
    return f"{value:.4g}".replace("-", "−")
