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
from typing import Any, NamedTuple

import numpy as np

from nnviz.data.dataset import UInt8
from nnviz.models.keras_network import build
from nnviz.models.loop import LIMIT, Chunk
from nnviz.models.optimizers import decay_factor
from nnviz.models.sampling import Order
from nnviz.models.step_graph import Packing, State, initial_state, predict_function, step_function
from nnviz.models.weights import Array, layer_shapes, of_layers
from nnviz.spec import BatchNormalization, Dense, Dropout, Flatten, RunSpec

HANDOVER = 500
"""The first steps, so many for each layer, are the plain graph's, while XLA compiles. Fixed by the spec, so that the
same seed gives the same curve; deeper networks compile longer, and at a usual pace none is late."""
XLA_PARAMETERS = 60_000
XLA_WORK = 1_500_000
"""Parameters × batch size up to which XLA is the faster one: 2–6 times for small networks, even at this size."""
XLA_LAYERS = 12
"""Its compile time grows with the depth: 0.25 s for 2 layers, 0.7 s for 8, 1.9 s for 16."""
PREDICT_NUMBERS = 8_000_000
"""Activations of a block of `predict`'s samples: more do not stay in the processor's cache."""


def uses_xla(spec: RunSpec) -> bool:
    """XLA wins for small dense networks; on a CPU its matrices are slow, and its compile time grows with the depth."""
    layers = spec.network.layers
    return (
        all(isinstance(layer, Dense | Flatten) for layer in layers)
        and len(layers) <= XLA_LAYERS
        and spec.parameters <= XLA_PARAMETERS
        and spec.parameters * spec.batch_size <= XLA_WORK
    )


