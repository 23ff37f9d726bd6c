"""The ground floor: no tensorflow, no streamlit, no plotly, no files."""

from nnviz.part import Part
from nnviz.spec.data import DataSpec
from nnviz.spec.explain import Fault, explain, faults
from nnviz.spec.model import NetworkSpec, Regularizer, SVMSpec
from nnviz.spec.names import InputName
from nnviz.spec.run import MAX_PARAMETERS, EarlyStopping, RunSpec, TrainingSpec

__all__ = [
    "MAX_PARAMETERS", "DataSpec", "EarlyStopping", "Fault", "InputName", "NetworkSpec", "Part", "Regularizer",
    "RunSpec", "SVMSpec", "TrainingSpec", "explain", "faults",
]  # fmt: skip
