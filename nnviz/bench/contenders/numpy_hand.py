"""The network as one writes it by hand in NumPy: matrix products, sigmoids or tanhs, the chain rule."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnviz.bench.works import Work


def by_hand(work: Work) -> Callable[[int], None]:
    x, y = work.data()
    x = x.reshape(len(x), -1)
    arrays = work.weights()
    kernels, biases = arrays[::2], arrays[1::2]
    rate, rng = work.spec.training.optimizer.learning_rate, np.random.default_rng(0)
    tanh = work.spec.network.activation == "tanh"
    last_tanh = work.spec.output_activation == "tanh"

    def steps(n: int) -> None:
        order = np.concatenate([rng.permutation(len(x)) for _ in range(-(-n // work.steps_per_epoch))])
        for i in range(0, n * work.batch, work.batch):
            rows = order[i : i + work.batch]
            said = [x[rows]]
            for layer, (w, b) in enumerate(zip(kernels, biases, strict=True)):
                z = said[-1] @ w + b
                curved = last_tanh if layer == len(kernels) - 1 else tanh
                said.append(np.tanh(z) if curved else 1 / (1 + np.exp(-z)))
            delta = (said[-1] - y[rows]) * (2 / said[-1].size)
            for layer in reversed(range(len(kernels))):
                a = said[layer + 1]
                curved = last_tanh if layer == len(kernels) - 1 else tanh
                delta = delta * ((1 - a * a) if curved else a * (1 - a))
                back = delta @ kernels[layer].T if layer else None
                kernels[layer] -= rate * (said[layer].T @ delta)
                biases[layer] -= rate * delta.sum(0)
                delta = back

    return steps
