"""The matrix products of a step alone, no loss and no update: what no trainer on these libraries can beat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnviz.bench.works import Work
from nnviz.layers import Placed


def blas(work: Work) -> Callable[[int], None]:
    """By NumPy's BLAS, into arrays that are there already."""
    rng = np.random.default_rng(0)
    jobs: list[tuple[Any, Any, Any]] = []
    for m, k, n, left, right in _products(work):
        a = rng.random((k, m) if left else (m, k), np.float32)
        b = rng.random((n, k) if right else (k, n), np.float32)
        jobs.append((a.T if left else a, b.T if right else b, np.empty((m, n), np.float32)))

    def steps(count: int) -> None:
        for _ in range(count):
            for a, b, out in jobs:
                np.matmul(a, b, out)

    return steps


def onednn(work: Work) -> Callable[[int], None]:
    """By TensorFlow's operations in one graph."""
    import tensorflow as tf

    rng = np.random.default_rng(0)

    def some(*shape: int) -> Any:
        return tf.constant(rng.random(shape, np.float32))

    dense = [
        (some(*((k, m) if left else (m, k))), some(*((n, k) if right else (k, n))), left, right)
        for m, k, n, left, right in _products(work)
    ]
    convolutions = []
    for p, first in _weighted(work, "conv2d"):
        part: Any = p.part
        kernel = some(part.kernel_size, part.kernel_size, p.input_shape[-1], part.filters)
        convolutions.append((some(work.batch, *p.input_shape), kernel, some(work.batch, *p.output_shape), first))

    def run(count: Any) -> Any:
        def body(i: Any, total: Any) -> Any:
            # The operands carry a number of the step before, so that no product is taken out of the loop.
            with tf.control_dependencies([total]):
                made = []
                for a, b, left, right in dense:
                    made.append(tf.matmul(tf.identity(a), b, transpose_a=left, transpose_b=right))
                for x, kernel, dz, bottom in convolutions:
                    made.append(tf.nn.conv2d(tf.identity(x), kernel, 1, "VALID"))
                    made.append(
                        tf.raw_ops.Conv2DBackpropFilter(
                            input=tf.identity(x),
                            filter_sizes=kernel.shape,
                            out_backprop=dz,
                            strides=[1, 1, 1, 1],
                            padding="VALID",
                        )
                    )
                    if not bottom:
                        made.append(
                            tf.raw_ops.Conv2DBackpropInput(
                                input_sizes=x.shape,
                                filter=tf.identity(kernel),
                                out_backprop=dz,
                                strides=[1, 1, 1, 1],
                                padding="VALID",
                            )
                        )
            with tf.control_dependencies(made):
                return i + 1, tf.add_n([tf.reshape(m, [-1])[0] for m in made])

        return tf.while_loop(lambda i, _: i < count, body, (tf.constant(0), tf.constant(0.0)), parallel_iterations=1)

    graph = tf.function(run, autograph=False)

    def steps(count: int) -> None:
        graph(tf.constant(count))[1].numpy()

    return steps


def torch_ops(work: Work) -> Callable[[int], None]:
    """By PyTorch's operations."""
    import torch

    dense = [
        (
            torch.rand((k, m)).T if left else torch.rand(m, k),
            torch.rand((n, k)).T if right else torch.rand(k, n),
            torch.empty(m, n),
        )
        for m, k, n, left, right in _products(work)
    ]
    convolutions = []
    for p, first in _weighted(work, "conv2d"):
        part: Any = p.part
        h, w, c = p.input_shape
        oh, ow, f = p.output_shape
        form = torch.channels_last
        convolutions.append(
            (
                torch.rand(work.batch, c, h, w).to(memory_format=form),
                torch.rand(f, c, part.kernel_size, part.kernel_size).to(memory_format=form),
                torch.rand(work.batch, f, oh, ow).to(memory_format=form),
                not first,
            )
        )

    def steps(count: int) -> None:
        for _ in range(count):
            for a, b, out in dense:
                torch.mm(a, b, out=out)
            for x, kernel, dz, inner in convolutions:
                torch.nn.functional.conv2d(x, kernel)
                torch.ops.aten.convolution_backward(
                    dz, x, kernel, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1, [inner, True, False]
                )

    return steps


def _products(work: Work) -> list[tuple[int, int, int, bool, bool]]:
    """(m, k, n, left transposed, right transposed) of each dense layer's three products, the first layer's two."""
    found, n = [], work.batch
    for p, first in _weighted(work, "dense"):
        i, o = p.input_shape[-1], p.output_shape[-1]
        found += [(n, i, o, False, False), (i, n, o, True, False)]
        if not first:
            found.append((n, o, i, False, True))
    return found


def _weighted(work: Work, kind: str) -> list[tuple[Placed, bool]]:
    """The layers of a kind, and whether one is the first that has weights: nobody asks for the gradient below it."""
    layers = [p for p in work.spec.plan if p.kind in ("conv2d", "dense")]
    return [(p, p is layers[0]) for p in layers if p.kind == kind]
