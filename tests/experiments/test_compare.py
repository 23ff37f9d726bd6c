"""What differs between settings, in words."""

from __future__ import annotations

from nnviz.experiments.compare import NAMES, Difference, differences, labels
from nnviz.link import PATHS
from nnviz.spec import RunSpec


def spec(**parts: object) -> RunSpec:
    return RunSpec.model_validate(parts)


def test_every_setting_has_a_name() -> None:
    assert NAMES.keys() == PATHS.keys()


def test_what_differs_between_several_and_what_names_each() -> None:
    optimizers = [
        {"name": "sgd", "learning_rate": 0.1, "momentum": 0.9},
        {"name": "sgd", "learning_rate": 0.01},
        {"name": "adam", "learning_rate": 0.01},
    ]
    specs = [spec(training={"optimizer": optimizer}) for optimizer in optimizers]
    assert differences(specs) == [
        Difference("optimiser", ("SGD", "SGD", "Adam")),
        Difference("learning rate", ("0.1", "0.01", "0.01")),
        Difference("momentum", ("0.9", "0", None)),
    ]
    assert labels(specs) == [
        "optimiser SGD, learning rate 0.1", "optimiser SGD, learning rate 0.01", "optimiser Adam, learning rate 0.01",
    ]  # fmt: skip
    assert labels(specs[1:]) == ["optimiser SGD", "optimiser Adam"]
    assert labels([spec(), spec()]) == ["", ""]
    assert differences([]) == []
