"""The graph of many training steps: Keras's network and loss, our optimisers, all state going through as values.

TensorFlow is imported inside the functions: nobody pays for it by importing this module.
"""

from __future__ import annotations

import itertools
import math
from typing import Any, NamedTuple

import numpy as np

from nnviz import losses
from nnviz.loops.loop import LIMIT
from nnviz.models.sampling import Order
from nnviz.models.weights import Array, layer_shapes
from nnviz.optimizers import At, InPlace, clip, decay_factor
from nnviz.regularizers import REGULARIZERS
from nnviz.spec import RunSpec

FLAT = 100_000
"""Up to so many weights they are one long vector: an optimiser's update is a few operations however many layers."""


class State(NamedTuple):
    """All that a step changes: weights, the optimiser's memory for each of them, everything else that Keras keeps, and
    the epoch's sums of loss × samples and of correct answers so far."""

    weights: list[Any]
    memory: list[list[Any]]
    others: list[Any]
    sums: list[Any]

    @property
    def moving(self) -> list[Any]:
        """Of what Keras keeps beside the weights, the moving means and variances; the rest are integer seeds."""
        return [t for t in self.others if t.dtype.is_floating]

    def finite(self) -> bool:
        """Whether every number is one, and below LIMIT."""
        return all(np.abs(t.numpy()).max() < LIMIT for t in (*self.weights, *self.moving))


class Packing:
    """How the trained arrays travel through the graph: each for itself, or few numbers as one long vector."""

    def __init__(self, shapes: list[tuple[int, ...]]) -> None:
        self.shapes = shapes
        self.sizes = [math.prod(shape) for shape in shapes]
        self.flat = sum(self.sizes) <= FLAT

    def pack(self, arrays: list[Array]) -> list[Any]:
        import tensorflow as tf

        if self.flat:
            return [tf.constant(np.concatenate([a.ravel() for a in arrays]))]
        return [tf.constant(a) for a in arrays]

    def join(self, tensors: list[Any]) -> list[Any]:
        """As `pack`, of tensors in the graph."""
        import tensorflow as tf

        return [tf.concat([tf.reshape(t, [-1]) for t in tensors], 0)] if self.flat else tensors

    def unpack(self, packed: list[Any]) -> list[Any]:
        """The tensors of the arrays' shapes again."""
        import tensorflow as tf

        if not self.flat:
            return packed
        parts = tf.split(packed[0], self.sizes)
        return [tf.reshape(part, shape) for part, shape in zip(parts, self.shapes, strict=True)]

    def arrays(self, packed: list[Any]) -> list[Array]:
        """Copies as NumPy arrays."""
        if not self.flat:
            return [np.array(w) for w in packed]
        parts = np.split(packed[0].numpy(), np.cumsum(self.sizes)[:-1])
        return [part.reshape(shape).copy() for part, shape in zip(parts, self.shapes, strict=True)]


def initial_state(spec: RunSpec, model: Any, packing: Packing) -> State:
    """Before the first step: the Keras model's weights, and a memory that remembers nothing."""
    import tensorflow as tf

    weights = packing.pack([v.numpy() for v in model.trainable_variables])
    starts = spec.training.optimizer.memory()
    memory = [[tf.constant(1.0) if s == "scalar" else tf.fill(w.shape, float(s)) for s in starts] for w in weights]
    others = [tf.identity(v.value) for v in model.non_trainable_variables]
    return State(weights, memory, others, [tf.constant(0.0), tf.constant(0.0)])


