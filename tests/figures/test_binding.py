"""Figures and their two binders: what Python puts into the places is what the pages' script puts there."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz.figures import FIGURES
from nnviz.figures.binding import bind
from nnviz.figures.operations import OPERATIONS
from nnviz.figures.plane import winners
from nnviz.figures.racers import racers_at
from nnviz.figures.theme import DARK, LIGHT
from nnviz.figures.tiles import album
from nnviz.neuron.pictures import course, frame
from nnviz.neuron.spec import PerceptronSpec
from nnviz.reinforcement.learning import Course
from nnviz.reinforcement.picture import picture
from nnviz.reinforcement.spec import ReinforcementSpec
from nnviz.sets.iris import SPECIES
from nnviz.surfaces.frames import race_frame, surface_frame
from nnviz.surfaces.race import race
from nnviz.surfaces.spec import DescentSpec
from tests.js.node import compute
from tests.serving import ROOT

RNG = np.random.default_rng(5)

SCRIPT = """
const TYPES = { float32: Float32Array, uint8: Uint8Array };
const revive = (v) => Array.isArray(v) ? v.map(revive)
  : v && typeof v === "object" ? (v.dtype ? { data: TYPES[v.dtype].from(v.data), shape: v.shape }
  : Object.fromEntries(Object.entries(v).map(([k, w]) => [k, revive(w)]))) : v;
const { bind } = await import("./nnviz/web/static/figures/bind.js");
return cases.map(({ figure, values }) => bind(figure, revive(values))).map(({ data, layout }) => ({ data, layout }));
"""


def history(rows: int) -> dict[str, list[Any]]:
    """Columns of metrics with holes where nothing was measured."""
    some = RNG.random((4, rows)).round(4).tolist()
    held = [v if i % 3 == 0 else None for i, v in enumerate(some[1])]
    return {
        "step": list(range(0, 10 * rows, 10)), "epoch": [i / 7 for i in range(rows)],
        "seconds": [i / 100 for i in range(rows)], "loss": some[0], "val_loss": held, "accuracy": some[2],
        "val_accuracy": held, "recent_loss": [None] * rows, "recent_accuracy": some[3],
    }  # fmt: skip


def told(rows: int) -> dict[str, Any]:
    columns = history(rows)
    known = {name: columns[name] for name in ("step", "epoch", "seconds", "loss", "accuracy")}
    return {"split": "test", "train": {"samples": 12_800}, "history": {**known, "n": [500] * rows, "val_n": None}}


def codes(*shape: int) -> np.ndarray[Any, Any]:
    return RNG.integers(1, 256, shape).astype(np.uint8)


def peaks(n: int) -> np.ndarray[Any, Any]:
    return RNG.random(n).astype(np.float32) + 0.1


def statistics() -> dict[str, Any]:
    measures = {name: RNG.lognormal(size=(3, 5)).astype(np.float32) for name in ("gradient", "zero", "mean")}
    measures["gradient"][1, 2] = np.inf
    high = np.array([0.5, 1, 2], np.float32)
    spans = {"hist": codes(3, 5, 40), "range": np.stack([-high, high], 1)}
    meta = {"layers": ["dense", "dense 2", "output"], "step": [0, 9, 20, 33, 40], "epoch": [0, 0.1, 0.2, 0.3, 0.4]}
    return {"arrays": {**measures, **spans}, "meta": meta, "layer": 1, "revision": "a"}


def flowers(spec: dict[str, Any], kind: str) -> dict[str, Any]:
    """The last moment of a kind of Rosenblatt's rule, as a frame has it."""
    found = PerceptronSpec.model_validate({"epochs": 9, **spec})
    moment = [moment for moment in course(found) if moment["kind"] == kind][-1]
    made = frame(found, moment, 7)
    return {"arrays": made.arrays, "meta": made.meta, "revision": "a"}


