"""Many training steps inside one `tf.function`: what `model.fit` spends between the steps is not spent here.

The network and the loss are Keras's; the state (weights, optimiser memory, moving means, dropout seeds) goes through
the graph as values. So a chunk of steps is a pure function: it can be run again from where it began, which finds the
exact step at which a number stopped being finite, and XLA can compile it in a thread while the plain graph trains.

The data stay in tensors, batches are gathered by index. An epoch's last batch, when it is smaller, is filled up with
samples of weight 0; where that would change what the others get (batch normalisation, dropout) it has its own graph.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from nnviz.models.keras_network import build, loss_function
from nnviz.models.optimizers import RULES, clip, decay_factor
from nnviz.models.weights import Array, layer_shapes
from nnviz.spec import BatchNormalization, Dense, Dropout, RunSpec

LIMIT = 1e30
"""A loss or a weight beyond it will not come back: as good as infinite."""
BUFFER = 131_072
"""Indices drawn at a time: as many whole epochs as fit, at least one."""
FLAT = 100_000
"""Up to so many weights they are one long vector: an optimiser's update is a few operations however many layers."""
HANDOVER = 500
"""The first steps, so many for each layer, are the plain graph's, while XLA compiles. Fixed by the spec, so that the
same seed gives the same curve; deeper networks compile longer, and at a usual pace none is late."""
XLA_PARAMETERS = 60_000
XLA_WORK = 1_500_000
"""Parameters × batch size up to which XLA is the faster one: 2–6 times for small networks, even at this size."""
XLA_LAYERS = 12
"""Its compile time grows with the depth: 0.25 s for 2 layers, 0.7 s for 8, 1.9 s for 16."""


class State(NamedTuple):
    """All that a step changes: weights, the optimiser's memory for each of them, everything else that Keras keeps, and
    the epoch's sums of loss × samples and of correct answers so far."""

    weights: list[Any]
    memory: list[list[Any]]
    others: list[Any]
    sums: list[Any]


class Chunk(NamedTuple):
    """What came of a `run`: the steps done.

    `bad` is None, or the first weights that were not finite (or that follow a loss that was not), after the update
    number `bad_step`; the loop itself then stands before that update.
    """

    steps: int
    bad: list[Array] | None = None
    bad_step: int = 0


def uses_xla(spec: RunSpec) -> bool:
    """XLA wins for small dense networks; on a CPU its matrices are slow, and its compile time grows with the depth."""
    layers = spec.model.layers
    return (
        all(isinstance(layer, Dense) for layer in layers)
        and len(layers) <= XLA_LAYERS
        and spec.parameters <= XLA_PARAMETERS
        and spec.parameters * spec.batch_size <= XLA_WORK
    )


