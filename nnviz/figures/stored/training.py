"""Of a training: what its figures bind, from its metrics and its recorded frames."""

from __future__ import annotations

from typing import Any

from nnviz.analysis.distributions import distributions as spread
from nnviz.events import Frame
from nnviz.figures.plane import winners
from nnviz.figures.stored.recorded import Recorded, Wish
from nnviz.losses import LOSSES
from nnviz.models.weights import flat_to_weights
from nnviz.probes.data import data_frame

Values = dict[str, Any]


def curves(recorded: Recorded, _: Wish) -> Values:
    spec = recorded.spec
    tested = recorded.frame("predictions").meta if recorded.has("predictions") else None
    loss = LOSSES[spec.training.loss].label.lower() if spec.is_network else "loss"
    images = spec.data.validation if spec.data.is_image else None
    return {"history": recorded.history, "tested": tested, "validation": images, "loss_name": loss, "marks": []}


def scores(recorded: Recorded, _: Wish) -> Values:
    """Of an SVM: what it scores on each set, as far as it was judged."""
    spec, history = recorded.spec, recorded.history
    if spec.is_network:
        raise LookupError(f"run {recorded.run!r} is of a network: its scores over the epochs are the curves")
    found = []
    if history["step"]:
        last = {name: column[-1] for name, column in history.items()}
        n = recorded.result.get("train", {}).get("n", spec.data.train)
        found.append({"name": "training", "accuracy": last["accuracy"], "loss": last["loss"], "n": n})
        if last["val_accuracy"] is not None:
            held = {"accuracy": last["val_accuracy"], "loss": last["val_loss"], "n": spec.data.validation}
            found.append({"name": "validation", **held})
    tested = recorded.frame("predictions").meta if recorded.has("predictions") else {}
    if tested.get("split") == "test":
        found.append({"name": "test", **{name: tested[name] for name in ("accuracy", "loss", "n")}})
    return {"scores": found, "hint": "" if found else "It was not fitted"}


def boundary(recorded: Recorded, _: Wish) -> Values:
    frame = recorded.frame("network")
    shown = data_frame(recorded.spec, recorded.data)
    return {
        **plane_of(frame), "domain": frame.meta["domain"], "data": {"arrays": shown.arrays, "meta": shown.meta},
        "validation": False,
    }  # fmt: skip


def plane_of(frame: Frame) -> Values:
    """Of a frame of view "network": plane (a number or, of several classes, `plane.winners`), low, high: the ends of
    its colours; high is the number of classes, 1 where one number is said."""
    outputs, activation = frame.arrays["boundary"], frame.meta["layers"][-1]["activation"]
    several = len(outputs) > 1
    plane = winners(outputs=outputs, probabilities=activation in ("softmax", "sigmoid")) if several else outputs[0]
    return {"plane": plane, "low": 0 if several or activation == "sigmoid" else -1, "high": len(outputs)}


def filters(recorded: Recorded, wish: Wish) -> Values:
    frame = recorded.frame("filters")
    about = frame.meta["layers"][min(wish.layer, len(frame.meta["layers"]) - 1)]
    return {"codes": frame.arrays[about["array"]], "peaks": frame.arrays[about["peak"]]}


def output_weights(recorded: Recorded, wish: Wish) -> Values:
    frame = recorded.frame("filters")
    if "output" not in frame.arrays:
        raise LookupError(f"run {recorded.run!r} has no dense layer before its output")
    return {"output": frame.arrays["output"], "of": wish.of, "threshold": wish.threshold}


def confusion(recorded: Recorded, _: Wish) -> Values:
    frame, _index, truth = recorded.judged()
    return {"truth": truth, "predicted": frame.arrays["predicted"], "names": list(recorded.data.class_names)}


def distributions(recorded: Recorded, wish: Wish) -> Values:
    spec = recorded.spec
    if not spec.is_network:
        raise LookupError(f"run {recorded.run!r} is of an SVM, which has neither outputs nor weights of layers")
    frame = recorded.frame("weights" if spec.data.is_image else "network")
    before, now = (flat_to_weights(spec, flat) for flat in (recorded.untrained["weights"], frame.arrays["weights"]))
    made = spread(spec, recorded.data, before, now, frame.step, frame.epoch)
    return {"arrays": made.arrays, "meta": made.meta, "layer": wish.layer}


def statistics(recorded: Recorded, wish: Wish) -> Values:
    frame = recorded.frame("statistics")
    return {"arrays": frame.arrays, "meta": frame.meta, "layer": wish.layer}
