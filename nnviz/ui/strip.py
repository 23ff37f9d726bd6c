"""What every room has above its instrument: messages, the settings of the training, and ways to hand a setting on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from nnviz.spec import MARGIN_LOSSES, OPTIMIZERS, REGRESSION_LOSSES, SCRATCH_LOSSES, RunSpec
from nnviz.ui import controls, session, words
from nnviz.ui.view import HIDEABLE

LEARNING_RATES = (1e-5, 1e-4, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)
PENALTIES = (0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)


def messages(here: session.Room) -> None:
    """What was wrong with a link or a value, until the next change."""
    problems, here.problems = here.problems, []
    notes, here.notes = here.notes, []
    # Always there: a message that came before the instrument would give it another place, and the browser a new one.
    with st.container(key="problems"):
        if problems:
            st.warning("  \n".join(problems), icon=":material/warning:")
    for note in notes:
        st.toast(note)


def training_controls(here: session.Room) -> None:
    """How a network learns."""
    spec = here.spec
    controls.rate(
        "Learning rate",
        "learning_rate",
        LEARNING_RATES,
        help="How far each step goes down the slope. Too small is slow, too large jumps about. "
        "Changes while it trains; type any number.",
    )
    scratch = spec.network.family == "scratch"
    controls.choose(
        "Optimiser",
        "optimizer",
        {"sgd": words.OPTIMIZERS["sgd"]} if scratch else words.OPTIMIZERS,
        help="How the slope becomes a step." + (" The NumPy network has the lectures' own." if scratch else ""),
    )
    controls.choose(
        "Activation",
        "activation",
        {a: t for a, t in words.ACTIVATIONS.items() if a not in {"softmax", "auto"}},
        help="What a neuron makes of its sum. Without one (linear) all layers together are only one straight line. "
        "Each layer can have its own: above the drawing.",
    )
    controls.choose("Loss", "loss", _losses(spec), help="What is made small: how wrong the output is.")
    controls.choose(
        "Regularisation",
        "regularizer",
        words.REGULARIZERS,
        help="Adds rate·Σ|w| (L1) or rate·Σw² (L2) to the loss, so that weights stay small.",
    )
    controls.rate(
        "Regularisation rate",
        "regularization_rate",
        PENALTIES,
        help="Changes while it trains; type any number.",
        disabled=spec.network.regularizer.name == "none",
        disabled_why="Choose L1 or L2 first.",
    )


def more(here: session.Room) -> None:
    """What of a network's setting is not changed at every moment."""
    if here.spec.is_network and not controls.hidden("more"):
        with st.popover("More", icon=":material/tune:", width="content", help="optimiser, weights, stop conditions"):
            _more(here.spec)


def share(here: session.Room) -> None:
    """The setting for somebody else: link, file, command line."""
    if not controls.hidden("share_menu"):
        with st.popover("Share", icon=":material/share:", width="content", help="link, JSON, command line"):
            _share(here)


HERE = Path(__file__).parent


def presentation(here: session.Room) -> bool:
    """The bar of a page in a lecture hall, where the controls are folded away: whether they are to be drawn.

    Always there, so that nothing below it changes its place when the mode does.
    """
    present = bool(here.view.get("present"))
    with st.container(key="presenting" if present else "not_presenting", horizontal=True):
        if present:
            label = "Settings" if here.folded else "Fold the settings away"
            st.button(label, key="w_fold", icon=":material/tune:", on_click=_fold)
            st.button("Leave the presentation", key="w_leave", icon=":material/close_fullscreen:", on_click=_present)
            looks = ["present.css", *(["folded.css"] if here.folded else [])]
            st.html("<style>" + "".join((HERE / look).read_text("utf-8") for look in looks) + "</style>")
    return not (present and here.folded)


def present_button(here: session.Room) -> None:
    """The way into the presentation."""
    if not here.view.get("present") and not controls.hidden("present_button"):
        st.button(
            "Present",
            key="w_present",
            icon=":material/open_in_full:",
            on_click=_present,
            help="Larger type, controls folded away: to be read from the back row. The link's ?present=1",
        )


def _present() -> None:
    here = session.current()
    here.touched = True
    here.folded = True
    here.view = {**here.view, "present": not here.view.get("present")}


def _fold() -> None:
    here = session.current()
    here.touched = True
    here.folded = not here.folded


def _losses(spec: RunSpec) -> dict[str, str]:
    return {
        name: text
        for name, text in words.LOSSES.items()
        if (spec.problem == "classification" or name in REGRESSION_LOSSES)
        and (spec.network.family == "network" or name in SCRATCH_LOSSES)
    }


