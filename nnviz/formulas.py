"""Formulas for the page, written once in LaTeX: browsers draw MathML themselves, so that nothing is loaded for it."""

from __future__ import annotations

from functools import cache
from xml.etree import ElementTree

_SPACE = "{http://www.w3.org/1998/Math/MathML}"


@cache
def mathml(latex: str, block: bool = True) -> str:
    r"""A formula as presentation MathML, such as `mathml(r"z = \sum_i w_i x_i + b")`. block: with large operators.

    For formulas of ours: what a visitor types is no LaTeX. Raises ValueError of a command that is not known.
    """
    from latex2mathml.converter import convert  # 0.1 s, in the rooms that have formulas

    text: str = convert(latex, display="block" if block else "inline")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise ValueError(f"no formula: {latex!r} ({error})") from error
    for node in root.iter():
        named = node.tag.startswith(_SPACE + "m")  # what is in a \text stands in the MathML as it is
        if not named or "\\" in (node.text or ""):
            raise ValueError(f"no formula: {latex!r} has {node.text!r}")
    return text
