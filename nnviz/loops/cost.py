"""What a step costs, and so who does it: estimates of the spec alone, for curves hang on them."""

from __future__ import annotations

from nnviz.layers import Dense, Flatten
from nnviz.spec import RunSpec

NUMPY_SECONDS = 1.5
"""NumPy's share of a run, on the machine that `numpy_cost` was measured on."""
XLA_PARAMETERS = 60_000
XLA_WORK = 1_500_000
"""Parameters × batch size up to which XLA is the faster one: 2–6 times for small networks, even at this size."""
XLA_LAYERS = 12
"""Its compile time grows with the depth: 0.25 s for 2 layers, 0.7 s for 8, 1.9 s for 16."""


def uses_xla(spec: RunSpec) -> bool:
    """XLA wins for small dense networks; on a CPU its matrices are slow, and its compile time grows with the depth."""
    layers = spec.network.layers
    return (
        all(isinstance(layer, Dense | Flatten) for layer in layers)
        and len(layers) <= XLA_LAYERS
        and spec.parameters <= XLA_PARAMETERS
        and spec.parameters * spec.batch_size <= XLA_WORK
    )


def numpy_cost(spec: RunSpec) -> float:
    """About how many seconds a step takes NumPy: some for each layer, for each weight and its products, and for the
    optimiser. An estimate that is the same on every machine, as it decides where XLA takes over."""
    layers = 1 + sum(isinstance(layer, Dense) for layer in spec.network.layers)
    memory = len(spec.training.optimizer.memory())
    overhead = 4.0 + 5.0 * layers + 6.0 * memory
    each_weight = 1e-4 * spec.batch_size + 1e-3 * (0.1 + memory)
    return 1e-6 * (overhead + each_weight * spec.parameters)


def handover_step(spec: RunSpec) -> int:
    """The step from which on XLA trains. Of network, batch size and optimiser alone: the same seed gives the same curve
    at every speed, and a longer run begins as a shorter one."""
    return 100 * max(1, round(NUMPY_SECONDS / numpy_cost(spec) / 100))


def compiled_from(spec: RunSpec) -> int:
    """The step from which on a run goes at its steady pace: `handover_step`, where there is one, else 0."""
    return handover_step(spec) if spec.network.family == "network" and uses_xla(spec) else 0
