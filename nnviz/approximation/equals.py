"""Width against depth: networks of one, two and three hidden layers with as many parameters, and which one is ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise, product
from typing import NamedTuple

from nnviz.approximation.spec import MOST_UNITS, network_name

DEPTHS = (1, 2, 3)
UNEVEN = 2
"""A layer has at most so many times the neurons of another one: else a deep network is a wide one with a bottleneck."""


class Curve(NamedTuple):
    """A network's validation losses so far: its layers as a spec writes them; whether its numbers have run away."""

    layers: str
    epochs: Sequence[float | None]
    losses: Sequence[float | None]
    diverged: bool = False


def parameters(layers: Sequence[int]) -> int:
    """Weights and biases of 1-layers-1: each layer has as many weights as it has inputs times neurons."""
    sizes = (1, *layers, 1)
    return sum((inputs + 1) * units for inputs, units in pairwise(sizes))


def equals(neurons: int) -> list[tuple[int, ...]]:
    """One layer of so many neurons; and of two and three layers the network whose number of parameters is nearest to
    its, the most even one of those that are equally near."""
    wanted = parameters((neurons,))
    found: list[tuple[int, ...]] = [(neurons,)]
    most = min(neurons, MOST_UNITS)  # of the same size, none has more in any layer
    for depth in DEPTHS[1:]:
        even = (
            layers for layers in product(range(1, most + 1), repeat=depth) if max(layers) <= UNEVEN * min(layers)
        )  # fmt: skip
        found.append(min(even, key=lambda layers: (abs(parameters(layers) - wanted), max(layers) - min(layers))))
    return found


def ahead(curves: Sequence[Curve]) -> tuple[float, list[tuple[float, str]]] | None:
    """The last epoch that all have reached whose numbers have not run away, and (validation loss then, layers), the
    lowest first. None before each of them has a number."""
    going = [_known(one) for one in curves if not one.diverged]
    if not going or not all(losses for _, losses in going):
        return None
    epoch = min(max(losses) for _, losses in going)
    at = [(losses[max(e for e in losses if e <= epoch)], layers) for layers, losses in going if min(losses) <= epoch]
    return epoch, sorted(at)


def words(curves: Sequence[Curve]) -> str:
    """Who is ahead, in a sentence."""
    found = ahead(curves)
    if found is None:
        return ""
    epoch, (best, *others) = found
    behind = " and ".join(f"{loss:.3g} ({network_name(layers)})" for loss, layers in others)
    lost = [network_name(one.layers) for one in curves if one.diverged]
    away = f" The numbers of {' and '.join(lost)} ran away." if lost else ""
    against = f", against {behind}" if behind else ""
    return f"{network_name(best[1])} is ahead at epoch {epoch:,.0f}: validation loss {best[0]:.3g}{against}.{away}"


def _known(curve: Curve) -> tuple[str, Mapping[float, float]]:
    rows = zip(curve.epochs, curve.losses, strict=True)
    return curve.layers, {epoch: loss for epoch, loss in rows if epoch is not None and loss is not None}
