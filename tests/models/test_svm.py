"""The SVM in NumPy says what scikit-learn's SVC says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.metrics.pairwise import pairwise_kernels
from sklearn.svm import SVC

from nnviz.control import QueueControl
from nnviz.events import DTYPES, Failed
from nnviz.models.kernels import Kernel
from nnviz.models.predictor import predictor
from nnviz.models.svm import SVMPredictor, fit, solve
from nnviz.spec import RunSpec, SVMSpec
from nnviz.training import train

DIGITS = load_digits()
X = (DIGITS.images[..., None] / 16).astype(np.float32)
Y = DIGITS.target.astype(np.int64)
TRAIN, TEST = slice(0, 500), slice(500, 900)
SETTINGS: list[dict[str, Any]] = [
    {"kernel": "rbf"},
    {"kernel": "rbf", "C": 5, "gamma": 0.05},
    {"kernel": "linear"},
    {"kernel": "poly", "gamma": "auto", "coef0": 1.0},
    {"kernel": "poly", "degree": 2, "C": 0.1},
    {"kernel": "sigmoid", "gamma": 0.005, "coef0": -0.5},
]

KERNELS: dict[Any, dict[str, Any]] = {
    "linear": {}, "rbf": {"gamma": 0.7}, "poly": {"gamma": 0.3, "degree": 4, "coef0": 1.5},
    "sigmoid": {"gamma": 0.2, "coef0": -0.4},
}  # fmt: skip


def spec_of(**model: Any) -> RunSpec:
    return RunSpec.model_validate({"data": {"name": "digits"}, "model": {"family": "svm", **model}})


def model_of(**model: Any) -> SVMSpec:
    return SVMSpec(**model)


def chosen(classes: int, rows: slice) -> tuple[Any, Any]:
    x, y = X[rows], Y[rows]
    return x[y < classes], y[y < classes]


@pytest.mark.parametrize("classes", [2, 10])
@pytest.mark.parametrize("model", SETTINGS, ids=lambda m: " ".join(map(str, m.values())))
def test_decisions_equal_scikit_learn(model: dict[str, Any], classes: int) -> None:
    x, y = chosen(classes, TRAIN)
    other, _ = chosen(classes, TEST)
    svc = SVC(**model).fit(x.reshape(len(x), -1), y)
    arrays = fit(model_of(**model), x, y)
    assert {a.dtype.name for a in arrays.values()} <= DTYPES
    ours = predictor(spec_of(**model), arrays)
    assert isinstance(ours, SVMPredictor)
    flat = other.reshape(len(other), -1)
    pairwise = SVC(**model, decision_function_shape="ovo").fit(x.reshape(len(x), -1), y).decision_function(flat)
    sign = -1 if classes == 2 else 1
    np.testing.assert_allclose(ours.decisions(other), sign * pairwise.reshape(len(other), -1), rtol=1e-4, atol=1e-4)
    clear = np.abs(ours.decisions(other)).min(-1) > 1e-4  # the others' votes hang on the last digit of a float32
    assert clear.mean() > 0.97
    ovr = svc.decision_function(flat)
    np.testing.assert_allclose(ours.decision_function(other)[clear], ovr[clear], rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(ours.predicted(other)[clear], svc.predict(flat)[clear])


def test_probabilities_have_the_order_of_the_decisions() -> None:
    for classes in (2, 10):
        ours = SVMPredictor(model_of(), 10, fit(model_of(), *chosen(classes, TRAIN)))
        x, _ = chosen(classes, TEST)
        p = ours.probabilities(x)
        assert p.shape == (len(x), 10)
        np.testing.assert_allclose(p.sum(-1), 1, rtol=1e-5)
        assert (p.argmax(-1) == ours.predicted(x)).mean() > 0.99  # of several classes with as many votes the surest
        assert p[:, classes:].max(initial=0) == 0


@pytest.mark.parametrize("model", [*SETTINGS[:1], *SETTINGS[2:]], ids=lambda m: m["kernel"])
def test_saliency_is_the_slope_of_the_decisions(model: dict[str, Any]) -> None:
    ours = SVMPredictor(model_of(**model), 10, fit(model_of(**model), *chosen(10, TRAIN)))
    x, classes = X[600:603], np.array([3, 0, 9])
    slope = ours.saliency(x, classes)
    assert slope.shape == x.shape

    def score(x: Any) -> Any:
        d = ours.decisions(x)
        signs = [[(c == i) * 1.0 - (c == j) for i, j in ours.pairs] for c in classes]
        return (d * signs).sum(-1)

    direction = np.random.default_rng(0).standard_normal(x.shape).astype(np.float32)
    step = 1e-2
    expected = (score(x + step * direction) - score(x - step * direction)) / (2 * step)
    np.testing.assert_allclose((slope * direction).sum((1, 2, 3)), expected, rtol=2e-2, atol=2e-2)


def test_kernels_are_scikit_learns() -> None:
    rng = np.random.default_rng(0)
    x, s = rng.normal(size=(2, 5, 3))
    for name, numbers in KERNELS.items():
        theirs = pairwise_kernels(x, s, metric=name, **numbers)
        np.testing.assert_allclose(Kernel(name, **numbers)(x, s), theirs, rtol=1e-12, err_msg=name)
        small = Kernel(name, **numbers)(x.astype(np.float32), s.astype(np.float32))
        assert small.dtype == np.float32
        step, direction = 1e-6, s.sum(0)
        for i in range(5):
            away = [Kernel(name, **numbers)(x[[i]] + sign * step * direction, s) for sign in (1, -1)]
            pull = direction @ (s - x[i] if name == "rbf" else s).T
            slope = (Kernel(name, **numbers).slope(x[[i]], s) * pull)[0]
            np.testing.assert_allclose(slope, (away[0] - away[1])[0] / (2 * step), rtol=1e-4, atol=1e-8, err_msg=name)


def test_a_fit_stops_after_so_many_steps() -> None:
    x, y = chosen(2, TRAIN)
    flat = x.reshape(len(x), -1).astype(np.float64)
    assert solve(model_of(C=100.0), flat, y, most_steps=5)[0].n_iter_.tolist() == [5]
    assert solve(model_of(C=100.0), flat, y)[0].n_iter_[0] > 5


def test_occlusion_finds_where_the_ink_is() -> None:
    ours = SVMPredictor(model_of(), 10, fit(model_of(), *chosen(10, TRAIN)))
    x = X[600:601]
    fall = ours.occlusion(x, int(ours.predicted(x)[0]), 2, 1)
    assert fall.shape == (8, 8)
    assert fall.max() > 0
    assert ours.activations(x) == []


def test_support_vectors_are_bytes_where_that_is_exact() -> None:
    x = np.rint(255 * X[TRAIN]) / np.float32(255)
    exact = fit(model_of(), x, Y[TRAIN])
    assert exact["support"].dtype == np.uint8
    centred = fit(model_of(), x - x.mean(0), Y[TRAIN])
    assert centred["support"].dtype == np.float32
    ours = SVMPredictor(model_of(), 10, exact)
    svc = SVC().fit(x.reshape(len(x), -1), Y[TRAIN])
    np.testing.assert_array_equal(ours.predicted(x), svc.predict(x.reshape(len(x), -1)))


def test_centred_support_vectors_are_bytes_and_their_mean() -> None:
    """A quarter of the memory, on the wire, on the disk and in the server; and nothing is lost."""
    rng = np.random.default_rng(0)
    pixels, y = rng.integers(0, 256, (80, 8, 8, 1)).astype(np.uint8), np.arange(80) % 3
    mean = (pixels / np.float32(255)).mean(0, dtype=np.float32)
    x = pixels / np.float32(255) - mean
    model = model_of()
    small, large = fit(model, x, y, mean), fit(model, x, y)
    assert (small["support"].dtype, large["support"].dtype) == (np.uint8, np.float32)
    np.testing.assert_array_equal(
        SVMPredictor(model, 10, small).decisions(x),
        SVMPredictor(model, 10, large).decisions(x),
        err_msg="not the same model",
    )
    noisy = fit(model, x + np.float32(0.001), y, mean)
    assert noisy["support"].dtype == np.float32
    assert "mean" not in noisy


def test_what_does_not_go_together_is_said() -> None:
    with pytest.raises(ValueError, match=r"data\.train: all training samples are of one class"):
        fit(model_of(), X[:5], np.zeros(5, np.int64))
    arrays = fit(model_of(), *chosen(2, TRAIN))
    with pytest.raises(ValueError, match="missing: dual"):
        SVMPredictor(model_of(), 10, {k: v for k, v in arrays.items() if k != "dual"})
    with pytest.raises(ValueError, match="do not go together"):
        SVMPredictor(model_of(), 10, {**arrays, "counts": arrays["counts"] + 1})


def test_training_samples_of_one_class_fail_in_words() -> None:
    spec = RunSpec.model_validate({"data": {"name": "digits", "train": 1}, "model": {"family": "svm"}})
    for control in (None, QueueControl()):
        *_, last = train(spec, control)
        assert isinstance(last, Failed)
        assert last.message == "data.train: all training samples are of one class; an SVM needs at least two"
