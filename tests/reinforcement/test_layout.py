"""The plan of a world as a short text: read, written, drawn upon; what is wrong is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ValidationError

from nnviz.reinforcement.layout import KINDS, Layout, read_layout
from nnviz.reinforcement.spec import ReinforcementSpec
from nnviz.reinforcement.worlds import WORLDS


@some.composite
def layouts(draw: some.DrawFn) -> Layout:
    rows, columns = draw(some.integers(2, 12)), draw(some.integers(2, 16))
    cells = draw(some.lists(some.sampled_from(".WX"), min_size=rows * columns, max_size=rows * columns))
    start, goal = draw(some.lists(some.integers(0, rows * columns - 1), min_size=2, max_size=2, unique=True))
    cells[start], cells[goal] = "S", "G"
    return Layout(rows, columns, "".join(cells))


@given(layouts())
def test_what_is_written_is_read(layout: Layout) -> None:
    assert read_layout(layout.text) == layout
    assert ReinforcementSpec(grid=layout.text).layout == layout


@given(layouts(), some.sampled_from(list(KINDS)), some.data())
def test_painting_and_resizing_leave_one_start(layout: Layout, kind: str, data: some.DataObject) -> None:
    places = some.integers(0, len(layout.cells) - 1).filter(lambda i: i != layout.start)
    cells = data.draw(some.lists(places, min_size=1, max_size=4))
    drawn = layout.painted(cells, kind)
    assert drawn.cells.count("S") == 1
    assert drawn.cells[cells[-1]] == kind
    assert drawn.resized(layout.rows, layout.columns) == drawn
    larger = layout.resized(layout.rows + 1, layout.columns + 2)
    assert larger.resized(layout.rows, layout.columns) == layout


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "rows of S, G, X, W"), ("S3-2G", "as long as"), ("SG", "2 to 12 rows"), ("S1-2", "needs a goal"),
     ("2-1G", "one start"), ("SS-1G", "one start"), ("S99-99G", "cells"), ("S1-1g", "rows of"), ("S0-1G", "rows of")],
)  # fmt: skip
def test_what_is_wrong_is_named(text: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ReinforcementSpec(grid=text)


def test_the_nearest_goal() -> None:
    assert read_layout(WORLDS["maze"].grid).distance == 14  # Sutton and Barto, figure 8.2
    assert read_layout(WORLDS["cliff"].grid).distance == 13
    assert read_layout("SW1-WWG").distance is None
    assert read_layout("SXG-3").distance == 4
