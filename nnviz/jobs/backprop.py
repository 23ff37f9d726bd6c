"""The job `backprop`: the gradient of a small network as TensorFlow's tape finds it, to be set beside our own."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nnviz.backprop.learning import learn
from nnviz.backprop.network import layers_of
from nnviz.backprop.spec import BackpropSpec
from nnviz.events import Done, Event, Frame, Row, Started
from nnviz.jobs.job import Job
from nnviz.link import FieldsLink, Texts

if TYPE_CHECKING:
    from nnviz.control import Control


def run(spec: BackpropSpec, control: Control | None = None, **_: Any) -> Iterator[Event | Frame]:
    """`Done`'s result: loss, and gradient in the order of the spec's weights."""
    del control  # one step, too short to be paused
    yield Started(parameters=spec.parameters, layers=[])
    import keras  # noqa: F401  (seconds of their own, where nothing has imported it yet)

    began = time.perf_counter()
    found = taped(spec)
    seconds = time.perf_counter() - began
    yield Row(1, {"loss": found["loss"], "seconds": seconds})
    yield Done("taped", 1, seconds, found)


def taped(spec: BackpropSpec) -> dict[str, Any]:
    """One way forward under `tf.GradientTape`, in Keras's own functions, and the tape's way back."""
    import tensorflow as tf
    from keras import activations

    from nnviz.activations import in_keras
    from nnviz.losses import in_keras as loss_in_keras

    layers = layers_of(spec, learn(spec).weights)
    kernels = [tf.Variable(layer.kernel) for layer in layers]
    biases = [tf.Variable(layer.bias) for layer in layers]
    with tf.GradientTape() as tape:
        a = tf.constant(spec.x)[None]
        for layer, kernel, bias in zip(layers, kernels, biases, strict=True):
            a = activations.get(in_keras(layer.activation))(tf.matmul(a, kernel, transpose_b=True) + bias)
        loss = tf.reduce_sum(loss_in_keras(spec.loss)(tf.constant(spec.t)[None], a))
    by_bias, by_kernel = tape.gradient(loss, [biases, kernels])
    rows = [np.column_stack([b.numpy(), k.numpy()]).ravel() for b, k in zip(by_bias, by_kernel, strict=True)]
    return {"loss": float(loss), "gradient": np.concatenate(rows).tolist()}


class BackpropLink(FieldsLink):
    """Weights, say, can be judged only with the sizes that they are for."""

    def partners(self, query: Texts, name: str) -> Mapping[str, Any]:
        return {other: query[other] for other in _JUDGED_WITH.get(name, ()) if other in query}

    def texts(self, spec: Any) -> dict[str, str]:
        return {name: _short(text) for name, text in super().texts(spec).items()}

    def text(self, spec: Any, name: str) -> str:
        return _short(super().text(spec, name))


def _short(text: str) -> str:
    """Many numbers in a row, whole ones among them: `-3.0,1.0` as `-3,1`."""
    return ",".join(part.removesuffix(".0") for part in text.split(","))


_SIZES = dict.fromkeys(("inputs", "targets", "weights"), ("layers",))
_JUDGED_WITH = {"activations": ("layers", "loss"), "loss": ("layers", "activations"), **_SIZES}

BACKPROP = Job(
    title="automatic differentiation", spec=BackpropSpec, run=run, columns=("step", "loss", "seconds"),
    words={"running": "differentiating"}, tensorflow=True,
    own_link=BackpropLink(BackpropSpec),
)  # fmt: skip
