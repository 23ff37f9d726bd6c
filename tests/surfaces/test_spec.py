"""The spec of a race: what is allowed, and what is said of what is not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from nnviz.spec import explain
from nnviz.surfaces import SURFACES
from nnviz.surfaces.lineups import four_methods, good_rate
from nnviz.surfaces.spec import DescentSpec
from tests.strategies import JSON


def test_json_goes_round() -> None:
    spec = DescentSpec.model_validate(
        {
            "job": "descent", "surface": "regression", "start": [0, 1], "steps": 50, "seed": 3,
            "racers": [
                {"optimizer": {"learning_rate": 0.2, "momentum": 0.9, "nesterov": True}, "batch_size": 4},
                {"optimizer": {"name": "adam"}, "decay": {"name": "cosine", "rate": 0.1, "steps": 40}},
            ],
        }
    )  # fmt: skip
    assert DescentSpec.model_validate_json(spec.model_dump_json()) == spec
    assert spec.racers[0].optimizer.model_dump()["nesterov"] is True


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"surface": "hill"}, "surface: allowed are formula, bowl, ravine, "),
        ({"surface": "formula"}, "formula: missing; write one in x and y"),
        ({"formula": "x"}, "formula: only with surface formula"),
        ({"surface": "formula", "formula": "x**2 + 3y"}, "formula: character 9: a sign such as * is missing"),
        ({"surface": "formula", "formula": "__import__('os')"}, "formula: character 1: there is no “__import__”"),
        ({"surface": "bowl", "start": [4, 0]}, "start: it must lie on the map, x from -3 to 3 and y from -3 to 3"),
        ({"racers": []}, "racers: "),
        ({"racers": [{}] * 9}, "racers: "),
        ({"racers": [{"batch_size": 1}]}, "racers.0.batch_size: allowed is none, this surface has no samples"),
        ({"surface": "network", "racers": [{"batch_size": 5}]}, "racers.0.batch_size: allowed is at most its 4"),
        ({"racers": [{"optimizer": {"name": "newton"}}]}, "racers.0.optimizer.name: allowed are sgd, "),
        ({"racers": [{"optimizer": {"learning_rate": 0}}]}, "racers.0.optimizer.learning_rate: allowed is a number"),
        ({"steps": 2001}, "steps: allowed is a whole number from 1 to 2,000"),
        ({"wind": 1}, "wind: no such field"),
    ],
)  # fmt: skip
def test_a_bad_field_is_named(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        DescentSpec.model_validate(fields)
    assert explain(caught.value, DescentSpec)[0].startswith(words)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(DescentSpec.model_fields, JSON)))
def test_any_json_is_a_race_or_explained(fields: dict[str, Any]) -> None:
    found = []
    try:
        DescentSpec.model_validate(fields)
    except ValidationError as error:
        found = explain(error, DescentSpec)
    assert all(found)


def test_good_rates_have_one_digit_and_fit_the_map() -> None:
    assert [racer.optimizer.learning_rate for racer in four_methods(SURFACES["ravine"])] == [0.9, 0.3, 0.08, 0.2]
    assert good_rate(SURFACES["rosenbrock"], "sgd") == 0.001
