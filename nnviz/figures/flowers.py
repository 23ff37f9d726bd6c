"""The flowers that Rosenblatt's rule learns from, and its perceptrons' lines: what is drawn of a frame "perceptron".

The pages' static/figures/flowers.js does the same; a test compares both.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Points = dict[str, list[float]]


def flowers(*, arrays: dict[str, Any], meta: dict[str, Any]) -> dict[str, Any]:
    """What the figure "perceptron_plane" binds; arrays, meta: of a frame of view "perceptron" (nnviz.neuron.pictures).

    groups: {x, y, name} of each species; held, wrong, chosen: {x, y} of the flowers kept apart, misclassified, and the
    one of this update; lines, before: {x, y, name} for each perceptron whose line there is, now and before the update;
    domain_x, domain_y, cells, names (of the axes, with their unit).
    """
    x, classes, domain = (np.asarray(arrays[name]) for name in ("x", "classes", "domain"))
    updated = meta["kind"] == "update"

    def points(chosen: Any) -> Points:
        return {"x": x[0, chosen].tolist(), "y": x[1, chosen].tolist()}

    found = [unit_name(meta, unit) for unit in range(len(meta["thresholds"]))]
    return {
        "groups": [{**points(classes == k), "name": name} for k, name in enumerate(meta["species_names"])],
        "held": points(arrays["held"] == 1), "wrong": points(arrays["wrong"] == 1),
        "chosen": {"x": [meta["x"][0]], "y": [meta["x"][1]]} if updated else {"x": [], "y": []},
        "lines": _lines(arrays["lines"], found),
        "before": _lines(arrays["before"], ["before"] * len(found)) if updated else [],
        "domain_x": domain[0].tolist(), "domain_y": domain[1].tolist(), "cells": len(arrays["region"]),
        "names": [f"{name.replace('_', ' ')} (cm)" for name in meta["measures"]],
    }  # fmt: skip


def pass_errors(*, meta: dict[str, Any]) -> dict[str, Any]:
    """What the figure "perceptron_errors" binds: errors, {x, y, name} of each perceptron over the passes that are done;
    dtick: of the passes' axis; hint: [] or [words], where no pass is done."""
    passes, units = math.floor(meta["passes"] + 1e-9), len(meta["thresholds"])
    done = meta["errors"][:passes]
    names = [unit_name(meta, unit) if units > 1 else "updates" for unit in range(units)]
    curves = [
        {"x": list(range(1, passes + 1)), "y": [row[unit] for row in done], "name": name}
        for unit, name in enumerate(names)
    ]
    none = ["No pass is done yet"]
    return {"errors": curves if passes else [], "dtick": max(1, -(-passes // 8)), "hint": [] if passes else none}


def unit_name(meta: dict[str, Any], unit: int) -> str:
    """Of a perceptron: what it tells apart; the only one by where its line lies."""
    return f"{meta['species_names'][unit]} against all" if len(meta["thresholds"]) > 1 else "u = 0"


def _lines(ends: Any, names: list[str]) -> list[dict[str, Any]]:
    return [
        {"x": end[0].tolist(), "y": end[1].tolist(), "name": name}
        for end, name in zip(np.asarray(ends), names, strict=True)
        if np.isfinite(end[0, 0])
    ]
