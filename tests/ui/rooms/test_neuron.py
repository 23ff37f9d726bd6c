"""The neuron's room: its link holds everything, what is wrong with one is named, and "cannot" is proved in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from nnviz.neuron.gates import GATES
from nnviz.neuron.outputs import SMOOTH
from nnviz.neuron.spec import PerceptronSpec
from nnviz.ui.rooms import ROOMS
from nnviz.ui.rooms.neuron import ROOM, NeuronView, verdict
from nnviz.ui.view import read_view, view_query


def view_of(**query: str) -> tuple[dict[str, object], list[str]]:
    return read_view(NeuronView, query, {}, ROOM.hide_names())


def test_a_link_to_the_first_half_holds_everything() -> None:
    query = {
        "gate": "by_hand", "weights": "0.3,-1.5,2,-0.4", "step": "bipolar_step", "function": "mish",
        "target": "01101001", "change": "0.1,0,0,-0.2", "at": "1,0,1", "threshold": "on", "speed": "full",
    }  # fmt: skip
    view, problems = view_of(**query)
    assert problems == []
    assert view_query(NeuronView, view, {}) == query
    assert view_query(NeuronView, view_of()[0], {}) == {}


def test_a_link_to_the_second_half_holds_everything() -> None:
    query = {
        "species": "versicolor,virginica", "measures": "petal_length,petal_width", "learning_rate": "0.01",
        "epochs": "20", "initializer": "zeros", "shuffle": "on", "test": "0.2", "decision": "largest_absolute",
        "seed": "7", "split_seed": "3",
    }  # fmt: skip
    spec, problems = ROOM.read(query)
    assert problems == []
    assert spec.species == ("versicolor", "virginica")
    assert ROOM.write(spec) == query
    assert ROOM.write(PerceptronSpec()) == {}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"gate": "maybe"}, "gate"),
        ({"weights": "1"}, "two to four numbers"),
        ({"weights": "1,2,nan"}, "two to four numbers"),
        ({"weights": "1,2,1e9"}, "from −10 to 10"),
        ({"at": "__import__('os')"}, "two to four numbers"),
        ({"function": "softmax"}, "function"),
        ({"target": "012"}, "target"),
        ({"step": "leap"}, "step"),
    ],
)
def test_a_wild_view_is_named(query: dict[str, str], words: str) -> None:
    view, problems = view_of(**query)
    assert view == view_of()[0]
    assert len(problems) == 1
    assert words in problems[0]


@given(some.dictionaries(some.sampled_from(sorted(NeuronView.names())) | some.text(max_size=9), some.text(max_size=30)))
def test_no_link_breaks_the_view(query: dict[str, str]) -> None:
    NeuronView.model_validate(view_of(**query)[0], context={"hide": ROOM.hide_names()})


def test_a_spec_that_is_out_of_range_is_named() -> None:
    for query, words in (({"learning_rate": "0"}, "learning_rate"), ({"species": "setosa,rose"}, "species")):
        spec, problems = ROOM.read(query)
        assert spec == PerceptronSpec()
        assert len(problems) == 1
        assert words in problems[0]


@pytest.mark.parametrize("name", GATES)
def test_a_verdict_says_why(name: str) -> None:
    gate = GATES[name]
    found = verdict(gate.target, gate.inputs)
    assert found["possible"] == (name not in {"xor", "parity"})
    if found["possible"]:
        assert len(found["weights"]) == len(gate.inputs) + 1
    else:
        assert "No line can part them" in found["words"] or "No plane can part them" in found["words"]


def test_xor_in_words() -> None:
    words = verdict("0110", ("x₁", "x₂"))["words"]
    assert "0.5·(0, 1) + 0.5·(1, 0) must fire and 0.5·(0, 0) + 0.5·(1, 1) must not" in words
    assert "(0.5, 0.5)" in words


def test_the_guide_leads_where_it_says() -> None:
    assert ROOM.guide is not None
    for experiment in ROOM.guide.experiments:
        spec_names = {name: text for name, text in experiment.link.items() if name not in NeuronView.names()}
        assert view_of(**experiment.link)[1] == [], experiment.title
        assert ROOM.read(spec_names)[1] == [], experiment.title
    assert ROOMS["neuron"] is ROOM
    assert len(SMOOTH) == 14
