"""Many training steps inside one `tf.function`: what `model.fit` spends between the steps is not spent here.

The network and the loss are Keras's; the state (weights, optimiser memory, moving means, dropout seeds) goes through
the graph as values. So a chunk of steps is a pure function: it can be run again from where it began, which finds the
exact step at which a number stopped being finite.

The data stay in tensors, batches are gathered by index. An epoch's last batch, when it is smaller, is filled up with
samples of weight 0; where that would change what the others get (batch normalisation, dropout) it has its own graph.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np

from nnviz.loops.checkpoint import Checkpoint, same_shapes
from nnviz.loops.loop import LIMIT, Chunk, Loop, Samples, Standing
from nnviz.loops.step_graph import Packing, State, initial_state, predict_function, step_function
from nnviz.models.keras_network import build
from nnviz.models.weights import Array, layer_shapes, of_layers, weights_to_flat
from nnviz.spec import RunSpec

PREDICT_NUMBERS = 8_000_000
"""Activations of a block of `predict`'s samples: more do not stay in the processor's cache."""


@dataclass
class Graphs:
    """What has been traced of an architecture: the steps, by the size of their batches, and `predict`."""

    of: tuple[Any, ...]
    steps: dict[int, Any] = field(default_factory=dict)
    predict: Any = None


@lru_cache(maxsize=1)
def traced(of: tuple[Any, ...]) -> Graphs:
    """The newest architecture's graphs: a loop that has the same one as the loop before need not trace again."""
    return Graphs(of)


def _leave_graphs_alone() -> None:
    """TensorFlow's graph optimiser finds nothing to do in our graphs and takes 20–100 ms of the first step. Said here,
    so that whoever trains gets the same numbers, of which it changes the last bits."""
    import tensorflow as tf

    if not tf.config.optimizer.get_experimental_options().get("disable_meta_optimizer"):
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})


class CompiledLoop(Loop):
    """A `Loop` in one graph; with `xla` XLA compiles it, else TensorFlow's kernels do the steps."""

    def __init__(self, spec: RunSpec, weights: list[Array], samples: Samples, *, xla: bool = False) -> None:
        import tensorflow as tf

        _leave_graphs_alone()
        super().__init__(spec, samples)
        x, y, mean, accuracy = samples
        self.model = build(spec, weights)
        self._mean = tf.constant(0.0 if mean is None else mean, tf.float32)
        self._x, self._y = tf.convert_to_tensor(x), tf.convert_to_tensor(y)
        self._packing = Packing([tuple(v.shape) for v in self.model.trainable_variables])
        self._exact = self.order.rest > 0 and any(layer.batchwise for layer in spec.network.layers)
        self._state = initial_state(spec, self.model, self._packing)
        self._samples: Any = None
        self._samples_from = -self.order.steps
        order, centred = self.order, mean is not None and x.dtype == np.uint8
        of = (
            spec.architecture,
            order.batch,
            order.rest,
            order.steps_per_epoch,
            accuracy,
            centred,
            xla,
            self._packing.flat,
        )
        self._graphs = traced(of)
        self._trace = partial(
            step_function, spec, self.model, self._packing, order,
            padded=order.rest > 0 and not self._exact, count=accuracy, centred=centred, xla=xla,
        )  # fmt: skip

    # ------------------------------------------------------------------ what is seen from outside

    @property
    def weights(self) -> list[Array]:
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
    def sums(self) -> tuple[float, float]:
        loss, correct = self._state.sums
        return float(loss), float(correct)

    def take_over(self, other: Standing) -> None:
        """Go on where another loop of the same run has come to. Of few weights only, without layers that change."""
        import tensorflow as tf

        assert self._packing.flat
        self._state = self._state._replace(weights=[tf.constant(weights_to_flat(self.spec, other.weights))])
        self.restore(other.step, other.checkpoint)

    def checkpoint(self) -> Checkpoint:
        memory = [[np.array(m) for m in group] for group in self._state.memory if group]
        # Seeds have 64 bits, which no frame has an array for.
        arrays: list[Any] = [np.array(t) for t in self._state.others]
        others = [a if a.dtype == np.float32 else a.view(np.uint32) for a in arrays]
        return Checkpoint(memory, others, self.order.position, self._samples_from, self.sums)

    def restore(self, step: int, checkpoint: Checkpoint) -> None:
        import tensorflow as tf

        self._samples_from = self._restore_order(step, checkpoint) - self.order.steps
        state, memory = self._state, checkpoint.optimizer
        if len(memory) == len(state.memory) and all(map(same_shapes, memory, state.memory)):
            state = state._replace(memory=[[tf.constant(m) for m in group] for group in memory])
        if len(checkpoint.others) == len(state.others):
            pairs = zip(checkpoint.others, state.others, strict=True)
            others = [np.ascontiguousarray(o).view(t.dtype.as_numpy_dtype) for o, t in pairs]
            if same_shapes(others, state.others):
                state = state._replace(others=[tf.constant(o) for o in others])
        self._state = state._replace(sums=[tf.constant(s, tf.float32) for s in checkpoint.sums])

    def prepare(self) -> None:
        """Trace and compile, by a call of no steps: takes most of a second, and another thread may train meanwhile."""
        import tensorflow as tf

        samples = tf.zeros([self.order.steps, self.order.batch], tf.int32)
        function = self._function(self.order.batch)
        function(self._x, self._y, samples, tf.zeros(3, tf.int32), tf.zeros(2), self._mean, *self._state)

    def run(self, steps: int) -> Chunk:
        done = 0
        while done < steps:
            function, count = self._segment(steps - done)
            before = self._state
            chunk = self._call(function, before, count)
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
        import tensorflow as tf

        graphs = self._graphs
        if graphs.predict is None:
            graphs.predict = predict_function(self.spec, self.model, self._packing, self._state)
        outputs = np.empty((len(x), self.spec.outputs), np.float32)
        logits = np.empty_like(outputs)
        rows = max(1, PREDICT_NUMBERS // self.spec.activations)
        for i in range(0, len(x), rows):
            part = slice(i, i + rows)
            o, z = graphs.predict(tf.convert_to_tensor(x[part]), self._state.weights, self._state.others)
            outputs[part], logits[part] = o.numpy(), z.numpy()
        return outputs, logits

    # ------------------------------------------------------------------ segments: what one call of a graph can do

    def _segment(self, steps: int) -> tuple[Any, int]:
        """(function, steps) of the next call: not past the drawn samples or a partial batch."""
        import tensorflow as tf

        drawn = None
        while self.step >= self._samples_from + self.order.steps:
            drawn = self.order.draw()
            self._samples_from += self.order.steps
        if drawn is not None:
            self._samples = tf.convert_to_tensor(drawn)
        steps = min(steps, self._samples_from + self.order.steps - self.step)
        size = self.order.batch
        if self._exact:
            until = self.steps_per_epoch - 1 - self.step % self.steps_per_epoch
            if until == 0:
                size, steps = self.order.rest, 1
            else:
                steps = min(steps, until)
        return self._function(size), steps

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
            self._mean,
            *state,
        )  # fmt: skip
        return self._Done(State(*after), int(i), float(loss))

    def _function(self, size: int) -> Any:
        if size not in self._graphs.steps:
            self._graphs.steps[size] = self._trace(size)
        return self._graphs.steps[size]

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