def descent(raced: bool = True) -> dict[str, Any]:
    """What the Descent room binds: a surface, and racers that are where they are."""
    grid = np.linspace(-1, 1, 7).astype(np.float32)
    heights = grid[:, None] ** 2 + grid[None, :] ** 2
    path = RNG.random((3, 9 if raced else 0)).astype(np.float32)
    racer = {
        "label": "SGD 0.1", "words": "<b>SGD 0.1</b><br>on its way", "symbol": "circle", "x": path[0], "y": path[1],
        "drawn": path[2], "heights": path[2], "head": {"x": 0.1, "y": 0.2, "drawn": 0.3},
    }  # fmt: skip
    spot = {"x": 0.0, "y": 0.0, "drawn": 0.0}
    return {
        "x": grid, "y": grid, "drawn": heights, "heights": heights, "axes": ["x", "weight w₂"], "start": spot,
        "domain": {"x": [-1, 1], "y": [-1, 1]}, "ticks": {"places": [0, 1], "words": ["0", "2"]}, "step": 8,
        "minima": [{**spot, "name": "w_A"}], "steps": 20, "revision": "", "racers": [racer] * 3 if raced else [],
    }  # fmt: skip


def agents(environment: str) -> dict[str, Any]:
    """Two agents that have learned for three episodes."""
    setting = {"environment": environment, "agents": 2, "episodes": 3, "limit": 20}
    learning, rows = Course(ReinforcementSpec.model_validate(setting)), []
    while not learning.done:
        if learning.advance():
            rows.append(learning.row())
    made = picture(learning, 60)
    return {
        "arrays": {name: array for name, array in made.arrays.items() if array.dtype == np.float32},
        "meta": made.meta, "agent": 1, "revision": "", "bests": [1.0], "now": [2],
        "history": {name: [row[name] for row in rows] for name in rows[0]}, "explores": True,
        "players": [{"x": 1, "y": 3, "symbol": "circle"}], "trail": {"x": [0.0, 1.0], "y": [1.0, 2.0]},
        "cursors": [{"x0": 0.5, "x1": 1.5, "y0": 0.5, "y1": 1.5}],
    }  # fmt: skip


def spread(outputs: int, classes: int, law: bool = True) -> dict[str, Any]:
    """What a frame of the view "distributions" has, of two layers."""
    arrays: dict[str, Any] = {}
    for mark in ("", "_before"):
        arrays |= {
            f"outputs{mark}": RNG.random((outputs, classes, 50)).astype(np.float32),
            f"rest{mark}": RNG.random((outputs, 50)).astype(np.float32),
        }
        arrays |= {f"{what}{mark}": RNG.random((2, 50)).astype(np.float32) for what in ("weights", "sums")}
    arrays |= {f"{what}_law": RNG.random((2, 201)).astype(np.float32) for what in ("weights", "sums")}
    named = {"weights": "N(0, 1)", "sums": None} if law else {"weights": None, "sums": None}
    layer = {"laws": named, "weights_range": [-2, 2], "sums_range": [-4, 4]}
    meta = {"range": [0, 1], "names": [str(k) for k in range(classes)], "layers": [layer, layer]}
    return {"arrays": arrays, "meta": meta, "layer": 1, "revision": "a"}


