"""Those who race down a surface: how they are told apart in every figure and list of them, and where each is at a step.

The pages' static/rooms/descent/race.js says the same of a step; a test compares both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from nnviz.figures.binding import at, do, each
from nnviz.figures.theme import Node, Theme, css

DASHES = (
    "solid", "8px,4px", "2px,3px", "10px,3px,2px,3px", "16px,4px", "5px,2px", "2px,6px", "9px,3px,2px,3px,2px,3px",
)  # fmt: skip
"""Lines are told apart without their colours too."""


def lines(theme: Theme, kind: str, width: float, **places: Any) -> Node:
    """A trace for each of the values' `racers`; `places`: coordinates, bound in `item`."""
    colors = [css(color) for color in theme.classes]
    style: dict[str, Any] = {
        "color": do("pick", of=colors, at=at("index")),
        "dash": do("pick", of=list(DASHES), at=at("index")),
    }
    if kind == "scatter3d":
        style["dash"] = "solid"  # on a graphics card every other style is drawn as dots
    trace = {
        "type": kind, "mode": "lines", "name": at("item.label"), "line": {**style, "width": width}, **places,
    }  # fmt: skip
    return each(at("racers"), trace)


def heads(theme: Theme, kind: str, size: float, **places: Any) -> Node:
    """A mark where each racer is now."""
    colors = [css(color) for color in theme.classes]
    marker = {
        "color": do("pick", of=colors, at=at("index")), "size": size, "symbol": at("item.symbol"),
        "line": {"color": css(theme.background), "width": 1.5},
    }  # fmt: skip
    trace = {
        "type": kind, "mode": "markers", "name": at("item.label"), "marker": marker, "text": at("item.words"),
        "hovertemplate": "%{text}<extra></extra>", "showlegend": False, **places,
    }  # fmt: skip
    return each(at("racers"), trace)


def racers_at(meta: dict[str, Any], arrays: dict[str, Any], step: int, domain: dict[str, Any]) -> list[dict[str, Any]]:
    """Each racer of a frame of view "race" (nnviz.surfaces.frames) at a step, as the figures of a descent bind it.

    domain: of the map, {x: [from, to], y}. label, state (going, outside the map, or the reason of its end), words,
    said; x, y, drawn, heights: the path so far; head {x, y, drawn}: the mark at its end, on the map's edge where it
    has left the map; symbol.
    """
    found = []
    for i, end in enumerate(meta["racers"]):
        now = min(step, end["steps"])
        path = {name: arrays[name][i, : now + 1] for name in ("x", "y", "drawn")}
        x, y = (float(path[name][-1]) for name in ("x", "y"))
        outside = not (_inside(x, domain["x"]) and _inside(y, domain["y"]))
        over = step >= end["steps"]
        state = end["reason"] if over else "outside" if outside else "going"
        said = end["words"] if over else "has left the map" if outside else "on its way"
        found.append({
            "label": end["label"], "state": state, "said": said, "words": f"<b>{end['label']}</b><br>{said}", **path,
            "heights": arrays["above" if "above" in arrays else "height"][i, : now + 1],
            "head": {"x": _clamped(x, domain["x"]), "y": _clamped(y, domain["y"]), "drawn": float(path["drawn"][-1])},
            "symbol": "x" if state == "diverged" else _pointer(x, y, domain) if outside else "circle",
        })  # fmt: skip
    return found


def _inside(value: float, span: Sequence[float]) -> bool:
    return span[0] <= value <= span[1]


def _clamped(value: float, span: Sequence[float]) -> float:
    """To the edge of the map, where it is left."""
    return span[0] if math.isnan(value) else min(span[1], max(span[0], value))


def _pointer(x: float, y: float, domain: dict[str, Any]) -> str:
    """A mark at the edge that points to where the racer went."""
    if not _inside(y, domain["y"]):
        return "triangle-up" if y > domain["y"][1] else "triangle-down"
    return "triangle-right" if x > domain["x"][1] else "triangle-left"
