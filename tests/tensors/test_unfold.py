"""The stack of layers: its planes are the network's own layers, its line is where the output is ½, and it learns."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.control import QueueControl
from nnviz.events import Done, Frame, Row
from nnviz.jobs import JOBS
from nnviz.models.keras_network import build as build_network
from nnviz.models.weights import initial_weights
from nnviz.tensors.maps import BENDS, about, grid, layer
from nnviz.tensors.spec import UnfoldSpec
from nnviz.tensors.unfold import Unfolding


def test_the_planes_are_kerass_layers() -> None:
    spec = UnfoldSpec(blocks=3, units=5, activation="tanh", seed=4)
    found = Unfolding(spec).frame(0)
    model = build_network(spec.training, initial_weights(spec.training))
    x, dense = found.arrays["places"][0], [one for one in model.layers if one.weights]
    np.testing.assert_allclose(found.arrays["grid"][0], grid(6.0, 21, 41), rtol=1e-6)
    for block in range(3):
        for one in dense[2 * block : 2 * block + 2]:
            x = np.asarray(one(x))
        np.testing.assert_allclose(found.arrays["places"][block + 1], x, rtol=1e-4, atol=1e-5)
    ends = np.asarray(dense[-1](found.arrays["line"]))
    np.testing.assert_allclose(ends, 0.5, atol=1e-4)


def test_it_unfolds_the_spiral_and_a_seed_means_one_course() -> None:
    *_, row, done = JOBS["unfold"].run(UnfoldSpec())
    assert isinstance(row, Row)
    assert isinstance(done, Done)
    assert (done.reason, done.steps) == ("trained", 600)
    assert done.result["accuracy"] >= 0.98  # both arms begin in one point, so that one sample cannot be right
    first, second = (list(JOBS["unfold"].run(UnfoldSpec(epochs=3, seed=7)))[-2] for _ in range(2))
    assert first == second


def test_without_an_activation_nothing_is_unfolded() -> None:
    *_, done = JOBS["unfold"].run(UnfoldSpec(activation="linear", epochs=60))
    assert isinstance(done, Done)
    assert done.result["accuracy"] < 0.75


def test_a_watched_run_shows_its_first_and_its_last_planes() -> None:
    frames = [one for one in JOBS["unfold"].run(UnfoldSpec(epochs=4), QueueControl()) if isinstance(one, Frame)]
    assert (frames[0].step, frames[-1].step) == (0, 4)
    assert frames[-1].meta["planes"][-1] == "after block 4 of 4"
    assert frames[-1].arrays["places"].shape == (5, 300, 2)


@pytest.mark.parametrize("bend", BENDS)
def test_a_layer_is_a_dense_layer_of_keras(bend: str) -> None:
    import keras

    x, matrix, shift = np.random.default_rng(2).normal(size=(50, 2)), [1.5, -0.5, 0.25, 2], [0.5, -1]
    dense = keras.layers.Dense(2, activation="leaky_relu" if bend == "leaky_relu" else bend)
    dense.build((None, 2))
    dense.set_weights([np.reshape(matrix, (2, 2)).T, np.array(shift)])
    np.testing.assert_allclose(layer(x, matrix, shift, bend)[1], np.asarray(dense(x)), atol=1e-5)


@pytest.mark.parametrize(
    ("matrix", "words"),
    [([2, 0, 0, 1], "2 times as large. Straight"), ([0, 1, 1, 0], "as in a mirror"), ([1, 2, 2, 4], "onto a line"),
     ([0, 0, 0, 0], "onto one point")],
)  # fmt: skip
def test_what_a_matrix_does_is_told(matrix: list[float], words: str) -> None:
    assert words in about(matrix, "linear")
