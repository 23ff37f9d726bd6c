"""The picture of an SVM says what scikit-learn's SVC says, and its bumps add up to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn.svm import SVC

from nnviz.data import load
from nnviz.events import DTYPES
from nnviz.kernels.fitted import cells
from nnviz.kernels.picture import GRID, LINE, MOST, STEPS, picture
from nnviz.kernels.spec import KernelSpec
from nnviz.sets import SETS, PlaneSet
from nnviz.spec import explain
from nnviz.stopping import accuracy_interval

SETTINGS: list[dict[str, Any]] = [
    {"kernel": "rbf", "C": 3, "gamma": 0.4},
    {"kernel": "linear", "C": 0.1},
    {"kernel": "poly", "gamma": 0.2, "degree": 2, "coef0": 0.5},
    {"kernel": "sigmoid", "gamma": 0.02, "coef0": -0.3},
]
TWO = [name for name, one in SETS.items() if isinstance(one, PlaneSet) and 2 in one.classes]


def fitted(spec: KernelSpec) -> SVC:
    x, y = samples(spec)
    return SVC(C=spec.C, kernel=spec.kernel, gamma=spec.gamma, degree=spec.degree, coef0=spec.coef0).fit(x, y)


def samples(spec: KernelSpec, split: Any = "train") -> tuple[Any, Any]:
    data = load(spec.samples)
    return data.x[data.rows(split)].astype(float), data.labels(split)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s["kernel"])
def test_the_picture_is_scikit_learns(setting: dict[str, Any]) -> None:
    spec = KernelSpec(data="circle", noise=0.2, **setting)
    frame, svc = picture(spec, load(spec.samples), None, None), fitted(spec)
    arrays, meta = frame.arrays, frame.meta
    assert {array.dtype.name for array in arrays.values()} <= DTYPES
    plane = svc.decision_function(cells(load(spec.samples).domain, GRID))
    np.testing.assert_allclose(arrays["plane"].reshape(-1), plane, rtol=1e-4, atol=1e-4)
    weight = np.zeros(spec.train)
    weight[svc.support_] = svc.dual_coef_[0]
    np.testing.assert_allclose(arrays["weight"], weight, rtol=1e-6)
    assert sum(meta["support"]) == len(svc.support_)
    assert meta["held"] == arrays["held"].sum() == (np.abs(weight) == spec.C).sum()
    for part, split in (("train", "train"), ("test", "test")):
        x, y = samples(spec, split)
        assert meta[part]["accuracy"] == svc.score(x, y)
        assert (meta[part]["low"], meta[part]["high"]) == accuracy_interval(svc.score(x, y) * len(x), len(x))
    np.testing.assert_array_equal(arrays["wrong"], svc.predict(samples(spec)[0]) != samples(spec)[1])


def test_the_decision_at_a_place_is_its_bumps_and_b() -> None:
    spec, place = KernelSpec(gamma=0.3), (0.7, -1.2)
    frame, svc = picture(spec, load(spec.samples), place, None), fitted(spec)
    at = frame.meta["at"]
    assert at["x"] == list(place)
    assert at["f"] == pytest.approx(svc.decision_function([place])[0])
    assert sum(term["product"] for term in at["terms"]) + at["rest"] + frame.meta["b"] == pytest.approx(at["f"])
    for term in at["terms"]:
        k = np.exp(-0.3 * np.square(np.subtract(place, term["x"])).sum())
        assert term["k"] == pytest.approx(k)
        assert term["product"] == pytest.approx(term["weight"] * k)
    assert at["terms"][0] == frame.meta["vector"]
    line = np.stack([frame.arrays["cut_x"], np.full(LINE, place[1])], axis=1)
    np.testing.assert_allclose(frame.arrays["cut_sum"], svc.decision_function(line), rtol=1e-4, atol=1e-5)
    if len(svc.support_) <= len(frame.arrays["cut"]):
        np.testing.assert_allclose(frame.arrays["cut"].sum(0) + frame.meta["b"], frame.arrays["cut_sum"], atol=1e-4)


def test_the_bump_of_a_chosen_support_vector() -> None:
    spec = KernelSpec()
    svc = fitted(spec)
    chosen = int(svc.support_[5])
    frame = picture(spec, load(spec.samples), None, chosen)
    assert frame.meta["vector"]["index"] == chosen
    away = np.square(cells(load(spec.samples).domain, GRID) - svc.support_vectors_[5]).sum(1)
    expected = svc.dual_coef_[0][5] * np.exp(-0.5 * away)
    np.testing.assert_allclose(frame.arrays["bump"].reshape(-1), expected, rtol=1e-4, atol=1e-6)
    other = picture(spec, load(spec.samples), None, int(np.setdiff1d(np.arange(200), svc.support_)[0]))
    assert other.meta["vector"]["x"] == other.meta["at"]["x"]


@pytest.mark.parametrize("data", TWO)
def test_every_set_of_two_classes(data: str) -> None:
    """An RBF kernel that is narrow enough tells all of them."""
    spec = KernelSpec(data=data, noise=0, C=100, gamma=1)
    assert picture(spec, load(spec.samples), None, None).meta["train"]["accuracy"] > 0.95


def test_a_wide_and_a_narrow_gaussian() -> None:
    """A1: small γ is a wide Gaussian; with a very large one each sample is a hill of its own."""
    wide, narrow = (KernelSpec(gamma=gamma, noise=0.3) for gamma in (0.01, 50))
    found = [picture(spec, load(spec.samples), None, None).meta for spec in (wide, narrow)]
    assert found[0]["train"]["accuracy"] < 0.9
    assert found[1]["train"]["accuracy"] == 1
    assert found[1]["test"]["accuracy"] < 0.8
    assert sum(found[1]["support"]) > 190


def test_what_takes_long_is_bounded_and_said() -> None:
    spec = KernelSpec(train=5000, noise=0.5, C=1e6, gamma=2)
    meta = picture(spec, load(spec.samples), None, None).meta
    assert (meta["n"], meta["n_all"]) == (MOST, 5000)
    assert (meta["steps"], meta["solved"]) == (STEPS, False)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"data": "plane"}, "data"),
        ({"data": "mnist"}, "data"),
        ({"kernel": "cosine"}, "kernel: allowed are rbf, linear, poly, sigmoid"),
        ({"C": 0}, "C: allowed is a number above 0"),
        ({"C_values": "1,1"}, "C_values: each value at most once"),
        ({"gamma_values": "1,two"}, "gamma_values"),
        ({"folds": 1}, "folds"),
    ],
)
def test_a_bad_setting_is_named(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        KernelSpec.model_validate(given)
    assert explain(caught.value, KernelSpec)[0].startswith(words)
