"""Racers that are chosen as one, at learning rates that suit a surface."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from nnviz.surfaces.racer import Racer
from nnviz.surfaces.surface import Surface

OF_THE_MAP = {
    "rmsprop": 0.01, "adagrad": 0.1, "adadelta": 1.0, "adam": 0.02, "adamw": 0.02, "adamax": 0.03, "nadam": 0.02,
    "ftrl": 0.1, "lion": 0.005,
}  # fmt: skip
"""A good rate of methods that scale the gradient: their steps are about as long as the rate, whatever the slope. As a
part of the map's width."""


def good_rate(surface: Surface, name: str, momentum: float = 0.0) -> float:
    """A learning rate with which the optimiser `name` gets on well here, of one digit. Momentum adds up steps: its rate
    is a third."""
    low_x, high_x, low_y, high_y = surface.domain
    if name == "sgd":
        rate = surface.rate / 3 if momentum > 0 else surface.rate
    else:
        rate = OF_THE_MAP.get(name, 0.01) * min(high_x - low_x, high_y - low_y)
    return float(f"{rate:.0e}")


def good_racer(surface: Surface, name: str, momentum: float = 0.0, times: float = 1.0, **more: Any) -> Racer:
    """The optimiser `name` at its good rate, or `times` that."""
    rate = float(f"{good_rate(surface, name, momentum) * times:.2g}")
    optimizer: dict[str, Any] = {"name": name, "learning_rate": rate}
    if momentum:
        optimizer |= {"momentum": momentum, "nesterov": more.pop("nesterov", False)}
    return Racer.model_validate({"optimizer": optimizer, **more})


def four_methods(surface: Surface) -> tuple[Racer, ...]:
    """Plain descent, momentum, a rate for each weight, and both."""
    chosen = [("sgd", 0.0), ("sgd", 0.9), ("rmsprop", 0.0), ("adam", 0.0)]
    return tuple(good_racer(surface, name, momentum) for name, momentum in chosen)


def _quarter(surface: Surface) -> int:
    """Samples of a mini-batch that is neither all nor one."""
    return max(2, len(surface.samples.u) // 4) if surface.samples else 1


class Lineup(NamedTuple):
    """Racers that are chosen as one. racers: which, on a surface; fits: whether that surface is one for them."""

    title: str
    racers: Callable[[Surface], tuple[Racer, ...]]
    fits: Callable[[Surface], bool] = lambda _: True


LINEUPS: dict[str, Lineup] = {
    "methods": Lineup("Four methods", four_methods),
    "rates": Lineup(
        "Learning rates", lambda s: tuple(good_racer(s, "sgd", times=times) for times in (0.1, 0.3, 1, 2, 4))
    ),
    "momentum": Lineup(
        "Momentum",
        lambda s: (
            good_racer(s, "sgd"), good_racer(s, "sgd", 0.5), good_racer(s, "sgd", 0.9),
            good_racer(s, "sgd", 0.9, nesterov=True),
        ),
    ),
    "decay": Lineup(
        "Learning-rate decay",
        lambda s: tuple(
            good_racer(s, "sgd", times=1.1, decay={"name": name, "rate": 0.1 if name == "cosine" else 0.5, "steps": 50})
            for name in ("none", "exponential", "inverse_time", "cosine")
        ),
    ),
    "optimizers": Lineup(
        "Seven optimisers",
        lambda s: tuple(
            good_racer(s, name) for name in ("sgd", "adagrad", "adadelta", "rmsprop", "adam", "adamax", "nadam")
        ),
    ),
    "batches": Lineup(
        "Batch, mini-batch, stochastic",
        lambda s: tuple(good_racer(s, "sgd", batch_size=n) for n in (None, _quarter(s), 1)),
        lambda s: s.samples is not None,
    ),
}  # fmt: skip
"""What the lectures let run side by side."""
