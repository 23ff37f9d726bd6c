"""The ground floor: no tensorflow, no streamlit, no plotly, no files."""

from nnviz.spec.data import DEFAULT_COUNTS, IMAGE_SHAPES, MANY_CLASS_SETS, REGRESSION_SETS, DataSpec
from nnviz.spec.explain import explain
from nnviz.spec.layers import (
    LAYERS,
    LSTM,
    AnyLayer,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    L2Pooling2D,
    Layer,
    MaxPooling2D,
    Placed,
    Pooling,
    Recurrent,
    SimpleRNN,
)
from nnviz.spec.model import SCRATCH_LAYERS, SCRATCH_LOSSES, NetworkSpec, Regularizer, SVMSpec
from nnviz.spec.names import (
    MARGIN_LOSSES,
    ONE_HOT_LOSSES,
    PROBABILITY_LOSSES,
    REGRESSION_LOSSES,
    Activation,
    BiasInitializer,
    DataName,
    ImageName,
    Initializer,
    InputName,
    Loss,
    OutputActivation,
    ToyName,
)
from nnviz.spec.optimizers import (
    OPTIMIZERS,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Decay,
    Ftrl,
    Lion,
    Nadam,
    Optimizer,
    RMSprop,
)
from nnviz.spec.part import Part
from nnviz.spec.run import MAX_PARAMETERS, EarlyStopping, RunSpec, TrainingSpec

__all__ = [
    "DEFAULT_COUNTS", "IMAGE_SHAPES", "LAYERS", "LSTM", "MANY_CLASS_SETS", "MARGIN_LOSSES", "MAX_PARAMETERS",
    "ONE_HOT_LOSSES", "OPTIMIZERS", "PROBABILITY_LOSSES", "REGRESSION_LOSSES", "REGRESSION_SETS", "SCRATCH_LAYERS",
    "SCRATCH_LOSSES", "SGD", "Activation", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "AnyLayer",
    "AveragePooling2D", "BatchNormalization", "BiasInitializer", "Conv2D", "DataName", "DataSpec", "Decay", "Dense",
    "Dropout", "EarlyStopping", "Flatten", "Ftrl", "ImageName", "Initializer", "InputName", "L2Pooling2D", "Layer",
    "Lion", "Loss", "MaxPooling2D", "Nadam", "NetworkSpec", "Optimizer", "OutputActivation", "Part", "Placed",
    "Pooling", "RMSprop", "Recurrent", "Regularizer", "RunSpec", "SVMSpec", "SimpleRNN", "ToyName", "TrainingSpec",
    "explain",
]  # fmt: skip
