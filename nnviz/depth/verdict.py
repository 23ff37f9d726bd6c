"""When a gradient counts as vanished or exploded on its way back through the layers, for every place that says so."""

from __future__ import annotations

import math
from typing import Literal

VANISHING = 1 / 64
"""Of the last layer's gradient: below it the first layer's has vanished. (1/4)³ = 0.0156 is what three sigmoid layers
leave of it at best where no weight is beyond ±1."""
EXPLODING = 10.0
"""Times the last layer's gradient: above it the first layer's has exploded."""
State = Literal["vanishing", "exploding", "healthy", "none", "diverged"]


def state(first: float, last: float) -> State:
    """What the sizes of the first and of the last layer's gradient say; "none" where there is no gradient at all,
    "diverged" where one is no number any more."""
    first, last = abs(first), abs(last)
    if not (math.isfinite(first) and math.isfinite(last)):
        return "diverged"
    if first == 0 and last == 0:
        return "none"
    if first < VANISHING * last:
        return "vanishing"
    return "exploding" if first > EXPLODING * last else "healthy"
