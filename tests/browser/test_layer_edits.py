"""The heads over the drawing's layers: an edit changes what it names, and nothing else of the link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from nnviz.link import from_query, write_layers
from tests.browser.conftest import Playground

Layers = list[dict[str, Any]]
EDIT = """
async (edits) => {
  const m = await import("/rooms/playground/layers.js");
  return edits.map(([name, layers, ...rest]) => m[name](layers, ...rest));
}
"""
LINK = "(x) => new URL(location.href).searchParams.get('layers') === x"
WORDS = st.sampled_from(["8", "3:relu", "2:gelu", "bn", "d0.2", "d0.0", "d0.35", "flat"])
LINKS = st.lists(st.lists(WORDS, min_size=1, max_size=6).map(",".join), min_size=30, max_size=30)


def layers_of(link: str) -> Layers:
    """As the page has them: a link's words, checked and completed by the spec."""
    spec, problems = from_query({"layers": link})
    assert not problems
    return [layer.model_dump() for layer in spec.network.layers]


def expected(layers: Layers) -> Layers:
    """What a link that is made of them opens."""
    return layers_of(write_layers(layers))


@given(links=LINKS, data=st.data())
@settings(max_examples=15, deadline=None)
def test_an_edit_changes_what_it_names_and_nothing_else(scripts: Page, links: list[str], data: st.DataObject) -> None:
    asked: list[list[Any]] = []
    answers: list[Layers] = []
    for link in links:
        layers = layers_of(link)
        dense = [i for i, layer in enumerate(layers) if layer["kind"] == "dense"]
        last = dense[-1] if dense else len(layers)
        asked += [["addLayer", layers], ["removeLayer", layers]]
        units = layers[last]["units"] if dense else 4
        answers += [[*layers, {"kind": "dense", "units": units, "activation": None}], layers[:last]]
        if not dense:
            continue
        k = data.draw(st.integers(0, len(dense) - 1))
        at = dense[k]
        for change in ({"units": layers[at]["units"] + 1}, {"activation": "elu"}, {"activation": None}):
            asked.append(["changeLayer", layers, k, change])
            answers.append([*layers[:at], layers[at] | change, *layers[at + 1 :]])
    found = scripts.evaluate(EDIT, asked)
    for (name, before, *_), ours, right in zip(asked, found, answers, strict=True):
        assert ours == right, (name, write_layers(before))
        assert expected(ours) == ours  # and a link keeps it


@given(links=LINKS, data=st.data())
@settings(max_examples=15, deadline=None)
def test_dropout_and_normalisation_are_changed_where_they_stand(
    scripts: Page, links: list[str], data: st.DataObject
) -> None:
    asked: list[list[Any]] = []
    for link in links:
        layers = layers_of(link)
        dense = [i for i, layer in enumerate(layers) if layer["kind"] == "dense"]
        if dense:
            k = data.draw(st.integers(0, len(dense) - 1))
            wanted = {"rate": data.draw(st.sampled_from([0, 0.5])), "normalization": data.draw(st.booleans())}
            asked.append(["changeExtras", layers, k, wanted])
    for (_, before, k, wanted), after in zip(asked, scripts.evaluate(EDIT, asked), strict=True):
        (head, old, tail), (head_now, new, tail_now) = split(before, k), split(after, k)
        assert (head, tail) == (head_now, tail_now)
        kinds = [layer["kind"] for layer in new]
        assert [layer["rate"] for layer in new if layer["kind"] == "dropout"] == [wanted["rate"]] * bool(wanted["rate"])
        assert kinds.count("batch_normalization") == wanted["normalization"]
        kept = list(dict.fromkeys(x["kind"] for x in old if x["kind"] in kinds and x["kind"] != "flatten"))
        assert [kind for kind in kinds if kind in kept] == kept  # in the order that they had
        assert kinds.count("flatten") == [layer["kind"] for layer in old].count("flatten")
        assert expected(after) == after


def split(layers: Layers, k: int) -> tuple[Layers, Layers, Layers]:
    """Up to hidden layer k, what follows it, the rest."""
    dense = [i for i, layer in enumerate(layers) if layer["kind"] == "dense"]
    at, end = dense[k] + 1, (*dense, len(layers))[k + 1]
    return layers[:at], layers[at:end], layers[end:]


@pytest.mark.parametrize(
    ("link", "button", "then"),
    [
        ("8:d0.2:bn,flat,4", "one neuron less in hidden layer 1", "7:d0.2:bn,flat,4"),
        ("8,flat,4", "add a hidden layer", "8,flat,4,4"),
    ],
)
def test_a_click_leaves_the_rest_of_the_link(
    visit: Callable[..., Playground], link: str, button: str, then: str
) -> None:
    play = visit(layers=link)
    play.button(button).click()
    play.page.wait_for_function(LINK, arg=then)


def test_what_is_done_to_the_inputs_is_shown_kept_and_can_be_removed(visit: Callable[..., Playground]) -> None:
    play = visit(layers="d0.2,bn,4")
    expect(play.page.locator(".nnv-before")).to_contain_text("drop 20 % + norm")
    play.button("one neuron more in hidden layer 1").click()
    play.page.wait_for_function(LINK, arg="d0.2:bn,5")
    play.button("remove what is done to the inputs: drop 20 % + norm").click()
    play.page.wait_for_function(LINK, arg="5")
