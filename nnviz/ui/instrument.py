"""The instrument on a page: network, boundary, curves and transport bar, drawn in the browser (nnviz/web/static).

Python gives it the setting, the samples and the untrained network; everything that moves reaches it over the live
route.
"""

from __future__ import annotations

import base64
from functools import cache
from typing import Any, get_args

import streamlit as st

from nnviz.data.dataset import Dataset, Split
from nnviz.events import encode_frame
from nnviz.figures.colors import CLASS_COLORS
from nnviz.models import evaluate, initial_weights
from nnviz.models.weights import Array
from nnviz.probes import NetworkProbe, data_frame
from nnviz.spec import Activation, RunSpec
from nnviz.ui import session
from nnviz.ui.words import LOSSES
from nnviz.web.assets import OWN

KEY = "instrument"

_SCRIPT = """
const at = new URL("/nnviz-assets/js/instrument.js", location.href).href;
export default function (component) {
  const host = component.parentElement.querySelector(".nnv-host");
  import(at).then((m) => m.render({ ...component, parentElement: host }));
  return () => { if (!host.isConnected) import(at).then((m) => m.dispose(host)); };
}
"""


@cache
def _component() -> Any:
    """Registered once a process. Styles are not isolated: Plotly puts its own into the page's head."""
    return st.components.v2.component(
        "nnviz_instrument",
        html='<div class="nnv-host" style="min-height:560px"></div>',
        css=(OWN / "instrument.css").read_text("utf-8"),
        js=_SCRIPT,
        isolate_styles=False,
    )


def instrument(here: session.Room, dataset: Dataset) -> None:
    spec = here.spec
    weights = initial_weights(spec)
    preview = NetworkProbe(spec, dataset).frame(weights, step=0, epoch=0.0)
    _component()(
        key=KEY,
        # In a list: of a dict Streamlit asks pandas whether its values are tables, and importing pandas takes a second.
        data=[
            {
                "spec": spec.model_dump(mode="json"),
                "samples": _text(encode_frame(data_frame(spec, dataset), "")),
                "preview": _text(encode_frame(preview, "")),
                "untrained": _untrained(spec, dataset, weights),
                "view": here.view,
                "run": here.run,
                "ack": here.ack,
                "link": here.links,
                "palette": list(CLASS_COLORS),
                "activations": list(get_args(Activation)),
                "loss_name": LOSSES[spec.training.loss].lower(),
            }
        ],
        on_settings_change=_settings,
        on_view_change=_view,
        on_run_change=_run,
    )


def _untrained(spec: RunSpec, dataset: Dataset, weights: list[Array]) -> dict[str, float | None]:
    """Losses and accuracies of the network before its first step, as a run's first metrics will tell them."""
    row: dict[str, float | None] = {"epoch": 0, "step": 0, "seconds": 0}
    parts: tuple[tuple[str, Split, int], ...] = (
        ("", "train", dataset.n_train),
        ("val_", "validation", dataset.n_validation),
    )
    for prefix, split, n in parts:
        score: tuple[float | None, float | None] = (None, None)
        if n:
            rate = spec.network.regularizer.rate
            score = evaluate(spec, weights, dataset.inputs(split), dataset.labels(split), rate)
        row[f"{prefix}loss"], row[f"{prefix}accuracy"] = score
    return row


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _state(name: str) -> Any:
    return (session.widget_value(KEY) or {}).get(name)


def _settings() -> None:
    """Layers, inputs, a seed or a rate, changed on the drawing itself."""
    said = _state("settings")
    if not isinstance(said, dict):
        return
    here = session.current()
    changes = {k: v for k, v in said.items() if k in {"layers", "inputs", "seed", "learning_rate"}}
    here.change(changes)
    here.ack = int(said.get("n", 0))


def _view() -> None:
    session.current().look(_state("view"))


def _run() -> None:
    here = session.current()
    here.touched = True
    run = (_state("run") or {}).get("id")
    here.run = run if isinstance(run, str) and 0 < len(run) <= 64 else None
