"""The job `backprop`: TensorFlow's tape tells the same gradient, and its link is short."""

from __future__ import annotations

import pytest

from nnviz.backprop.learning import learn
from nnviz.backprop.network import gradient_of
from nnviz.backprop.spec import BackpropSpec
from nnviz.events import Done, Row
from nnviz.jobs import JOBS, read_spec
from nnviz.jobs.backprop import BACKPROP, run


def test_it_tells_the_gradient_after_the_updates() -> None:
    spec = read_spec({"job": "backprop", "layers": [2, 3, 1], "updates": 4, "seed": 6})
    assert isinstance(spec, BackpropSpec)
    _, row, done = run(spec)
    assert isinstance(row, Row)
    assert isinstance(done, Done)
    loss, gradient = gradient_of(spec, learn(spec).weights)
    assert done.result["loss"] == row.values["loss"] == pytest.approx(loss)
    assert done.result["gradient"] == pytest.approx(gradient.tolist())


def test_a_link_writes_whole_numbers_short() -> None:
    spec = BackpropSpec(layers=(1, 1), activations=("linear",), weights=(-3, 0.5), inputs=(2,))
    assert JOBS["backprop"] is BACKPROP
    assert BACKPROP.link.write(spec) == {
        "layers": "1,1", "activations": "linear", "weights": "-3,0.5", "inputs": "2",
    }  # fmt: skip
    assert BACKPROP.link.read(BACKPROP.link.write(spec)) == (spec, [])
