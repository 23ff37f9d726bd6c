"""scikit-learn's MLP, which has dense layers only, and its own losses: softmax with cross-entropy, squared error."""

from __future__ import annotations

import warnings
from collections.abc import Callable

from nnviz.bench.works import Work


def mlp(work: Work) -> Callable[[int], None]:
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    (x, y), spec = work.data(), work.spec
    options = {
        "hidden_layer_sizes": tuple(p.output_shape[0] for p in spec.plan[:-1] if p.kind == "dense"),
        "activation": {"sigmoid": "logistic"}.get(spec.network.activation, spec.network.activation),
        "solver": "sgd", "momentum": 0.0, "alpha": 0.0, "batch_size": work.batch, "n_iter_no_change": 10**6,
        "learning_rate_init": 0.1 * spec.training.optimizer.learning_rate, "random_state": 0,
    }  # fmt: skip
    regression = spec.outputs == 1
    model = (MLPRegressor if regression else MLPClassifier)(**options)
    inputs, wanted = x.reshape(len(x), -1), y[:, 0] if regression else y.argmax(1)

    def steps(n: int) -> None:
        rows = min(n, work.steps_per_epoch) * work.batch
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for _ in range(max(1, n // work.steps_per_epoch)):
                if regression:
                    model.partial_fit(inputs[:rows], wanted[:rows])
                else:
                    model.partial_fit(inputs[:rows], wanted[:rows], classes=range(10))

    return steps
