"""The registry of data sets: what each says of itself, and one that is added from outside."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from nnviz import train
from nnviz.data import load
from nnviz.events import Finished
from nnviz.link import from_query, to_query
from nnviz.sets import SETS, PlaneSet
from nnviz.sets.base import Draw, Points
from nnviz.spec import RunSpec, explain


def stripes(draw: Draw) -> Points:
    places = np.stack([draw.uniform(-5, 5), 2.0 * draw.group - 1 + 0.5 * draw.uniform(-1, 1)], axis=1)
    return places + draw.shake(2), draw.group


@pytest.mark.parametrize("name", SETS)
def test_each_says_what_it_is(name: str) -> None:
    one = SETS[name]
    assert one.title
    assert one.about.endswith(".")
    assert one.classes
    assert one.is_image == (one.shape is not None)
    assert one.problem == ("either" if name == "table" else "regression" if 0 in one.classes else "classification")


def test_a_set_that_is_added_is_met_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SETS, "stripes", PlaneSet(title="Stripes", about="Two stripes.", points=stripes))
    spec = RunSpec.model_validate({"data": {"name": "stripes"}, "training": {"epochs": 20}})
    assert RunSpec.model_validate_json(spec.model_dump_json()) == spec
    assert from_query(to_query(spec))[0] == spec
    data = load(spec.data)
    assert (data.values.shape, data.n_train, set(data.y)) == ((750, 2), 250, {0, 1})
    *_, result = train(spec)
    assert isinstance(result, Finished)
    assert result.test["accuracy"] > 0.9
    with pytest.raises(ValidationError) as caught:
        RunSpec.model_validate({"data": {"name": "strips"}})
    assert "stripes" in explain(caught.value)[0]
    with pytest.raises(ValidationError, match="stripes has 2"):
        RunSpec.model_validate({"data": {"name": "stripes", "classes": 3}})
