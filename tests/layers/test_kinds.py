"""What every kind of layer of the registry owes: words, a link token, and shapes and arrays equal to Keras's."""

from __future__ import annotations

import pytest

from nnviz.activations import ACTIVATIONS, HIDDEN, OUTPUT
from nnviz.layers import LAYERS
from nnviz.link import read_layers, write_layers
from nnviz.losses import LOSSES
from nnviz.models.keras_network import build
from nnviz.spec import RunSpec


@pytest.mark.parametrize("kind", LAYERS)
def test_an_entry_is_whole(kind: str) -> None:
    entry = LAYERS[kind]
    one = entry()
    assert one.kind == kind
    assert all([entry.label, entry.about, entry.name, entry.token])
    assert entry.kept >= 0
    assert all(entry.model_fields[field].annotation is int for field in (entry.size, entry.window) if field)
    (read,) = read_layers(write_layers([one.model_dump()]))
    assert entry.model_validate(read) == one


@pytest.mark.parametrize("kind", LAYERS)
def test_its_arrays_are_keras_own(kind: str) -> None:
    spec = RunSpec.model_validate({"data": {"name": "digits"}, "model": {"layers": [{"kind": kind}]}})
    model = build(spec)
    for placed, theirs in zip(spec.plan, model.layers, strict=True):
        assert placed.output_shape == theirs.output.shape[1:]
        assert [*placed.layer.arrays] == [
            weight.path.rsplit("/", 1)[1] for weight in theirs.weights if "seed" not in weight.path
        ]
        assert [*placed.arrays] == [weight.shape for weight in theirs.weights if "seed" not in weight.path]
        assert placed.trained == len(theirs.trainable_weights)


def test_every_activation_and_loss_says_what_it_is() -> None:
    for activation in ACTIVATIONS.values():
        assert activation.label
        assert activation.formula
        assert activation.hidden or activation.output
        assert bool(activation.js) == activation.hidden
    for loss in LOSSES.values():
        assert loss.label
        assert set(loss.outputs(3)) <= set(OUTPUT)
        assert "softmax" not in loss.outputs(0)
    assert set(HIDDEN) | set(OUTPUT) == {*ACTIVATIONS, "auto"}
