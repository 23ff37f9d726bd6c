"""The settings of a training: what a room of trainings shows at first sight, and the rest of it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from nnviz.activations import ACTIVATIONS, HIDDEN
from nnviz.initializers import BIASES, INITIALIZERS
from nnviz.losses import LOSSES
from nnviz.optimizers import DECAYS, OPTIMIZERS, SGD
from nnviz.regularizers import REGULARIZERS
from nnviz.spec import RunSpec
from nnviz.spec.words import regularised
from nnviz.ui import controls, more, session, words
from nnviz.ui.room import RoomState
from nnviz.ui.training_room import ENDLESS_EPOCHS, TrainingRoom, set_early_stopping

LEARNING_RATES = (1e-5, 1e-4, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)
PENALTIES = (0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)


def learning() -> None:
    """What of the training is shown at first sight."""
    controls.choose(
        "Activation",
        "activation",
        {name: ACTIVATIONS[name].label for name in HIDDEN},
        help="What a neuron makes of its sum. Without one (linear) all layers together are only one straight line.",
    )
    controls.rate(
        "Learning rate",
        "learning_rate",
        LEARNING_RATES,
        help="How far each step goes down the slope. Too small is slow, too large jumps about. "
        "Changes while it trains; type any number.",
    )


def training(here: RoomState) -> None:
    """How a network learns: the rest of it."""
    spec = here.spec
    more.heading("Training")
    scratch = spec.network.family == "scratch"
    controls.choose(
        "Optimiser",
        "optimizer",
        {"sgd": SGD.label} if scratch else words.labels(OPTIMIZERS),
        help="How the slope becomes a step. Another one moves the learning rate to where it learns such data."
        + (" The NumPy network has the lectures' own." if scratch else ""),
    )
    controls.choose("Loss", "loss", _losses(spec), help="What is made small: how wrong the output is.")
    _batch_size(spec)
    controls.choose(
        "Regularisation",
        "regularizer",
        {"none": "None", **words.labels(REGULARIZERS)},
        help="Adds rate·Σ|w| (L1) or rate·Σw² (L2) to the loss, so that weights stay small.",
    )
    if spec.network.regularizer.name != "none":
        controls.rate(
            "Regularisation rate", "regularization_rate", PENALTIES, help="Changes while it trains; type any number."
        )
        controls.choose(
            "Regularised layers",
            "regularizer_on",
            regularised(spec.plan),
            help="All kernels, or those of one layer alone, as Keras's kernel_regularizer of that layer.",
        )
    if not controls.hidden("more"):
        more.heading("Starting weights")
        _weights(spec)
        more.heading("When to stop")
        _stopping(spec)
        more.heading(f"{spec.training.optimizer.label} in detail")
        _optimizer(spec)


def _batch_size(spec: RunSpec) -> None:
    about = "Samples for each step. 1 is stochastic gradient descent, all is batch gradient descent."
    if spec.data.is_image:
        controls.whole("Batch size", "batch_size", 1, 60_000, help=about)
    else:
        most = max(2, spec.data.train)
        controls.slide("Batch size", "batch_size", spec.batch_size, 1, most, 1, lambda v: {"batch_size": v}, help=about)


def _losses(spec: RunSpec) -> dict[str, str]:
    return {
        name: loss.label
        for name, loss in LOSSES.items()
        if (spec.problem == "classification" or loss.regression) and (spec.network.family == "network" or loss.derived)
    }


def _optimizer(spec: RunSpec) -> None:
    for name, field in spec.training.optimizer.settings().items():
        label, text = str(field.title), field.description or ""
        if field.annotation is bool:
            controls.switch(label, name, help=text)
        elif "clip" in name and spec.network.family == "scratch":
            continue
        elif "clip" in name:
            controls.real(label, name, 0.0, 1e6, help=text, optional=True, step=0.1)
        else:
            controls.real(label, name, 0.0, 100.0, help=text, step=0.01)
    controls.choose(
        "Rate over time",
        "decay",
        words.labels(DECAYS),
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


def _weights(spec: RunSpec) -> None:
    controls.choose("Starting weights", "initializer", words.labels(INITIALIZERS))
    controls.choose("Starting biases", "bias", words.labels(BIASES))
    controls.whole(
        "Seed",
        "seed",
        0,
        2**31 - 1,
        help="of the starting weights, the order of the samples and dropout: the same seed gives the same run",
    )
    controls.choose(
        "Output activation", "output", _outputs(spec), help="of the output layer; “auto” is what fits the loss"
    )
    controls.switch("New order in every epoch", "shuffle", help="shuffle the training samples")


def _stopping(spec: RunSpec) -> None:
    _end(spec)
    controls.real(
        "Target loss", "target_loss", 0.0, 100.0, optional=True, step=0.01, help="end when the validation loss is below"
    )
    _early_stopping(spec)


def _end(spec: RunSpec) -> None:
    """After how many epochs it ends, where it does not train until it is stopped."""
    room = session.current().room
    if isinstance(room, TrainingRoom) and room.endless:
        key, has_end = "w_has_end", not room.is_endless(spec)
        session.set_widget(key, has_end)

        def toggle() -> None:
            session.current().change({"epochs": 500 if session.widget_value(key) else ENDLESS_EPOCHS})

        session.explain_control(key, "else it trains until you stop it")
        st.toggle("A number of epochs", **session.used(key, toggle))
        if not has_end:
            return
    controls.whole(
        "Epochs", "epochs", 1, 100_000, step=100, help="the run ends after as many passes over the training samples"
    )


def _outputs(spec: RunSpec) -> Mapping[str, str]:
    names = LOSSES[spec.training.loss].outputs(spec.data.classes)
    return {"auto": f"Follows the loss ({spec.output_activation})", **{n: ACTIVATIONS[n].label for n in names}}


def _early_stopping(spec: RunSpec) -> None:
    key = "w_early_stopping"
    session.set_widget(key, spec.training.early_stopping is not None)

    def toggle() -> None:
        set_early_stopping(session.current(), bool(session.widget_value(key)))

    session.explain_control(key, "end when the validation loss gets no better for some epochs")
    st.toggle("Early stopping", **session.used(key, toggle))
    if spec.training.early_stopping is not None:
        monitors = {"val_loss": "validation loss", "loss": "training loss"}
        if spec.problem == "classification":
            monitors |= {"val_accuracy": "validation accuracy", "accuracy": "training accuracy"}
        controls.choose("Watch", "monitor", monitors)
        controls.whole("Patience", "patience", 1, 100_000, help="epochs without improvement")
        controls.real("Smallest improvement", "min_delta", 0.0, 1000.0, step=0.001)
