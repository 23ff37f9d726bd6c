"""The lecture's example by hand, with the digits that it prints."""

from __future__ import annotations

from nnviz.backprop.spec import BackpropSpec

PRINTED: dict[str, str] = {
    "z1.1": "0.7", "z1.2": "1", "a1.1": "0.60", "a1.2": "0.76", "z2.1": "-1.48", "a2.1": "-0.90", "z3.1": "-0.80",
    "a3.1": "-0.66", "d3.1": "-0.927", "d2.1": "-0.347", "d1.1": "-0.220", "d1.2": "0.438",
    "gb1.1": "-0.22", "gb1.2": "0.44", "gw1.1.1": "-0.44", "gw1.2.1": "0.88",
    "gb2.1": "-0.35", "gw2.1.1": "-0.21", "gw2.1.2": "-0.26", "gb3.1": "-0.93", "gw3.1.1": "0.84",
}  # fmt: skip
"""By the ids of a trace. The lecture calls the sums u and the outputs z and y; −0.66 is cut off, not rounded."""


def is_worked(spec: BackpropSpec) -> bool:
    """Whether this is the lecture's network with its sample, before any update."""
    other = BackpropSpec()
    same = spec.layers == other.layers and spec.functions == other.functions and spec.loss == other.loss
    return (
        same
        and spec.updates == 0
        and bool((spec.start == other.start).all() and (spec.x == other.x).all() and (spec.t == other.t).all())
    )
