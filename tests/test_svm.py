"""The SVM in NumPy says what scikit-learn's SVC says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.svm import SVC

from nnviz.events import DTYPES
from nnviz.models.predictor import predictor
from nnviz.models.svm import SVMPredictor, fit
from nnviz.spec import RunSpec

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
]


def spec_of(**model: Any) -> RunSpec:
    return RunSpec.model_validate({"data": {"name": "digits"}, "model": {"family": "svm", **model}})


def chosen(classes: int, rows: slice) -> tuple[Any, Any]:
    x, y = X[rows], Y[rows]
    return x[y < classes], y[y < classes]


@pytest.mark.parametrize("classes", [2, 10])
@pytest.mark.parametrize("model", SETTINGS, ids=lambda m: " ".join(map(str, m.values())))
def test_decisions_equal_scikit_learn(model: dict[str, Any], classes: int) -> None:
    x, y = chosen(classes, TRAIN)
    other, _ = chosen(classes, TEST)
    svc = SVC(**model).fit(x.reshape(len(x), -1), y)
    arrays = fit(spec_of(**model), x, y)
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
        ours = SVMPredictor(spec_of(), fit(spec_of(), *chosen(classes, TRAIN)))
        x, _ = chosen(classes, TEST)
        p = ours.probabilities(x)
        assert p.shape == (len(x), 10)
        np.testing.assert_allclose(p.sum(-1), 1, rtol=1e-5)
        assert (p.argmax(-1) == ours.predicted(x)).mean() > 0.99  # of several classes with as many votes the surest
        assert p[:, classes:].max(initial=0) == 0


@pytest.mark.parametrize("model", [*SETTINGS[:1], *SETTINGS[2:]], ids=lambda m: m["kernel"])
def test_saliency_is_the_slope_of_the_decisions(model: dict[str, Any]) -> None:
    ours = SVMPredictor(spec_of(**model), fit(spec_of(**model), *chosen(10, TRAIN)))
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


def test_occlusion_finds_where_the_ink_is() -> None:
    ours = SVMPredictor(spec_of(), fit(spec_of(), *chosen(10, TRAIN)))
    x = X[600:601]
    fall = ours.occlusion(x, int(ours.predicted(x)[0]), 2, 1)
    assert fall.shape == (8, 8)
    assert fall.max() > 0
    assert ours.activations(x) == []


def test_support_vectors_are_bytes_where_that_is_exact() -> None:
    x = np.rint(255 * X[TRAIN]) / np.float32(255)
    exact = fit(spec_of(), x, Y[TRAIN])
    assert exact["support"].dtype == np.uint8
    centred = fit(spec_of(), x - x.mean(0), Y[TRAIN])
    assert centred["support"].dtype == np.float32
    ours = SVMPredictor(spec_of(), exact)
    svc = SVC().fit(x.reshape(len(x), -1), Y[TRAIN])
    np.testing.assert_array_equal(ours.predicted(x), svc.predict(x.reshape(len(x), -1)))


def test_centred_support_vectors_are_bytes_and_their_mean() -> None:
    """A quarter of the memory, on the wire, on the disk and in the server; and nothing is lost."""
    rng = np.random.default_rng(0)
    pixels, y = rng.integers(0, 256, (80, 8, 8, 1)).astype(np.uint8), np.arange(80) % 3
    mean = (pixels / np.float32(255)).mean(0, dtype=np.float32)
    x = pixels / np.float32(255) - mean
    spec = RunSpec.model_validate({"data": {"name": "digits"}, "model": {"family": "svm"}})
    small, large = fit(spec, x, y, mean), fit(spec, x, y)
    assert (small["support"].dtype, large["support"].dtype) == (np.uint8, np.float32)
    np.testing.assert_array_equal(
        SVMPredictor(spec, small).decisions(x), SVMPredictor(spec, large).decisions(x), err_msg="not the same model"
    )
    noisy = fit(spec, x + np.float32(0.001), y, mean)
    assert noisy["support"].dtype == np.float32
    assert "mean" not in noisy


def test_what_does_not_go_together_is_said() -> None:
    with pytest.raises(ValueError, match=r"data\.train: all training samples are of one class"):
        fit(spec_of(), X[:5], np.zeros(5, np.int64))
    arrays = fit(spec_of(), *chosen(2, TRAIN))
    with pytest.raises(ValueError, match="missing: dual"):
        SVMPredictor(spec_of(), {k: v for k, v in arrays.items() if k != "dual"})
    with pytest.raises(ValueError, match="do not go together"):
        SVMPredictor(spec_of(), {**arrays, "counts": arrays["counts"] + 1})
    with pytest.raises(TypeError, match="no SVM"):
        fit(RunSpec(), X, Y)
