"""The convolution room's link and page: what is refused says why, a run's filters are the run's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from nnviz.events import Frame, encode_frame
from nnviz.models.weights import initial_weights, weights_to_flat
from nnviz.spec import RunSpec
from nnviz.store.store import Store
from nnviz.ui.convolution_setting import NAMES, Setting, read_setting
from nnviz.ui.rooms.convolution import run_filters
from tests.ui.conftest import open_room

ROOT = Path(__file__).resolve().parent.parent.parent.parent
CONVOLUTION = {
    "data": {"name": "digits"},
    "model": {
        "layers": [
            {"kind": "conv2d", "filters": 6, "kernel_size": 4, "strides": 2, "padding": "same", "activation": "relu"},
            {"kind": "max_pooling2d"},
        ]
    },
    "training": {"loss": "categorical_crossentropy"},
}


def visit(**query: str) -> AppTest:
    page = open_room("convolution", query)
    (_,) = (part for part in page.get("bidi_component") if part.key == "convolution")
    return page


def trained(store: Store, spec: RunSpec, run: str = "a-run") -> list[np.ndarray[Any, Any]]:
    weights = initial_weights(spec)
    store.create_run(run, spec)
    frame = Frame("weights", 10, 1.0, {}, {"weights": weights_to_flat(spec, weights)})
    store.add_frame(run, 1, encode_frame(frame, run))
    assert store.flush()
    return weights


def test_an_empty_link_is_the_default_setting() -> None:
    assert read_setting({}) == (Setting(), frozenset(), [])
    assert read_setting({"present": "1", "run": "x"}) == (Setting(), frozenset(), [])


def test_a_link_in_full() -> None:
    query = {
        "data": "digits", "digit": "12", "of": "7", "kernel": "own", "size": "3", "values": "0,1,0,-1.5,4,-1,0,-1,1e-3",
        "bias": "-0.25", "stride": "2", "padding": "same", "activation": "relu", "pool": "average", "pool_size": "3",
        "at": "2,1", "filter": "0",
    }  # fmt: skip
    setting, given_names, problems = read_setting(query)
    assert problems == []
    assert given_names == NAMES
    assert setting.values == (0, 1, 0, -1.5, 4, -1, 0, -1, 0.001)
    assert (setting.at, setting.bias, setting.stride, setting.pool) == ((2, 1), -0.25, 2, "average")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"kernel": "magic"}, "kernel"),
        ({"size": "9999999"}, "size"),
        ({"stride": "0"}, "stride"),
        ({"padding": "<script>"}, "padding"),
        ({"digit": "-1"}, "digit"),
        ({"bias": "NaN"}, "bias"),
        ({"at": "1"}, "at"),
        ({"values": "1,2,inf"}, "values"),
        ({"kernel": "own"}, "3×3 weights are 9 numbers"),
        ({"kernel": "own", "size": "5", "values": "1,2,3"}, "5×5 weights are 25 numbers"),
        ({"kernel": "sobel_x", "size": "4"}, "size"),
        ({"wild": "1"}, "wild"),
        ({"kernel": "run"}, "names no run"),
        ({"run": "no-such-run"}, "not on this server"),
    ],
)
@pytest.mark.usefixtures("store")
def test_a_wild_link_is_named_and_the_default_shown(query: dict[str, str], words: str) -> None:
    page = visit(**query)
    assert len(page.warning) == 1
    assert words in page.warning[0].value
    assert read_setting(query)[0].stride == 1


@given(some.dictionaries(some.sampled_from(sorted(NAMES)) | some.text(max_size=9), some.text(max_size=30), max_size=5))
def test_no_link_breaks_the_page(query: dict[str, str]) -> None:
    setting, _, problems = read_setting(query)
    assert isinstance(setting, Setting)
    assert all(isinstance(problem, str) and problem for problem in problems)


@pytest.mark.usefixtures("store")
def test_without_mnist_its_link_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NNVIZ_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert "nnviz data get mnist" in visit(data="mnist").warning[0].value
    assert not visit().warning


def test_a_runs_filters_come_with_their_layer(store: Store) -> None:
    spec = RunSpec.model_validate(CONVOLUTION)
    kernel, bias = trained(store, spec)[:2]
    found, trouble = run_filters("a-run")
    assert trouble == ""
    assert found is not None
    assert found["size"] == 4
    assert found["setting"] == {
        "kernel": "run", "stride": 2, "padding": "same", "activation": "relu", "data": "digits",
    }  # fmt: skip
    assert len(found["filters"]) == 6
    for i, one in enumerate(found["filters"]):
        np.testing.assert_array_equal(np.reshape(one["weights"], (4, 4)), kernel[:, :, 0, i])
        assert one["bias"] == bias[i]
    assert not visit(run="a-run", filter="3").warning


def test_a_runs_layer_opens_as_it_was_trained_whatever_stands_before_it(store: Store) -> None:
    layer = {"kind": "conv2d", "filters": 3, "kernel_size": 2, "strides": 4, "activation": "tanh"}
    model = {"layers": [{"kind": "batch_normalization"}, layer]}
    kernel, bias = trained(store, RunSpec.model_validate(CONVOLUTION | {"model": model}))[4:6]
    found, _ = run_filters("a-run")
    assert found is not None
    assert Setting.model_validate({"size": found["size"], **found["setting"]}).stride == 4
    assert "its activation, tanh, is left out" in found["says"]
    for i, one in enumerate(found["filters"]):
        np.testing.assert_array_equal(np.reshape(one["weights"], (2, 2)), kernel[:, :, 0, i])
        assert one["bias"] == bias[i]


def test_a_run_without_a_convolution_or_weights_says_so(store: Store) -> None:
    trained(store, RunSpec.model_validate({"data": {"name": "digits"}}), "dense")
    store.create_run("young", RunSpec.model_validate(CONVOLUTION))
    assert store.flush()
    assert "has no convolution" in visit(run="dense").warning[0].value
    assert "no weights yet" in visit(run="young").warning[0].value
