"""A sweep as its figures show it: what is drawn for each run, and how many ended how. Pure: NumPy arrays and words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.experiments.ensemble import mean_interval
from nnviz.experiments.outcome import MARKS, Outcome, order, rule
from nnviz.experiments.settings import value_words
from nnviz.experiments.sweep import Point, SweepSpec, Swept
from nnviz.figures.plane import winners
from nnviz.figures.series import percent as exact
from nnviz.spec import RunSpec

SHARP, COARSE, FEW = 64, 32, 12
"""Cells along each side of a small boundary: where no more than FEW are shown, and else."""
MOST_PANELS = 8
PANEL = (150, 190)
"""Pixels of a panel of curves, at least."""
ONE_LINE = 260
"""Pixels of a panel over which all words stand in one line."""
BESIDE, MARGINS = 62, 95
"""Pixels of the words beside a dot, and beside the axes."""
"""Runs whose curves are shown each in a panel of its own."""
POINTS = 160
"""Of a curve in a panel."""
Columns = Mapping[str, Sequence[float | None]]
Float32 = NDArray[np.float32]


def percent(share: float | None, places: int = 2) -> str:
    """As the figures write it; what differs from a whole by rounding alone is whole."""
    return exact(None if share is None else round(share, 6), places)


@dataclass(frozen=True)
class Seen:
    """One run: its id, how it stands, its metrics, and of 2-D data its small boundary (`small`)."""

    run: str
    outcome: Outcome
    columns: Columns
    tile: Float32 | None = None


def small(spec: RunSpec, boundary: NDArray[Any]) -> Float32:
    """[64, 64] of a frame's boundary [outputs, 64, 64], row 0 the lowest x2: −1 to 1, or of several classes
    `plane.winners`. No number where the network has none."""
    if boundary.shape[0] > 1:
        fine = winners(outputs=boundary, probabilities=spec.output_activation in {"softmax", "sigmoid"})
        step = fine.shape[0] // SHARP
        return np.asarray(fine[step // 2 :: step, step // 2 :: step], np.float32)
    low, high = spec.targets
    with np.errstate(invalid="ignore"):
        return np.asarray(np.clip((boundary[0] - (low + high) / 2) / ((high - low) / 2), -1, 1), np.float32)


def board(sweep: SweepSpec, points: Sequence[Point], seen: Sequence[Seen]) -> dict[str, Any]:
    """What every figure and the page's words stand on, as plain values."""
    counts = Counter(one.outcome.word for one in seen)
    told = [n for n, one in enumerate(seen) if one.outcome.value is not None and one.outcome.is_over]
    best = min(told, key=lambda n: order(seen[n].outcome), default=None)
    return {
        "members": [_member(sweep, points[n], one) for n, one in enumerate(seen)],
        "over": [
            {"setting": swept.setting, "label": swept.label, "words": list(dict.fromkeys(map(value_words, values)))}
            for swept, values in zip(sweep.over, zip(*points, strict=True), strict=True)
        ],
        "best": best, "best_words": None if best is None else _best(sweep, points[best], seen[best].outcome),
        "counts": {word: counts[word] for word in MARKS if counts[word]},
        "size": sweep.size, "done": sum(one.outcome.is_over for one in seen),
        "rule": rule(sweep.base), "title": sweep.title, "image": sweep.base.data.is_image,
        "regression": not sweep.base.data.classes,
    }  # fmt: skip


def _best(sweep: SweepSpec, point: Point, found: Outcome) -> str:
    if found.score is None:
        return f"best: {sweep.words(point)}, loss {found.loss:.3g}" if found.loss is not None else ""
    where = "" if found.validation is None else f" (chosen by validation, {percent(found.validation, 1)})"
    return f"best: {sweep.words(point)}, test accuracy {_interval(found)}{where}"


def _interval(found: Outcome) -> str:
    if found.score is None:
        return "–"
    return f"{percent(found.score, 1)} ({percent(found.low, 1)} to {percent(found.high, 1)})"


