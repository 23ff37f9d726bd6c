"""`Racer`: an optimiser with its settings, as one of those who race."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, SerializeAsAny

from nnviz.optimizers import DECAYS, OPTIMIZERS, SGD, Decay, Optimizer
from nnviz.part import Part, made_of


class Racer(Part):
    """One optimiser with its rate, as a training's. batch_size: samples for each step, on the error surface of a model;
    absent: all of them.

    As text, in a link: `adam@0.02`, and what is not by default behind it: `sgd@0.1:momentum=0.9:batch_size=4`.
    """

    optimizer: Annotated[SerializeAsAny[Optimizer], made_of(OPTIMIZERS, "name", "sgd")] = SGD(learning_rate=0.1)
    decay: Decay = Decay(steps=100)
    batch_size: int | None = Field(None, ge=1, le=1000)

    @property
    def label(self) -> str:
        """What it is called in lists and charts: "SGD 0.1, momentum 0.9"."""
        more = [f"{self.optimizer.label} {self.optimizer.learning_rate:g}"]
        if momentum := getattr(self.optimizer, "momentum", 0):
            more.append(f"{'Nesterov' if getattr(self.optimizer, 'nesterov', False) else 'momentum'} {momentum:g}")
        if self.decay.name != "none":
            more.append(f"{DECAYS[self.decay.name].label.lower()} decay")
        if self.batch_size is not None:
            more.append("one sample" if self.batch_size == 1 else f"batch {self.batch_size}")
        return ", ".join(more)

    def __str__(self) -> str:
        more = {"batch_size": self.batch_size, **{f"decay_{n}": v for n, v in _given(self.decay, Decay(steps=100))}}
        own = dict(_given(self.optimizer, type(self.optimizer).model_validate({})))
        own.pop("learning_rate", None)
        words = [f"{name}={value}" for name, value in {**own, **more}.items() if value is not None]
        return ":".join([f"{self.optimizer.name}@{self.optimizer.learning_rate!r}", *words])


def _given(part: Part, default: Part) -> list[tuple[str, Any]]:
    """What of a part is not as by default."""
    return [(name, value) for name, value in part if value != getattr(default, name)]


def read_racers(value: Any) -> Any:
    """Racers as a link writes them, with commas between, as plain values; anything else as it is."""
    return [_read_racer(word) for word in value.split(",")] if isinstance(value, str) else value


def _read_racer(word: str) -> dict[str, Any]:
    name, *settings = word.strip().split(":")
    name, _, rate = name.partition("@")
    optimizer: dict[str, Any] = {"name": name} | ({"learning_rate": rate} if rate else {})
    racer: dict[str, Any] = {"optimizer": optimizer}
    for setting in settings:
        field, _, value = setting.partition("=")
        if field == "batch_size":
            racer[field] = value
        elif field.startswith("decay_"):
            racer.setdefault("decay", {"steps": 100})[field.removeprefix("decay_")] = value
        else:
            optimizer[field] = value
    return racer
