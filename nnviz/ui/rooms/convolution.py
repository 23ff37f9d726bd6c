"""The convolution room: a kernel slides over a real digit, every product in numbers (web/static/rooms/convolution).

The browser does all of it, without a run of the script: Python reads the link once and gives the filters of the
visitor's run, if the link names one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from nnviz.events import decode_frame
from nnviz.figures.colors import CLASS_COLORS
from nnviz.layers import Conv2D
from nnviz.models.weights import flat_to_weights, of_layers
from nnviz.sets import mnist
from nnviz.spec import RunSpec
from nnviz.ui.convolution_setting import SIZES, Setting, read_setting
from nnviz.ui.live import show
from nnviz.ui.room import Experiment, Guide, Mark, Room, RoomState
from nnviz.web.services import services

INTRO = (
    "A convolution slides a small kernel over a picture and adds up pixel × weight at each place. Press **Play** and "
    "watch the sums fill the feature map. Then drag the window, or choose another kernel."
)
DATA = {"mnist": "MNIST, 28×28", "digits": "Digits, 8×8"}


def _page(_: RoomState) -> None:
    query = {name: str(value) for name, value in st.query_params.items()}
    setting, given, problems = read_setting(query)
    plain, defaults = setting.model_dump(mode="json"), Setting().model_dump(mode="json")
    learned: dict[str, Any] | None = None
    if "run" in query:
        learned, trouble = run_filters(query["run"])
        problems += [trouble] if trouble else []
        if learned is not None:  # the layer as it was trained, but for what the link says otherwise
            defaults |= learned["setting"]
            plain |= {name: value for name, value in learned["setting"].items() if name not in given}
    if learned is None and setting.kernel == "run":
        plain |= {"kernel": "learned"}
        problems += [] if "run" in query else ["The link's kernel=run names no run; filters learned before are shown."]
    data = [name for name in DATA if name == "digits" or mnist.find() is not None]
    if plain["data"] is not None and plain["data"] not in data:
        problems.append("MNIST is not on this server (`nnviz data get mnist` fetches it); the small digits are shown.")
        plain |= {"data": None, "digit": None, "at": None}
    for problem in problems:
        st.warning(problem, icon=":material/link_off:")
    if query.get("present") != "1":
        with st.container(key="intro"):
            st.markdown(INTRO)
    shown = {
        "setting": plain,
        "defaults": defaults,
        "data": {name: DATA[name] for name in data},
        "sizes": list(SIZES),
        "run": learned,
        "present": query.get("present") == "1",
        "palette": list(CLASS_COLORS),
    }
    show(ROOM, shown)


def run_filters(run: str) -> tuple[dict[str, Any] | None, str]:
    """The newest filters of a run's first convolution: {run, size, filters: [{weights, bias}], setting}; or why not."""
    row = services().store.get_run(run)
    if row is None or not isinstance(row.spec, RunSpec):
        return None, "The link's run is not on this server (any more); filters learned before are shown."
    spec = row.spec
    if not spec.is_network or not any(isinstance(layer, Conv2D) for layer in spec.network.layers):
        return None, "The link's run has no convolution; filters learned before are shown."
    frame = _newest_weights(run)
    if frame is None:
        return None, "The link's run has no weights yet; filters learned before are shown."
    weights = flat_to_weights(spec, decode_frame(frame).arrays["weights"])
    part, layer, (kernel, bias) = next(
        (layer.part, layer, own) for layer, own in of_layers(spec, weights) if isinstance(layer.part, Conv2D)
    )
    kernels, filters = kernel[:, :, 0], part.filters
    if not (np.isfinite(kernels).all() and np.isfinite(bias).all()):
        return None, "The link's run diverged: its weights are not numbers any more; filters learned before are shown."
    known = layer.activation in {"relu", "linear"}
    return {
        "run": run,
        "title": f"learned by run {run[:8]}",
        "says": f"The {filters} filters of your run's first convolution, with its weights of now"
        + ("." if known else f"; its activation, {layer.activation}, is left out here."),
        "size": part.kernel_size,
        "filters": [
            {"weights": kernels[:, :, i].ravel().astype(float).tolist(), "bias": float(bias[i])} for i in range(filters)
        ],
        "setting": {
            "kernel": "run",
            "stride": part.strides,
            "padding": part.padding,
            "activation": "relu" if layer.activation == "relu" else "linear",
            **({"data": spec.data.name} if spec.data.name in DATA else {}),
        },
    }, ""


def _newest_weights(run: str) -> bytes | None:
    """From the memory of a run under way, else from the store."""
    here = services()
    live = here.hub.runs.get(run) if here.hub else None
    frames = live.frames if live else here.store.newest_frames(run)
    return frames.get("weights")


EXPERIMENTS = (
    Experiment(
        "Start here: vertical edges", "Press Step: nine pixels times nine weights, added up, are one pixel.", {}
    ),
    Experiment(
        "ReLU keeps one side",
        "The kernel answers + where ink begins and − where it ends; ReLU lets only the beginnings through.",
        {"kernel": "sobel_x", "activation": "relu"},
    ),
    Experiment(
        "Stride and padding",
        "Every second place, with zeros around: the map has half the rows and columns, and the border counts.",
        {"kernel": "gaussian", "size": "5", "stride": "2", "padding": "same"},
    ),
    Experiment(
        "What a network has learned",
        "Nobody wrote these numbers: choose one of the filters and see which strokes it answers to.",
        {"kernel": "learned", "size": "5"},
    ),
    Experiment(
        "Pooling forgets the place",
        "The largest of four neighbours: move the digit's edge by a pixel and the pooled map hardly changes.",
        {"kernel": "laplacian", "pool": "max", "activation": "relu"},
    ),
)
MARKS: tuple[Mark, ...] = (
    (
        "the frame on the digit",
        "the window: the only pixels that this output sees; drag it, or use the arrow keys",
    ),
    ("orange and blue", "negative and positive, for weights, products and sums alike; ink is grey"),
    ("hatched pixels", "the zeros that the padding “same” puts around"),
    ("empty places of the map", "the window has not been there yet; Play fills them, All does it at once"),
    ("the thin frame", "all outputs, and all pixels, on which one pooled number depends; point at it"),
)
KEYS: tuple[Mark, ...] = (
    ("space", "slide the window by itself, pause"),
    ("arrows, Home, End", "move the window; to the ends of its row"),
    ("↑ ↓", "in a weight: 0.1 more or less; with Shift 1"),
)

ROOM = Room(
    name="convolution",
    title="Convolution",
    section="Foundations",
    icon=":material/filter_center_focus:",
    stage=_page,
    script="rooms/convolution/convolution.js",
    styles=("rooms/convolution/convolution.css",),
    height=600,
    guide=Guide(
        what="one sum at a time",
        experiments=EXPERIMENTS,
        marks=MARKS,
        keys=KEYS,
        lectures="B16, B17",
        needs="weighted sums (Neuron), and what a network for pictures is for (Digits)",
        lead="Why small kernels that slide over a picture see more than one neuron a pixel.",
    ),
)
