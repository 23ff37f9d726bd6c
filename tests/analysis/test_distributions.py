"""Histograms of a network's outputs, weights and sums, against NumPy's and SciPy's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from nnviz.analysis.distributions import BINS, distributions, forward, sample_size, sum_width, symmetric
from nnviz.data import load
from nnviz.initializers import BIASES, INITIALIZERS, TRUNCATED_STD, density
from nnviz.models.forward import activations, outputs_and_logits
from nnviz.models.weights import initial_weights
from nnviz.spec import RunSpec

SCRATCH: dict[str, Any] = {
    "data": {"name": "digits"},
    "model": {
        "family": "scratch", "layers": [{"units": 30}], "activation": "sigmoid", "output_activation": "sigmoid",
        "initializer": "random_normal", "bias_initializer": "random_normal",
    },
    "training": {"loss": "half_squared_error", "optimizer": {"name": "sgd", "learning_rate": 3}},
}  # fmt: skip
CONV = {"data": {"name": "digits"}, "model": {"layers": [
    {"kind": "conv2d", "filters": 3, "kernel_size": 3}, {"kind": "max_pooling2d"}, {"kind": "batch_normalization"},
    {"units": 6, "activation": "relu"}]}}  # fmt: skip
LSTM = {"data": {"name": "digits"}, "model": {"layers": [{"kind": "lstm", "units": 5}]}}
REGRESSION = {"data": {"name": "plane"}}


def some(raw: dict[str, Any], seed: int = 5) -> tuple[RunSpec, Any, list[Any], list[Any]]:
    """A spec, its data, the weights that it begins with, and others."""
    spec = RunSpec.model_validate(raw)
    other = initial_weights(spec.model_copy(update={"seed": seed}))
    return spec, load(spec.data), initial_weights(spec), [2 * w for w in other]


@pytest.mark.parametrize("raw", [SCRATCH, CONV, LSTM, REGRESSION, {"data": {"name": "spiral"}}])
def test_they_are_numpys_histograms(raw: dict[str, Any]) -> None:
    spec, data, before, now = some(raw)
    frame = distributions(spec, data, before, now, 7, 0.5)
    n, (low, high) = sample_size(spec, data.n_train), frame.meta["range"]
    assert (frame.view, frame.step, frame.meta["n"], frame.meta["of"]) == ("distributions", 7, n, data.n_train)
    x, labels = data.inputs("train", slice(n)), data.labels("train")[:n]
    for mark, weights in (("_before", before), ("", now)):
        outputs, logits = outputs_and_logits(spec, weights, x)
        counts = frame.arrays[f"outputs{mark}"]
        assert counts.sum() == n * spec.outputs
        classes = range(counts.shape[1])
        chosen = [labels == k if spec.problem != "regression" else slice(None) for k in classes]
        for unit in range(spec.outputs):
            own = [np.histogram(outputs[rows, unit], BINS, (low, high))[0] for rows in chosen]
            assert np.abs(counts[unit] - own).sum() <= 4  # one that lies on a border, by a rounding
            np.testing.assert_allclose(
                frame.arrays[f"rest{mark}"][unit], counts[unit].sum(0) - (counts[unit, unit] if len(own) > unit else 0)
            )
        end = frame.meta["layers"][-1]["sums_range"][1]
        np.testing.assert_allclose(
            frame.arrays[f"sums{mark}"][-1],
            np.histogram(logits, BINS, (-end, end), density=True)[0],
            atol=1e-3,
            rtol=1e-3,
        )
        about = frame.meta["layers"][-1]
        assert about[f"std{mark}"] == pytest.approx(weights[-2].std(), rel=1e-4)
        assert about[f"width{mark}"] == pytest.approx(logits.std(), rel=1e-4)


def test_each_layer_is_its_sum_and_its_activation() -> None:
    spec, data, weights, _ = some(CONV)
    x = data.inputs("train", slice(9))
    known = {placed.name: a for placed, a in activations(spec, weights, x)}
    for passed in forward(spec, weights, x):
        np.testing.assert_allclose(passed.a, known[passed.placed.name], rtol=1e-5, atol=1e-6)
    names = [about["name"] for about in distributions(spec, data, weights, weights, 0, 0).meta["layers"]]
    assert names == ["convolution 1", "hidden layer 1", "output layer"]
    spec, data, weights, _ = some(LSTM)  # it has a sum for each row and gate
    assert [about["name"] for about in distributions(spec, data, weights, weights, 0, 0).meta["layers"]] == [
        "output layer"
    ]


@pytest.mark.parametrize("name", [name for name, one in INITIALIZERS.items() if one.law])
def test_the_density_is_that_of_what_is_drawn(name: str) -> None:
    one, shape = INITIALIZERS[name], (40, 25)
    assert one.std is not None
    std = one.std(shape)
    wide = std / TRUNCATED_STD
    law = {
        "normal": stats.norm(0, std), "uniform": stats.uniform(-np.sqrt(3) * std, 2 * np.sqrt(3) * std),
        "truncated": stats.truncnorm(-2, 2, 0, wide),
    }[one.law]  # fmt: skip
    at = np.linspace(-4 * std, 4 * std, 96, dtype=np.float32)
    np.testing.assert_allclose(density(one, shape, at), law.pdf(at), rtol=1e-4, atol=1e-6)
    drawn = one.draw(np.random.default_rng(3), (200, 125)) * std / one.std((200, 125))
    assert stats.kstest(drawn.ravel(), law.cdf).pvalue > 0.001
    assert drawn.std() == pytest.approx(std, rel=0.02)


def test_what_has_no_density_says_so() -> None:
    shape, at = (4, 4), np.zeros(3, np.float32)
    assert density(INITIALIZERS["zeros"], shape, at) is density(INITIALIZERS["orthogonal"], shape, at) is None
    spec, data, before, now = some({**SCRATCH, "model": {**SCRATCH["model"], "initializer": "zeros"}})
    frame = distributions(spec, data, before, now, 1, 1.0)
    assert frame.meta["layers"][0]["laws"] == {"weights": None, "sums": None}
    assert np.isnan(frame.arrays["weights_law"]).all()


@pytest.mark.parametrize("scaled", [False, True])
def test_a_sum_of_n_terms_has_the_width_that_is_told(scaled: bool) -> None:
    """A10: √N for inputs of size 1 and weights N(0, 1), 1 for weights N(0, 1)/√N."""
    name = "scaled_normal" if scaled else "random_normal"
    model = {**SCRATCH["model"], "initializer": name, "layers": [{"units": 2000}]}
    spec, data, before, _ = some({**SCRATCH, "model": model})
    about = distributions(spec, data, before, before, 0, 0.0).meta["layers"][0]
    assert about["law_std"] == pytest.approx(1 / 8 if scaled else 1)
    assert about["inputs"] == 64
    assert about["width"] == pytest.approx(about["expected"], rel=0.05)
    assert sum_width(64, about["law_std"], 0) == pytest.approx(1 if scaled else 8)
    assert f"√64 = {1 if scaled else 8}" in about["words"]["sums"]
    assert about["laws"]["weights"] == ("N(0, 1) / √64" if scaled else "N(0, 1)")


@pytest.mark.parametrize("name", BIASES)
def test_the_density_of_the_sums_is_theirs(name: str) -> None:
    """Over many neurons, each with weights and a bias of its own."""
    model = {**SCRATCH["model"], "bias_initializer": name, "layers": [{"units": 2000}]}
    spec, data, before, _ = some({**SCRATCH, "model": model})
    frame = distributions(spec, data, before, before, 0, 0.0)
    end = frame.meta["layers"][0]["sums_range"][1]
    at = -end + 2 * end * (np.arange(201) + 0.5) / 201
    measured = np.interp(at, -end + 2 * end * (np.arange(50) + 0.5) / 50, frame.arrays["sums"][0])
    assert np.abs(frame.arrays["sums_law"][0] - measured).max() < 0.08 * measured.max()


def test_numbers_that_are_none_do_no_harm() -> None:
    spec, data, before, now = some(SCRATCH)
    now[0][:] = np.nan
    frame = distributions(spec, data, before, now, 3, 0.3)
    assert all(np.isfinite(frame.arrays[name]).all() for name in ("outputs", "weights", "sums"))
    assert frame.meta["layers"][0]["std"] is None
    assert "no number now" in frame.meta["layers"][0]["words"]["weights"]


def test_an_axis_ends_at_a_round_number_beyond_all() -> None:
    for most, end in ((0.0, 1e-6), (0.9, 1.0), (1.0, 1.0), (1.01, 1.25), (73.0, 80.0), (900.0, 1000.0)):
        low, high = symmetric(np.array([most, -most / 2, np.inf], np.float32))
        assert (low, high) == (-high, pytest.approx(end))
