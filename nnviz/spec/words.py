"""A model in a few words, for lists."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nnviz.layers.base import Placed
from nnviz.spec.model import NetworkSpec, SVMSpec

FAMILIES = {"network": "Keras network", "scratch": "Network in NumPy alone", "svm": "Kernel SVM"}
"""Family of models → what a page calls it."""


def regularised(plan: Sequence[Placed]) -> dict[str | int, str]:
    """What a network's regulariser can be on, and how a page calls it."""
    hidden = [placed.name for placed in plan if placed.kernel][:-1]
    each: dict[str | int, str] = {i + 1: f"{name[:1].upper()}{name[1:]} alone" for i, name in enumerate(hidden)}
    return {"all": "All layers", **each, "output": "Output layer alone"}


def model_words(model: NetworkSpec | SVMSpec, input_shape: tuple[int, ...], plan: tuple[Placed, ...]) -> str:
    """See `RunSpec.words`. plan: every layer with its shapes."""
    if not isinstance(model, NetworkSpec):
        return f"SVM, {model.kernel} kernel"
    words = ["×".join(map(str, input_shape[:2]))]
    if all(layer.takes in {"any", "numbers"} for layer in model.layers):
        words = [str(math.prod(input_shape))]
    for placed in plan:
        brief = placed.layer.token if placed.layer.brief is None else placed.layer.brief
        words += [brief.format(**placed.layer.model_dump())] * bool(brief)
    return "-".join(words)