class CompiledLoop:
    """Trains the network of `spec` on inputs x float32 [n, …] and targets y float32 [n, outputs], `run` by `run`.

    x may be images as uint8, inputs × 255, which become floats batch by batch and lose `mean` then: large sets are
    there sooner and take a quarter of the memory.

    `learning_rate` (before decay) and `regularization_rate` may be set at any time; `weights` too, which leaves the
    optimiser's memory as it is. `accuracy` counts correct answers in the graph (one output per class), for the running
    means of an epoch that Keras's fit reports. `xla` overrides `uses_xla`.
    """

    def __init__(
        self,
        spec: RunSpec,
        weights: list[Array],
        x: Array | UInt8,
        y: Array,
        *,
        mean: Array | None = None,
        accuracy: bool = False,
        xla: bool | None = None,
    ) -> None:
        import tensorflow as tf

        self.spec = spec
        self.step = 0
        self.order = Order(spec, len(x))
        self.steps_per_epoch = self.order.steps_per_epoch
        self.learning_rate = spec.training.optimizer.learning_rate
        self.regularization_rate = spec.network.regularizer.rate
        self.model = build(spec, weights)
        self.handover = HANDOVER * (1 + sum(isinstance(layer, Dense) for layer in spec.network.layers))
        self._mean = mean
        self._count_correct = accuracy
        self._x, self._y = tf.convert_to_tensor(x), tf.convert_to_tensor(y)
        self._packing = Packing([tuple(v.shape) for v in self.model.trainable_variables])
        changing = (BatchNormalization, Dropout)
        self._exact = self.order.rest > 0 and any(isinstance(layer, changing) for layer in spec.network.layers)
        self._state = initial_state(spec, self.model, self._packing)
        self._samples: Any = None
        self._samples_from = -self.order.steps
        self._plain: dict[int, Any] = {}
        self._fast: Any = None
        self._compiling: threading.Thread | None = None
        self._predict: Any = None
        if uses_xla(spec) if xla is None else xla:
            self._fast = self._function(self.order.batch, xla=True)

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

        trained, moving = [], []
        for layer, own in of_layers(self.spec, arrays):
            trained += own[: layer.trained]
            moving += own[layer.trained :]
        new = iter(moving)
        others = [tf.constant(next(new)) if t.dtype.is_floating else t for t in self._state.others]
        self._state = self._state._replace(weights=self._packing.pack(trained), others=others)

    @property
    def running(self) -> tuple[float, float]:
        """(loss, accuracy), the means over this epoch's steps so far that Keras's fit reports; needs `accuracy`."""
        steps = (self.step - 1) % self.steps_per_epoch + 1
        samples = min(steps * self.order.batch, self.order.samples)
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

    def predict(self, x: Array) -> tuple[Array, Array]:
        """(outputs, logits), both float32 [n, outputs], of the network as it is now, in inference mode."""
        import tensorflow as tf

        if self._predict is None:
            self._predict = predict_function(self.spec, self.model, self._packing, self._state)
        outputs = np.empty((len(x), self.spec.outputs), np.float32)
        logits = np.empty_like(outputs)
        rows = max(1, PREDICT_NUMBERS // sum(math.prod(layer.output_shape) for layer in self.spec.plan))
        for i in range(0, len(x), rows):
            part = slice(i, i + rows)
            o, z = self._predict(tf.convert_to_tensor(x[part]), self._state.weights, self._state.others)
            outputs[part], logits[part] = o.numpy(), z.numpy()
        return outputs, logits

    # ------------------------------------------------------------------ segments: what one call of a graph can do

    def _segment(self, steps: int) -> tuple[Any, int]:
        """(function, steps) of the next call: not past the drawn samples, the handover, a partial batch."""
        import tensorflow as tf

        if self.step >= self._samples_from + self.order.steps:
            self._samples = tf.convert_to_tensor(self.order.draw())
            self._samples_from += self.order.steps
        steps = min(steps, self._samples_from + self.order.steps - self.step)
        size = self.order.batch
        if self._exact:
            until = self.steps_per_epoch - 1 - self.step % self.steps_per_epoch
            if until == 0:
                size, steps = self.order.rest, 1
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

    class _Done(NamedTuple):
        state: State
        steps: int
        loss: float

    def _call(self, function: Any, state: State, steps: int) -> _Done:
        import tensorflow as tf

        i, loss, *after = function(
            self._x, self._y, self._samples,
            tf.constant([self.step - self._samples_from, steps, self.step]),
            tf.constant([self.learning_rate, self.regularization_rate], tf.float32),
            *state,
        )  # fmt: skip
        return self._Done(State(*after), int(i), float(loss))

    def _function(self, size: int, xla: bool) -> Any:
        padded = self.order.rest > 0 and not self._exact
        return step_function(
            self.spec, self.model, self._packing, self.order, size,
            padded=padded, count=self._count_correct, mean=self._mean, xla=xla,
        )  # fmt: skip

    def _compile(self) -> None:
        """Trace and compile the XLA graph: a call of no steps, in a thread of its own."""
        import tensorflow as tf

        samples = tf.zeros([self.order.steps, self.order.batch], tf.int32)
        state = initial_state(self.spec, self.model, self._packing)
        self._fast(self._x, self._y, samples, tf.zeros(3, tf.int32), tf.zeros(2), *state)

    def _arrays(self, state: State) -> list[Array]:
        """`get_weights` order: a batch normalisation's moving mean and variance stand behind its gamma and beta."""
        trained, moving = iter(self._packing.arrays(state.weights)), iter(state.moving)
        arrays: list[Array] = []
        for layer in layer_shapes(self.spec):
            arrays += [next(trained) for _ in range(layer.trained)]
            arrays += [np.array(next(moving)) for _ in layer.arrays[layer.trained :]]
        return arrays

    # ------------------------------------------------------------------ numbers that stop being finite

    def _judge(self, chunk: _Done, function: Any, before: State, count: int) -> tuple[int, list[Array] | None]:
        """(count, None), or how many steps of this call leave everything finite, and the first weights that are not.

        A broken loss ends the loop with the update that it has spoilt; weights may be lost before a loss shows it.
        """
        if abs(chunk.loss) < LIMIT and chunk.state.finite():
            return count, None

        def after(steps: int) -> State:
            return self._call(function, before, steps).state

        high, bad = chunk.steps, chunk.state
        if not abs(chunk.loss) < LIMIT:
            state = after(high - 1)
            if state.finite():
                return high - 1, self._arrays(bad)
            high, bad = high - 1, state
        low = 0
        while high - low > 1:
            middle = (low + high) // 2
            state = after(middle)
            if state.finite():
                low = middle
            else:
                high, bad = middle, state
        return low, self._arrays(bad)
