"""A visitor changes one thing of the network: what follows for the rest of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nnviz.backprop.learning import learn
from nnviz.backprop.network import layers_of
from nnviz.backprop.spec import BackpropSpec, drawn, outputs_of
from nnviz.backprop.words import LOSS_WORDS

NETWORK = frozenset({"layers", "activations", "loss", "inputs", "targets", "weights", "seed"})
"""What, once changed, makes the updates before a thing of another network: the weights of now are the new start."""


def changed(spec: BackpropSpec, changes: Mapping[str, Any]) -> tuple[BackpropSpec, list[str]]:
    """The spec with new values, and what else had to change, in words. Raises ValidationError.

    Other sizes keep the weights that both have, and draw the others; a loss keeps the outputs' activation where it can
    take it; another seed draws all weights anew.
    """
    plain = spec.model_dump(mode="json", exclude_none=True)
    known = {name: value for name, value in changes.items() if name in BackpropSpec.model_fields}
    notes: list[str] = []
    if NETWORK & known.keys() and "updates" not in known:
        if spec.updates and not known.keys() & {"weights", "seed"}:
            plain["weights"] = learn(spec).weights.tolist()
        plain["updates"] = 0
    if "seed" in known:
        plain["weights"] = drawn(spec.layers, int(known["seed"])).tolist()
    if "layers" in known:
        plain |= _resized(spec, tuple(known["layers"]))
    plain |= known
    functions = list(plain["activations"])
    outputs = plain["layers"][-1]
    allowed = outputs_of(plain["loss"], outputs) if plain["loss"] in LOSS_WORDS else ()
    if allowed and functions[-1] not in allowed and not ("activations" in known and "loss" not in known):
        before = functions[-1]
        functions = [*_each(functions, len(plain["layers"]) - 1)[:-1], allowed[0]]
        plain["activations"] = functions
        notes.append(f"The outputs are {allowed[0]} now: this loss does not take {before}.")
    return BackpropSpec.model_validate(plain), notes


def _each(functions: list[str], layers: int) -> list[str]:
    return functions * layers if len(functions) == 1 else functions


def _resized(spec: BackpropSpec, layers: tuple[int, ...]) -> dict[str, Any]:
    """The fields of the spec for other sizes: what fits is kept."""
    bare = BackpropSpec.model_validate({"layers": layers})  # the sizes' own fault, if they have one
    weights = bare.start.copy()
    now = layers_of(spec, learn(spec).weights)
    for old, new in zip(now, layers_of(bare, weights), strict=False):
        units, inputs = (min(a, b) for a, b in zip(old.kernel.shape, new.kernel.shape, strict=True))
        new.kernel[:units, :inputs] = old.kernel[:units, :inputs]
        new.bias[:units] = old.bias[:units]
    n, functions = len(layers) - 1, list(spec.functions)
    hidden = functions[:-1] or [functions[-1] if functions[-1] != "softmax" else "tanh"]
    hidden = (hidden + [hidden[-1]] * n)[: n - 1]

    def fitted(values: Any, others: Any, size: int) -> list[float]:
        return [float(v) for v in [*values, *list(others)[len(values) :]][:size]]

    return {
        "layers": layers, "activations": [*hidden, functions[-1]], "weights": weights.tolist(),
        "inputs": fitted(spec.x, bare.x, layers[0]), "targets": fitted(spec.t, bare.t, layers[-1]),
    }  # fmt: skip
