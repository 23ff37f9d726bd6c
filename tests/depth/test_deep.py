"""Deep networks: what is measured against TensorFlow's tape, and the verdicts that the lectures promise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from nnviz.control import QueueControl
from nnviz.depth.deep import BINS, MOMENTS, SAMPLE, DeepCourse
from nnviz.depth.deep_spec import DeepNetwork, DeepSpec
from nnviz.events import Done, Frame, Row, decode_frame, encode_frame
from nnviz.jobs import JOBS, read_spec


def last_frame(**fields: Any) -> Frame:
    said = list(JOBS["depth"].run(read_spec({"job": "depth", **fields}), QueueControl()))
    assert isinstance(said[-1], Done)
    frames = [one for one in said if isinstance(one, Frame)]
    return decode_frame(encode_frame(frames[-1], "run"))


def test_gradients_and_activations_are_tensorflows() -> None:
    import tensorflow as tf

    course = DeepCourse(DeepSpec.model_validate({"networks": "3x12:tanh:scaled_normal", "epochs": 1}), None)
    course.advance()
    network = course.networks[0]
    variables = [tf.Variable(w) for w in network.loop.weights]
    x = network.data.inputs("train")[:SAMPLE].reshape(SAMPLE, -1)
    with tf.GradientTape() as tape:
        a, outputs = tf.constant(x), []
        for i in range(0, len(variables), 2):
            z = a @ variables[i] + variables[i + 1]
            a = tf.tanh(z) if i < 6 else tf.nn.softmax(z)
            outputs.append(a.numpy())
        labels = tf.constant(network.data.labels("train")[:SAMPLE])
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, z))
    theirs = tape.gradient(loss, variables[::2])
    arrays = course.frame().arrays
    expected = [float(np.sqrt(np.mean(g.numpy() ** 2))) for g in theirs]
    np.testing.assert_allclose(arrays["gradient"][0, :, -1], expected, rtol=1e-4)
    np.testing.assert_allclose(arrays["std"][0, :, -1], [a.std() for a in outputs], rtol=1e-4)
    np.testing.assert_allclose(arrays["mean"][0, :, -1], [a.mean() for a in outputs], rtol=1e-3, atol=1e-6)
    heights = np.histogram(outputs[0], BINS, (-1, 1))[0]
    np.testing.assert_allclose(
        arrays["hist_activation"][0, 0, -1], np.sqrt(heights / heights.max()) * 255, atol=8
    )  # a value at the edge of a bin may fall to either side in float32
    size = np.log10(np.abs(theirs[0].numpy()[theirs[0].numpy() != 0]))  # of pixels that are always white
    assert arrays["hist_gradient"][0, 0, -1].argmax() == np.histogram(size, BINS, (-14, 6))[0].argmax()


def test_the_gradient_fades_with_the_depth_of_sigmoids() -> None:
    frame = last_frame(networks="1x30:sigmoid,4x30:sigmoid,10x30:sigmoid,20x30:sigmoid", epochs=2)
    states = [one["states"][0] for one in frame.meta["networks"]]
    assert states == ["healthy", "vanishing", "vanishing", "vanishing"]
    first = frame.arrays["gradient"][:, 0, 0]
    assert first[1] / first[0] < 0.1
    assert first[3] < 1e-10
    assert np.isnan(frame.arrays["gradient"][0, 2:]).all()
    assert frame.arrays["log_gradient"][3, 0, 0] == pytest.approx(np.log10(first[3]), rel=1e-4)
    assert "below 1/64" in frame.meta["networks"][2]["words"][0]


def test_activations_and_initialisers_decide() -> None:
    lineup = "10x30:relu:he_normal,10x30:tanh:glorot_uniform,10x30:relu:random_normal,10x30:relu:zeros"
    frame = last_frame(networks=lineup)
    he, tanh, normal, zeros = frame.meta["networks"]
    assert (he["states"][0], tanh["states"][0]) == ("healthy", "healthy")
    assert (frame.arrays["accuracy"][:2, -1] > 0.6).all()
    assert normal["states"][0] == "exploding"
    assert normal["states"][-1] == "diverged"
    assert "Diverged at epoch" in normal["words"][-1]
    assert np.isnan(frame.arrays["gradient"][2, :, -1]).all()
    assert set(zeros["states"]) == {"none"}


def test_wide_layers_from_a_unit_normal_saturate() -> None:
    frame = last_frame(networks="4x100:tanh:random_normal,4x100:tanh:glorot_uniform", epochs=1)
    assert "is saturated" in frame.meta["networks"][0]["words"][0]
    assert frame.arrays["saturated"][0, :4, 0].min() > 0.5
    assert frame.arrays["saturated"][1, :4, 0].max() < 0.1


def test_batch_normalisation_brings_the_gradient_back() -> None:
    frame = last_frame(networks="10x30:sigmoid,10x30:sigmoid:glorot_uniform:bn", epochs=1)
    assert [one["states"][-1] for one in frame.meta["networks"]] == ["vanishing", "healthy"]


def test_every_moment_is_a_step_and_the_seed_is_the_course() -> None:
    fields = {"networks": "2x8:relu:he_normal", "epochs": 2}
    said = list(JOBS["depth"].run(read_spec({"job": "depth", **fields}), None))
    rows = [one for one in said if isinstance(one, Row)]
    assert len(rows) == MOMENTS - 1
    assert rows[-1].values["epoch"] == 2
    assert not [one for one in said if isinstance(one, Frame)]
    first, again = last_frame(**fields), last_frame(**fields)
    assert first.meta["step"][-1] == first.meta["last"]
    for name, array in first.arrays.items():
        np.testing.assert_array_equal(array, again.arrays[name])


@pytest.mark.parametrize(
    ("networks", "words"),
    [
        ("21x8", "less than or equal to 20"),
        ("3x999", "less than or equal to 128"),
        ("3x8:softmax", "activation"),
        ("3x8:relu:magic", "initializer"),
        ("3x8:relu:zeros:yes", "write a network as"),
        (",".join(["3x8"] * 5), "at most 4"),
    ],
)
def test_what_is_out_of_range_is_refused(networks: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        DeepSpec.model_validate({"networks": networks})


def test_a_network_is_written_as_it_is_read() -> None:
    network = DeepNetwork(depth=3, width=7, activation="elu", initializer="orthogonal", batch_normalization=True)
    assert DeepSpec.model_validate({"networks": str(network)}).networks == (network,)
