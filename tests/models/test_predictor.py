"""A model from a frame's arrays: what it says is comparable between families and outputs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnviz.models import activations, forward, initial_weights, weights_to_flat
from nnviz.models.forward import outputs_and_logits
from nnviz.models.metrics import decisions
from nnviz.models.occlusion import occlusion
from nnviz.models.predictor import NetworkPredictor, comparable, predictor
from nnviz.spec import RunSpec

RNG = np.random.default_rng(0)
X = RNG.random((30, 8, 8, 1)).astype(np.float32)


def spec_of(loss: str = "categorical_crossentropy", layers: Any = ({"units": 5},), **model: Any) -> RunSpec:
    return RunSpec.model_validate(
        {"data": {"name": "digits"}, "training": {"loss": loss},
         "model": {"layers": list(layers), "initializer": "random_normal", **model}}
    )  # fmt: skip


OUTPUTS = [
    ("categorical_crossentropy", "auto"), ("mean_squared_error", "sigmoid"), ("mean_squared_error", "tanh"),
    ("mean_squared_error", "linear"), ("hinge", "linear"), ("hinge", "sigmoid"), ("categorical_hinge", "linear"),
    ("binary_crossentropy", "softmax"),
]  # fmt: skip


@pytest.mark.parametrize(("loss", "output"), OUTPUTS)
def test_probabilities_keep_the_order_of_the_outputs(loss: str, output: str) -> None:
    spec = spec_of(loss, output_activation=output)
    weights = initial_weights(spec)
    model = predictor(spec, {"weights": weights_to_flat(spec, weights)})
    p = model.probabilities(X)
    assert p.shape == (30, 10)
    assert p.dtype == np.float32
    assert p.min() >= 0
    np.testing.assert_allclose(p.sum(-1), 1, rtol=1e-5)
    np.testing.assert_array_equal(p.argmax(-1), model.predicted(X))
    if spec.output_activation == "softmax":
        np.testing.assert_array_equal(p, forward(spec, weights, X)[-1])


@pytest.mark.parametrize(
    ("loss", "output"),
    [("half_squared_error", "auto"), ("binary_crossentropy", "auto"), ("hinge", "auto"), ("hinge", "sigmoid"),
     ("mean_squared_error", "linear"), ("mean_squared_error", "sigmoid")],
)  # fmt: skip
def test_a_single_output_is_the_probability_of_class_1(loss: str, output: str) -> None:
    spec = RunSpec.model_validate({"model": {"output_activation": output}, "training": {"loss": loss}})
    weights = [3 * w for w in initial_weights(spec)]
    x = RNG.standard_normal((50, 2)).astype(np.float32)
    outputs, logits = outputs_and_logits(spec, weights, x)
    p = comparable(spec, outputs, logits)
    assert p.shape == (50, 2)
    np.testing.assert_allclose(p.sum(-1), 1, rtol=1e-5)
    np.testing.assert_array_equal(p.argmax(-1), decisions(spec, outputs))
    assert len(set(p.argmax(-1))) == 2


def test_no_number_is_no_knowledge() -> None:
    spec = spec_of("mean_squared_error", output_activation="sigmoid")
    weights = initial_weights(spec)
    nothing = comparable(spec, np.zeros((2, 10), np.float32), np.zeros((2, 10), np.float32))
    np.testing.assert_allclose(nothing, 0.1)
    weights[-1][:] = np.nan
    np.testing.assert_allclose(NetworkPredictor(spec, weights).probabilities(X), 0.1)


LAYERS: list[dict[str, Any]] = [
    {"kind": "conv2d", "filters": 3, "kernel_size": 3}, {"kind": "max_pooling2d"}, {"kind": "dropout"}, {"units": 5},
]  # fmt: skip


def test_activations_are_those_of_every_layer() -> None:
    spec = spec_of(layers=LAYERS)
    model = NetworkPredictor(spec, initial_weights(spec))
    said = model.activations(X)
    assert [placed.name for placed, _ in said] == [
        "convolution 1", "max pooling 1", "dropout 1", "flatten", "hidden layer 1", "output layer",
    ]  # fmt: skip
    assert [a.shape[1:] for _, a in said] == [placed.output_shape for placed in spec.plan]
    for (_, a), (_, b) in zip(said, activations(spec, model.weights, X), strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(said[-1][1], model.probabilities(X))


def test_saliency_is_the_slope_of_the_logit() -> None:
    spec = spec_of(layers=LAYERS)
    model = NetworkPredictor(spec, initial_weights(spec))
    slope = model.saliency(X[:3], np.array([1, 2, 3]))
    assert slope.shape == (3, 8, 8, 1)
    assert slope.dtype == np.float32
    assert slope.any(axis=(1, 2, 3)).all()


def test_occlusion_finds_what_the_decision_hangs_on() -> None:
    """A model that looks at one pixel: covering it takes its probability away."""

    def looks_at_corner(x: Any) -> Any:
        p = x[:, 1, 2, 0]
        return np.stack([1 - p, p], axis=-1)

    x = np.zeros((1, 8, 8, 1), np.float32)
    x[0, 1, 2] = 1
    fall = occlusion(looks_at_corner, x, 1, 3, 1, 0.5)
    assert fall[1, 2] == pytest.approx(0.5), "every square over the pixel takes half of its light"
    assert fall[1, 2] == fall.max()
    assert not fall[5:, :].any()
    assert not fall[:, 6:].any()
    x_before = x.copy()
    picture = np.full((8, 8, 1), 0.25, np.float32)
    assert occlusion(looks_at_corner, x, 1, 3, 2, picture).max() == pytest.approx(0.75)
    np.testing.assert_array_equal(x, x_before)


@pytest.mark.parametrize(("patch", "stride"), [(1, 1), (3, 2), (3, 7), (8, 1), (20, 3)])
def test_every_pixel_is_covered_whatever_the_stride(patch: int, stride: int) -> None:
    spec = spec_of()
    model = NetworkPredictor(spec, initial_weights(spec))
    fall = model.occlusion(X[:1], 4, patch, stride)
    assert fall.shape == (8, 8)
    assert np.isfinite(fall).all()


def test_wrong_arrays_are_refused_in_words() -> None:
    spec = spec_of()
    with pytest.raises(ValueError, match="weights: there are none"):
        predictor(spec, {})
    with pytest.raises(ValueError, match="this network has 385 numbers, not 3"):
        predictor(spec, {"weights": np.zeros(3, np.float32)})
    with pytest.raises(ValueError, match="regression"):
        predictor(RunSpec.model_validate({"data": {"name": "plane"}}), {})
