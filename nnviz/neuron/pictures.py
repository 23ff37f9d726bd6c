"""A course of Rosenblatt's rule, moment by moment, and a moment as a frame."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from nnviz.events import Frame
from nnviz.neuron.learning import flowers, learner, library, orders, summary, twin, wrong
from nnviz.neuron.rosenblatt import Array, Update, classify, targets
from nnviz.neuron.spec import PerceptronSpec

GRID = 120
"""Cells along each side of the decision regions."""
ROOM = 0.6
"""cm around the flowers."""


def course(spec: PerceptronSpec) -> Iterator[dict[str, Any]]:
    """All moments of a run: its start, each update, each end of a pass. Plain values.

    kind: start, update or pass. passes: how many are behind it. weights, thresholds: after it. errors: of each pass so
    far, of each perceptron. wrong: misclassified flowers of those it learns from. An update has the sample's number
    and place x in cm, the net inputs u, answers y and wanted answers d, and the weights and thresholds before.
    """
    neuron, data = learner(spec), flowers(spec)
    x, y = data.train
    d = targets(y, len(spec.species))

    def moment(kind: str, passes: float, **more: Any) -> dict[str, Any]:
        return {
            "kind": kind, "passes": passes, "weights": neuron.weights.tolist(), "updates": neuron.updates,
            "thresholds": neuron.thresholds.tolist(), "errors": [list(one) for one in neuron.errors],
            "wrong": wrong(neuron, x, y, spec.decision), **more,
        }  # fmt: skip

    yield moment("start", 0.0)
    for step in neuron.fit(x, d, spec.epochs, orders(spec, len(x))):
        if isinstance(step, Update):
            told = {"sample": step.sample, "x": x[step.sample], "u": step.net, "y": step.y, "d": step.d}
            before = {"weights_before": step.before[0], "thresholds_before": step.before[1]}
            plain = {name: np.asarray(value).tolist() for name, value in {**told, **before}.items()}
            yield moment("update", step.passes, species=spec.species[int(y[step.sample])], **plain)
        else:
            yield moment("pass", step.passes)


def frame(spec: PerceptronSpec, now: dict[str, Any], step: int, last: bool = False) -> Frame:
    """View "perceptron": the moment `now`, of this number, as meta; beside it names of species and measures, n (flowers
    to learn from), learning_rate, last, and of the last one its `outcome`.

    x float32 [2, n], classes uint8 [n], held uint8 [n] (1: kept apart for the test), wrong uint8 [n]: the flowers in
    cm. region uint8 [120, 120]: the class of each place; row 0 is lowest. domain float32 [2, 2]: its edges in cm.
    lines, before float32 [units, 2, 2]: where each perceptron's net input is 0, now and before: x then y of two ends.
    """
    data = flowers(spec)
    weights, thresholds = np.array(now["weights"]), np.array(now["thresholds"])
    domain = np.stack([data.x.min(0) - ROOM, data.x.max(0) + ROOM], axis=1)
    centres = [low + (np.arange(GRID) + 0.5) * (high - low) / GRID for low, high in domain]
    places = np.stack(np.meshgrid(*centres), axis=-1)
    said = classify(data.x @ weights.T - thresholds, spec.decision)
    lines = line_ends(weights, thresholds, domain)
    old = now if now["kind"] != "update" else {
        "weights": now["weights_before"], "thresholds": now["thresholds_before"],
    }  # fmt: skip
    before = line_ends(np.array(old["weights"]), np.array(old["thresholds"]), domain)
    arrays = {
        "x": data.x.T.astype(np.float32), "classes": data.y.astype(np.uint8),
        "held": (np.arange(len(data.x)) >= data.n_train).astype(np.uint8), "wrong": (said != data.y).astype(np.uint8),
        "region": classify(places @ weights.T - thresholds, spec.decision).astype(np.uint8),
        "domain": domain.astype(np.float32), "lines": lines.astype(np.float32), "before": before.astype(np.float32),
    }  # fmt: skip
    meta = {
        **now, "species_names": list(spec.species), "measures": list(spec.measures), "n": data.n_train,
        "learning_rate": spec.learning_rate, "last": last, "outcome": outcome(spec, now) if last else None,
    }  # fmt: skip
    return Frame("perceptron", step, float(now["passes"]), meta, arrays)


def line_ends(weights: Array, thresholds: Array, domain: Array) -> Array:
    """float64 [units, 2, 2]: x and y of two points of each line w·x = θ, at the edges of the domain that it crosses
    most squarely; NaN where there is no line (w = 0)."""
    found = np.full((len(weights), 2, 2), np.nan)
    span = domain[:, 1] - domain[:, 0]
    for unit, (w, threshold) in enumerate(zip(weights, thresholds, strict=True)):
        along = int(abs(w[0]) * span[0] > abs(w[1]) * span[1])  # 0: from left to right; 1: from below upwards
        other = 1 - along
        if w[other] != 0:
            found[unit, along] = domain[along]
            found[unit, other] = (threshold - w[along] * domain[along]) / w[other]
    return found


def outcome(spec: PerceptronSpec, now: dict[str, Any]) -> dict[str, Any]:
    """The neuron as it is printed, beside it the same with another learning rate (`twin`) and scikit-learn's."""
    data, neuron = flowers(spec), learner(spec)
    neuron.weights, neuron.thresholds = np.array(now["weights"]), np.array(now["thresholds"])
    neuron.errors = now["errors"]
    return {"ours": summary(spec, neuron, data), "twin": twin(spec, data), "library": library(spec, data)}
