"""What the places of a figure may do with a frame's arrays before they are drawn: name → function of keywords.

The pages' static/figures/operations.js has the same, name by name; a test gives both the same arrays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnviz.figures.flowers import flowers, pass_errors
from nnviz.figures.plane import axis_name, samples
from nnviz.figures.series import accuracy_range, learning_series, overlay_series, percent, plain
from nnviz.figures.tiles import BOX, captions, mosaic, outlines, placed, ranges
from nnviz.stopping import accuracy_interval

Array = np.ndarray[Any, np.dtype[Any]]


def pick(*, of: Any, at: Any) -> Any:
    """An element of a list (round and round: colours), or of an object by its key; null if there is none."""
    if isinstance(of, dict):
        return of.get(at)
    return of[int(at) % len(of)]


def part(*, of: Array, at: int) -> Array:
    """An array's part by its first axis; the last one where there are fewer."""
    found: Array = of[min(int(at), len(of) - 1)]
    return found


def column(*, of: Array, at: int) -> Array:
    """Of a matrix; the last one where there are fewer."""
    return of[:, min(int(at), of.shape[1] - 1)]


def transposed(*, of: Array) -> Array:
    return of.T


def decoded(*, codes: Array, peak: float) -> Array:
    """float32: uint8 codes about 128 (probes.filters.levels) as numbers."""
    return ((codes.astype(np.float64) - 128) / 127 * peak).astype(np.float32)


def centres(*, range: Sequence[float], n: int) -> Array:
    """The centres of n cells over a range."""
    low, high = float(range[0]), float(range[1])
    return low + (high - low) * (np.arange(n) + 0.5) / n


def finite(*, of: Array, positive: bool = False) -> list[float | None]:
    """With null for what no axis has: infinities, and on a logarithmic one zero."""
    return [float(v) if math.isfinite(v) and (v > 0 or not positive) else None for v in of]


def decades(*, of: Array) -> dict[str, Any]:
    """Of a logarithmic axis, whole decades: a small figure has room for a label at each, and for none between."""
    known = of[np.isfinite(of) & (of > 0)].astype(np.float64)
    if not len(known):
        return {}
    return {"dtick": 1, "range": [math.floor(np.log10(known.min())), math.ceil(np.log10(known.max()) + 1e-9)]}


def by_threshold(*, of: Array, threshold: float, colors: dict[str, str]) -> list[str]:
    """A colour for each number: above the threshold "for", below its negative "against", else "neither"."""
    return [colors["for" if v > threshold else "against" if v < -threshold else "neither"] for v in of]


def confusion(*, truth: Array, predicted: Array, names: list[str]) -> dict[str, Any]:
    """What is drawn of true and predicted classes of the same images, a row for each true class.

    counts, strength (−1 to 0 on the diagonal by its row's share, 0 to 1 elsewhere by the logarithm), text and words
    [classes][classes]; places, labels, range, down: the ticks of both axes and their ranges.
    """
    k = len(names)
    counts = np.bincount(np.asarray(truth, np.int64) * k + np.asarray(predicted, np.int64), minlength=k * k).reshape(
        k, k
    )
    rows, off = counts.sum(1), counts - np.diag(np.diag(counts))
    worst = math.log1p(max(1, int(off.max(initial=0))))
    strength = [
        [_strength(i == j, int(n), int(rows[i]), worst) for j, n in enumerate(row)] for i, row in enumerate(counts)
    ]
    words = [
        [
            f"true {plain(names[i])}, taken for {plain(names[j])}: {n:,}{_share(int(n), int(rows[i]))}"
            for j, n in enumerate(row)
        ]
        for i, row in enumerate(counts)
    ]
    return {
        "counts": counts, "strength": strength, "text": [[str(n) if n else "" for n in row] for row in counts.tolist()],
        "words": words, "places": list(range(k)), "labels": [plain(name) for name in names], "range": [-0.5, k - 0.5],
        "down": [k - 0.5, -0.5],
    }  # fmt: skip


def _strength(right: bool, n: int, row: int, worst: float) -> float:
    if right:
        return -(0.12 + 0.55 * n / row) if row else 0.0
    return 0.15 + 0.85 * math.log1p(n) / worst if n else 0.0


def _share(n: int, row: int) -> str:
    return f" ({percent(n / row, 1)} of the {row:,})" if row else ""


def score_points(*, scores: list[dict[str, Any]], what: str) -> dict[str, Any]:
    """Of scores {name, accuracy, loss, n}: x, y, text, names; of an accuracy how far its interval goes above and below;
    range: of the axis of accuracies; across: of the other one; empty."""
    known = [score for score in scores if score.get(what) is not None]
    edges = [accuracy_interval(score["accuracy"] * score["n"], score["n"]) for score in known]
    low = min([1.0, *(edge[0] for edge in edges)])
    return {
        "x": [f"{score['name']}<br>{score['n']:,} images" for score in known], "y": [score[what] for score in known],
        "text": [percent(score[what], 1) if what == "accuracy" else f"{score[what]:.3g}" for score in known],
        "names": [score["name"] for score in known], "empty": not known,
        "above": [high - score["accuracy"] for (_, high), score in zip(edges, known, strict=True)],
        "below": [score["accuracy"] - low for (low, _), score in zip(edges, known, strict=True)],
        "range": [max(0.0, low - 0.1 * (1.02 - low)), 1.01], "across": [-0.5, max(1, len(known)) - 0.25],
    }  # fmt: skip


OPERATIONS: dict[str, Callable[..., Any]] = {
    "pick": pick, "part": part, "column": column, "transposed": transposed, "decoded": decoded, "centres": centres,
    "finite": finite, "decades": decades, "by_threshold": by_threshold, "confusion": confusion, "mosaic": mosaic,
    "outlines": outlines, "learning_series": learning_series, "accuracy_range": accuracy_range,
    "overlay_series": overlay_series,
    "captions": captions, "placed": placed, "samples": samples, "flowers": flowers,
    "pass_errors": pass_errors, "score_points": score_points,
    "axis_title": lambda *, of: axis_name(of),
    "members": lambda *, of, name: [member[name] for member in of],
    "pick_each": lambda *, of, at: [of[name] for name in at],
    "join": lambda *, of: "".join(str(part) for part in of),
    "ranges": lambda *, place, box, last: ranges(place=place, box=box or BOX, last=last),
    "sum": lambda *, a, b: a + b,
    "minus": lambda *, of: -of,
    "largest": lambda *, of: float(np.max(of)),
    "size": lambda *, of, axis: of.shape[axis],
    "any": lambda *, of: any(v is not None for v in of),
    "line_mode": lambda *, of: "lines" if len(of) > 2 else "lines+markers",
    "count_from_one": lambda *, of: list(range(1, len(of) + 1)),
    "within": lambda *, box, right: [(box or BOX)[0] - right, (box or BOX)[1]],
}  # fmt: skip
