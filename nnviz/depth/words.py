"""How sizes are written in the words of this package."""

from __future__ import annotations

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def short(value: float) -> str:
    """Three digits: "0.0156", "2.1·10⁻⁹"."""
    mantissa, _, power = f"{value:.3g}".partition("e")
    return f"{mantissa}·10{str(int(power)).translate(_RAISED)}" if power else mantissa
