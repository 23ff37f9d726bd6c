"""A change of one thing keeps what can be kept."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.backprop.editing import changed
from nnviz.backprop.learning import learn
from nnviz.backprop.network import layers_of
from nnviz.backprop.spec import WORKED_WEIGHTS, BackpropSpec


def test_another_neuron_keeps_the_weights_of_the_others() -> None:
    spec, _ = changed(BackpropSpec(), {"layers": [1, 3, 1, 1]})
    first = layers_of(spec, spec.start)[0]
    assert first.kernel[:2, 0].tolist() == [0.3, 0.4]
    assert first.bias[:2].tolist() == [0.1, 0.2]
    back, _ = changed(spec, {"layers": [1, 2, 1, 1]})
    assert back.start.tolist() == list(WORKED_WEIGHTS)


def test_another_input_goes_on_from_the_weights_that_were_learned() -> None:
    spec = BackpropSpec(updates=7)
    other, _ = changed(spec, {"inputs": [1.0]})
    assert other.updates == 0
    np.testing.assert_array_equal(other.start, learn(spec).weights)
    faster, _ = changed(spec, {"learning_rate": 0.5})
    assert (faster.updates, faster.weights) == (7, None)


def test_a_loss_brings_outputs_that_it_takes() -> None:
    spec, notes = changed(BackpropSpec(), {"loss": "binary_crossentropy"})
    assert spec.functions == ("tanh", "tanh", "sigmoid")
    assert notes == ["The outputs are sigmoid now: this loss does not take tanh."]
    with pytest.raises(ValueError, match="takes outputs of"):
        changed(spec, {"activations": ["tanh"]})
    with pytest.raises(ValueError, match="at least two outputs"):
        changed(spec, {"loss": "categorical_crossentropy"})


def test_layers_come_and_go() -> None:
    spec = BackpropSpec()
    for layers in ([2, 2, 1], [6, 6, 6, 6, 6], [1, 1], [3, 2]):
        spec, _ = changed(spec, {"layers": layers})
        assert spec.parameters == len(spec.start)
        assert np.isfinite(learn(spec).losses).all()
    with pytest.raises(ValueError, match="less than or equal to 6"):
        changed(spec, {"layers": [7, 1]})
    other, _ = changed(spec, {"seed": 5})
    assert not np.array_equal(other.start, spec.start)
