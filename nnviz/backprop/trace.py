"""Every number of one way forward, one way back and one update: its id, its value, which numbers it was made of.

An id is its kind, its layer and its place: `z2.1` is z of the first neuron of layer 2, `w2.1.3` its weight for the
third output of the layer before, `L` the loss. Layers count from 1, the inputs being `a0.…`.

    given    a0.i  t.j  w.l.j.i  b.l.j           forward   z  a        loss      L
    back     e ∂L/∂a, m one link's part of it, f f′(z), d δ            gradients gw ∂L/∂w, gb ∂L/∂b
    update   nw, nb: the weights after it
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from nnviz.backprop.learning import Learned, learn
from nnviz.backprop.network import Back, Layer, Passed, back, forward, layers_of
from nnviz.backprop.spec import Array, BackpropSpec
from nnviz.backprop.worked import PRINTED, is_worked

PHASES = {
    "forward": "Forward", "loss": "Loss", "back": "Back: δ", "gradients": "Gradients", "update": "Update",
}  # fmt: skip
Reads = tuple[str, ...]


class Operation(NamedTuple):
    """One number that is computed: when, where (layer and neuron, 0 for the loss), from which others."""

    id: str
    phase: str
    layer: int
    unit: int
    value: float
    reads: Reads


@dataclass(frozen=True)
class Trace:
    """given: id → value of what nobody computes here: inputs, targets, weights. operations: in their order."""

    spec: BackpropSpec
    given: dict[str, float]
    operations: tuple[Operation, ...]
    learned: Learned

    @property
    def values(self) -> dict[str, float]:
        """All numbers by their ids."""
        return {**self.given, **{one.id: one.value for one in self.operations}}

    def flows_into(self, number: str) -> Reads:
        """What is made of a number, among other things."""
        return tuple(one.id for one in self.operations if number in one.reads)


def trace(spec: BackpropSpec) -> Trace:
    """All operations of the spec's network as it is after its updates, and those of one update more."""
    learned = learn(spec)
    layers = layers_of(spec, learned.weights)
    passed = forward(layers, spec.x, spec.t, spec.loss)
    gradients = back(layers, passed, spec.t, spec.loss)
    given = dict(_given(spec, layers))
    operations = (
        *_forward(spec, passed),
        Operation("L", "loss", 0, 0, passed.loss, (*_column("a", len(layers), spec.layers[-1]), *_targets(spec))),
        *_back(spec, layers, gradients),
        *_gradients(layers, gradients),
        *_update(spec, layers, layers_of(spec, learned.next)),
    )
    return Trace(spec, given, operations, learned)


def plain(found: Trace) -> dict[str, Any]:
    """The trace as JSON has it. operations: [id, phase, layer, unit, value, reads] each; a number that ran away is
    null. printed: id → the lecture's digits, of its example."""
    spec, learned = found.spec, found.learned
    return {
        "layers": spec.layers,
        "functions": spec.functions,
        "parameters": spec.parameters,
        "weights": learned.weights.tolist(),
        "inputs": spec.x.tolist(),
        "targets": spec.t.tolist(),
        "given": found.given,
        "operations": [(*one[:4], _finite(one.value), one.reads) for one in found.operations],
        "losses": learned.losses,
        "diverged": learned.diverged,
        "updates": len(learned.losses) - 1,
        "printed": PRINTED if is_worked(spec) else None,
    }


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _given(spec: BackpropSpec, layers: Sequence[Layer]) -> Iterator[tuple[str, float]]:
    yield from ((f"a0.{i + 1}", float(v)) for i, v in enumerate(spec.x))
    yield from ((f"t.{j + 1}", float(v)) for j, v in enumerate(spec.t))
    for number, layer in enumerate(layers, 1):
        yield from _entries("b", number, layer.bias)
        yield from _entries("w", number, layer.kernel)


def _entries(kind: str, layer: int, values: Array) -> Iterator[tuple[str, float]]:
    for place, value in np.ndenumerate(values):
        yield f"{kind}{layer}.{'.'.join(str(i + 1) for i in place)}", float(value)


def _column(kind: str, layer: int, units: int) -> Reads:
    return tuple(f"{kind}{layer}.{j}" for j in range(1, units + 1))


def _targets(spec: BackpropSpec) -> Reads:
    return tuple(f"t.{j}" for j in range(1, spec.layers[-1] + 1))