def _member(sweep: SweepSpec, point: Point, one: Seen) -> dict[str, Any]:
    found = one.outcome
    said = [f"<b>{found.mark} {found.word}</b>", *sweep.words(point).split(", ")]
    if found.score is not None:
        said.append(f"test accuracy {_interval(found)}")
    if found.validation is not None:
        said.append(f"validation accuracy {percent(found.validation, 1)}")
    if found.train is not None:
        said.append(f"training accuracy {percent(found.train, 1)}")
    if found.loss is not None:
        said.append(f"loss {found.loss:.3g}")
    if found.epochs:
        said.append(f"{found.epochs:.4g} epochs, {found.seconds or 0:.2g} s")
    if found.message:
        said.append("<br>".join(_wrapped(found.message, 60)))
    return {
        "run": one.run, "word": found.word, "mark": found.mark, "score": found.score, "low": found.low,
        "high": found.high, "value": found.value, "loss": found.loss, "values": [value_words(value) for value in point],
        "said": "<br>".join(said), "words": sweep.words(point), "message": found.message,
        "shown": percent(found.score, 1) if found.score is not None else _loss(found.loss),
    }  # fmt: skip


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _loss(loss: float | None) -> str:
    return "" if loss is None else f"{loss:.3g}"


# ------------------------------------------------------------------ what the figures bind


