"""The specification: what is valid, what follows from what, and what is said about what is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from nnviz.activations import HIDDEN
from nnviz.losses import LOSSES
from nnviz.optimizers import OPTIMIZERS
from nnviz.sets import SETS
from nnviz.spec import MAX_PARAMETERS, RunSpec, explain
from tests.strategies import JSON, specs

DESIGN = {
    "data": {"name": "mnist", "train": 60000, "validation": 0, "test": 10000, "noise": 0.0, "inputs": ["x1", "x2"]},
    "model": {
        "family": "network", "layers": [{"kind": "dense", "units": 30, "activation": "sigmoid"}],
        "output_activation": "sigmoid", "initializer": "scaled_normal",
    },
    "training": {
        "loss": "mean_squared_error", "optimizer": {"name": "sgd", "learning_rate": 0.5, "momentum": 0.0},
        "batch_size": 10, "epochs": 20, "early_stopping": None,
    },
    "seed": 0,
}  # fmt: skip


def faults(value: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        RunSpec.model_validate(value)
    return explain(caught.value)


def spec(**parts: Any) -> RunSpec:
    return RunSpec.model_validate(parts)


def test_the_example_of_the_design() -> None:
    lectures = RunSpec.model_validate(DESIGN)
    assert lectures.parameters == 23_860
    assert (lectures.outputs, lectures.targets, lectures.output_activation) == (10, (0.0, 1.0), "sigmoid")


def test_every_field_has_a_default() -> None:
    assert RunSpec.model_validate({}) == RunSpec()
    assert RunSpec.model_validate({"data": {}, "model": {"layers": [{}]}, "training": {"optimizer": {}}}).parameters > 0


def test_a_spec_is_frozen() -> None:
    with pytest.raises(ValidationError):
        RunSpec().seed = 1  # type: ignore[misc]
    assert hash(RunSpec()) == hash(RunSpec())


@given(specs())
def test_json_and_back(one: RunSpec) -> None:
    assert RunSpec.model_validate_json(one.model_dump_json()) == one
    assert RunSpec.model_validate(json.loads(json.dumps(one.model_dump(mode="json"), allow_nan=False))) == one


@given(specs())
def test_what_follows_is_consistent(one: RunSpec) -> None:
    assert one.parameters <= MAX_PARAMETERS
    assert 1 <= one.batch_size <= one.data.training_samples
    assert one.outputs in {1, one.data.classes}
    assert (one.outputs > 1) or one.output_activation != "softmax"
    assert one.problem == ("regression" if one.data.classes == 0 else "classification")
    assert one.targets in {(0.0, 1.0), (-1.0, 1.0)}


@pytest.mark.parametrize("name", SETS)
def test_a_set_alone_is_a_spec(name: str) -> None:
    table = {name: "a" * 64} if name in {"table", "images"} else {}
    assert spec(data={"name": name, **table}).data.name == name


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    "data", [{"name": "plane"}, {"name": "circle"}, {"name": "spiral", "classes": 4}, {"name": "digits"}]
)
def test_every_loss_fits_classes_or_says_what_fits(loss: str, data: dict[str, Any]) -> None:
    wanted = {"data": data, "training": {"loss": loss}}
    if data["name"] == "plane" and not LOSSES[loss].regression:
        assert faults(wanted)[0].startswith(f"training.loss: {loss} needs classes")
    else:
        assert RunSpec.model_validate(wanted).output_activation != "auto"


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_an_optimizer_is_its_name(name: str) -> None:
    assert type(spec(training={"optimizer": {"name": name}}).training.optimizer) is OPTIMIZERS[name]


@pytest.mark.parametrize("activation", HIDDEN)
def test_an_activation_in_both_places(activation: str) -> None:
    assert spec(model={"activation": activation, "layers": [{"activation": activation}]})


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ({"seeds": 1}, "seeds: no such field; there are data, model, training, seed (given: '1')"),
        ({"adam": 1}, "adam: no such field; there are data, model, training, seed (given: '1')"),
        ({"training": {"epochs": 0}}, "training.epochs: allowed is a whole number from 1 to 100,000 (given: '0')"),
        ({"training": {"epochs": 1e9}}, "training.epochs: allowed is a whole number from 1 to 100,000 (given: '10000"),
        ({"training": {"optimizer": {"name": "adma"}}}, "training.optimizer.name: allowed are sgd, "),
        ({"training": {"optimizer": {"momentum": float("nan")}}}, "training.optimizer.momentum: allowed is a "),
        (
            {"training": {"optimizer": {"name": "lion", "momentum": 0.9}}},
            "training.optimizer.momentum: no such field; there are learning_rate, ",
        ),
        (
            {"training": {"optimizer": {"clipnorm": 1, "clipvalue": 1}}},
            "training.optimizer.clipnorm, clipvalue, global_clipnorm: at most one of them",
        ),
        ({"model": {"layers": [{"kind": "conv9d"}]}}, "model.layers.0.kind: allowed are dense, "),
        ({"model": {"layers": [{}, {"units": 0}]}}, "model.layers.1.units: allowed is a whole number from 1 to 2,048"),
        ({"model": {"layers": [{"dense": 1}]}}, "model.layers.0.dense: no such field; there are kind, units, "),
        ({"model": {"layers": [4]}}, "model.layers.0: should be an object with fields of its own (given: '4')"),
        ({"model": {"layers": 4}}, "model.layers: should be a list (given: '4')"),
        ({"model": {"layers": [{"units": 2048}] * 4}}, "model.layers: 12,"),
        ({"data": None}, "data: should be an object with fields of its own"),
        ({"data": {"name": "circle", "classes": 3}}, "data.classes: circle has 2; more are to be had with "),
        ({"data": {"name": "plane", "classes": 2}}, "data.classes: plane is a regression set"),
        ({"data": {"name": "spiral", "classes": 9}}, "data.classes: allowed is 2 to 8"),
        ({"data": {"name": "digits", "train": 1797}}, "data.train, validation, test: digits has only "),
        ({"data": {"name": "mnist", "validation": 1}}, "data.train, validation, test: mnist has only "),
        ({"data": {"train": 60_000}}, "data.train, validation, test: at most 60,000 samples together"),
        ({"data": {"inputs": []}}, "data.inputs: choose at least one of x1, x2, "),
        ({"data": {"inputs": ["x1", "x1"]}}, "data.inputs: each at most once"),
        ({"data": {"name": "table"}}, "data.table: an own table needs its id"),
        ({"data": {"table": "a" * 64}}, "data.table: only goes with the data set 'table'"),
        ({"data": {"name": "table", "table": "../../etc"}}, "data.table: allowed is the id that an upload gives"),
        ({"data": {"name": "plane"}, "training": {"loss": "hinge"}}, "training.loss: hinge needs classes, and plane "),
        ({"data": {"name": "plane"}, "model": {"output_activation": "softmax"}}, "model.output_activation: softmax "),
        (
            {"training": {"loss": "binary_crossentropy"}, "model": {"output_activation": "tanh"}},
            "model.output_activation: binary_crossentropy needs probabilities; allowed are auto, sigmoid, softmax",
        ),
        (
            {"training": {"early_stopping": {}}, "data": {"validation": 0}},
            "training.early_stopping.monitor: val_loss needs data.validation above 0",
        ),
        (
            {"training": {"early_stopping": {"monitor": "accuracy"}}, "data": {"name": "plane"}},
            "training.early_stopping.monitor: a regression has no accuracy",
        ),
        ({"seed": 10**5000}, "seed: allowed is a whole number from 0 to 2,147,483,647 (given: a very long number)"),
        ({"seed": "x" * 99}, "seed: allowed is a whole number from 0 to 2,147,483,647 (given: 'x"),
        ([], "spec: should be an object with fields of its own"),
    ],
)  # fmt: skip
def test_a_fault_names_the_field_and_what_is_allowed(value: Any, line: str) -> None:
    assert faults(value)[0].startswith(line)


def test_each_fault_has_its_line() -> None:
    assert len(faults({"seed": -1, "data": {"noise": 2}, "model": {"layers": [{"units": 0}, {"units": 0}]}})) == 4


@given(JSON | st.dictionaries(st.sampled_from(sorted(RunSpec.model_fields)), JSON))
@example({"training": {"optimizer": {"name": ["sgd"]}}})
@example({"model": {"layers": [{"kind": None}]}})
def test_junk_is_valid_or_named(value: Any) -> None:
    try:
        RunSpec.model_validate(value)
    except ValidationError as error:
        lines = explain(error)
    else:
        return
    assert lines
    for line in lines:
        field, colon, message = line.partition(": ")
        assert field
        assert colon + message
        assert any(line.startswith(name) for name in (value if isinstance(value, dict) else ["spec"]))
        assert "pydantic" not in line


@given(st.text(max_size=60) | JSON.map(json.dumps))
@example('{"seed": ' + "9" * 5000 + "}")
@example("[" * 10_000)
@example('{"\\ud800": 1}')
def test_junk_text_is_valid_or_explained(text: str) -> None:
    try:
        RunSpec.model_validate_json(text)
    except ValidationError as error:
        lines = explain(error)
    else:
        return
    assert lines
    assert all(": " in line and len(line) < 400 for line in lines)
