"""Two trained networks on the same digits, for tests of what looks into them."""

from __future__ import annotations

import secrets
from typing import Any

from nnviz.data import load
from nnviz.data.dataset import Dataset
from nnviz.events import Frame, decode_frame
from nnviz.spec import RunSpec
from tests.serving import Server

DATA = {"name": "mnist", "train": 3000, "validation": 0, "test": 500}
TRAINING = {"loss": "categorical_crossentropy", "optimizer": {"name": "adam", "learning_rate": 0.003}, "batch_size": 50}
CONVOLUTION = [
    {"kind": "conv2d", "filters": 4, "kernel_size": 5},
    {"kind": "max_pooling2d"},
    {"kind": "dense", "units": 20},
]


def spec(layers: list[dict[str, Any]], **training: Any) -> dict[str, Any]:
    model = {"layers": layers, "activation": "relu", "output_activation": "softmax", "initializer": "glorot_uniform"}
    return {"data": DATA, "model": model, "training": {**TRAINING, **training}}


class Runs:
    """A convolutional network that has learned, a poorer one, and the data of both."""

    def __init__(self, server: Server) -> None:
        self.server, self.visitor = server, secrets.token_urlsafe(24)
        self.spec = spec(CONVOLUTION, epochs=4)
        self.good, self.poor = (self.train(s) for s in (self.spec, spec([], epochs=1)))
        self.data: Dataset = load(RunSpec.model_validate(self.spec).data)
        self.labels = self.data.labels("test")

    def train(self, wanted: dict[str, Any]) -> str:
        with self.server.browser(visitor=self.visitor) as viewer:
            run = viewer.submit(wanted)
            viewer.until("finished")
        return run

    def predictions(self, run: str) -> Frame:
        return decode_frame(self.server.get(f"/nnviz/predictions?run={run}"))