def tiles(
    sweep: SweepSpec, points: Sequence[Point], seen: Sequence[Seen], best: int | None, box: tuple[float, float]
) -> dict[str, Any]:
    """Small boundaries in one array, with captions below each, as large as a box of so many pixels lets them be: of two
    settings in a grid a row for each value of the first, or of the second; else as many in a row as fit best.

    z float32 [rows, columns]; outline, chosen: lines around all tiles and the best one; x, y: their middles; below:
    heights of the captions; captions, said, numbers; heads: {x, y, text} of the columns, sides of the rows; range_x,
    range_y: axes on which a cell is a square; low, high: ends of the colours.
    """
    side = SHARP if len(points) <= FEW else COARSE
    crossed = sweep.method == "grid" and len(sweep.over) == 2
    n, gap = len(points), side // 10
    left, top = (0.7 * side, 0.5 * side) if crossed else (0.0, 0.0)
    under = 24 if crossed else 34
    """Pixels below each tile: one or two lines."""

    def size(rows: int, columns: int) -> float:
        """Pixels of a cell."""
        return min(box[0] / (columns * (side + gap) + left), (box[1] - rows * under) / (rows * (side + gap) + top))

    down, along = sweep.over[0], sweep.over[-1]
    """In a grid, whose values stand below each other, and side by side."""
    if crossed:
        shape = len(sweep.values_of(down)), len(sweep.values_of(along))
        turned = size(*shape[::-1]) > size(*shape)
        if turned:
            down, along, shape = along, down, shape[::-1]
        rows, columns = shape
        grid = [(i // rows, i % rows) if turned else (i % columns, i // columns) for i in range(n)]
    else:
        columns = _columns(n, box)
        rows = max(1, math.ceil(n / columns))
        grid = [(i % columns, i // columns) for i in range(n)]
    cell, across = size(rows, columns), columns * (side + gap)
    drop = max(gap, math.ceil(under / max(cell, 0.5)))
    z = np.full((rows * (side + drop), across), np.nan, np.float32)
    place = [(x * (side + gap), y * (side + drop)) for x, y in grid]
    for (x, y), one in zip(place, seen, strict=True):
        if one.tile is not None:
            z[y : y + side, x : x + side] = one.tile[
                :: -SHARP // side, :: SHARP // side
            ]  # the top row has the largest x2
    classes = sweep.base.data.classes if sweep.base.outputs > 1 else 1
    width, height = box[0] / max(cell, 0.1), box[1] / max(cell, 0.1)
    shift = max(0.0, (width - across - left) / 2)
    middle = (side - 1) / 2
    return {
        "z": z, "low": -1.0 if classes == 1 else 0.0, "high": 1.0 if classes == 1 else float(classes),
        "classes": classes, "outline": _outline(place, side),
        "chosen": _outline([] if best is None else [place[best]], side),
        "x": [x + middle for x, _ in place], "y": [y + middle for _, y in place],
        "below": [y + side + 0.5 for _, y in place], "captions": [_caption(crossed, p, s) for p, s in
                                                                  zip(points, seen, strict=True)],
        "said": [_member(sweep, p, s)["said"] for p, s in zip(points, seen, strict=True)], "numbers": list(range(n)),
        "words": [s.outcome.word for s in seen], "side": max(4.0, side * cell),
        "heads": {
            "x": [k * (side + gap) + middle for k in range(columns)] if crossed else [],
            "y": [-2.0] * columns if crossed else [],
            "text": _heads(sweep, along) if crossed else [],
        },
        "sides": {
            "x": [-2.0] * rows if crossed else [],
            "y": [k * (side + drop) + middle for k in range(rows)] if crossed else [],
            "text": _heads(sweep, down) if crossed else [],
        },
        "range_x": [-0.5 - left - shift, -0.5 - left - shift + width], "range_y": [-0.5 - top + height, -0.5 - top],
    }  # fmt: skip


def _heads(sweep: SweepSpec, over: Swept) -> list[str]:
    return [f"{over.label}<br>{value_words(value)}" for value in sweep.values_of(over)]


def _columns(n: int, box: tuple[float, float]) -> int:
    """Of so many tiles with captions: what makes them largest."""

    def side(k: int) -> float:
        rows = math.ceil(n / k)
        return min(box[0] / k - 3, box[1] / rows - 36)

    return max(range(1, max(n, 1) + 1), key=side)


def _outline(places: Sequence[tuple[int, int]], side: int) -> dict[str, list[float | None]]:
    x: list[float | None] = []
    y: list[float | None] = []
    for left, top in places:
        a, b, c, d = left - 0.5, left + side - 0.5, top - 0.5, top + side - 0.5
        x += [a, b, b, a, a, None]
        y += [c, c, d, d, c, None]
    return {"x": x, "y": y}


def _caption(crossed: bool, point: Point, one: Seen) -> str:
    found = one.outcome
    score = percent(found.score, 0) if found.score is not None else _loss(found.loss)
    told = f"<b>{found.mark}</b> {score}".strip()
    if found.word in {"diverged", "failed", "stopped early"}:
        told = f"<b>{found.mark} {found.word}</b>"
    return told if crossed else ", ".join(map(value_words, point)) + "<br>" + told


def scores(sweep: SweepSpec, points: Sequence[Point], seen: Sequence[Seen], width: float) -> dict[str, Any]:
    """One setting: its values along x, the test accuracy (of a regression the loss) with its interval up and down.
    diverged: x of those that came to nothing; across: ends of the axis, which leave room for the last one's words in a
    figure of so many pixels."""
    by_loss = not sweep.base.data.classes
    known = [n for n, one in enumerate(seen) if (one.outcome.loss if by_loss else one.outcome.score) is not None]
    names = [" · ".join(map(value_words, point)) for point in points]
    found = [seen[n].outcome for n in known]
    y = [o.loss if by_loss else o.score for o in found]
    lost = [n for n, one in enumerate(seen) if one.outcome.word in {"diverged", "failed"} and n not in known]
    floor = 0.0 if by_loss else max(0.0, min([o.low for o in found if o.low is not None], default=0.0) - 0.03)
    return {
        "names": names, "x": [names[n] for n in known], "y": y, "numbers": known,
        "above": [0.0 if o.high is None else o.high - (o.score or 0) for o in found],
        "below": [0.0 if o.low is None else (o.score or 0) - o.low for o in found],
        "text": [f"{o.mark} {_loss(o.loss) if by_loss else percent(o.score, 1)}" for o in found],
        "said": [_member(sweep, points[n], seen[n])["said"] for n in known],
        "lost": {
            "x": [names[n] for n in lost], "y": [floor + 0.01] * len(lost), "numbers": lost,
            "text": [f"{seen[n].outcome.mark} {seen[n].outcome.word}" for n in lost],
            "said": [_member(sweep, points[n], seen[n])["said"] for n in lost],
        },
        "range": None if by_loss else [floor, 1.02],
        "across": [-0.3, len(names) - 1 + max(0.3, BESIDE * (len(names) - 0.7) / max(BESIDE, width - MARGINS))],
        "title": "loss" if by_loss else "test accuracy", "label": " · ".join(swept.label for swept in sweep.over),
        "format": ".3g" if by_loss else ".0%",
    }  # fmt: skip


def heat(sweep: SweepSpec, points: Sequence[Point], seen: Sequence[Seen]) -> dict[str, Any]:
    """Two settings: z [first][second] of test accuracies (of a regression losses), in words too."""
    rows, columns = (_ordered(sweep, points, i) for i in (0, 1))
    z = np.full((len(rows), len(columns)), np.nan, np.float32)
    text = [["" for _ in columns] for _ in rows]
    said = [["" for _ in columns] for _ in rows]
    numbers = [[-1 for _ in columns] for _ in rows]
    lost: dict[str, list[Any]] = {name: [] for name in ("x", "y", "text", "said", "numbers")}
    for n, (point, one) in enumerate(zip(points, seen, strict=True)):
        i, j = rows.index(value_words(point[0])), columns.index(value_words(point[1]))
        found = one.outcome
        value = found.score if sweep.base.data.classes else found.loss
        words = _member(sweep, point, one)["said"]
        if value is None or found.word in {"diverged", "failed"}:
            told = (columns[j], rows[i], f"{found.mark} {found.word}", words, n)
            for name, part in zip(lost, told, strict=True):
                lost[name].append(part)
            continue
        z[i, j], said[i][j], numbers[i][j] = value, words, n
        text[i][j] = f"{found.mark} {percent(found.score, 1) if found.score is not None else _loss(found.loss)}"
    return {
        "z": z, "text": text, "said": said, "numbers": numbers, "x": columns, "y": rows, "lost": lost,
        "x_label": sweep.over[1].label, "y_label": sweep.over[0].label,
        "reversed": not sweep.base.data.classes,
        "title": "test accuracy" if sweep.base.data.classes else "loss",
        "format": ".0%" if sweep.base.data.classes else ".3g",
    }  # fmt: skip


def _ordered(sweep: SweepSpec, points: Sequence[Point], i: int) -> list[str]:
    """The values of the i-th setting as they stand in the sweep, or drawn ones by size."""
    if sweep.method == "grid" or sweep.over[i].values:
        return list(map(value_words, sweep.values_of(sweep.over[i])))
    return list(map(value_words, sorted({point[i] for point in points})))


SHADES = 8
"""Colours of the lines of parallel coordinates."""


def parallel(sweep: SweepSpec, points: Sequence[Point], seen: Sequence[Seen]) -> dict[str, Any]:
    """Each run a line through its settings to its score, the place on each axis from 0 to 1.

    axes: {x, label}; ticks: {x, y, text}; lines: {shade, x, y}, those of one shade as one broken line, from the worst
    (0) to the best; ends: {x, y, numbers, said}: the score of each run; along: the same of places on its line, where it
    can be pointed at. What came to nothing stands at the foot.
    """
    found: list[dict[str, Any]] = []
    for i, swept in enumerate(sweep.over):
        numeric = all(isinstance(point[i], int | float) and not isinstance(point[i], bool) for point in points)
        if numeric and not swept.values:
            values = [math.log10(point[i]) if swept.log else float(point[i]) for point in points]
            ticks = np.linspace(min(values, default=0), max(values, default=1), 5)
            words = [f"{10**t:.2g}" if swept.log else f"{t:.3g}" for t in ticks]
            found.append({"label": swept.label, "values": values, "tickvals": ticks.tolist(), "ticktext": words})
        else:
            names = _ordered(sweep, points, i)
            places = [names.index(value_words(point[i])) for point in points]
            found.append(
                {"label": swept.label, "values": places, "tickvals": list(range(len(names))), "ticktext": names}
            )
    classes = bool(sweep.base.data.classes)
    last = [(one.outcome.score if classes else one.outcome.loss) or 0.0 for one in seen]
    low = min((value for value in last if value > 0), default=0.0)
    high = max([*last, low + 1e-6])
    label = "test accuracy" if classes else "loss"
    marks = np.linspace(0.0 if 0.0 in last else low, high, 5)
    words = [percent(v, 0) if classes else f"{v:.3g}" for v in marks]
    found.append({"label": label, "values": last, "tickvals": marks.tolist(), "ticktext": words})
    return _drawn(sweep, points, seen, found, last)


def _drawn(
    sweep: SweepSpec, points: Sequence[Point], seen: Sequence[Seen], axes: list[dict[str, Any]], last: list[float]
) -> dict[str, Any]:
    ticks: dict[str, list[Any]] = {"x": [], "y": [], "text": []}
    places = []
    for i, axis in enumerate(axes):
        low, high = min([*axis["values"], *axis["tickvals"]]), max([*axis["values"], *axis["tickvals"]])
        span = (high - low) or 1.0
        places.append([(value - low) / span for value in axis["values"]])
        ticks["x"] += [i] * len(axis["tickvals"])
        ticks["y"] += [(value - low) / span for value in axis["tickvals"]]
        ticks["text"] += axis["ticktext"]
    best = places[-1] if sweep.base.data.classes else [1 - place for place in places[-1]]
    lines = [{"shade": shade, "x": [], "y": []} for shade in range(SHADES)]
    along: dict[str, list[Any]] = {"x": [], "y": [], "numbers": [], "said": []}
    for n in range(len(points)):
        if not last[n] and seen[n].outcome.word in {"waiting", "training"}:
            continue
        line: dict[str, Any] = lines[min(SHADES - 1, int(best[n] * SHADES))]
        line["x"] += [*range(len(axes)), None]
        heights = [column[n] for column in places]
        line["y"] += [*heights, None]
        x = [i + share for i in range(len(axes) - 1) for share in (0.25, 0.5, 0.75)]
        along["x"] += x
        along["y"] += np.interp(x, range(len(axes)), heights).tolist()
        along["numbers"] += [n] * len(x)
        along["said"] += [_member(sweep, points[n], seen[n])["said"]] * len(x)
    done = [n for n, one in enumerate(seen) if one.outcome.is_over]
    return {
        "axes": [{"x": i, "label": axis["label"]} for i, axis in enumerate(axes)], "ticks": ticks, "lines": lines,
        "ends": {
            "x": [len(axes) - 1] * len(done), "y": [places[-1][n] for n in done], "numbers": done,
            "said": [_member(sweep, points[n], seen[n])["said"] for n in done],
        },
        "along": along,
        "across": [-0.25, len(axes) - 0.65],
    }  # fmt: skip


def panels(sweep: SweepSpec, points: Sequence[Point], seen: Sequence[Seen], what: str, width: float) -> dict[str, Any]:
    """A panel for each of the first eight runs: train and validation curves by epoch, on the same axes.

    lines: {x, y, name, role, xaxis, yaxis, first, width}; titles: {x, y, text} in the axes' own places (`axis_of`);
    columns: panels side by side in a figure of so many pixels; height: pixels that it needs.
    """
    lines, titles = [], []
    n_panels = min(len(points), MOST_PANELS)
    columns = min(n_panels if n_panels <= 3 else math.ceil(n_panels / 2), max(1, int(width // PANEL[0])))
    gap = "<br>" if width / columns < ONE_LINE else "  "
    most = 0.0
    values: list[float] = []
    for n, (point, one) in enumerate(zip(points, seen, strict=True)):
        if n >= MOST_PANELS:
            break
        number = "" if n == 0 else str(n + 1)
        for role, name in (("training", what), ("validation", f"val_{what}")):
            x, y = _known(one.columns, name)
            if x:
                most = max(most, x[-1])
                values += y
            lines.append({"x": x, "y": y, "name": role, "role": role, "xaxis": f"x{number}", "yaxis": f"y{number}",
                          "first": n == 0})  # fmt: skip
        found = one.outcome
        told = percent(found.score, 1) if found.score is not None else ""
        text = f"<b>{', '.join(map(value_words, point))}</b>{gap}{found.mark} {found.word} {told}".rstrip()
        titles.append({"text": text, "xref": f"x{number} domain", "yref": f"y{number} domain"})
    finite = sorted(v for v in values if math.isfinite(v))
    top = finite[min(len(finite) - 1, int(0.98 * len(finite)))] * 1.15 if finite else 1.0
    low = min([*finite, 1.0])
    return {
        "lines": lines, "titles": titles, "epochs": [0, max(most, 1.0)],
        "range": [max(0.0, low - 0.03) if low > 0.4 else 0.0, 1.02] if what == "accuracy" else [0, max(top, 1e-6)],
        "label": sweep.over[0].label, "panels": n_panels, "columns": columns,
        "height": math.ceil(n_panels / columns) * PANEL[1],
    }  # fmt: skip


def _known(columns: Columns, name: str) -> tuple[list[float], list[float]]:
    recent = columns.get(f"recent_{name}") or ()
    y = [a if a is not None else b for a, b in zip(recent, columns[name], strict=True)] if any(
        v is not None for v in recent) else list(columns.get(name) or ())  # fmt: skip
    pairs = [(x, v) for x, v in zip(columns.get("epoch") or (), y, strict=True) if x is not None and v is not None]
    stride = max(1, len(pairs) // POINTS)
    kept = [*pairs[::stride], *(pairs[-1:] if pairs and (len(pairs) - 1) % stride else [])]
    return [x for x, _ in kept], [v for _, v in kept]


def seeds(sweep: SweepSpec, points: Sequence[Point], seen: Sequence[Seen], what: str) -> dict[str, Any]:
    """All runs as one: the median of their validation curves (else training), with quartiles and extremes at common
    epochs; their final test accuracies as dots, with mean and its 95 % interval (Student's t)."""
    name = f"val_{what}" if sweep.base.data.validation else what
    curves = [(x, y) for x, y in (_known(one.columns, name) for one in seen) if len(x) > 1]
    end = min((x[-1] for x, _ in curves), default=0.0)
    grid = np.linspace(0, end, POINTS)
    values = np.stack([np.interp(grid, x, y) for x, y in curves]) if curves else np.zeros((0, POINTS))
    bands = {}
    if len(values):
        for key, q in (("low", 0), ("first", 25), ("median", 50), ("third", 75), ("high", 100)):
            bands[key] = np.percentile(values, q, axis=0).round(6).tolist()
    done = [n for n, one in enumerate(seen) if one.outcome.score is not None]
    last = np.array([seen[n].outcome.score or 0.0 for n in done])
    mean = mean_interval(last)
    return {
        "epochs": grid.round(4).tolist() if curves else [], "bands": bands,
        "curve": name.replace("val_", "validation "),
        "dots": {"y": last.tolist(), "x": [0.12 * math.sin(7 * n) for n in range(len(done))], "numbers": done,
                 "said": [_member(sweep, points[n], seen[n])["said"] for n in done]},
        "mean": mean, "runs": len(curves), "share": what == "accuracy",
        "range": [min([0.95, *last.tolist()]) - 0.03, 1.005],
    }  # fmt: skip
