from xml.etree import ElementTree

import pytest

from nnviz.formulas import mathml


def test_a_formula_is_mathml_with_its_letters() -> None:
    root = ElementTree.fromstring(mathml(r"\frac{\partial L}{\partial b_1} = \sum_i w_i \sigma'(z_i)"))
    assert root.tag == "{http://www.w3.org/1998/Math/MathML}math"
    assert root.get("display") == "block"
    assert "".join(root.itertext()).replace(" ", "") == "∂L∂b1=∑iwiσ′(zi)"
    assert root.find(".//{*}mfrac") is not None


@pytest.mark.parametrize("latex", [r"\nosuchcommand x", r"\text{a<b}", r"\text{<b>1</b>}"])
def test_what_cannot_be_set_is_refused(latex: str) -> None:
    with pytest.raises(ValueError, match="no formula"):
        mathml(latex)
