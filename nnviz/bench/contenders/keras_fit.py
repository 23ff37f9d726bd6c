"""Keras's own `fit`: as a tutorial writes it, and with what makes it faster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nnviz.bench.works import Work
from nnviz.layers import Placed


def tutorial(work: Work) -> Callable[[int], None]:
    """`compile`, then `fit`: nothing but the batch size is said."""
    return _fit(work)


def tuned(work: Work) -> Callable[[int], None]:
    """A hundred steps for each call of the graph."""
    return _fit(work, steps_per_execution=100, jit_compile=False)


def tuned_jit(work: Work) -> Callable[[int], None]:
    """As `tuned`, compiled by XLA."""
    return _fit(work, steps_per_execution=100, jit_compile=True)


def _fit(work: Work, **compiled: Any) -> Callable[[int], None]:
    import keras

    (x, y), training = work.data(), work.spec.training
    model = keras.Sequential([keras.Input(work.spec.input_shape), *map(_layer, work.spec.plan)])
    model.set_weights(work.weights())
    optimizer = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam}[training.optimizer.name]
    model.compile(optimizer(training.optimizer.learning_rate), training.loss, **compiled)

    def steps(n: int) -> None:
        rows, epochs = min(n, work.steps_per_epoch) * work.batch, max(1, n // work.steps_per_epoch)
        model.fit(x[:rows], y[:rows], batch_size=work.batch, epochs=epochs, verbose=0)

    return steps


def _layer(placed: Placed) -> Any:
    """As a tutorial writes it."""
    from keras import layers

    part: Any = placed.part
    if placed.kind == "dense":
        return layers.Dense(placed.output_shape[-1], activation=placed.activation)
    if placed.kind == "conv2d":
        return layers.Conv2D(part.filters, part.kernel_size, activation=placed.activation)
    if placed.kind == "max_pooling2d":
        return layers.MaxPooling2D(part.pool_size)
    return layers.Dropout(part.rate) if placed.kind == "dropout" else layers.Flatten()
