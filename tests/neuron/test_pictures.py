"""A course as frames: its lines lie where the net input is 0, its regions are what the neuron says."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from nnviz.events import decode_frame, encode_frame
from nnviz.neuron.pictures import course, frame, line_ends
from nnviz.neuron.rosenblatt import classify
from nnviz.neuron.spec import PerceptronSpec

SPECS = (
    PerceptronSpec(),
    PerceptronSpec(initializer="zeros", test=0.2),
    PerceptronSpec(species=("setosa", "versicolor", "virginica"), epochs=3, shuffle=True, decision="largest_absolute"),
)


@pytest.mark.parametrize("spec", SPECS)
def test_a_course_is_consistent_from_moment_to_moment(spec: PerceptronSpec) -> None:
    moments = list(course(spec))
    assert moments[0]["kind"] == "start"
    assert moments[-1]["kind"] == "pass"
    for before, now in pairwise(moments):
        if now["kind"] == "pass":
            assert now["weights"] == before["weights"]
            continue
        assert now["weights_before"] == before["weights"]
        step = spec.learning_rate * (np.array(now["y"]) - now["d"])
        np.testing.assert_allclose(now["weights"], np.array(before["weights"]) - step[:, None] * now["x"], atol=1e-12)
        np.testing.assert_allclose(now["thresholds"], np.array(before["thresholds"]) + step, atol=1e-12)
        u = np.array(before["weights"]) @ now["x"] - before["thresholds"]
        np.testing.assert_allclose(now["u"], u, atol=1e-12)
    updates = [moment for moment in moments if moment["kind"] == "update"]
    assert moments[-1]["updates"] == len(updates)


@pytest.mark.parametrize("spec", SPECS)
def test_a_frame_shows_the_neuron_of_its_moment(spec: PerceptronSpec) -> None:
    moments = list(course(spec))
    step = len(moments) - 1
    found = decode_frame(encode_frame(frame(spec, moments[step], step, last=True), "a-run"))
    weights, thresholds = np.array(found.meta["weights"]), np.array(found.meta["thresholds"])
    for (xs, ys), w, threshold in zip(found.arrays["lines"], weights, thresholds, strict=True):
        np.testing.assert_allclose(w[0] * xs + w[1] * ys, threshold, atol=1e-4)
    x, domain, region = found.arrays["x"].T, found.arrays["domain"], found.arrays["region"]
    cells = ((x - domain[:, 0]) / (domain[:, 1] - domain[:, 0]) * len(region)).astype(int)
    said = classify(x @ weights.T - thresholds, spec.decision)
    assert (region[cells[:, 1], cells[:, 0]] == said).mean() > 0.9
    np.testing.assert_array_equal(found.arrays["wrong"], said != found.arrays["classes"])
    assert (
        found.arrays["wrong"][: found.meta["n"]].sum() == found.meta["wrong"] == found.meta["outcome"]["ours"]["wrong"]
    )


def test_there_is_no_line_without_weights() -> None:
    domain = np.array([[0.0, 1.0], [0.0, 2.0]])
    assert np.isnan(line_ends(np.zeros((1, 2)), np.zeros(1), domain)).all()
    np.testing.assert_allclose(line_ends(np.array([[0.0, 2.0]]), np.array([3.0]), domain), [[[0, 1], [1.5, 1.5]]])
    np.testing.assert_allclose(line_ends(np.array([[2.0, 0.0]]), np.array([1.0]), domain), [[[0.5, 0.5], [0, 2]]])
