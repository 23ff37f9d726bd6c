"""A function in pieces: what they add up to is the network's output, Keras's; samples and limits; early stopping."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from nnviz.approximation.curves import CURVES
from nnviz.approximation.learning import Approximation
from nnviz.approximation.spec import ApproximationSpec
from nnviz.control import QueueControl
from nnviz.events import Done, Frame
from nnviz.jobs import JOBS
from nnviz.models.keras_network import build


@pytest.mark.parametrize(("layers", "activation"), [("5", "relu"), ("4,6", "tanh"), ("3,3,7", "sigmoid")])
def test_the_pieces_and_the_bias_are_kerass_output(layers: str, activation: str) -> None:
    spec = ApproximationSpec.model_validate({"layers": layers, "activation": activation, "seed": 3})
    learning = Approximation(spec)
    for number in (1, 2):
        learning.epoch(number)
    frame = learning.frame(2)
    x, pieces = frame.arrays["x"], frame.arrays["pieces"]
    said = np.asarray(build(spec.training, learning.loop.weights)(x[:, None]))[:, 0]
    assert len(pieces) == spec.units[-1]
    np.testing.assert_allclose(pieces.sum(0) + frame.meta["bias"], said, atol=1e-4)
    np.testing.assert_allclose(frame.arrays["output"], said, atol=1e-4)
    np.testing.assert_allclose(frame.arrays["error"], said - np.sin(2 * x), atol=1e-4)


def run(**setting: object) -> Done:
    *_, done = JOBS["approximation"].run(ApproximationSpec.model_validate(setting))
    assert isinstance(done, Done)
    return done


def test_it_learns_and_a_seed_means_one_course() -> None:
    done = run(noise=0, layers="20", samples=120)
    assert done.reason == "learned"
    assert done.result["val_loss"] < 0.01  # the sine itself has 0.5
    assert run(epochs=5).result == run(epochs=5).result


def test_too_many_neurons_overfit_and_early_stopping_ends_it() -> None:
    setting = {
        "layers": "40,40", "activation": "tanh", "samples": 15, "noise": 0.5, "learning_rate": 0.005, "epochs": 1000,
    }  # fmt: skip
    whole, stopped = run(**setting), run(**setting, patience=50)
    assert whole.result["val_loss"] > 5 * whole.result["loss"]
    assert whole.result["val_loss"] > 1.3 * stopped.result["val_loss"]
    assert stopped.reason == "early_stopping"
    assert stopped.steps == stopped.result["best_epoch"] + 50


def test_two_networks_learn_the_same_samples_each_as_if_alone() -> None:
    both = run(layers="30", against="8,8", epochs=20)
    frames = [
        one
        for one in JOBS["approximation"].run(ApproximationSpec(layers="30", against="8,8", epochs=20), QueueControl())
        if isinstance(one, Frame)
    ]
    alone = run(layers="8,8", epochs=20)
    assert run(layers="30", epochs=20).result == both.result
    assert frames[-1].meta["rival"]["losses"] == (alone.result["loss"], alone.result["val_loss"])
    assert (frames[-1].meta["parameters"], frames[-1].meta["rival"]["parameters"]) == (91, 97)
    assert frames[-1].arrays["rival"].shape == (241,)


@pytest.mark.parametrize("name", CURVES)
def test_every_curve_can_be_sampled(name: str) -> None:
    frame = Approximation(ApproximationSpec(function=name, noise=0)).frame(0)
    assert isinstance(frame, Frame)
    assert np.isfinite(frame.arrays["target"]).all()
    x, y = frame.arrays["samples"]
    assert np.abs(x).max() <= 3
    np.testing.assert_allclose(y, np.interp(x, frame.arrays["x"], frame.arrays["target"]), atol=0.05)


def test_a_curve_drawn_by_hand_goes_through_its_points() -> None:
    spec = ApproximationSpec(function="drawn", drawn="0,2,-1")
    np.testing.assert_allclose(spec.value(np.array([-3, -1.5, 0, 3, 4])), [0, 1, 2, -1, np.nan])


@pytest.mark.parametrize(
    ("setting", "words"),
    [({"layers": "1,2,3,4"}, "one to three"), ({"layers": "41"}, "from 1 to 40"), ({"against": "a"}, "against: one"),
     ({"formula": "x + y"}, "there is no “y”"), ({"formula": "1/x"}, "between x"), ({"formula": "log(x)"}, "between x"),
     ({"formula": "__import__"}, "there is no"), ({"drawn": "1"}, "2 to 61 numbers"), ({"drawn": "1,nan"}, "2 to 61"),
     ({"function": "tan"}, "function")],
)  # fmt: skip
def test_what_is_wrong_is_named(setting: dict[str, str], words: str) -> None:
    with pytest.raises(ValidationError) as told:
        ApproximationSpec.model_validate(setting)
    assert words in str(told.value)
