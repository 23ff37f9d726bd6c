"""The curves of a run as series of points: which there are, smoothed, thinned, with their intervals.

The pages' static/figures/series.js does the same for what arrives there; a test compares both.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from nnviz.stopping import accuracy_interval

MOST = 1200
"""Points of a drawn curve."""
LONGEST = 60
"""Characters of its name in the legend."""
LEAST_ERROR = 1e-5
"""The error rate that is drawn where there is none: a logarithmic axis has no zero."""
DASHES = ("solid", "dot", "dash")
"""Of the lines of several splits."""
Column = Sequence[float | None]
Columns = Mapping[str, Any]


def percent(share: float | None, places: int = 2) -> str:
    """ "96.42 %". As many places, up to four, as tell it from 0 and 100 %: 59,999 of 60,000 are not 100.00 %."""
    if share is None or not math.isfinite(share):
        return "–"
    shown = next((p for p in range(places, 4) if share in (0, 1) or 0 < float(f"{100 * share:.{p}f}") < 100), 4)
    return f"{100 * share:.{shown}f} %"


def plain(name: object, most: int = 18) -> str:
    """A name without what Plotly would take for markup, of at most so many characters."""
    clean = "".join(" " if letter in "<>&" else letter for letter in str(name))
    return clean if len(clean) <= most else clean[: most - 1] + "…"


def smooth(ys: Column, beta: float) -> list[float | None]:
    """Exponential moving average with the start's bias taken out (as Adam's): s₀ = 0, ŷ = sₜ / (1 − βᵗ)."""
    found: list[float | None] = []
    s, power = 0.0, 1.0
    for y in ys:
        if y is None or not math.isfinite(y) or not beta:
            found.append(y)
            continue
        s, power = beta * s + (1 - beta) * y, power * beta
        found.append(s / (1 - power))
    return found


def thin(xs: Sequence[float], ys: Sequence[float], most: int = MOST) -> tuple[list[float], list[float]]:
    """At most `most` points, keeping in every bucket the lowest and the highest: no spike is lost."""
    n = len(xs)
    if n <= most:
        return list(xs), list(ys)
    buckets = most // 2
    x, y = [], []
    for k in range(buckets):
        bucket = range(k * n // buckets, (k + 1) * n // buckets)
        kept = sorted({min(bucket, key=lambda i: ys[i]), max(bucket, key=lambda i: ys[i])})
        x += [xs[i] for i in kept]
        y += [ys[i] for i in kept]
    return x, y


def learning_series(
    *,
    history: Columns,
    what: str,
    axis: str = "epoch",
    smoothing: float = 0,
    error: bool = False,
    tested: Columns | None = None,
    validation: int | None = None,
) -> dict[str, Any]:
    """{"own", "empty"}: what is drawn of a run (its training, validation and tested split), and whether nothing is
    known of it yet.

    history: columns of a run's metrics; what: "loss" or "accuracy"; error: of an accuracy its error rate; tested: meta
    of the newest predictions; validation: images in that set (None: no interval).
    A curve is {role, name, x, y, mode, text, hover, lowest, band: {x, y, name} or None}; role is "training",
    "validation" or "test". `lowest`: the least accuracy once the first sixth of the training is over.
    """
    axis = axis if history.get(axis) else "epoch"
    tested = tested or {}
    told, split = tested.get("history"), tested.get("split", "test")
    samples = (tested.get("train") or {}).get("samples")
    note = f" (mean of the last {samples:,} samples)" if samples else ""
    curves: list[tuple[str, str, Any, Any, Any, str]] = [
        ("training", "training", history[axis], _newest(history, what), None, note)
    ]
    if told and told.get("val_n"):
        curves.append(("validation", "validation", told[axis], told[f"val_{what}"], told["val_n"], ""))
    elif split != "validation":
        held = history[f"val_{what}"]
        curves.append(("validation", "validation", history[axis], held, [validation] * len(held), ""))
    if told:
        role, name = ("training", "training sample") if split == "train" else (split, split)
        curves.append((role, name, told[axis], told[what], told["n"], ""))
    rate = what == "accuracy" and error
    own = [_series(*curve, (what, smoothing, rate)) for curve in curves]
    return {"own": [s for s in own if s is not None], "empty": not history["step"]}


def overlay_series(
    *, runs: Sequence[Columns], what: str, splits: Sequence[str], axis: str = "epoch", smoothing: float = 0,
    error: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """{"curves", "empty"}: of several runs the curves of these splits ("training", "validation", "test").

    runs: {run, name, color, history, tested: {split, history} or null, work: multiply-adds of an epoch}. A curve is
    {run, name, color, dash, first (of its run), x, y, mode, text, hover, lowest}. The first split's line is solid.
    """
    rate, curves = what == "accuracy" and error, []
    for run in runs:
        first, history, told = True, run["history"], run.get("tested") or {}
        for place, split in enumerate(splits):
            columns: Columns = history
            y: Column = []
            if split == "training":
                y = _newest(history, what)
            elif split == "validation":
                y = history[f"val_{what}"]
            elif told.get("split") == split and told.get("history"):
                columns = told["history"]
                y = columns[what]
            found = _series(split, plain(run["name"], LONGEST), _along(columns, axis, run), y, None, "",
                            (what, smoothing, rate))  # fmt: skip
            if found:
                more = {"run": run["run"], "color": run["color"], "dash": DASHES[place % len(DASHES)], "first": first}
                curves.append({**found, **more, "hover": f"{found['hover']} {split}"})
                first = False
    return {"curves": curves, "empty": not curves}


def _along(columns: Columns, axis: str, run: Columns) -> Column:
    if axis != "work":
        return list(columns[axis])
    return [None if epoch is None else epoch * (run["work"] or 0) for epoch in columns["epoch"]]


def accuracy_range(*, series: list[dict[str, Any]]) -> list[float]:
    """Of the axis: from 0, but from where the curves lie if that is above a half: the steep beginning would press all
    else together."""
    floor = min((curve["lowest"] for curve in series), default=0.0)
    return [floor - 0.02, 1.005] if floor > 0.5 else [0, 1.02]


def _newest(history: Columns, what: str) -> Column:
    """The mean over the last steps where it was recorded; else the one since the epoch began."""
    recent = history.get(f"recent_{what}") or [None] * len(history[what])
    return [mean if last is None else last for last, mean in zip(recent, history[what], strict=True)]


def _series(
    role: str, name: str, x: Column, y: Column, n: Column | None, note: str, how: tuple[str, float, bool],
) -> dict[str, Any] | None:  # fmt: skip
    what, smoothing, rate = how
    known = [i for i, v in enumerate(y) if v is not None]
    if not known:
        return None
    xs: list[Any] = [x[i] for i in known]
    ys: list[Any] = smooth([y[i] for i in known], smoothing)
    share = what == "accuracy"
    drawn_x, drawn_y = thin(xs, [_error(v) if rate else v for v in ys])
    images = None if n is None else [n[i] for i in known]
    return {
        "role": role, "name": name, "x": drawn_x, "y": drawn_y,
        "mode": "lines+markers" if len(drawn_x) < 3 else "lines",
        "text": [percent(v) for v in drawn_y] if share else None,
        "hover": ("%{text}" if share else "%{y:.4g}") + note,
        "lowest": min([*(v for i, v in enumerate(ys) if xs[i] >= xs[-1] / 6), 1]) if share else None,
        "band": {**_band(xs, ys, images, rate), "name": f"{name} 95 %"} if share and images and images[0] else None,
    }  # fmt: skip


def _error(accuracy: float) -> float:
    return max(LEAST_ERROR, 1 - accuracy)


def _band(xs: list[float], ys: list[float], n: list[Any], rate: bool) -> dict[str, list[float]]:
    """Wilson's 95 % interval of accuracies, there along the lower edge, back along the upper one; `n[i]` images made
    the i-th."""
    edges = [accuracy_interval(y * m, m) for y, m in zip(ys, n, strict=True)]
    low, high = ([_error(v) if rate else v for v in edge] for edge in zip(*edges, strict=True))
    return {"x": [*xs, *reversed(xs)], "y": [*low, *reversed(high)]}
