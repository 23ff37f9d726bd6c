"""The instrument of the digits room: curves, filters, mistakes and measures of a run on images, drawn in the browser.

Python gives it the setting and the untrained network; the digits themselves and everything that moves come over our own
routes (nnviz/web).
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, get_args
from urllib.parse import urlencode

import streamlit as st

from nnviz.data import Dataset
from nnviz.events import encode_frame
from nnviz.figures.colors import CLASS_COLORS
from nnviz.link import PATHS, to_query
from nnviz.models import initial_weights, summary
from nnviz.models.forward import predict
from nnviz.models.weights import Array
from nnviz.probes import Predictions, filters_frame, judge
from nnviz.spec import Activation, RunSpec
from nnviz.ui import session
from nnviz.ui.datasets import dataset as dataset_of
from nnviz.ui.words import LOSSES
from nnviz.web.assets import OWN
from nnviz.web.services import services

KEY = "digits_instrument"
STYLES = ("instrument.css", "digits.css", "chain.css")
MOST, FEWEST = 500, 50
"""Digits on which the untrained network is tried."""
WORK = 60e6
"""Multiply-adds that this may take: some hundredths of a second, as the page waits for it."""

_SCRIPT = """
const at = new URL("/nnviz-assets/js/digits.js", location.href).href;
export default function (component) {
  const host = component.parentElement.querySelector(".nnd-host");
  import(at).then((m) => m.render({ ...component, parentElement: host }));
  return () => { if (!host.isConnected) import(at).then((m) => m.dispose(host)); };
}
"""


@cache
def _component() -> Any:
    """Registered once a process. Styles are not isolated: Plotly puts its own into the page's head."""
    return st.components.v2.component(
        "nnviz_digits",
        html='<div class="nnd-host" style="min-height:560px"></div>',
        css="\n".join((OWN / name).read_text("utf-8") for name in STYLES),
        js=_SCRIPT,
        isolate_styles=False,
    )


def instrument(here: session.Room, dataset: Dataset) -> None:
    """The instrument on the page, for the room's setting and its samples."""
    spec = here.spec
    loss = LOSSES[spec.training.loss].lower() if spec.is_network else "loss"
    _component()(
        key=KEY,
        # In a list: of a dict Streamlit asks pandas whether its values are tables, and importing pandas takes a second.
        data=[
            {
                "spec": spec.model_dump(mode="json"),
                "summary": summary(spec) if spec.is_network else [],
                "preview": list(_preview(spec)),
                "untrained": {"epoch": 0, "step": 0, "seconds": 0},
                "view": here.view,
                "run": here.run,
                "ack": here.ack,
                "link": here.links,
                "palette": list(CLASS_COLORS),
                "activations": list(get_args(Activation)),
                "loss_name": loss,
                "data_query": data_query(spec),
                "split": split_of(dataset),
                "counts": {"train": dataset.n_train, "validation": dataset.n_validation, "test": dataset.n_test},
                "class_names": list(dataset.class_names),
            }
        ],
        on_settings_change=_settings,
        on_view_change=_view,
        on_run_change=_run,
    )


def data_query(spec: RunSpec) -> str:
    """The data's part of the link: what the routes of the digits are asked with."""
    query = to_query(spec)
    data = {"data": spec.data.name, **{name: text for name, text in query.items() if PATHS[name][0] == "data"}}
    return urlencode(data)


def split_of(dataset: Dataset) -> str:
    """The digits that are looked at: those that no training sees, as far as there are any."""
    return "test" if dataset.n_test else "validation" if dataset.n_validation else "train"


@lru_cache(maxsize=32)
def _preview(spec: RunSpec) -> tuple[str, ...]:
    """The untrained network as base64 frames: its filters, and what it says of the first digits. An SVM has none. Kept,
    since the script runs anew with every click."""
    if not spec.is_network:
        return ()
    data, weights = dataset_of(spec.data, services().home), initial_weights(spec)
    tried = Predictions(spec, data, limit=max(FEWEST, min(MOST, int(WORK / max(1, spec.multiply_adds)))))
    tried.advance(judge(spec, _outputs(spec, weights)), 0)
    frames = (filters_frame(spec, weights, 0, 0.0), tried.frame(0, 0.0, 0.0))
    return tuple(base64.b64encode(encode_frame(frame, "")).decode() for frame in frames)


def _outputs(spec: RunSpec, weights: list[Array]) -> Callable[[Array], tuple[Array, Array]]:
    return lambda x: predict(spec, weights, x)


def _state(name: str) -> Any:
    return (session.widget_value(KEY) or {}).get(name)


def _settings() -> None:
    """Layers, a seed or a rate, changed on the instrument itself."""
    said = _state("settings")
    if not isinstance(said, dict):
        return
    here = session.current()
    here.change({k: v for k, v in said.items() if k in {"layers", "seed", "learning_rate"}})
    here.ack = int(said.get("n", 0))


def _view() -> None:
    session.current().look(_state("view"))


def _run() -> None:
    here = session.current()
    here.touched = True
    run = (_state("run") or {}).get("id")
    here.run = run if isinstance(run, str) and 0 < len(run) <= 64 else None
