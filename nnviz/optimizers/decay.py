"""How a learning rate falls with the steps, as Keras's schedules."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from nnviz.part import Names, Part


class Schedule(NamedTuple):
    """label: in the controls. factor(t, rate, xp): what the learning rate is multiplied by at t = step / steps; `xp` is
    numpy or tensorflow."""

    label: str
    factor: Callable[[Any, float, Any], Any]


def _cosine(t: Any, rate: float, xp: Any) -> Any:
    """CosineDecay with α = rate: (1 − α)·(1 + cos π·min(t, 1)) / 2 + α."""
    return (1 - rate) * 0.5 * (1 + xp.cos(math.pi * xp.minimum(t, 1.0))) + rate


DECAYS: dict[str, Schedule] = {
    "none": Schedule("Constant", lambda _t, _rate, _xp: 1.0),
    "exponential": Schedule("Exponential", lambda t, rate, _: rate**t),
    "staircase": Schedule("Staircase", lambda t, rate, xp: rate ** xp.floor(t)),
    "inverse_time": Schedule("1 / time", lambda t, rate, _: 1 / (1 + rate * t)),
    "cosine": Schedule("Cosine", _cosine),
    # PolynomialDecay of power 1 that ends at rate · start.
    "linear": Schedule("Linear", lambda t, rate, xp: 1 - (1 - rate) * xp.minimum(t, 1.0)),
}


class Decay(Part):
    """How the learning rate falls with the steps: it is multiplied by a factor of t = step / steps, see DECAYS."""

    name: Annotated[str, Names(DECAYS)] = "none"
    rate: float = Field(0.5, ge=0, le=100)
    steps: int = Field(1000, ge=1, le=10_000_000)


def decay_factor(decay: Decay, step: Any, xp: Any) -> Any:
    """What the learning rate is multiplied by at `step` (float, from 0); `xp` is numpy or tensorflow."""
    return DECAYS[decay.name].factor(step / decay.steps, decay.rate, xp)
