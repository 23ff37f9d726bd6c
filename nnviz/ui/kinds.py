"""What the rooms differ in: which data they show, what a bare link means there, which rates one starts with. Pure.

A link of a room is written against the room's own base: `/digits` alone is a network that learns digits in seconds, and
`/digits?data=mnist&layers=100` is that network with other data and another width, so that a teacher can write it by
hand. The playground's base is the spec's own defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnviz.link import PATHS, from_query, to_query, write_layers
from nnviz.spec import RunSpec
from nnviz.ui.rooms import DIGITS, PLAYGROUND

TOY_RATES = {
    "sgd": 0.03, "rmsprop": 0.01, "adagrad": 0.1, "adadelta": 1.0, "adam": 0.01, "adamw": 0.01, "adamax": 0.01,
    "nadam": 0.01, "ftrl": 0.1, "lion": 0.003,
}  # fmt: skip
IMAGE_RATES = {
    "sgd": 0.1, "rmsprop": 0.001, "adagrad": 0.03, "adadelta": 1.0, "adam": 0.001, "adamw": 0.001, "adamax": 0.002,
    "nadam": 0.001, "ftrl": 0.05, "lion": 0.0003,
}  # fmt: skip
"""Where a visitor who changes the optimiser starts: rates at which each learns such data."""
IMAGE_NETWORK = {
    "layers": "30", "activation": "relu", "loss": "categorical_crossentropy", "initializer": "he_normal",
    "bias": "zeros",
}  # fmt: skip
"""784-30-10 (64-30-10 on the small digits): nine of ten digits after one pass over them."""


@dataclass(frozen=True)
class Kind:
    """A kind of room. most_parameters: more cannot be drawn there; None where pictures stand for single weights."""

    name: str
    page: Path
    images: bool
    rates: Mapping[str, float]
    most_parameters: int | None

    def base(self, query: Mapping[str, str]) -> dict[str, str]:
        """What a link of this room means where it says nothing, given the choices on which other defaults hang."""
        if not self.images:
            return {}
        data = {"data": "digits"}
        if query.get("family") == "svm":
            return data
        rate = self.rates.get(query.get("optimizer", "sgd"), self.rates["sgd"])
        return {**data, **IMAGE_NETWORK, "learning_rate": repr(rate)}

    def read(self, query: Mapping[str, str], ignore: frozenset[str] = frozenset()) -> tuple[RunSpec, list[str]]:
        """The spec that a link of this room describes, and what could not be used of it."""
        spec, problems = from_query({**self.base(query), **query}, ignore)
        silent = tuple(f"The link's {name}=" for name in self.base(query) if name not in query)
        return spec, [line for line in problems if not line.startswith(silent or "\0")]

    def write(self, spec: RunSpec) -> dict[str, str]:
        """The shortest link of this room for `spec`."""
        query = to_query(spec)
        base = self.base(query)
        full = {name: query.get(name) or _text(spec, name) for name in PATHS if name in query or name in base}
        return {name: text for name, text in full.items() if base.get(name) != text}

    def view(self, spec: RunSpec) -> dict[str, Any]:
        """How a run is looked at here where the link does not say: an epoch of MNIST is many pictures, one of the small
        digits is over in a millisecond."""
        return {"speed": "epoch" if spec.data.name == "digits" else "full", "curve": "accuracy"} if self.images else {}

    def default(self) -> RunSpec:
        """What the bare link means."""
        return self.read({})[0]


KINDS = {
    "playground": Kind("playground", PLAYGROUND, images=False, rates=TOY_RATES, most_parameters=60_000),
    "digits": Kind("digits", DIGITS, images=True, rates=IMAGE_RATES, most_parameters=None),
}


def home_of(spec: RunSpec) -> Kind:
    """The room that shows such data."""
    return KINDS["digits" if spec.data.is_image else "playground"]


def _text(spec: RunSpec, name: str) -> str:
    """A value as a link says it, also where it is the spec's own default."""
    value: Any = spec.model_dump()
    for part in PATHS[name]:
        value = value[part]
    if name == "layers":
        return write_layers(value)
    return repr(value) if isinstance(value, float) else str(value)
