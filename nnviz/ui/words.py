"""What the settings are called on a page, and what each does, in words for somebody who has never trained a network.

What has a home of its own (an optimiser, a layer, …) says there what it is called: `labels` of its registry.
"""

from collections.abc import Mapping
from typing import Protocol


class Labelled(Protocol):
    """An entry of a registry."""

    @property
    def label(self) -> str:
        """What a control calls it."""


def labels(registry: Mapping[str, Labelled]) -> dict[str, str]:
    """Name → what a control calls it, of all that a registry has now."""
    return {name: entry.label for name, entry in registry.items()}


KERNELS = {
    "rbf": "RBF exp(−γ‖x − x′‖²)",
    "linear": "Linear x·x′",
    "poly": "Polynomial (γ x·x′ + c)ᵈ",
    "sigmoid": "Sigmoid tanh(γ x·x′ + c)",
}