READING = {
    "arrays": {"states": RNG.random((8, 5)).astype(np.float32), "cells": RNG.random((8, 5)).astype(np.float32),
               "probabilities": RNG.random((9, 3)).astype(np.float32), "gradient_states": peaks(8),
               "gradient_cells": peaks(8) * 0},
    "row": 3, "rows": 8, "unit": 2, "peak": 1.0, "names": ["0", "1", "2"], "places": [0, 1, 2], "revision": "",
    "words": [[f"{k} after row {t}:" for t in range(9)] for k in range(3)],
}  # fmt: skip
CURVES = {"history": history(40), "loss_name": "cross-entropy", "marks": [], "hint": "Press Train"}
EMPTY = {name: [] for name in CURVES["history"]}
TILES = {"speaks_for": [0, 2], "speaks_against": [], "lit": [1], "revision": "filters", "box": [300, 240]}
MAPS = {"peak": 2.5, "lit": [1], "revision": "", "box": [300, 100], "gap": 0}
CLASSES = {"names": ["a", "<b>", "a name that is too long for an axis"], "lit": [[0, 1]], "revision": ""}
PLACES = [{"x": [1.0, 2.0], "y": [3.0, 4.5], "name": name} for name in ("a", "b")]
NONE = {"x": [], "y": []}
POINT = {"x": [0.5], "y": [1.0], "text": ["1"]}
NEURON = {
    "output": RNG.random((8, 8)).astype(np.float32), "x": [0.1 * i for i in range(8)], "y": [0.1 * i for i in range(8)],
    "low": 0, "high": 1, "names": ["coins", "hot"], "line": PLACES[0], "centre": POINT, "ends": PLACES[1],
    "fires": POINT, "silent": POINT, "missed": NONE, "pointer": POINT,
}  # fmt: skip
PIXELS = {"pixels": codes(5, 4), "x": [0.5, 4.5], "y": [5.5, 0.5], "revision": ""}
HEAT = {**PIXELS, "heat": (RNG.random((5, 4)) - 0.5).astype(np.float32), "peak": 0.5}
ROWS = [
    {"index": 7, "truth": 0, "predicted": 2, "sure": 0.999, "right": False},
    {"index": 31, "truth": 1, "predicted": 1, "sure": 0.61, "right": True},
]  # fmt: skip
ALBUM = {
    "place": album(n=6, h=28, w=28, box=(500, 300), size=12), "rows": ROWS, "names": ["0", "1", "2"], "source": "data:",
    "side": 80, "lit": [], "revision": "", "box": [500, 300],
}  # fmt: skip
DOMAIN = [[-6.0, 6.0], [0.0, 0.5]]
POINTS = {
    "arrays": {"x": peaks(40).reshape(20, 2), "y": codes(20) % 3, "split": codes(20) % 2},
    "meta": {"classes": 3, "class_names": ["0", "1", "<setosa>"], "domain": DOMAIN, "problem": "classification",
             "axes": ["x1", "petal length", "species"], "target_range": None},
}  # fmt: skip
TARGETS = {
    "arrays": {**POINTS["arrays"], "y": np.linspace(-1, 1, 20, dtype=np.float32)},
    "meta": {**POINTS["meta"], "problem": "regression", "classes": 1, "class_names": [], "target_range": [3, 40]},
}
PLANE = {"domain": DOMAIN, "data": POINTS, "validation": True, "revision": "d"}
SCORES = [
    {"name": "training", "accuracy": 1.0, "loss": 0.01, "n": 5000},
    {"name": "test", "accuracy": 0.97, "loss": None, "n": 450},
]
TURNED = {
    "rows": [{"angle": a, "accuracy": 0.5, "low": 0.4, "high": 0.6} for a in (-10, 0, 10)],
    "angle": 5,
    "chance": 0.1,
    "revision": "run",
}
BEFORE_TURNED = {"name": "before, step 9", "rows": TURNED["rows"]}
OVERLAID = {
    "hint": "",
    "runs": [
        {"run": "a", "name": "learning rate 0.1", "color": "#123456", "history": history(30), "tested": None,
         "work": 4800},
        {"run": "b", "name": "<b>", "color": "#654321", "history": history(9), "tested": told(9), "work": None},
    ],
}  # fmt: skip
GAN = {
    "arrays": {
        "map": peaks(16).reshape(4, 4), **{f"{name}_{axis}": peaks(6) for axis in "xy" for name in (
            "real", "fake", "arrow", "level", "upright", *(f"cells_{i}" for i in range(4)))},
    }, "low": 0, "high": 1, "says": "D", "range": [-3, 3], "painted": {"x": [], "y": []}, "revision": "",
}  # fmt: skip
GAN_HISTORY = {name: [0.5, None, 0.25] for name in (
    "step", "discriminator_loss", "generator_loss", "real_score", "fake_score", "distance", "precision", "coverage",
)}  # fmt: skip
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("curves", {}, CURVES),
    ("curves", {"what": "accuracy", "smooth": 0.9}, {**CURVES, "validation": 300, "tested": told(12)}),
    ("curves", {"what": "accuracy", "log": True, "axis": "step"}, {**CURVES, "tested": told(12), "marks": [40]}),
    ("curves", {"log": True, "axis": "seconds"}, {**CURVES, "tested": told(9)}),
    ("curves", {}, {**CURVES, "history": history(3000)}),
    ("curves", {}, {**CURVES, "history": EMPTY}),
    ("overlay", {"axis": "work"}, OVERLAID),
    ("overlay", {"what": "accuracy", "splits": ["test", "training"], "smooth": 0.6, "log": True}, OVERLAID),
    ("overlay", {"splits": []}, OVERLAID),
    ("filters", {}, {**TILES, "codes": codes(30, 28, 28), "peaks": peaks(30)}),
    ("filters", {"scale": "filter", "bar": True}, {**TILES, "codes": codes(5, 3, 3), "peaks": peaks(5)}),
    ("filters", {}, {**TILES, "codes": codes(4, 3, 5, 5), "peaks": peaks(4), "box": None}),
    ("feature_maps", {}, {**MAPS, "codes": codes(3, 12, 12), "signed": False, "thing": "map"}),
    ("feature_maps", {}, {**MAPS, "codes": codes(40), "signed": True, "thing": "neuron", "gap": 1}),
    ("weight_matrix", {}, {"codes": codes(7, 4), "peaks": peaks(1), "revision": ""}),
    ("confusion", {}, {**CLASSES, "truth": codes(500) % 3, "predicted": codes(500) % 3}),
    ("mistakes", {}, ALBUM),
    ("boundary", {}, {**PLANE, "plane": peaks(36).reshape(6, 6), "low": -1, "high": 1}),
    ("boundary", {"discretize": True}, {**PLANE, "data": TARGETS, "plane": codes(2, 2), "low": 0, "high": 1}),
    ("boundary", {"classes": 3}, {**PLANE, "plane": peaks(64).reshape(8, 8), "low": 0, "high": 3, "validation": False}),
    ("scores", {}, {"scores": SCORES, "hint": ""}),
    ("scores", {"what": "loss"}, {"scores": [], "hint": "Press Train"}),
    ("rotated", {}, {**TURNED, "before": [], "compared": False, "trained": [25]}),
    ("rotated", {}, {**TURNED, "before": [BEFORE_TURNED], "compared": True, "trained": []}),
    ("mistakes", {"marked": True}, {**ALBUM, "names": ["Ankle boot", "Sneaker", "T-shirt/top <x>"], "lit": [1]}),
    ("histograms", {"axis": "step"}, statistics()),
    ("output_histograms", {}, spread(2, 2)),
    ("output_histograms", {"outputs": 10, "classes": 10, "columns": 5}, spread(10, 10)),
    ("output_histograms", {"outputs": 4, "classes": 4, "unit": 3}, spread(4, 4)),
    ("output_histograms", {"outputs": 1, "classes": 2}, spread(1, 2)),
    ("value_histogram", {}, spread(1, 2)),
    ("value_histogram", {"what": "sums"}, spread(1, 2, law=False)),
    *[(f"recurrent_{name}", choices, READING) for name, choices in (
        ("states", {}), ("states", {"what": "cells"}), ("answers", {}), ("gradient", {"cells": True}))],
    ("measures", {}, statistics()),
    ("measures", {"measure": "zero", "axis": "step"}, statistics()),
    ("neuron_plane", {}, {**NEURON, "meet": NONE}),
    ("neuron_plane", {}, {**NEURON, "meet": POINT, "line": NONE, "centre": NONE, "ends": NONE}),
    ("neuron_output", {}, {
        "z": [-1, 0, None, 0, 1], "value": [0, 0, None, 1, 1], "slope": [0, 0, None, 0, 0], "range": [-0.2, 1.2],
        **{name: {"z": [0.5], "value": [1]} for name in ("now", "moved", "tangent")},
    }),
    *[(name, {}, flowers(spec, kind)) for name in ("perceptron_plane", "perceptron_errors")
      for spec in ({}, {"species": SPECIES, "test": 0.2}) for kind in ("start", "update", "pass")],
    ("digit", {}, PIXELS),
    ("saliency", {}, HEAT),
    ("occlusion", {}, HEAT),
    ("nearest", {}, {**ALBUM, "rows": [
        {"index": i, "text": f"<b>{i}</b><br>4.21", "words": f"training digit {i}: 3", "wrong": i == 4} for i in (9, 4)
    ]}),
    ("output_weights", {}, {
        "output": (RNG.random((6, 3)) - 0.5).astype(np.float32), "of": 1, "threshold": 0.2, "lit": [2], "revision": "",
    }),
    ("naive_race", {}, {"racers": [
        {"label": "gradient", "passes": [0, 2], "losses": [1.0, 0.5]},
        {"label": "naive", "passes": [0], "losses": [1.0]},
    ], "budget": 600}),
    ("difference_errors", {}, {"epsilon": [0.1, 0.01], "forward": [0.1, 0.01], "central": [0.01, 1e-4]}),
    ("update_losses", {}, {"losses": [1.0, 0.5], "steps": [0, 1], "now": 1}),
    ("recipe_curves", {"share": True}, {
        "lines": [{"name": f"case {case}", "case": case, "seed": seed, "first": not seed, "run": "", "x": [0, 1],
                   "y": [0.1, 0.9]} for case in (0, 1) for seed in (0, 1)],
        "guess": {"x": [0, 1], "y": [0.5, 0.6]}, "cursor": {"x": [1], "y": [0.6]}, "title": "training accuracy",
        "axis": "epoch", "many": True, "hint": "", "range_x": [0, 1], "range_y": [0, 1], "revision": "",
    }),
    ("recipe_curves", {}, {
        "lines": [], "guess": None, "cursor": {"x": [], "y": []}, "title": "", "axis": "step", "many": False,
        "hint": "press Run", "range_x": None, "range_y": None, "revision": "",
    }),
    ("descent_map", {}, descent()),
    ("descent_map", {}, descent(raced=False)),
    ("descent_relief", {}, descent()),
    ("descent_heights", {}, descent()),
    ("descent_heights", {"lowest": False}, descent(raced=False)),
    ("chain_gradients", {}, {
        "names": ["b₁", "b₂"], "sizes": [0.01, None], "most": [0.1, 0.2], "roles": ["lit", "other"],
        "low": -3, "high": 1,
    }),
    ("slope_places", {}, {
        "z": [-1, 0, 1], "slope": [0.2, 0.25, 0.2], "title": "σ′(z)", "range": [-2, 2],
        "marks": [{"name": "<b>", "z": 0.5, "slope": 0.2, "from": 0, "to": 1, "color": 1, "symbol": "circle"}],
    }),
    *[("depth_panels", {"panels": 2, "columns": columns, "what": what, "look": look}, {
        "maps": [{"z": [[-3.0, None], [-2.0, -1.0]], "x": [0, 1], "y": [1, 2], "xaxis": "x", "yaxis": "y"}] * 2,
        "titles": [{"text": "a", "xref": "x domain", "yref": "y domain"}], "y_titles": ["a", "layer"], "ticks": [1, 2],
        "revision": "",
        "lines": [{"xref": "x", "yref": "y domain", "x": 0.5}],
    }) for columns, what, look in ((1, "gradient", "time"), (2, "activation", "now"))],
    ("linear_outputs", {}, {"x": [0, 1], "stacked": [1.0, 2.0], "single": [1.0, 2.5], "revision": 1}),
    ("scaling_losses", {}, {"unscaled": [1.0, 0.5], "scaled": [1.0, 0.01], "revision": ""}),
    ("softmax_bars", {}, {"names": ["1", "2"], "y": [0.25, 0.75], "t": [0.0, 1.0], "gradient": [0.25, -0.25]}),
    ("softmax_matrix", {}, {
        "names": ["1", "2"], "jacobian": [[0.1875, -0.1875], [-0.1875, 0.1875]], "text": [["a", "b"], ["c", "d"]],
    }),
    *[("grid_world", {"show": show}, agents("grid")) for show in ("values", "optimal", "visits")],
    *[("cartpole_states", {"show": show}, agents("cartpole")) for show in ("policy", "value")],
    ("episode_returns", {}, agents("grid")),
    ("episode_returns", {}, {**agents("cartpole"), "bests": [], "explores": False}),
    ("gan_plane", {}, GAN),
    ("gan_plane", {}, {**GAN, "painted": {"x": [0.5], "y": [1.0]}, "arrays": {**GAN["arrays"], "upright_x": peaks(0)}}),
    *[(name, {}, {"history": GAN_HISTORY, "now": now, "balance": [1.386], "half": [], "floor": [0.1],
                  "across": [0, 40], "means": None})
      for name, now in (("gan_losses", [10]), ("gan_scores", []), ("gan_distance", []))],
    ("gan_slopes", {}, {"score": [-1, 1], "now": 0.5, "range": [-8, 8], "values": [-8, 8], "slopes": [0, 2],
                        "losses": [{"name": "a", "value": [1.0, 2.0], "slope": [0.1, 0.2]}] * 2}),
    ("slow_losses", {}, {
        "lines": [{"label": "MSE", "x": [0, 1], "y": [1.0, 0.5], "loss": [0.8, 0.4]}] * 2, "now": 1, "epochs": 2,
        "revision": 3,
    }),
]  # fmt: skip


