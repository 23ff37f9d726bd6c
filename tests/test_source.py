import inspect

import pytest

from nnviz.neuron import rosenblatt
from nnviz.source import code_of


def test_the_code_on_the_page_is_the_code_that_runs() -> None:
    code = code_of(rosenblatt.answers)
    assert code["name"] == "nnviz.neuron.rosenblatt.answers"
    assert "".join(text for _, text in code["tokens"]) == inspect.getsource(rosenblatt.answers).rstrip("\n")
    kinds = {text: kind for kind, text in code["tokens"]}
    assert (kinds["def"], kinds["answers"]) == ("keyword", "name")


def test_what_has_no_source_is_refused() -> None:
    with pytest.raises(TypeError):
        code_of(len)


def test_a_method_begins_at_the_margin() -> None:
    text = "".join(text for _, text in code_of(Indented.method)["tokens"])
    assert text.startswith("def method")


class Indented:
    def method(self) -> int:
        return 1
