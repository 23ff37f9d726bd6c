"""The plan of a network: shapes and sizes as the lectures print them, and refusals that name the layer."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from nnviz.spec import RunSpec, explain


def network(*layers: dict[str, Any], **more: Any) -> RunSpec:
    model = {"layers": [{"kind": "dense", **layer} for layer in layers], **more.pop("model", {})}
    return RunSpec.model_validate({"data": {"name": "mnist"}, "model": model, **more})


def conv(filters: int, size: int = 5, **more: Any) -> dict[str, Any]:
    return {"kind": "conv2d", "filters": filters, "kernel_size": size, **more}


POOL = {"kind": "max_pooling2d"}


@pytest.mark.parametrize(
    ("layers", "parameters"),
    [
        ([], 7_850),
        ([{"units": 30}], 23_860),
        ([{"units": 50}], 39_760),
        ([{"units": 200}], 159_010),
        ([{"units": 1000}], 795_010),
        ([{"units": 500}, {"units": 500}], 648_010),
        ([{"units": 512}], 407_050),
        ([conv(16), POOL, {"kind": "dropout"}], 23_466),
    ],
)
def test_parameters_as_printed_in_the_lectures(layers: list[dict[str, Any]], parameters: int) -> None:
    assert network(*layers).parameters == parameters


def test_layers_in_their_places() -> None:
    spec = network(conv(16), POOL, {"kind": "batch_normalization"}, {"units": 30}, {"kind": "dropout"})
    assert [(p.name, p.output_shape) for p in spec.plan] == [
        ("convolution 1", (24, 24, 16)),
        ("max pooling 1", (12, 12, 16)),
        ("batch normalisation 1", (12, 12, 16)),
        ("flatten", (2304,)),
        ("hidden layer 1", (30,)),
        ("dropout 1", (30,)),
        ("output layer", (10,)),
    ]
    assert spec.multiply_adds == 24 * 24 * 25 * 16 + 2304 * 30 + 30 * 10


@pytest.mark.parametrize(
    ("more", "shape"),
    [
        ({"padding": "same"}, (28, 28, 4)),
        ({"padding": "same", "strides": 3}, (10, 10, 4)),
        ({"strides": 2}, (12, 12, 4)),
        ({"strides": 3}, (8, 8, 4)),
    ],
)
def test_where_a_window_can_stand(more: dict[str, Any], shape: tuple[int, ...]) -> None:
    assert network(conv(4, **more)).plan[0].output_shape == shape


def test_recurrent_layers_read_rows() -> None:
    spec = network({"kind": "simple_rnn", "units": 8}, {"kind": "dropout"}, {"kind": "lstm", "units": 4})
    assert [(p.kind, p.output_shape, p.parameters) for p in spec.plan] == [
        ("rows", (28, 28), 0),
        ("simple_rnn", (28, 8), (28 + 8 + 1) * 8),
        ("dropout", (28, 8), 0),
        ("lstm", (4,), 4 * (8 + 4 + 1) * 4),
        ("dense", (10,), 50),
    ]


@pytest.mark.parametrize(
    ("layers", "more", "field", "word"),
    [
        ([{"units": 4}, conv(4)], {}, "model.layers.1", "hidden layer 1 is none"),
        ([POOL, POOL, conv(4, 9)], {}, "model.layers.2.kernel_size", "at most 7"),
        ([{"kind": "flatten"}, {"kind": "lstm"}], {}, "model.layers.1", "reads rows"),
        ([conv(256, 11, padding="same")] * 3, {}, "model.layers", "parameters"),
        ([conv(128, 5, padding="same")] * 5, {}, "model.layers", "multiply-adds"),
        ([conv(64, 5)], {"training": {"batch_size": 60_000}}, "training.batch_size", "at most 15,795"),
        ([{"kind": "dropout"}], {"model": {"family": "scratch"}}, "model.layers.0", "no dropout"),
        ([], {"model": {"family": "scratch"}, "training": {"loss": "hinge"}}, "training.loss", "no hinge"),
        ([], {"model": {"family": "scratch"}, "training": {"optimizer": {"name": "adam"}}},
         "training.optimizer.name", "allowed is sgd"),
        ([], {"model": {"family": "scratch"}, "training": {"optimizer": {"clipnorm": 1}}},
         "training.optimizer", "does not clip"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(layers: list[dict[str, Any]], more: dict[str, Any], field: str, word: str) -> None:
    with pytest.raises(ValidationError) as caught:
        network(*layers, **more)
    (line,) = explain(caught.value)
    assert line.startswith(f"{field}: ")
    assert word in line


def test_an_svm_has_no_layers() -> None:
    spec = RunSpec.model_validate({"data": {"name": "digits"}, "model": {"family": "svm", "C": 5, "gamma": 0.05}})
    assert (spec.plan, spec.parameters, spec.outputs, spec.is_network) == ((), 0, 10, False)
    with pytest.raises(TypeError, match="no layers"):
        _ = spec.network


@pytest.mark.parametrize(
    ("model", "line"),
    [
        ({"family": "svm", "kernel": "cosine"}, "model.kernel: allowed are rbf, linear, poly"),
        ({"family": "svm", "layers": []}, "model.layers: no such field; there are family, kernel, C, gamma"),
        ({"family": "svm", "gamma": -1}, "model.gamma: allowed are a number above 0"),
        ({"family": "svm", "gamma": "nan"}, "model.gamma: "),
        ({"family": "forest"}, "model.family: allowed are network, scratch, svm"),
        ({"layers": [{"kind": "conv2d", "size": 3}]}, "model.layers.0.size: no such field; there are kind, filters"),
    ],
)
def test_faults_of_a_model_in_words(model: dict[str, Any], line: str) -> None:
    with pytest.raises(ValidationError) as caught:
        RunSpec.model_validate({"data": {"name": "digits"}, "model": model})
    assert explain(caught.value)[0].startswith(line)