def sent(value: Any) -> Any:
    """Values as the page has them: arrays of a frame with their shape."""
    if isinstance(value, np.ndarray):
        numbers = [v if math.isfinite(v) else str(v).replace("inf", "Infinity") for v in value.ravel().tolist()]
        return {"dtype": value.dtype.name, "data": numbers, "shape": list(value.shape)}
    if isinstance(value, dict):
        return {name: sent(part) for name, part in value.items()}
    return [sent(part) for part in value] if isinstance(value, list) else value


def plain(value: Any) -> Any:
    """A bound figure as JSON has it."""
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    return None if isinstance(value, float) and math.isnan(value) else value


def differences(ours: Any, theirs: Any, path: str = "") -> list[str]:
    """Where two figures are not the same; numbers may differ in the seventh digit."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        missing = [f"{path}: only one has {name}" for name in ours.keys() ^ theirs.keys()]
        return missing + [
            d for k in ours.keys() & theirs.keys() for d in differences(ours[k], theirs[k], f"{path}.{k}")
        ]
    if isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            return [f"{path}: {len(ours)} and {len(theirs)} elements"]
        return [d for i, (a, b) in enumerate(zip(ours, theirs, strict=True)) for d in differences(a, b, f"{path}.{i}")]
    if type(ours) in (int, float) and type(theirs) in (int, float):
        return [] if math.isclose(ours, theirs, rel_tol=1e-6, abs_tol=1e-9) else [f"{path}: {ours} and {theirs}"]
    return [] if ours == theirs else [f"{path}: {ours!r} and {theirs!r}"]


@pytest.fixture(scope="module")
def on_the_page() -> list[Any]:
    """What the script of the pages makes of every case."""
    cases = [{"figure": FIGURES[name](LIGHT, **choices), "values": sent(values)} for name, choices, values in CASES]
    found: list[Any] = compute(SCRIPT, cases)
    return found


@pytest.mark.parametrize("case", range(len(CASES)))
def test_both_binders_make_the_same_figure(case: int, on_the_page: list[Any]) -> None:
    name, choices, values = CASES[case]
    assert differences(plain(bind(FIGURES[name](LIGHT, **choices), values)), on_the_page[case]) == []


def test_both_find_the_same_winners() -> None:
    script = """
    const { winners } = await import("./nnviz/web/static/figures/plane.js");
    return cases.map(({ data, shape, probabilities }) =>
      winners({ outputs: { data: Float32Array.from(data), shape }, probabilities }).data);
    """
    outputs = [RNG.random((k, 12, 12)).astype(np.float32) for k in (2, 3, 5)]
    cases = [{**sent(array), "probabilities": bool(i % 2)} for i, array in enumerate(outputs)]
    for array, case, theirs in zip(outputs, cases, compute(script, cases), strict=True):
        ours = winners(outputs=array, probabilities=case["probabilities"])
        np.testing.assert_allclose(ours.ravel(), theirs, atol=1e-5)


def test_both_tell_who_is_where_in_a_race() -> None:
    """At every step of races in which somebody leaves the map, diverges, rests."""
    script = """
    const { racerAt } = await import("./nnviz/web/static/rooms/descent/race.js");
    const numbers = (a) => ({ ...a, data: Float32Array.from(a.data.map((v) => v ?? NaN)) });
    return cases.map(({ meta, arrays, step, domain }) => {
      const race = { meta, arrays: Object.fromEntries(Object.entries(arrays).map(([k, a]) => [k, numbers(a)])) };
      return meta.racers.map((_, i) => racerAt(race, i, step, domain));
    });
    """
    cases, ours = [], []
    for surface, racers in (("rosenbrock", "sgd@0.01,adam@2"), ("himmelblau", "sgd@0.02,sgd@0.06:momentum=0.9")):
        spec = DescentSpec.model_validate({"surface": surface, "steps": 30, "racers": racers, "tolerance": 0.05})
        made, domain = race_frame(spec, race(spec)), surface_frame(spec).meta["domain"]
        arrays = {name: sent(array) for name, array in made.arrays.items()}
        for step in range(made.meta["steps"] + 1):
            cases.append({"meta": made.meta, "arrays": arrays, "step": step, "domain": domain})
            ours.append(racers_at(made.meta, made.arrays, step, domain))
    states = set()
    for mine, theirs in zip(ours, compute(script, cases), strict=True):
        for one, other in zip(mine, theirs, strict=True):
            assert differences(plain(one), {name: other[name] for name in one}) == []
            states.add(one["symbol"])
    assert {"circle", "x", "triangle-up", "triangle-left", "triangle-right"} < states


def test_both_lay_out_an_album_alike() -> None:
    """Whatever the number of pictures, their size and the room for them."""
    script = """
    const { album } = await import("./nnviz/web/static/figures/album.js");
    return cases.map(album);
    """
    cases: list[dict[str, Any]] = [
        {
            "n": int(n),
            "h": int(h),
            "w": int(h),
            "box": [float(x), float(y)],
            "size": 12,
            "lines": 1 + i % 2,
            "columns": columns,
        }
        for i, (n, h, x, y) in enumerate(RNG.integers((1, 5, 300, 60), (100, 40, 1400, 900), (60, 4)))
        for columns in (None, 10)
    ]
    assert [album(**case) for case in cases] == compute(script, cases)


def test_the_cases_have_every_operation() -> None:
    """So that each is compared: a new one needs a case, a figure of known ones does not."""
    drawn = json.dumps([FIGURES[name](LIGHT, **choices) for name, choices, _ in CASES])
    assert set(re.findall(r'"do": "(\w+)"', drawn)) == set(OPERATIONS)


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_figure_is_json_and_its_axes_have_titles(name: str, theme: Any) -> None:
    figure = FIGURES[name](theme)
    json.dumps(figure, allow_nan=False)
    parts = figure["layout"].get("scene", figure["layout"])
    axes = {key: axis for key, axis in parts.items() if key.startswith(("xaxis", "yaxis", "zaxis"))}
    assert axes
    for key, axis in axes.items():
        assert axis.get("visible") is False or axis["title"]["text"], f"{name}: {key} has no title"


@pytest.mark.parametrize("case", range(len(CASES)))
def test_plotly_takes_every_figure(case: int) -> None:
    """Plotly's own check of names and values, which the pages' script leaves out."""
    from plotly.graph_objects import Figure

    name, choices, values = CASES[case]
    Figure(bind(FIGURES[name](DARK, **choices), values))


def test_page_colours_are_the_themes() -> None:
    import tomllib

    site = tomllib.loads(Path(ROOT / ".streamlit/config.toml").read_text("utf-8"))["theme"]
    for theme, name in ((LIGHT, "light"), (DARK, "dark")):
        colors = {"backgroundColor": theme.background, "textColor": theme.text, "primaryColor": theme.accent}
        assert {k: "#{:02x}{:02x}{:02x}".format(*map(int, c)) for k, c in colors.items()}.items() <= site[name].items()
