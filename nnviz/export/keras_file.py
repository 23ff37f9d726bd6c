"""The trained network as Keras saves it: loaded by plain Keras, without nnviz."""

from __future__ import annotations

from nnviz.export.child import ask
from nnviz.export.format import (
    CannotExport,
    Files,
    Format,
    Source,
    is_recorded,
    is_training,
    needs,
    with_weights,
)
from nnviz.export.keras_code import model_code
from nnviz.export.weights import packed


def make(source: Source) -> Files:
    """Not compiled: who wants to train on compiles it as the script does. Takes some seconds."""
    code = model_code(source.training, start=False)
    weights, _ = source.weights()
    arrays = packed({f"{i:03}": array for i, array in enumerate(weights)})
    made = ask("keras", {"model.py": code.encode(), "weights.npz": arrays})
    return {f"{source.name}.keras": made["model.keras"]}


def _layers(source: Source) -> None:
    if not source.training.is_network:
        raise CannotExport("an SVM has no layers; its script and its weights have all of it")
    model_code(source.training, start=False)


KERAS_FILE = Format(
    "Keras model (.keras)", "the trained network for keras.saving.load_model", "keras", make,
    needs(is_training, _layers, is_recorded, with_weights),
)  # fmt: skip
