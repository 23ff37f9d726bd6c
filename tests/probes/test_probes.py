"""The playground's frames hold what the forward pass says, where the contract says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnviz.data import load
from nnviz.events import decode_frame, encode_frame
from nnviz.models import forward, initial_weights
from nnviz.probes import NetworkProbe, data_frame
from nnviz.probes.network import GRID
from nnviz.spec import RunSpec

MODEL = {"layers": [{"units": 5}, {"kind": "dropout", "rate": 0.3}, {"units": 3}, {"kind": "batch_normalization"}]}


def made(**parts: Any) -> tuple[RunSpec, Any, Any]:
    spec = RunSpec.model_validate(parts)
    data = load(spec.data)
    return spec, data, NetworkProbe(spec, data).frame(initial_weights(spec), 7, 0.28)


def test_data_frame() -> None:
    spec, data, _ = made(data={"name": "blobs", "classes": 3, "train": 20, "validation": 10, "test": 5})
    frame = data_frame(spec, data)
    assert frame.view == "data"
    assert frame.arrays["x"].shape == (30, 2)
    assert frame.arrays["split"].tolist() == [0] * 20 + [1] * 10
    assert set(frame.arrays["y"]) <= {0.0, 1.0, 2.0}
    assert frame.meta["classes"] == 3
    assert frame.meta["problem"] == "classification"
    decode_frame(encode_frame(frame, "r"))


@pytest.mark.parametrize("classes", [2, 4])
def test_network_frame_shows_the_forward_pass(classes: int) -> None:
    spec, data, frame = made(data={"name": "gauss", "classes": classes}, model=MODEL)
    weights = initial_weights(spec)
    outputs = spec.outputs
    boundary, maps, peak = frame.arrays["boundary"], frame.arrays["maps"], frame.arrays["peak"]
    assert boundary.shape == (outputs, GRID, GRID)
    assert maps.shape == (8 + outputs, 24, 24)
    (a, b), (c, d) = data.domain
    row, column = 50, 3  # high x2, low x1
    point = np.array([[a + (column + 0.5) * (b - a) / GRID, c + (row + 0.5) * (d - c) / GRID]])
    np.testing.assert_allclose(forward(spec, weights, data.features(point))[-1][0], boundary[:, row, column], rtol=1e-4)
    point = np.array([[a + 4.5 * (b - a) / 24, c + 20.5 * (d - c) / 24]])
    neurons = np.concatenate([layer[0] for layer in forward(spec, weights, data.features(point))])
    shown = (maps[:, 20, 4].astype(float) - 128) / 127 * peak
    np.testing.assert_allclose(shown, neurons, atol=float(peak.max()) / 127)


def test_weights_of_a_layer_are_where_its_offset_says() -> None:
    spec, _, frame = made(model=MODEL)
    weights = initial_weights(spec)
    kernels = [weights[0], weights[2], weights[8]]
    for layer, kernel in zip(frame.meta["layers"], kernels, strict=True):
        size = layer["inputs"] * layer["units"]
        part = frame.arrays["weights"][layer["offset"] :][:size]
        np.testing.assert_array_equal(part.reshape(layer["inputs"], layer["units"]), kernel)


@pytest.mark.parametrize("layers", [[], [{"units": 32}] * 8, [{"units": 8}] * 6])
def test_frames_stay_below_100_kilobytes(layers: list[Any]) -> None:
    _, _, frame = made(model={"layers": layers})
    assert len(encode_frame(frame, "x" * 22)) <= 100_000


def test_a_network_of_nothing_and_one_of_infinities_are_drawn() -> None:
    spec = RunSpec.model_validate(
        {"model": {"initializer": "zeros", "bias_initializer": "zeros", "activation": "relu"}}
    )
    probe = NetworkProbe(spec, load(spec.data))
    assert (probe.frame(initial_weights(spec), 0, 0.0).arrays["maps"] == 128).all()
    huge = [np.full_like(w, 1e29) for w in initial_weights(spec)]
    probe.frame(huge, 0, 0.0)
