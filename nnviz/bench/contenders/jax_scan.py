"""JAX: all steps in one `lax.scan`, compiled by XLA."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from nnviz.bench.works import Work
from nnviz.models.weights import of_layers
from nnviz.spec import RunSpec


def scan(work: Work) -> Callable[[int], None]:
    import jax
    import jax.numpy as jnp
    import numpy as np

    spec, training = work.spec, work.spec.training
    x, y = (jnp.asarray(a) for a in work.data())
    forward = _forward(spec)

    def loss(weights: list[Any], inputs: Any, wanted: Any, key: Any) -> Any:
        said = forward(weights, inputs, key)
        if training.loss == "categorical_crossentropy":
            return -(wanted * jax.nn.log_softmax(said)).sum(-1).mean()
        return ((said - wanted) ** 2).mean()

    rate, adam = training.optimizer.learning_rate, training.optimizer.name == "adam"

    def step(x: Any, y: Any, state: Any, rows: Any) -> Any:
        weights, means, squares, t = state
        t = t + 1
        key = jax.random.fold_in(jax.random.key(0), t) if _random(spec) else None
        found = jax.grad(loss)(weights, x[rows], y[rows], key)
        if not adam:
            return (jax.tree.map(lambda w, g: w - rate * g, weights, found), means, squares, t), None
        means = jax.tree.map(lambda m, g: m + 0.1 * (g - m), means, found)
        squares = jax.tree.map(lambda v, g: v + 0.001 * (g * g - v), squares, found)
        alpha = rate * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        weights = jax.tree.map(lambda w, m, v: w - alpha * m / (jnp.sqrt(v) + 1e-7), weights, means, squares)
        return (weights, means, squares, t), None

    def epoch(x: Any, y: Any, state: Any, rows: Any) -> Any:
        return jax.lax.scan(partial(step, x, y), state, rows)[0]

    run = jax.jit(epoch)
    weights = [jnp.asarray(w) for w in work.weights()]
    zeros = [jnp.zeros_like(w) for w in weights] if adam else []
    state = [(weights, zeros, zeros, 0)]
    rng = np.random.default_rng(0)

    def steps(n: int) -> None:
        epochs = -(-n // work.steps_per_epoch)
        order = np.concatenate([rng.permutation(len(x)) for _ in range(epochs)]).astype(np.int32)
        state[0] = jax.block_until_ready(run(x, y, state[0], order.reshape(-1, work.batch)[:n]))

    return steps


def _random(spec: RunSpec) -> bool:
    return any(placed.kind == "dropout" for placed in spec.plan)


def _forward(spec: RunSpec) -> Callable[[list[Any], Any, Any], Any]:
    """(weights, inputs, key) → what the output layer says; its logits where the loss is the cross-entropy."""
    import jax
    import jax.numpy as jnp
    from jax import lax

    functions = {"relu": jax.nn.relu, "tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid, "linear": lambda a: a}
    functions["softmax"] = functions["linear"]  # the loss has it

    def forward(weights: list[Any], a: Any, key: Any) -> Any:
        own = iter(of_layers(spec, weights))
        for number, placed in enumerate(spec.plan):
            part: Any = placed.part
            if placed.kind == "conv2d":
                kernel, bias = next(own)[1]
                a = lax.conv_general_dilated(a, kernel, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
                a = functions[str(placed.activation)](a + bias)
            elif placed.kind == "max_pooling2d":
                window = (1, part.pool_size, part.pool_size, 1)
                a = lax.reduce_window(a, -jnp.inf, lax.max, window, window, "VALID")
            elif placed.kind == "dense":
                kernel, bias = next(own)[1]
                a = functions[str(placed.activation)](a @ kernel + bias)
            elif placed.kind == "dropout":
                kept = jax.random.bernoulli(jax.random.fold_in(key, number), 1 - part.rate, a.shape)
                a = jnp.where(kept, a / (1 - part.rate), 0)
            else:
                a = a.reshape(len(a), -1)
        return a

    return forward
