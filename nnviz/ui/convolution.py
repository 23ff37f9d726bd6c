"""The convolution room: a kernel slides over a real digit, every product in numbers (nnviz/web/static/convolution.js).

The browser does all of it, without a run of the script: Python reads the link once and gives the filters of the
visitor's run, if the link names one.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import streamlit as st

from nnviz.data import mnist
from nnviz.events import decode_frame
from nnviz.figures.colors import CLASS_COLORS
from nnviz.spec import Conv2D, RunSpec
from nnviz.ui.convolution_setting import SIZES, Setting, read_setting
from nnviz.web.assets import OWN
from nnviz.web.services import services

DATA = {"mnist": "MNIST, 28×28", "digits": "Digits, 8×8"}

_SCRIPT = """
const at = new URL("/nnviz-assets/js/convolution.js", location.href).href;
export default function (component) {
  const host = component.parentElement.querySelector(".nnvc-host");
  import(at).then((m) => m.render({ ...component, parentElement: host }));
  return () => { if (!host.isConnected) import(at).then((m) => m.dispose(host)); };
}
"""


@cache
def _component() -> Any:
    return st.components.v2.component(
        "nnviz_convolution",
        html='<div class="nnvc-host" style="min-height:600px"></div>',
        css=(OWN / "convolution.css").read_text("utf-8"),
        js=_SCRIPT,
        isolate_styles=False,
    )


def convolution() -> None:
    """The whole page."""
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
    _component()(
        key="convolution",
        data=[
            {
                "setting": plain,
                "defaults": defaults,
                "data": {name: DATA[name] for name in data},
                "sizes": list(SIZES),
                "run": learned,
                "present": query.get("present") == "1",
                "palette": list(CLASS_COLORS),
            }
        ],
    )


def run_filters(run: str) -> tuple[dict[str, Any] | None, str]:
    """The newest filters of a run's first convolution: {run, size, filters: [{weights, bias}], setting}; or why not."""
    row = services().store.get_run(run)
    if row is None or not isinstance(row.spec, RunSpec):
        return None, "The link's run is not on this server (any more); filters learned before are shown."
    spec = row.spec
    offset = 0
    for layer in spec.plan if spec.is_network else ():
        if isinstance(layer.part, Conv2D):
            break
        offset += layer.parameters
    else:
        return None, "The link's run has no convolution; filters learned before are shown."
    frame = _newest_weights(run)
    if frame is None:
        return None, "The link's run has no weights yet; filters learned before are shown."
    part = layer.part
    flat = decode_frame(frame).arrays["weights"]
    k, channels, filters = part.kernel_size, layer.input_shape[-1], part.filters
    kernels = flat[offset : offset + k * k * channels * filters].reshape(k, k, channels, filters)[:, :, 0]
    bias = flat[offset + k * k * channels * filters :][:filters]
    if not (np.isfinite(kernels).all() and np.isfinite(bias).all()):
        return None, "The link's run diverged: its weights are not numbers any more; filters learned before are shown."
    return {
        "run": run,
        "title": f"learned by run {run[:8]}",
        "says": f"The {filters} filters of your run's first convolution, with its weights of now.",
        "size": k,
        "filters": [
            {"weights": kernels[:, :, i].ravel().astype(float).tolist(), "bias": float(bias[i])} for i in range(filters)
        ],
        "setting": {
            "kernel": "run",
            "stride": min(part.strides, 3),
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
