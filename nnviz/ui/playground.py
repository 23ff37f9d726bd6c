"""The playground's panels: which controls stand where, and the words on them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from nnviz.data import DATASETS, DataError, load, save_table
from nnviz.link import to_query
from nnviz.spec import MARGIN_LOSSES, OPTIMIZERS, REGRESSION_LOSSES, RunSpec
from nnviz.ui import controls, session, words
from nnviz.ui.instrument import instrument
from nnviz.ui.view import HIDEABLE, view_query
from nnviz.web.services import services

LEARNING_RATES = (1e-5, 1e-4, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)
PENALTIES = (0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)
SETS = {name: d.title for name, d in DATASETS.items() if name not in {"digits", "mnist"}}
EXAMPLE = "x1,x2,label\n" + "".join(
    f"{x},{y},{'inside' if x * x + 2 * y * y < 20 else 'outside'}\n" for x in range(-6, 7) for y in range(-4, 5)
)


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
    spec = here.spec
    controls.rate(
        "Learning rate",
        "learning_rate",
        LEARNING_RATES,
        help="How far each step goes down the slope. Too small is slow, too large jumps about. "
        "Changes while it trains; type any number.",
    )
    controls.choose("Optimiser", "optimizer", words.OPTIMIZERS, help="How the slope becomes a step.")
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
        disabled=spec.model.regularizer.name == "none",
        disabled_why="Choose L1 or L2 first.",
    )
    if not controls.hidden("more"):
        with st.popover("More", icon=":material/tune:", width="content", help="optimiser, weights, stop conditions"):
            _more(spec)
    if not controls.hidden("share_menu"):
        with st.popover("Share", icon=":material/share:", width="content", help="link, JSON, command line"):
            _share(here)


def _losses(spec: RunSpec) -> dict[str, str]:
    return {
        name: text
        for name, text in words.LOSSES.items()
        if spec.problem == "classification" or name in REGRESSION_LOSSES
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
        query = {**to_query(spec), **view_query({**here.view, "hide": chosen})}
        st.code(f"{st.context.url or ''}?{urlencode(query)}", language=None, wrap_lines=True)
    st.markdown("On the command line:")
    st.code("nnviz train spec.json", language="bash")
    key = "w_json"
    given = st.file_uploader("Open a setting (JSON)", type="json", key=key, max_upload_size=1)
    if given is not None and session.first_sight(key, given.file_id):
        session.current().take_json(given.getvalue())
        st.rerun()


def data_controls(here: session.Room) -> None:
    spec, data = here.spec, here.spec.data
    controls.choose(
        "Data",
        "data",
        SETS if data.table else {n: t for n, t in SETS.items() if n != "table"},
        help=DATASETS[data.name].about,
    )
    if data.name in {"spiral", "gauss", "blobs"}:
        controls.slide("Classes", "classes", data.classes, 2, 8, 1, lambda v: {"classes": v})
    total = data.train + data.validation
    if data.name != "table":
        controls.slide(
            "Noise",
            "noise",
            round(data.noise * 100),
            0,
            max(50, round(data.noise * 100)),
            5,
            lambda v: {"noise": v / 100},
            unit="%d %%",
            help="How far samples stray. The sample itself stays the same.",
        )
    controls.slide(
        "Share for training",
        "share",
        round(100 * data.train / total),
        10,
        90,
        10,
        lambda v: _split(total, v / 100),
        unit="%d %%",
        help=f"{data.train} samples to learn from; the other {data.validation} only to validate.",
    )
    controls.slide(
        "Batch size",
        "batch_size",
        spec.batch_size,
        1,
        max(2, data.train),
        1,
        lambda v: {"batch_size": v},
        help="Samples for each step. 1 is stochastic gradient descent, all is batch gradient descent.",
    )
    if data.name != "table" and not controls.hidden("sample"):
        with st.popover("Sample", icon=":material/scatter_plot:", width="stretch", help="how many samples, and which"):
            key = "w_total"
            session.set_widget(key, total)
            share = data.train / total

            def resize() -> None:
                session.current().change(_split(int(session.widget_value(key)), share))

            st.number_input(
                "Samples",
                min(20, total),
                max(5000, total),
                step=50,
                key=key,
                on_change=resize,
                help="for training and validation together",
            )
            controls.whole(
                "Sample number", "sample", 0, 2**31 - 1, help="another number, another sample of the same kind"
            )

        def again() -> None:
            session.current().change({"sample": session.current().spec.data.seed + 1})

        st.button(
            "Regenerate",
            icon=":material/casino:",
            width="stretch",
            on_click=again,
            help="Another sample of the same kind",
        )
    if controls.hidden("own_data"):
        return
    with st.popover("Own data", icon=":material/upload_file:", width="stretch", help="a CSV file with x1, x2, label"):
        _own_data(data.name == "table")


def _split(total: int, share: float) -> dict[str, int]:
    """Samples to train on and to validate with; at least one to train on."""
    train = max(1, round(total * share))
    return {"train": train, "validation": total - train}


def _own_data(used: bool) -> None:
    st.markdown(
        "A CSV file of **x1, x2, label**: two numbers and a class (a word), or a third number to predict. "
        "10 to 10,000 rows, at most 1 MB."
    )
    st.download_button("An example", EXAMPLE, "example.csv", "text/csv", icon=":material/download:")
    key = "w_csv"
    for line in session.message(key):  # above the file: what stands below it may be below the screen
        st.error(line.replace("; ", "  \n"), icon=":material/error:")
    given = st.file_uploader("CSV file", type=["csv", "txt", "tsv"], key=key, max_upload_size=1)
    if given is not None and session.first_sight(key, given.file_id):
        session.set_message(key, _take_csv(given.getvalue()))
        st.rerun()
    if given is None and session.message(key):
        session.set_message(key, [])
        st.rerun()
    if used:
        st.caption("Your table is in use. It stays on this server under a name that only its content gives.")


def _take_csv(content: bytes) -> list[str]:
    """Adopt an uploaded table; return what is wrong with it."""
    try:
        fields = save_table(services().home, content).data_fields()
    except DataError as error:
        return str(error).splitlines()
    session.current().change({"data": fields.pop("name"), **fields})
    return []


def stage(here: session.Room) -> None:
    instrument(here, load(here.spec.data, services().home))
