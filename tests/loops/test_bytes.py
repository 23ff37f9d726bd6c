"""Images that are kept as bytes train as their floats do."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.loops.choice import training_loop
from nnviz.loops.loop import Samples
from nnviz.models.metrics import targets
from nnviz.models.weights import initial_weights
from nnviz.spec import RunSpec


@pytest.mark.parametrize("family", ["network", "scratch"])
@pytest.mark.parametrize("centred", [False, True])
def test_images_as_bytes_train_as_their_floats_do(family: str, centred: bool) -> None:
    layers = [{"kind": "conv2d", "filters": 3, "kernel_size": 3}, {"units": 5}]
    model = {"family": family, "layers": layers}
    spec = RunSpec.model_validate({"data": {"name": "digits", "train": 35}, "model": model})
    codes = np.random.default_rng(0).integers(0, 256, (35, *spec.input_shape)).astype(np.uint8)
    mean = (codes / np.float32(255)).mean(0) if centred else None
    inputs = codes / np.float32(255) - (0 if mean is None else mean)
    y = targets(spec, np.arange(35) % 10)
    one = training_loop(spec, initial_weights(spec), Samples(codes, y, mean=mean, accuracy=True))
    two = training_loop(spec, initial_weights(spec), Samples(inputs, y, accuracy=True))
    assert one.run(12).steps == two.run(12).steps == 12
    for ours, theirs in zip(one.weights, two.weights, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
    assert one.running == pytest.approx(two.running, rel=1e-5)
