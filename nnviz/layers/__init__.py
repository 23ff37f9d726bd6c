"""Kinds of layers: each in its own file, with its settings, shapes, weights, mathematics, Keras layer and words."""

from typing import Annotated

from pydantic import SerializeAsAny

from nnviz.layers.average_pooling2d import AveragePooling2D
from nnviz.layers.base import Layer, Placed
from nnviz.layers.batch_normalization import BatchNormalization
from nnviz.layers.conv2d import Conv2D
from nnviz.layers.dense import Dense
from nnviz.layers.dropout import Dropout
from nnviz.layers.flatten import Flatten
from nnviz.layers.l2_pooling2d import L2Pooling2D
from nnviz.layers.lstm import LSTM
from nnviz.layers.max_pooling2d import MaxPooling2D
from nnviz.layers.simple_rnn import SimpleRNN
from nnviz.part import made_of

__all__ = ["LAYERS", "AnyLayer", "BatchNormalization", "Conv2D", "Dense", "Dropout", "Flatten", "Layer", "Placed"]

LAYERS: dict[str, type[Layer]] = {
    "dense": Dense, "conv2d": Conv2D, "max_pooling2d": MaxPooling2D, "average_pooling2d": AveragePooling2D,
    "l2_pooling2d": L2Pooling2D, "dropout": Dropout, "batch_normalization": BatchNormalization,
    "simple_rnn": SimpleRNN, "lstm": LSTM, "flatten": Flatten,
}  # fmt: skip
"""Every kind of layer that a spec may name, in the order of the pages' menu."""
AnyLayer = Annotated[SerializeAsAny[Layer], made_of(LAYERS, "kind", "dense")]
"""A layer of a spec; without a `kind` it is dense."""
