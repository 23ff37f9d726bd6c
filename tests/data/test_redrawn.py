"""A sample drawn or taken away by hand: the others stay what they were, in training and in validation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnviz.data import DataError, load, save_table
from nnviz.data.redrawn import Point, redrawn
from nnviz.spec import DataSpec


@pytest.mark.parametrize("fields", [{"name": "circle"}, {"name": "spiral", "classes": 4, "noise": 0.3}, {"seed": 7}])
def test_samples_come_and_go_and_the_rest_stays(fields: dict[str, object], tmp_path: Path) -> None:
    spec = DataSpec.model_validate(fields)
    before = load(spec)

    def change(spec: DataSpec, point: Point) -> DataSpec:
        content, counts = redrawn(load(spec, tmp_path), spec.seed, point)
        given = {**save_table(tmp_path, content).data_fields(), **counts, "seed": spec.seed, "noise": 0.0}
        return DataSpec.model_validate(given)

    added = change(spec, Point("add", 1.25, -2.5, 1))
    after = load(added, tmp_path)
    n = before.n_train
    assert (after.n_train, after.n_validation) == (n + 1, before.n_validation)
    np.testing.assert_array_equal(after.values[:n], before.values[:n])
    np.testing.assert_array_equal(after.values[n + 1 :], before.values[n:])
    np.testing.assert_array_equal(np.delete(after.y, n), before.y)
    assert (after.values[n].tolist(), after.y[n]) == ([1.25, -2.5], 1)

    back = load(change(added, Point("remove", 1.25, -2.5)), tmp_path)
    np.testing.assert_array_equal(back.values, before.values)
    np.testing.assert_array_equal(back.y, before.y)


def test_what_cannot_be_drawn_is_said() -> None:
    data = load(DataSpec())
    for point in (Point("add", 0, 0, 2), Point("add", float("nan"), 0)):
        with pytest.raises(DataError):
            redrawn(data, 0, point)
    with pytest.raises(DataError, match="regression"):
        redrawn(load(DataSpec(name="plane")), 0, Point("add", 0, 0))