def _more(spec: RunSpec) -> None:
    tabs = st.tabs(["Optimiser", "Weights", "Stop when"])
    with tabs[0]:
        fields = OPTIMIZERS[spec.training.optimizer.name].model_fields
        own = [name for name in words.OPTIMIZER_FIELDS if name in fields]
        for name in own:
            label, text = words.OPTIMIZER_FIELDS[name]
            if name in {"nesterov", "centered", "amsgrad"}:
                controls.switch(label, name, help=text)
            elif "clip" in name and spec.network.family == "scratch":
                continue
            elif "clip" in name:
                controls.real(label, name, 0.0, 1e6, help=text, optional=True, step=0.1)
            else:
                controls.real(label, name, 0.0, 100.0, help=text, step=0.01)
        controls.choose(
            "Learning rate over time",
            "decay",
            words.DECAYS,
            help="The rate is multiplied by a factor that falls with the steps.",
        )
        if spec.training.decay.name != "none":
            controls.real(
                "Decay",
                "decay_rate",
                0.0,
                100.0,
                step=0.1,
                help="the factor after “steps” steps (cosine, linear: what is left at the end)",
            )
            controls.whole("Steps", "decay_steps", 1, 10_000_000, help="weight updates")
    with tabs[1]:
        controls.choose("Starting weights", "initializer", words.INITIALIZERS)
        controls.choose("Starting biases", "bias", words.BIASES)
        controls.whole(
            "Seed",
            "seed",
            0,
            2**31 - 1,
            help="of the starting weights, the order of the samples and dropout: the same seed gives the same run",
        )
        controls.choose("Output activation", "output", _outputs(spec))
        controls.switch("New order in every epoch", "shuffle", help="shuffle the training samples")
    with tabs[2]:
        controls.whole(
            "Epochs", "epochs", 1, 100_000, step=100, help="the run ends after as many passes over the training samples"
        )
        controls.real(
            "Target loss",
            "target_loss",
            0.0,
            100.0,
            optional=True,
            step=0.01,
            help="end when the validation loss is below",
        )
        _early_stopping(spec)


def _outputs(spec: RunSpec) -> Mapping[str, str]:
    names = ["auto", "linear", "tanh", "sigmoid", "softmax"]
    if spec.problem == "regression":
        names.remove("softmax")
    elif spec.training.loss in MARGIN_LOSSES:
        names = ["auto", "linear", "tanh"]
    elif spec.training.loss not in REGRESSION_LOSSES:
        names = (
            ["auto", "softmax"]
            if "categorical" in spec.training.loss or "kl" in spec.training.loss
            else ["auto", "sigmoid", "softmax"]
        )
    return {n: words.ACTIVATIONS[n] + (f" ({spec.output_activation})" if n == "auto" else "") for n in names}


def _early_stopping(spec: RunSpec) -> None:
    key = "w_early_stopping"
    session.set_widget(key, spec.training.early_stopping is not None)

    def toggle() -> None:
        session.current().set_early_stopping(bool(session.widget_value(key)))

    st.toggle(
        "Early stopping", key=key, on_change=toggle, help="end when the validation loss gets no better for some epochs"
    )
    if spec.training.early_stopping is not None:
        monitors = {"val_loss": "validation loss", "loss": "training loss"}
        if spec.problem == "classification":
            monitors |= {"val_accuracy": "validation accuracy", "accuracy": "training accuracy"}
        controls.choose("Watch", "monitor", monitors)
        controls.whole("Patience", "patience", 1, 100_000, help="epochs without improvement")
        controls.real("Smallest improvement", "min_delta", 0.0, 1000.0, step=0.001)


def _share(here: session.Room) -> None:
    spec = here.spec
    st.markdown(
        "The address bar **is** the setting: copy the link, and whoever opens it sees the same. "
        "While a run is on, they see it train."
    )
    text = json.dumps(spec.model_dump(mode="json"), indent=2)
    st.download_button("Setting as JSON", text, "spec.json", "application/json", icon=":material/download:")
    st.markdown("For a class, a link can hide controls:")
    key = "w_hide"
    chosen = st.multiselect(
        "Hide", list(HIDEABLE), key=key, format_func=HIDEABLE.__getitem__, placeholder="nothing hidden"
    )
    if chosen:
        query = session.setting_link(here, {**here.view, "hide": chosen})
        st.code(f"{st.context.url or ''}?{urlencode(query)}", language=None, wrap_lines=True)
    st.markdown("On the command line:")
    st.code("nnviz train spec.json", language="bash")
    key = "w_json"
    given = st.file_uploader("Open a setting (JSON)", type="json", key=key, max_upload_size=1)
    if given is not None and session.first_sight(key, given.file_id):
        session.current().take_json(given.getvalue())
        st.rerun()