def _forward(spec: BackpropSpec, passed: Passed) -> Iterator[Operation]:
    for number, (z, a) in enumerate(zip(passed.z, passed.a[1:], strict=True), 1):
        before, units = spec.layers[number - 1], range(1, len(z) + 1)
        softmax = spec.functions[number - 1] == "softmax"

        def summed(j: int, number: int = number, z: Array = z, before: int = before) -> Operation:
            pairs = [name for i in range(1, before + 1) for name in (f"w{number}.{j}.{i}", f"a{number - 1}.{i}")]
            return Operation(f"z{number}.{j}", "forward", number, j, float(z[j - 1]), (f"b{number}.{j}", *pairs))

        if softmax:  # each output needs all sums
            yield from map(summed, units)
        for j in units:
            if not softmax:
                yield summed(j)
            reads = _column("z", number, len(z)) if softmax else (f"z{number}.{j}",)
            yield Operation(f"a{number}.{j}", "forward", number, j, float(a[j - 1]), reads)


def _back(spec: BackpropSpec, layers: Sequence[Layer], found: Back) -> Iterator[Operation]:
    for number in range(len(layers), 0, -1):
        e, slopes, deltas = found.by_output[number - 1], found.slopes[number - 1], found.deltas[number - 1]
        units, name = range(1, len(deltas) + 1), spec.functions[number - 1]
        last = number == len(layers)
        all_e = _column("e", number, len(deltas))
        all_a = _column("a", number, len(deltas))
        if last and e is not None and name == "softmax":
            for j in units:
                yield Operation(all_e[j - 1], "back", number, j, float(e[j - 1]), (all_a[j - 1], f"t.{j}"))
        for j in units:
            delta = Operation(f"d{number}.{j}", "back", number, j, float(deltas[j - 1]), ())
            if e is None:
                more = _targets(spec) if name == "softmax" else (f"t.{j}",)
                yield delta._replace(reads=(all_a[j - 1], *more))
                continue
            if slopes is None:
                yield delta._replace(reads=(*all_e, *all_a))
                continue
            if last:
                yield Operation(all_e[j - 1], "back", number, j, float(e[j - 1]), (all_a[j - 1], f"t.{j}"))
            else:
                yield from _messages(layers[number], found.deltas[number], number, j)
                links = tuple(f"m{number}.{j}.{k}" for k in range(1, spec.layers[number + 1] + 1))
                yield Operation(all_e[j - 1], "back", number, j, float(e[j - 1]), links)
            made_of = () if name == "linear" else (f"z{number}.{j}", all_a[j - 1])
            yield Operation(f"f{number}.{j}", "back", number, j, float(slopes[j - 1]), made_of)
            yield delta._replace(reads=(all_e[j - 1], f"f{number}.{j}"))


def _messages(after: Layer, deltas: Array, number: int, j: int) -> Iterator[Operation]:
    """What each link behind neuron j brings back to it: weight times the δ at its other end."""
    for k, delta in enumerate(deltas, 1):
        value = float(after.kernel[k - 1, j - 1] * delta)
        yield Operation(
            f"m{number}.{j}.{k}", "back", number, j, value, (f"w{number + 1}.{k}.{j}", f"d{number + 1}.{k}")
        )


def _gradients(layers: Sequence[Layer], found: Back) -> Iterator[Operation]:
    for number in range(1, len(layers) + 1):
        kernel, bias = found.kernels[number - 1], found.biases[number - 1]
        for j in range(1, len(bias) + 1):
            delta = f"d{number}.{j}"
            yield Operation(f"gb{number}.{j}", "gradients", number, j, float(bias[j - 1]), (delta,))
            for i in range(1, kernel.shape[1] + 1):
                value = float(kernel[j - 1, i - 1])
                reads = (delta, f"a{number - 1}.{i}")
                yield Operation(f"gw{number}.{j}.{i}", "gradients", number, j, value, reads)


def _update(spec: BackpropSpec, layers: Sequence[Layer], after: Sequence[Layer]) -> Iterator[Operation]:
    for number, (old, new) in enumerate(zip(layers, after, strict=True), 1):
        for j in range(1, len(old.bias) + 1):
            bias = float(new.bias[j - 1])
            yield Operation(f"nb{number}.{j}", "update", number, j, bias, (f"b{number}.{j}", f"gb{number}.{j}"))
            for i in range(1, spec.layers[number - 1] + 1):
                value, place = float(new.kernel[j - 1, i - 1]), f"{number}.{j}.{i}"
                yield Operation(f"nw{place}", "update", number, j, value, (f"w{place}", f"gw{place}"))
