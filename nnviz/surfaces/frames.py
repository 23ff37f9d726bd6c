"""What a page is given to draw: the surface as a map (view "surface"), and the paths of a race (view "race")."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnviz.events import Frame
from nnviz.surfaces.race import Float32, Path
from nnviz.surfaces.spec import DescentSpec
from nnviz.surfaces.surface import Surface

MAP = 101
"""Points along each side of the map that is drawn."""
NEAR = 0.01
"""Of the map's width: who ends that near to a minimum is at it."""


class Relief:
    """How heights are drawn: from 0 (lowest) to 1 (the highest of the map), stretched so that half of the map is below
    one half. A valley a thousand times lower than the walls would be one colour otherwise."""

    def __init__(self, surface: Surface) -> None:
        _, _, heights = surface.grid(MAP)
        known = heights[np.isfinite(heights)]
        self.low = min(float(known.min()), surface.lowest if surface.lowest is not None else math.inf)
        self.span = max(float(known.max()) - self.low, 1e-12)
        middle = (float(np.median(known)) - self.low) / self.span
        self.power = float(np.clip(math.log(0.5) / math.log(np.clip(middle, 1e-6, 1 - 1e-6)), 0.15, 1))

    def drawn(self, heights: Any) -> Float32:
        """float32 of the same shape; above the map's highest at most 1.3."""
        with np.errstate(all="ignore"):
            return np.asarray(np.clip((heights - self.low) / self.span, 0, 1.3) ** self.power, np.float32)

    def ticks(self) -> dict[str, Any]:
        places = [0, 0.2, 0.4, 0.6, 0.8, 1]
        return {"places": places, "words": [_short(self.low + self.span * p ** (1 / self.power)) for p in places]}


def surface_frame(spec: DescentSpec) -> Frame:
    """Arrays: x [n], y [n], heights [n, n] and drawn [n, n] (see Relief), a row for each y. Meta: all that is written
    about the surface, its minima, the start."""
    surface, relief = spec.place, Relief(spec.place)
    x, y, heights = surface.grid(MAP)
    start = np.array(spec.begin)
    minima = [
        {"x": m.x, "y": m.y, "name": m.name, "lowest": m.lowest, "height": float(surface.value(m.x, m.y))}
        for m in surface.minima
    ]
    for minimum in minima:
        minimum["drawn"] = float(relief.drawn(np.array(minimum["height"])))
    meta = {
        "title": surface.title, "words": surface.words, "formula": surface.formula, "derivatives": surface.derivatives,
        "axes": surface.axes, "minima": minima, "lowest": surface.lowest,
        "domain": {"x": surface.domain[:2], "y": surface.domain[2:]},
        "start": {"x": start[0], "y": start[1], "height": float(surface.value(*start)),
                  "drawn": float(relief.drawn(surface.value(*start)))},
        "ticks": relief.ticks(), "samples": surface.samples and surface.samples.text,
        "racers": [racer.label for racer in spec.runners],
    }  # fmt: skip
    arrays = {"x": x, "y": y, "heights": heights, "drawn": relief.drawn(heights)}
    return Frame("surface", 0, 0.0, meta, {name: np.asarray(a, np.float32) for name, a in arrays.items()})


def race_frame(spec: DescentSpec, paths: list[Path]) -> Frame:
    """Arrays float32 [racers, steps + 1], nan behind a racer's end: x, y, height, drawn (see Relief), above (the lowest
    minimum), distance (to the nearest of the lowest). Meta: what is said of each racer's end."""
    surface, relief = spec.place, Relief(spec.place)
    steps = max(path.steps for path in paths)
    x, y, height = (np.full((len(paths), steps + 1), np.nan, np.float32) for _ in range(3))
    for i, path in enumerate(paths):
        x[i, : path.steps + 1], y[i, : path.steps + 1] = path.places.T
        height[i, : path.steps + 1] = path.heights
    arrays = {"x": x, "y": y, "height": height, "drawn": relief.drawn(height)}
    if surface.lowest is not None:
        with np.errstate(all="ignore"):
            arrays["above"] = np.maximum(height - np.float32(surface.lowest), 0)
            far = [np.hypot(x - m.x, y - m.y) for m in surface.minima if m.lowest]
            arrays["distance"] = np.asarray(np.minimum.reduce(far), np.float32)
    racers = [
        {"label": racer.label, "steps": path.steps, "reason": path.reason, "words": end_words(spec, path)}
        for racer, path in zip(spec.runners, paths, strict=True)
    ]
    return Frame("race", steps, 0.0, {"racers": racers, "steps": steps}, arrays)


def end_words(spec: DescentSpec, path: Path) -> str:
    """How a racer's path ended, for a visitor."""
    if path.reason == "diverged":
        return f"diverged: beyond all bounds at step {path.steps:,}"
    where = _where(spec.place, path.places[-1])
    if path.reason == "tolerance":
        return f"at rest after {path.steps:,} steps, {where or 'but at no minimum: its steps became too short'}"
    return f"{where or 'still on its way'} after all {path.steps:,} steps"


def _where(surface: Surface, place: Float32) -> str:
    """At which minimum a place is; nothing at none."""
    near = NEAR * min(surface.domain[1] - surface.domain[0], surface.domain[3] - surface.domain[2])
    for minimum in surface.minima:
        if np.hypot(*(place - (minimum.x, minimum.y))) <= near:
            return f"at {minimum.words}"
    angles = np.linspace(0, 2 * np.pi, 32)
    around = surface.value(place[0] + near * np.cos(angles), place[1] + near * np.sin(angles))
    steep = np.hypot(*surface.gradient(place[0], place[1])) * near
    lowest_here = (around > surface.value(place[0], place[1]) + steep / 2).all()
    return "in a local minimum" if lowest_here else ""


def _short(value: float) -> str:
    return f"{value:.3g}".replace("-", "−").replace("e+0", "e").replace("e+", "e")
