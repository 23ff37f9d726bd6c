"""Links: any setting survives the way through one, and no link is a stack trace."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nnviz.link import PATHS, from_query, put, read_layers, to_query, write_layers
from nnviz.optimizers import OPTIMIZERS
from nnviz.spec import NetworkSpec, Part, RunSpec
from tests.strategies import image_layers, layers, specs

TABLE = "0123456789abcdef" * 4
VALUES = st.sampled_from(
    ["", "0", "1", "2", "-1", "0.5", "1e-3", "1e999", "nan", "on", "off", "none", "x1,x2", "8:relu:d0.2,4", "d0.5",
     "2:d7", "table", "plane", "spiral", "mnist", "digits", "adam", "sgd", "hinge", "softmax", "l2", "val_loss",
     "cosine", "16@5,max2,30", "rnn16", "svm", "scratch", "rbf", "scale", "images", TABLE]
) | st.text(max_size=20)  # fmt: skip


def problems_of(**query: str) -> tuple[RunSpec, list[str]]:
    return from_query(query)


@given(specs())
def test_there_and_back(spec: RunSpec) -> None:
    query = to_query(spec)
    assert all(isinstance(text, str) for text in query.values())
    assert from_query(query) == (spec, [])


def test_the_default_is_an_empty_link() -> None:
    assert to_query(RunSpec()) == {}
    assert from_query({}) == (RunSpec(), [])


def test_only_what_differs_is_written() -> None:
    spec = RunSpec.model_validate({"data": {"name": "digits"}, "training": {"optimizer": {"name": "adam"}}})
    assert to_query(spec) == {"data": "digits", "optimizer": "adam"}


def test_every_field_of_a_spec_has_a_place_in_a_link() -> None:
    def leaves(part: type[Part], path: tuple[str, ...]) -> set[tuple[str, ...]]:
        found: set[tuple[str, ...]] = set()
        for name, field in part.model_fields.items():
            kinds = [field.annotation, *get_args(field.annotation)]
            kinds += [inner for kind in kinds for inner in get_args(kind)]
            parts = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Part)]
            inner = [leaves(kind, (*path, name)) for kind in parts if name not in {"layers", "optimizer"}]
            found |= set().union(*inner) if inner else {(*path, name)}
        return found

    optimizers = {("training", "optimizer", name) for kind in OPTIMIZERS.values() for name in kind.model_fields}
    wanted = leaves(RunSpec, ()) - {("training", "optimizer"), ("job",)} | optimizers
    assert set(PATHS.values()) == wanted


@given(st.dictionaries(st.sampled_from(sorted(PATHS)) | st.text(max_size=8), VALUES, max_size=8))
@example({"data": "table", "table": TABLE, "classes": "1", "noise": "7"})
@example({"patience": "3", "validation": "0", "min_delta": "1"})
@example({"train": "30000", "validation": "30000", "test": "30000"})
@example({"data": "plane", "loss": "hinge", "output": "softmax"})
def test_any_link_gives_a_setting(query: dict[str, str]) -> None:
    spec, problems = from_query(query)
    assert isinstance(spec, RunSpec)
    assert len(problems) <= len(query)
    assert all(name in PATHS for name in query) or problems
    # What was not complained about is in force, and only that.
    kept = {
        n: t
        for n, t in query.items()
        if not any(p.startswith((f"The link's {n}=", f"The link's “{n}")) for p in problems)
    }
    assert from_query(kept) == (spec, [])


@pytest.mark.parametrize(
    ("query", "culprits"),
    [
        ({"noise": "7"}, ["noise"]),
        ({"noise": "much", "train": "0"}, ["train", "noise"]),
        ({"data": "nowhere", "epochs": "5"}, ["data"]),
        ({"optimizer": "adam", "momentum": "0.9"}, ["momentum"]),
        ({"optimizer": "adma", "learning_rate": "0.5"}, ["optimizer"]),
        ({"data": "plane", "loss": "hinge"}, ["loss"]),
        ({"loss": "hinge", "output": "softmax"}, ["output"]),
        ({"data": "table", "table": TABLE, "classes": "1"}, ["classes"]),
        ({"data": "table", "table": TABLE, "noise": "7"}, ["noise"]),
        ({"data": "table"}, ["data"]),
        ({"table": TABLE}, ["table"]),
        ({"validation": "0", "patience": "3"}, ["patience"]),
        ({"layers": "8:what"}, ["layers"]),
        ({"layers": "8:"}, ["layers"]),
        ({"layers": "2048,2048,2048,2048", "epochs": "3"}, ["layers"]),
        ({"inputs": "x1,x9"}, ["inputs"]),
        ({"clipnorm": "1", "clipvalue": "1"}, ["clipvalue"]),
        ({"train": "60000", "validation": "0", "test": "0"}, []),
        ({"data": "digits", "layers": "16@5:relu,max2,30", "center": "on", "rotate": "25.0"}, []),
        ({"data": "digits", "layers": "16@11"}, ["layers"]),
        ({"layers": "16@5"}, ["layers"]),
        ({"rotate": "25"}, ["rotate"]),
        ({"data": "digits", "family": "svm", "C": "5.0", "gamma": "0.05", "kernel": "poly"}, []),
        ({"family": "svm"}, ["family"]),
        ({"data": "digits", "family": "svm", "layers": "30"}, ["layers"]),
    ],
)  # fmt: skip
def test_the_culprit_is_named_and_the_rest_kept(query: dict[str, str], culprits: list[str]) -> None:
    spec, problems = from_query(query)
    assert [p.partition("=")[0] for p in problems] == [f"The link's {name}" for name in culprits]
    assert all(p.endswith("used instead.") for p in problems)
    assert to_query(spec).keys() == query.keys() - set(culprits)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"noise": "7"}, "The link's noise=7: allowed is a number from 0 to 1. The default, 0, is used instead."),
        ({"epochs": "0"}, "The link's epochs=0: allowed is a whole number from 1 to 100,000. The default, 1000, "),
        ({"data": "sprial"}, "The link's data=sprial: allowed are circle, xor, "),
        (
            {"shuffle": "perhaps"},
            "The link's shuffle=perhaps: allowed are on and off. The default, on, is used instead.",
        ),
        ({"layers": "8,9999"}, "The link's layers=8,9999: layer 2, units: allowed is a whole number from 1 to 2,048. "),
        ({"beta_1": "0.5"}, "The link's beta_1=0.5: this optimizer has no such setting; it has learning_rate, "),
        ({"nosie": "1"}, "The link's “nosie” is not a setting here; it was left out. Is “noise” meant?"),
    ],
)
def test_a_fault_of_a_link_in_plain_words(query: dict[str, str], words: str) -> None:
    """Field, value, what is allowed, what is used instead: no path of the specification, no class of a library."""
    (problem,) = from_query(query)[1]
    assert problem.startswith(words)


def test_a_room_falls_back_to_its_own_default() -> None:
    spec, problems = from_query({"learning_rate": "much"}, base={"data": "digits", "learning_rate": "0.1"})
    assert spec.training.optimizer.learning_rate == 0.1
    assert problems[0].endswith("The default, 0.1, is used instead.")


def test_a_stranger_is_named_unless_it_is_somebody_elses() -> None:
    assert from_query({"utm": "x"})[1] == ["The link's “utm” is not a setting here; it was left out."]
    assert from_query({"utm": "x"}, ignore=frozenset({"utm"})) == (RunSpec(), [])


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("8:relu:bn:d0.2,4", "8:relu:bn:d0.2,4"),
        (" 8 , 4 ", "8,4"),
        ("d0.2,4", "d0.2,4"),
        ("d.5:bn,4", "d0.5:bn,4"),
        ("bn,d1e-05", "bn:d1e-05"),
        ("16@5:relu:same:s2,max2,30", "16@5:relu:same:s2,max2,30"),
        ("16@5:valid:s1:bn,avg3:s2:same,l2p2,flat,d0.2", "16@5:bn,avg3:same:s2,l2p2,flat:d0.2"),
        ("rnn32,rnn16:relu,lstm8", "rnn32,rnn16:relu,lstm8"),
        ("none", "none"),
        ("", "none"),
        ("0", "none"),
    ],
)
def test_layers_as_text(text: str, written: str) -> None:
    assert write_layers(read_layers(text)) == written


@given(layers() | image_layers())
def test_layers_there_and_back(plain: list[dict[str, Any]]) -> None:
    full = NetworkSpec.model_validate({"layers": plain})
    text = write_layers([layer.model_dump() for layer in full.layers])
    assert NetworkSpec.model_validate({"layers": read_layers(text)}) == full


@given(st.text("0123456789:,.dbnerlu_- ", max_size=20) | st.text(max_size=10))
def test_junk_layers_are_refused_in_words(text: str) -> None:
    try:
        assert isinstance(read_layers(text), list)
    except ValueError as error:
        problem = str(error)
    else:
        problem = ""
    assert not problem or "is no layer; write for example" in problem


def test_put_makes_what_is_missing() -> None:
    plain: dict[str, Any] = {"training": {"early_stopping": None}}
    put(plain, ("training", "early_stopping", "patience"), 3)
    put(plain, ("seed",), 1)
    assert plain == {"training": {"early_stopping": {"patience": 3}}, "seed": 1}
