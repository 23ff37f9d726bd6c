"""Models of every kind that a user may bring, with data for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np

N = 96
layers = keras.layers


class Case(NamedTuple):
    """A compiled model, what it trains on, and what the dashboard shows of it. test: without it, none is given."""

    model: Any
    x: Any
    y: Any
    views: set[str]
    test: bool = True
    left_out: str = ""
    picture: tuple[int, int] | None = None


def numbers(*shape: int) -> Any:
    return np.random.default_rng(0).normal(size=(N, *shape)).astype(np.float32)


def classes(k: int) -> Any:
    return np.arange(N) % k


KERNELS = {"filters", "statistics"}
JUDGED = {*KERNELS, "predictions"}


def pictures() -> Case:
    model = keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Conv2D(4, 3), layers.BatchNormalization(), layers.Flatten(),
         layers.Dropout(0.5), layers.Dense(3, "softmax")]
    )  # fmt: skip
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return Case(model, numbers(8, 8, 1), classes(3), {*JUDGED, "mistakes"})


def rows_as_pictures() -> Case:
    model = keras.Sequential([keras.Input((64,)), layers.Dense(5, "relu"), layers.Dense(3)])
    model.compile("sgd", keras.losses.CategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return Case(model, numbers(64), np.eye(3)[classes(3)], {*JUDGED, "mistakes"}, picture=(8, 8))


def plane() -> Case:
    model = keras.Sequential([keras.Input((2,)), layers.Dense(4, "tanh"), layers.Dense(1, "sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    return Case(model, numbers(2), classes(2), {*JUDGED, "plane", "data"})


def regression() -> Case:
    model = keras.Sequential([keras.Input((2,)), layers.Dense(4, "tanh"), layers.Dense(1)])
    model.compile("rmsprop", "mse", metrics=["mae"])
    return Case(model, numbers(2), numbers(1), {*KERNELS, "plane", "data"}, left_out="no classes")


def several_outputs() -> Case:
    given = keras.Input((4,))
    outputs = {"a": layers.Dense(3, "softmax", name="a")(given), "b": layers.Dense(1, name="b")(given)}
    model = keras.Model(given, outputs)
    model.compile("sgd", {"a": "sparse_categorical_crossentropy", "b": "mse"}, metrics={"a": "accuracy"})
    return Case(model, numbers(4), {"a": classes(3), "b": numbers(1)}, KERNELS, left_out="2 outputs")


def several_inputs() -> Case:
    given = {"p": keras.Input((4,), name="p"), "q": keras.Input((6, 6, 1), name="q")}
    joined = layers.Concatenate()([given["p"], layers.Flatten()(given["q"])])
    model = keras.Model(given, layers.Dense(3, "softmax")(joined))
    model.compile("sgd", "sparse_categorical_crossentropy")
    return Case(model, {"p": numbers(4), "q": numbers(6, 6, 1)}, classes(3), JUDGED)


def recurrent() -> Case:
    model = keras.Sequential([keras.Input((7, 2)), layers.LSTM(4), layers.Dense(3, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return Case(model, numbers(7, 2), classes(3), JUDGED)


def words() -> Case:
    model = keras.Sequential([keras.Input((5,)), layers.Embedding(20, 4), layers.Flatten(), layers.Dense(2, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return Case(model, np.arange(5 * N).reshape(N, 5) % 20, classes(2), JUDGED)


class Subclassed(keras.Model):  # type: ignore[misc]
    """Not built before its first batch; its forward pass is Python."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = layers.Dense(5, "relu"), layers.Dense(3, "softmax")

    def call(self, x: Any, training: bool = False) -> Any:
        del training
        return self.last(self.first(x))


def subclassed() -> Case:
    model = Subclassed()
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return Case(model, numbers(4), classes(3), JUDGED)


class Unhelpful(Subclassed):
    """Nothing can be asked of it but to train."""

    def call(self, x: Any, training: bool = False) -> Any:
        if not training:
            raise RuntimeError("this model only trains")
        return super().call(x)

    @property
    def layers(self) -> Any:
        raise RuntimeError("no layers")


def unhelpful() -> Case:
    model = Unhelpful()
    model.compile("sgd", "sparse_categorical_crossentropy")
    return Case(model, numbers(4), classes(3), KERNELS, left_out="this model only trains")


def without_weights() -> Case:
    model = keras.Sequential([keras.Input((3,)), layers.Softmax()])
    model.compile("sgd", "sparse_categorical_crossentropy")
    return Case(model, numbers(3), classes(3), {"predictions"}, left_out="no kernels")


def without_test_data() -> Case:
    case = pictures()
    return case._replace(test=False, views=KERNELS, left_out="validation_data")


def many_classes() -> Case:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(300, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    return Case(model, numbers(4), classes(90), KERNELS, left_out="300 classes")


CASES: dict[str, Callable[[], Case]] = {
    make.__name__: make
    for make in (
        pictures, rows_as_pictures, plane, regression, several_outputs, several_inputs, recurrent, words, subclassed,
        unhelpful, without_weights, without_test_data, many_classes,
    )
}  # fmt: skip
