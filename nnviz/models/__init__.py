"""Networks: their weights and forward pass in NumPy; Keras and the compiled loop behind imports of their own."""

from nnviz.models.forward import activations, forward
from nnviz.models.metrics import evaluate, losses, targets
from nnviz.models.summary import summary
from nnviz.models.weights import flat_to_weights, initial_weights, weights_to_flat

__all__ = [
    "activations", "evaluate", "flat_to_weights", "forward", "initial_weights", "losses", "summary", "targets",
    "weights_to_flat",
]  # fmt: skip
