"""The formula of each number: its numbers make it, and every one can be set."""

from __future__ import annotations

import math
import re

import pytest

from nnviz.activations import ACTIVATIONS
from nnviz.backprop.explain import explained, shown
from nnviz.backprop.spec import BackpropSpec
from nnviz.backprop.trace import trace
from nnviz.backprop.words import ACTIVATION_WORDS, LOSS_WORDS
from nnviz.formulas import mathml
from tests.backprop.test_network import random_spec


def test_every_activation_has_its_words() -> None:
    assert set(ACTIVATION_WORDS) == set(ACTIVATIONS)


def test_every_number_of_any_network_can_be_set() -> None:
    """Each activation and each loss once, and with numbers."""
    seen = set()
    specs = [random_spec(seed, hidden=[name]) for seed, name in enumerate(n for n in ACTIVATIONS if n != "softmax")]
    specs += [random_spec(20 + seed, loss=loss) for seed, loss in enumerate(LOSS_WORDS)]
    for spec in specs:
        found = trace(spec)
        for one in found.operations:
            kind = one.id.rstrip("0123456789."), spec.functions[one.layer - 1], spec.loss, one.layer
            if kind not in seen:
                seen.add(kind)
                for line in explained(found, one.id).lines:
                    assert "<math" in mathml(line)
                    assert "⟦" not in line


def test_the_numbers_put_in_make_the_number() -> None:
    """Sums and products of the worked example, computed anew from what is printed."""
    found = trace(BackpropSpec())
    checked = 0
    for one in found.operations:
        text = explained(found, one.id).numbers
        whole, equals, result = text.rpartition(" = ")
        if not equals:
            continue
        plain = whole.replace(r"\left(", "(").replace(r"\right)", ")").replace(r"\cdot", "*")
        plain = plain.replace(r"\tanh", "tanh").replace(r"\frac{1}{2}", "0.5 *").replace("^", "**")
        plain = plain.replace("{", "").replace("}", "")
        assert re.fullmatch(r"[0-9a-z.()* +-]+", plain), plain
        value = eval(plain, {"__builtins__": {}, "tanh": math.tanh})
        assert value == pytest.approx(float(result), abs=2e-3), text
        checked += 1
    assert checked > 30


def test_a_number_tells_where_it_comes_from_and_where_it_goes() -> None:
    found = trace(BackpropSpec())
    about = shown(found, "a1.2")
    assert [one[0] for one in about["reads"]] == ["z1.2"]
    assert [one[0] for one in about["flows"]] == ["z2.1", "f1.2", "gw2.1.2"]
    assert about["title"] == "What neuron 2 of layer 1 says"
    assert explained(found, "z2.1").numbers == (r"0.2 + 1 \cdot 0.6044 + \left(-3\right) \cdot 0.7616 = -1.4804")
    assert shown(found, "w1.1.1")["formula"]
    with pytest.raises(KeyError):
        shown(found, "z9.1")