class CompiledLoop:
    """Trains the network of `spec` on inputs x float32 [n, …] and targets y float32 [n, outputs], `run` by `run`.

    `learning_rate` (before decay) and `regularization_rate` may be set at any time; `weights` too, which leaves the
    optimiser's memory as it is. `accuracy` counts correct answers in the graph (one output per class), for the running
    means of an epoch that Keras's fit reports. `xla` overrides `uses_xla`.
    """

    def __init__(
        self,
        spec: RunSpec,
        weights: list[Array],
        x: Array,
        y: Array,
        *,
        accuracy: bool = False,
        xla: bool | None = None,
    ) -> None:
        import tensorflow as tf

        self.spec = spec
        self.step = 0
        self.batch = min(spec.training.batch_size, len(x))
        self.steps_per_epoch = math.ceil(len(x) / self.batch)
        self.learning_rate = spec.training.optimizer.learning_rate
        self.regularization_rate = spec.model.regularizer.rate
        self.model = build(spec, weights)
        self.handover = HANDOVER * (1 + sum(isinstance(layer, Dense) for layer in spec.model.layers))
        self._count_correct = accuracy
        self._x, self._y = tf.convert_to_tensor(x), tf.convert_to_tensor(y)
        self._shapes = [tuple(v.shape) for v in self.model.trainable_variables]
        self._sizes = [math.prod(shape) for shape in self._shapes]
        self._flat = sum(self._sizes) <= FLAT
        self._loss = loss_function(spec)
        self._rest = len(x) % self.batch
        changing = (BatchNormalization, Dropout)
        self._exact = self._rest > 0 and any(isinstance(layer, changing) for layer in spec.model.layers)
        self._state = self._initial_state()
        self._shuffle = np.random.Generator(np.random.Philox(np.random.SeedSequence([spec.seed, 2])))
        self._epochs_drawn = 0
        self._order: Any = None
        self._order_start = 0
        self._order_steps = 0
        self._plain: dict[int, Any] = {}
        self._fast: Any = None
        self._compiling: threading.Thread | None = None
        if uses_xla(spec) if xla is None else xla:
            self._fast = self._function(self.batch, xla=True)

    # ------------------------------------------------------------------ what is seen from outside

    @property
    def epoch(self) -> float:
        """Whole passes over the training samples; fractional within one."""
        return self.step / self.steps_per_epoch

    @property
    def rate(self) -> float:
        """The learning rate of the next step, decay included."""
        return float(self.learning_rate * decay_factor(self.spec.training.decay, self.step, np))

    @property
    def weights(self) -> list[Array]:
        """Copies in `get_weights` order."""
        return self._arrays(self._state)

    @weights.setter
    def weights(self, arrays: list[Array]) -> None:
        import tensorflow as tf

        trained, moving, rest = [], [], iter(arrays)
        for layer in layer_shapes(self.spec):
            trained += [next(rest), next(rest)]
            if layer.kind != "dense":
                moving += [next(rest), next(rest)]
        new = iter(moving)
        others = [tf.constant(next(new)) if t.dtype.is_floating else t for t in self._state.others]
        self._state = self._state._replace(weights=self._pack(trained), others=others)

    @property
    def running(self) -> tuple[float, float]:
        """(loss, accuracy), the means over this epoch's steps so far that Keras's fit reports; needs `accuracy`."""
        steps = (self.step - 1) % self.steps_per_epoch + 1
        samples = min(steps * self.batch, self._x.shape[0])
        loss_sum, correct = self._state.sums
        return float(loss_sum) / samples, float(correct) / samples

    def busy(self) -> bool:
        """Whether the next steps are XLA's and it is still compiling: `run` would block."""
        return self.step >= self.handover and not self._compiled()

    def warming_up(self) -> bool:
        """Whether XLA has yet to be compiled while the plain graph does the steps."""
        return self.step < self.handover and not self._compiled()

    def _compiled(self) -> bool:
        return self._fast is None or (self._compiling is not None and not self._compiling.is_alive())

    def run(self, steps: int) -> Chunk:
        """Do `steps` updates, or fewer when a number stops being finite."""
        done = 0
        while done < steps:
            function, count = self._segment(steps - done)
            before = self._state
            chunk = self._call(function, before, count)
            if self._fast is not None and self._compiling is None:  # not before the first steps: they would wait for it
                self._compiling = threading.Thread(target=self._compile, name="xla")
                self._compiling.start()
            good, bad = self._judge(chunk, function, before, count)
            if bad is not None:
                chunk = self._call(function, before, good)
            self._state = chunk.state
            self.step += good
            done += good
            if bad is not None:
                return Chunk(done, bad, self.step + 1)
        return Chunk(done)

    # ------------------------------------------------------------------ segments: what one call of a graph can do

    def _segment(self, steps: int) -> tuple[Any, int]:
        """(function, steps) of the next call: not past the drawn indices, the handover, a partial batch."""
        if self.step >= self._order_start + self._order_steps:
            self._draw()
        steps = min(steps, self._order_start + self._order_steps - self.step)
        size = self.batch
        if self._exact:
            until = self.steps_per_epoch - 1 - self.step % self.steps_per_epoch
            if until == 0:
                size, steps = self._rest, 1
            else:
                steps = min(steps, until)
        if self._fast is not None:
            if self.step >= self.handover:
                if self._compiling is not None:
                    self._compiling.join()
                return self._fast, steps
            steps = min(steps, self.handover - self.step)
        if size not in self._plain:
            self._plain[size] = self._function(size, xla=False)
        return self._plain[size], steps

    def _draw(self) -> None:
        """The orders of the samples in the next epochs: int32 [steps, batch], always of one shape."""
        import tensorflow as tf

        n, width = self._x.shape[0], self.steps_per_epoch * self.batch
        epochs = max(1, BUFFER // width)
        order = np.zeros((epochs, width), np.int32)
        order[:, :n] = np.arange(n, dtype=np.int32)
        if self.spec.training.shuffle:
            order[:, :n] = self._shuffle.permuted(order[:, :n], axis=1)
        self._order_start = self._epochs_drawn * self.steps_per_epoch
        self._order_steps = epochs * self.steps_per_epoch
        self._epochs_drawn += epochs
        self._order = tf.convert_to_tensor(order.reshape(-1, self.batch))

    def batches(self) -> Iterator[Any]:
        """The indices of the batches that `run` will take, from step 0 of a loop that has not begun; for tests."""
        while True:
            self._draw()
            for step in range(self._order_steps):
                last = (step + 1) % self.steps_per_epoch == 0
                size = self._rest if last and self._rest else self.batch
                yield self._order.numpy()[step, :size]

    # ------------------------------------------------------------------ the graph

    class _Done(NamedTuple):
        state: State
        steps: int
        loss: float

    def _call(self, function: Any, state: State, steps: int) -> _Done:
        import tensorflow as tf

        i, loss, *after = function(
            self._x, self._y, self._order,
            tf.constant([self.step - self._order_start, steps, self.step]),
            tf.constant([self.learning_rate, self.regularization_rate], tf.float32),
            *state,
        )  # fmt: skip
        return self._Done(State(*after), int(i), float(loss))

    def _function(self, size: int, xla: bool) -> Any:
        """The graph of up to any number of steps with batches of `size`; leaves off after a loss that is not finite."""
        import tensorflow as tf

        spec, optimizer, rule = self.spec, self.spec.training.optimizer, RULES[self.spec.training.optimizer.name]
        kernels = [i for i, shape in enumerate(self._shapes) if len(shape) > 1]
        padded = self._rest > 0 and not self._exact
        mask = np.arange(size) < self._rest
        rest_share, full_share = mask / np.float32(max(1, self._rest)), np.full(size, 1 / size, np.float32)

        def steps(x: Any, y: Any, order: Any, counts: Any, rates: Any, *state: Any) -> Any:
            start, count, first = tf.unstack(counts)
            base, penalty_rate = tf.unstack(rates)

            def body(i: Any, _: Any, packed: Any, memory: Any, others: Any, sums: Any) -> Any:
                # Not tf.slice: where it begins is a constant to XLA, which would compile anew for each.
                rows = tf.gather(order, start + i)
                rows = rows if size == self.batch else rows[:size]
                inputs, target = tf.gather(x, rows), tf.gather(y, rows)
                weights = self._unpack(packed)
                with tf.GradientTape(watch_accessed_variables=False) as tape:
                    tape.watch(weights)
                    outputs, others = self.model.stateless_call(weights, others, inputs, training=True)
                    each = self._loss(target, outputs)
                    if padded:
                        last = tf.equal((first + i + 1) % self.steps_per_epoch, 0)
                        loss = tf.reduce_sum(each * tf.where(last, rest_share, full_share))
                    else:
                        loss = tf.reduce_mean(each)
                    if spec.model.regularizer.name != "none":
                        power = tf.abs if spec.model.regularizer.name == "l1" else tf.square
                        loss += penalty_rate * tf.add_n([tf.reduce_sum(power(weights[k])) for k in kernels])
                gradients = self._join(clip(optimizer, tape.gradient(loss, weights)))
                t = tf.cast(first + i, tf.float32)
                rate = base * decay_factor(spec.training.decay, t, tf)
                updated = [
                    rule.update(optimizer, w, g, list(m), rate, t + 1)
                    for w, g, m in zip(packed, gradients, memory, strict=True)
                ]
                if self._count_correct:
                    samples, right = float(size), tf.equal(tf.argmax(outputs, -1), tf.argmax(target, -1))
                    if padded:
                        samples = tf.where(last, float(self._rest), float(size))
                        right = tf.logical_and(right, tf.logical_or(tf.logical_not(last), mask))
                    more = [loss * samples, tf.reduce_sum(tf.cast(right, tf.float32))]
                    goes_on = tf.cast((first + i) % self.steps_per_epoch > 0, tf.float32)
                    sums = [goes_on * total + new for total, new in zip(sums, more, strict=True)]
                return i + 1, loss, [w for w, _ in updated], [m for _, m in updated], list(others), list(sums)

            def on(i: Any, loss: Any, *_: Any) -> Any:
                return tf.logical_and(i < count, tf.abs(loss) < LIMIT)  # false for NaN

            return tf.while_loop(on, body, (tf.constant(0), tf.constant(0.0), *state))

        return tf.function(steps, jit_compile=xla, autograph=False)

    def _compile(self) -> None:
        """Trace and compile the XLA graph: a call of no steps, in a thread of its own."""
        import tensorflow as tf

        epochs = max(1, BUFFER // (self.steps_per_epoch * self.batch))
        order = tf.zeros([epochs * self.steps_per_epoch, self.batch], tf.int32)
        self._fast(self._x, self._y, order, tf.zeros(3, tf.int32), tf.zeros(2), *self._initial_state())

    # ------------------------------------------------------------------ the state and the arrays

    def _initial_state(self) -> State:
        import tensorflow as tf

        weights = self._pack([v.numpy() for v in self.model.trainable_variables])
        starts = RULES[self.spec.training.optimizer.name].memory(self.spec.training.optimizer)
        memory = [[tf.constant(1.0) if s == "scalar" else tf.fill(w.shape, float(s)) for s in starts] for w in weights]
        others = [tf.identity(v.value) for v in self.model.non_trainable_variables]
        return State(weights, memory, others, [tf.constant(0.0), tf.constant(0.0)])

    def _pack(self, arrays: list[Array]) -> list[Any]:
        import tensorflow as tf

        if self._flat:
            return [tf.constant(np.concatenate([a.ravel() for a in arrays]))]
        return [tf.constant(a) for a in arrays]

    def _join(self, tensors: list[Any]) -> list[Any]:
        import tensorflow as tf

        return [tf.concat([tf.reshape(t, [-1]) for t in tensors], 0)] if self._flat else tensors

    def _unpack(self, packed: list[Any]) -> list[Any]:
        import tensorflow as tf

        if not self._flat:
            return packed
        parts = tf.split(packed[0], self._sizes)
        return [tf.reshape(part, shape) for part, shape in zip(parts, self._shapes, strict=True)]

    def _arrays(self, state: State) -> list[Array]:
        """`get_weights` order: a batch normalisation's moving mean and variance stand behind its gamma and beta."""
        if self._flat:
            parts = np.split(state.weights[0].numpy(), np.cumsum(self._sizes)[:-1])
            trained = [part.reshape(shape).copy() for part, shape in zip(parts, self._shapes, strict=True)]
        else:
            trained = [np.array(w) for w in state.weights]
        values, moving, arrays = iter(trained), iter(_moving(state)), []
        for layer in layer_shapes(self.spec):
            arrays += [next(values), next(values)]
            if layer.kind != "dense":
                arrays += [np.array(next(moving)), np.array(next(moving))]
        return arrays

    # ------------------------------------------------------------------ numbers that stop being finite

    def _judge(self, chunk: _Done, function: Any, before: State, count: int) -> tuple[int, list[Array] | None]:
        """(count, None), or how many steps of this call leave everything finite, and the first weights that are not.

        A broken loss ends the loop with the update that it has spoilt; weights may be lost before a loss shows it.
        """
        if abs(chunk.loss) < LIMIT and _finite(chunk.state):
            return count, None

        def after(steps: int) -> State:
            return self._call(function, before, steps).state

        high, bad = chunk.steps, chunk.state
        if not abs(chunk.loss) < LIMIT:
            state = after(high - 1)
            if _finite(state):
                return high - 1, self._arrays(bad)
            high, bad = high - 1, state
        low = 0
        while high - low > 1:
            middle = (low + high) // 2
            state = after(middle)
            if _finite(state):
                low = middle
            else:
                high, bad = middle, state
        return low, self._arrays(bad)


def _moving(state: State) -> list[Any]:
    """Of what Keras keeps beside the weights, the moving means and variances; the rest are dropout's integer seeds."""
    return [t for t in state.others if t.dtype.is_floating]


def _finite(state: State) -> bool:
    """Whether every number is one, and below LIMIT."""
    return all(np.abs(t.numpy()).max() < LIMIT for t in (*state.weights, *_moving(state)))
