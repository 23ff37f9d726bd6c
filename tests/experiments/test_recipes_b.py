"""What lecture B's recipes measure of their runs, against other sources."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.polynomial import Polynomial
from scipy import stats
from scipy.ndimage import rotate
from sklearn.linear_model import Ridge

from nnviz import RunSpec, train
from nnviz.approximation.polynomial import noisy_sine
from nnviz.data import load
from nnviz.depth.deep import DeepCourse
from nnviz.depth.deep_spec import DeepSpec
from nnviz.events import Array, Finished, Frame
from nnviz.experiments.catalogue import b2, b5, b11, b12, b15, b19, b20
from nnviz.experiments.catalogue.improving import wobble
from nnviz.experiments.claims import Stays
from nnviz.experiments.results import NothingThereError, Results, RunResult
from nnviz.models.forward import predict
from nnviz.models.weights import flat_to_weights
from nnviz.stopping import accuracy_interval

DIGITS = RunSpec.model_validate({
    "data": {"name": "digits", "train": 800, "validation": 0, "test": 900},
    "model": {"family": "scratch", "layers": [{"units": 20}], "activation": "sigmoid", "initializer": "glorot_uniform"},
    "training": {"loss": "categorical_crossentropy", "optimizer": {"name": "sgd", "learning_rate": 1.0}, "epochs": 4},
})  # fmt: skip


def _left(arrays: dict[str, Array]) -> RunResult:
    """A run whose frames have these arrays."""
    return RunResult("", DIGITS, {}, {}, lambda _: arrays)


def test_a_curve_is_as_ragged_as_its_second_differences() -> None:
    values = np.random.default_rng(0).normal(size=40)
    assert wobble(values.tolist()) == pytest.approx(np.abs(np.diff(values, n=2)).mean())
    assert wobble([3.0, 2.0, 1.0]) == 0 == wobble([1.0])


def test_a_polynomial_and_its_decay_are_numpys_and_scikit_learns() -> None:
    found, points = b5.measure(Results({})), noisy_sine(b5.SAMPLES, b5.NOISE, b5.SEED)
    plain = Polynomial.fit(points.x, points.y, b5.DEGREE, domain=[-1, 1]).coef
    powers = np.vander(points.x, b5.DEGREE + 1, increasing=True)[:, 1:]
    ridge = Ridge(alpha=b5.DECAY).fit(powers, points.y)
    assert found["w5"] == pytest.approx(abs(plain[-1]))
    assert found["w5_decayed"] == pytest.approx(abs(ridge.coef_[-1]))


def test_batches_are_measured_in_the_first_epochs_alone() -> None:
    rng = np.random.default_rng(1)
    values = {size: rng.normal(size=100) for size in b11.SIZES}
    epochs = {"epoch": list(range(100)), "epoch_end": [True] * 100}
    found = b11.measure(Results({
        f"batch{size}": [RunResult("", DIGITS, {}, {**epochs, "val_loss": values[size].tolist()})]
        for size in b11.SIZES
    }))  # fmt: skip
    for size in b11.SIZES:
        early = values[size][: b11.EARLY]
        assert found[f"ragged{size}"] == pytest.approx(np.abs(np.diff(early, n=2)).mean())


def test_sgd_is_held_against_the_best_of_the_others() -> None:
    accuracies = dict(zip(b12.OPTIMIZERS, (0.96, 0.9, 0.97, 0.95, 0.94, 0.93, 0.92), strict=True))
    runs = {name: [RunResult("", DIGITS, {"test": {"accuracy": one}})] for name, one in accuracies.items()}
    assert b12.measure(Results(runs)) == {"behind": pytest.approx(0.01), "worst": 0.9}


def test_gradients_are_measured_before_training_and_accuracy_at_its_end() -> None:
    arrays = {}
    for case in b15.RECIPE.cases:
        spec = case.member(0, quick=True)
        assert isinstance(spec, DeepSpec)
        course = DeepCourse(spec, None)
        course.advance()
        arrays[case.name] = course.frame().arrays
    runs = {name: [_left(frame)] for name, frame in arrays.items()}
    found, gradient = b15.measure(Results(runs)), arrays["depth"]["gradient"]
    for i, depth in enumerate(b15.DEPTHS):
        assert found[f"share_{depth}"] == pytest.approx(gradient[i, 0, 0] / gradient[i, depth, 0])
        assert found[f"largest_{depth}"] == pytest.approx(np.nanmax(gradient[i, :, 0]))
        assert found[f"accuracy_{depth}"] == pytest.approx(arrays["depth"]["accuracy"][i, 1])
    assert found["best"] == pytest.approx(1 / 64)


@pytest.mark.parametrize(("accuracy", "n"), [(0.995, 10_000), (0.9635, 10_000), (0.5, 100)])
def test_the_error_of_an_accuracy_is_the_normal_approximation(accuracy: float, n: int) -> None:
    half = 100 * stats.norm.ppf(0.975) * stats.binom(n, accuracy).std() / n
    assert b19.half_width(accuracy, n) == pytest.approx(half, rel=1e-5)


def test_so_many_test_images_are_needed_and_not_one_less() -> None:
    n = b19.needed(0.995, 0.05)
    assert b19.half_width(0.995, n) <= 0.05 < b19.half_width(0.995, n - 1)


def test_the_interval_holds_as_often_as_the_binomial_distribution_says() -> None:
    """Of all counts, by their probability, not by drawing."""
    counts = np.arange(b19.DIGITS + 1)
    bounds = np.array([accuracy_interval(float(k), b19.DIGITS) for k in counts])
    holds = (bounds[:, 0] <= 0.96) & (bounds[:, 1] >= 0.96)
    exact = float(stats.binom(b19.DIGITS, 0.96).pmf(counts)[holds].sum())
    assert b19.covered(0.96) == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / b19.SAMPLES))


def test_turned_images_are_judged_by_the_weights_that_a_run_left() -> None:
    """As they are turned by SciPy."""
    said = list(train(DIGITS, keep=True))
    (frame,) = (one for one in said if isinstance(one, Frame) and one.view == "weights")
    run, end = _left(frame.arrays), said[-1]
    found = b20.measure(Results({"plain": [run], "rotated": [run]}))
    assert isinstance(end, Finished)
    assert end.test is not None
    assert found["plain_0"] == pytest.approx(end.test["accuracy"])
    data = load(DIGITS.data)
    images = data.x[data.rows("test")]
    turned = rotate(images, 30, axes=(2, 1), order=1, reshape=False, mode="grid-constant")
    outputs, _ = predict(DIGITS, flat_to_weights(DIGITS, frame.arrays["weights"]), turned)
    right = float((outputs.argmax(-1) == data.labels("test")).mean())
    assert found["rotated_30"] == pytest.approx(right, abs=0.005)


def test_a_run_without_weights_is_told() -> None:
    with pytest.raises(NothingThereError, match="plain"):
        b20.measure(Results({"plain": [RunResult("", DIGITS, {})], "rotated": []}))


def test_every_row_of_a_job_that_is_no_training_counts() -> None:
    """Its rows say of none that it ends an epoch; of a training the others are left out."""
    rows = {"step": [10, 20], "epoch": [1.0, 2.0], "loss": [0.9, 0.5], "epoch_end": [False, False]}
    slow = RunResult("", b2.RECIPE.case("mse").spec, {}, rows)
    assert slow.curve("loss") == ([1.0, 2.0], [0.9, 0.5])
    stepwise = RunResult("", slow.spec, {}, {**rows, "epoch": [None, None]})
    assert stepwise.curve("loss") == ([10.0, 20.0], [0.9, 0.5])
    assert RunResult("", DIGITS, {}, rows).curve("loss") == ([], [])
    stays = next(claim for claim in b2.RECIPE.claims if isinstance(claim, Stays))
    with pytest.raises(NothingThereError, match="nothing was measured"):
        stays.judge(Results({"mse": [RunResult("", DIGITS, {}, rows)]}))
