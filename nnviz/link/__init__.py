"""Specifications as links. Each job has a `Link` (nnviz/jobs/job.py): a training's, or of its spec's fields."""

from nnviz.link.base import Base, Link, Texts
from nnviz.link.fields import FieldsLink
from nnviz.link.layers import read_layers, write_layers
from nnviz.link.training import PATHS, TrainingLink, from_query, put, to_query
from nnviz.link.values import stranger, unusable

__all__ = [
    "PATHS", "Base", "FieldsLink", "Link", "Texts", "TrainingLink", "from_query", "put", "read_layers", "stranger",
    "to_query", "unusable", "write_layers",
]  # fmt: skip
