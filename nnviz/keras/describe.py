"""A Keras model in words and numbers: its specification as a run. Nothing here raises, whatever the model is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from nnviz.jobs.own_model import MOST_LAYERS, OwnLayer, OwnModelSpec

T = TypeVar("T")


def attempt(read: Callable[[], T], otherwise: T) -> T:
    """What `read` gives; `otherwise` where a model does not have it (before it is built, of another version)."""
    try:
        return read()
    except Exception:
        return otherwise


def described(model: Any, name: str, params: dict[str, Any]) -> OwnModelSpec:
    """The specification of a run of this model. params: of the callback, {"epochs", "steps"}."""
    layers: list[Any] = attempt(lambda: list(model.layers), [])
    rate = attempt(lambda: float(model.optimizer.learning_rate), None)
    return OwnModelSpec(
        name=name[:200],
        model=str(attempt(lambda: model.name, ""))[:200],
        kind=type(model).__name__[:200],
        layers=tuple(_layer(layer) for layer in layers[:MOST_LAYERS]),
        trainable=attempt(lambda: sum(int(_size(weight.shape)) for weight in model.trainable_weights), 0),
        inputs=tuple(words(one.shape) for one in tensors(attempt(lambda: model.inputs, None))[:50]),
        outputs=tuple(words(one.shape) for one in tensors(attempt(lambda: model.outputs, None))[:50]),
        loss=_named(attempt(lambda: model.loss, None))[:200],
        optimizer=_named(attempt(lambda: model.optimizer, None))[:200],
        learning_rate=rate if rate is not None and rate == rate and abs(rate) != float("inf") else None,
        epochs=max(0, int(params.get("epochs") or 0)),
        steps=params.get("steps"),
        backend=str(attempt(_backend, ""))[:200],
    )


def tensors(given: Any) -> list[Any]:
    """One tensor, a list or a dictionary of them, as a list."""
    if given is None:
        return []
    if isinstance(given, dict):
        return [one for value in given.values() for one in tensors(value)]
    if isinstance(given, list | tuple):
        return [one for value in given for one in tensors(value)]
    return [given]


def words(shape: Any) -> str:
    """(None, 28, 28, 1) → "28 × 28 × 1": a sample's; what may vary is "?"."""
    sizes: list[Any] = attempt(lambda: list(shape)[1:], [])
    return " × ".join("?" if size is None else str(size) for size in sizes)[:200] or "1"


def _layer(layer: Any) -> OwnLayer:
    outputs = tensors(attempt(lambda: layer.output, None))
    return OwnLayer(
        name=str(attempt(lambda: layer.name, ""))[:200],
        kind=type(layer).__name__[:200],
        shape=" and ".join(words(one.shape) for one in outputs)[:200],
        parameters=attempt(lambda: int(layer.count_params()), 0),
    )


def _size(shape: Any) -> int:
    product = 1
    for size in shape:
        product *= int(size)
    return product


def _named(given: Any) -> str:
    """A loss or an optimiser as somebody would write it."""
    if given is None:
        return ""
    if isinstance(given, str):
        return given
    if isinstance(given, dict):
        return ", ".join(f"{name}: {_named(one)}" for name, one in given.items())
    if isinstance(given, list | tuple):
        return ", ".join(_named(one) for one in given)
    return str(getattr(given, "__name__", None) or type(given).__name__)


def _backend() -> str:
    import keras

    return f"keras {keras.version()}, {keras.backend.backend()}"