def step_function(
    spec: RunSpec,
    model: Any,
    packing: Packing,
    order: Order,
    size: int,
    *,
    padded: bool,
    count: bool,
    centred: bool,
    xla: bool,
) -> Any:
    """The graph of up to any number of steps with batches of `size`; leaves off after a loss that is not finite.

    (x, y, order, int [first row, steps, step number], float [learning rate, regularisation rate], mean, *State)
    → (steps done, last loss, *State). `padded`: an epoch's last batch is filled up with samples of weight 0;
    `count`: right answers are counted, too; `centred`: images of uint8 lose `mean` as floats. Rates, seeds and data are
    arguments, all else of the spec is in the graph: see `RunSpec.architecture`.
    """
    import tensorflow as tf

    optimizer, regularizer = spec.training.optimizer, spec.network.regularizer
    loss_of, kernels = losses.in_keras(spec.training.loss), _kernels(spec)
    mask = np.arange(size) < order.rest
    rest_share, full_share = mask / np.float32(max(1, order.rest)), np.full(size, 1 / size, np.float32)
    in_place = None if packing.flat else optimizer.in_place()

    def steps(x: Any, y: Any, samples: Any, counts: Any, rates: Any, mean: Any, *state: Any) -> Any:
        start, until, first = tf.unstack(counts)
        base, penalty_rate = tf.unstack(rates)
        held = Held(State(*state)) if in_place is not None else None

        def step(i: Any, packed: Any, memory: Any, others: Any, sums: Any) -> Any:
            # Not tf.slice: where it begins is a constant to XLA, which would compile anew for each.
            rows = tf.gather(samples, start + i)
            rows = rows if size == order.batch else rows[:size]
            inputs, target = tf.gather(x, rows), tf.gather(y, rows)
            if x.dtype == tf.uint8:
                inputs = tf.cast(inputs, tf.float32) / 255
                inputs = inputs - mean if centred else inputs
            weights = packing.unpack(packed if held is None else held.weights())
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(weights)
                outputs, others = model.stateless_call(weights, others, inputs, training=True)
                each = loss_of(target, outputs)
                if padded:
                    last = tf.equal((first + i + 1) % order.steps_per_epoch, 0)
                    loss = tf.reduce_sum(each * tf.where(last, rest_share, full_share))
                else:
                    loss = tf.reduce_mean(each)
                if regularizer.name != "none":
                    each_size = REGULARIZERS[regularizer.name].size
                    loss += penalty_rate * tf.add_n([tf.reduce_sum(each_size(weights[k], tf)) for k in kernels])
            gradients = packing.join(clip(optimizer, tape.gradient(loss, weights), tf))
            t = tf.cast(first + i, tf.float32)
            rate = base * decay_factor(spec.training.decay, t, tf)
            if count:
                number, right = float(size), tf.equal(tf.argmax(outputs, -1), tf.argmax(target, -1))
                if padded:
                    number = tf.where(last, float(order.rest), float(size))
                    right = tf.logical_and(right, tf.logical_or(tf.logical_not(last), mask))
                more = [loss * number, tf.reduce_sum(tf.cast(right, tf.float32))]
                goes_on = tf.cast((first + i) % order.steps_per_epoch > 0, tf.float32)
                sums = [goes_on * total + new for total, new in zip(sums, more, strict=True)]
            if held is not None and in_place is not None:
                held.update(in_place, gradients, rate, t + 1)
            else:
                updated = [
                    optimizer.update(w, g, list(m), At(rate, t + 1, tf))
                    for w, g, m in zip(packed, gradients, memory, strict=True)
                ]
                packed, memory = [w for w, _ in updated], [m for _, m in updated]
            return loss, packed, memory, list(others), list(sums)

        if any(placed.layer.apart for placed in spec.plan):
            step = tf.function(step, autograph=False, experimental_attributes={"_noinline": True})

        def body(i: Any, _: Any, *state: Any) -> Any:
            return i + 1, *step(i, *state)

        def on(i: Any, loss: Any, *_: Any) -> Any:
            return tf.logical_and(i < until, tf.abs(loss) < LIMIT)  # false for NaN

        weights, memory, others, sums = state
        carried = (weights, memory, others, sums) if held is None else ([], [], others, sums)
        i, loss, *after = tf.while_loop(on, body, (tf.constant(0), tf.constant(0.0), *carried))
        return i, loss, *(after if held is None else (held.weights(), held.memory(), *after[2:]))

    return tf.function(steps, jit_compile=xla, autograph=False)


class Held:
    """The weights and the optimiser's memory as variables while a graph runs: one operation updates each in place,
    where formulas on tensors go through large arrays a dozen times. Outside the graph nobody sees them."""

    def __init__(self, state: State) -> None:
        import tensorflow as tf

        def variable(value: Any) -> Any:
            name = f"nnviz{next(_names)}"
            handle = tf.raw_ops.VarHandleOp(dtype=value.dtype, shape=value.shape, shared_name=name)
            tf.raw_ops.AssignVariableOp(resource=handle, value=value)
            return handle, value.shape

        self._weights = [variable(w) for w in state.weights]
        self._memory = [[variable(m) for m in own] for own in state.memory]

    def weights(self) -> list[Any]:
        """As they are now."""
        return [_read(w) for w in self._weights]

    def memory(self) -> list[list[Any]]:
        """As `State` has it."""
        return [[_read(m) for m in own] for own in self._memory]

    def update(self, rule: InPlace, gradients: list[Any], rate: Any, t: Any) -> None:
        """Step number `t`, from 1, float."""
        for (w, _), own, g in zip(self._weights, self._memory, gradients, strict=True):
            rule(w, [m for m, _ in own], g, rate, t)


_names = itertools.count()


def _read(variable: tuple[Any, Any]) -> Any:
    import tensorflow as tf

    handle, shape = variable
    value = tf.raw_ops.ReadVariableOp(resource=handle, dtype=tf.float32)
    value.set_shape(shape)
    return value


def _kernels(spec: RunSpec) -> list[int]:
    """Where the kernels that a regulariser punishes stand among the trained arrays."""
    found, first = [], 0
    for layer in layer_shapes(spec):
        if layer.punished:
            found.append(first)
        first += layer.trained
    return found


def predict_function(spec: RunSpec, model: Any, packing: Packing, state: State) -> Any:
    """The graph of (inputs [n, …], weights, others) → (outputs, logits), inference mode; traced once for every n."""
    import keras
    import tensorflow as tf

    last = model.layers[-1]
    below = keras.Model(model.inputs, last.input)

    def predict(x: Any, packed: Any, others: Any) -> Any:
        *weights, kernel, bias = packing.unpack(packed)
        features, _ = below.stateless_call(weights, others, x, training=False)
        logits = tf.matmul(features, kernel) + bias
        return last.activation(logits), logits

    signature = [
        tf.TensorSpec([None, *spec.input_shape]),
        *([tf.TensorSpec.from_tensor(t) for t in tensors] for tensors in (state.weights, state.others)),
    ]
    return tf.function(predict, input_signature=signature, autograph=False)
