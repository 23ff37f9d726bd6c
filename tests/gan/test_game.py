"""The game is learned, collapses and stalls as its experiments say; its samples and its limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn.datasets import load_digits, make_moons
from threadpoolctl import threadpool_limits

from nnviz.gan.distributions import DISTRIBUTIONS, HALF, painted
from nnviz.gan.frames import digit_arrays, plane_arrays
from nnviz.gan.game import Game, digits
from nnviz.gan.measures import COUNT, Measure, Measured
from nnviz.gan.spec import GanSpec
from nnviz.sets.drawing import stream
from nnviz.ui.rooms.gan import EXPERIMENTS

LINKS = {one.title: one.link for one in EXPERIMENTS}


def played(count: int, /, **fields: Any) -> tuple[Game, Measure, Measured]:
    game = Game(GanSpec.model_validate(fields))
    with threadpool_limits(1):  # as in the process of a run: on small arrays threads only wait for each other
        for _ in range(count):
            game.step()
    measure = Measure(game)
    return game, measure, measure.of(game.generate(measure.latent))


def test_it_learns_the_ring() -> None:
    game, measure, found = played(2000)
    assert found.covered.all()
    assert found.precision > 0.7
    assert found.distance < 3 * measure.floor
    assert game.loss.says(game.score(measure.real)).mean() == pytest.approx(0.5, abs=0.1)


def test_it_collapses_where_the_experiment_says_so() -> None:
    _, _, found = played(1000, **LINKS["A discriminator that runs ahead"])
    assert found.precision > 0.7
    assert found.covered.sum() <= 3


def test_the_saturating_loss_stalls_and_the_other_one_does_not() -> None:
    stalled, measure, found = played(400, **LINKS["Saturated"])
    assert found.distance > 1.4
    assert stalled.loss.says(stalled.score(stalled.generate(measure.latent))).mean() < 0.01
    _, _, other = played(400, **LINKS["The same, non-saturating"])
    assert other.distance < 0.15


def test_digits_come_out() -> None:
    _, _, found = played(600, **LINKS["Handwritten digits"])
    assert found.precision > 0.3
    assert found.coverage > 0.15


def test_a_seed_means_one_course_and_measuring_changes_nothing() -> None:
    one, other = Game(GanSpec(seed=4)), Game(GanSpec(seed=4))
    measure = Measure(other)
    for _ in range(20):
        one.step()
        other.step()
        measure.of(other.generate(measure.latent))
    np.testing.assert_array_equal(one.generator.network.weights, other.generator.network.weights)
    np.testing.assert_array_equal(one.discriminator.network.weights, other.discriminator.network.weights)


def test_a_step_is_so_many_updates_of_the_discriminator_and_a_critics_weights_are_clipped() -> None:
    game = Game(GanSpec(loss="wasserstein", discriminator_steps=5, clip=0.02))
    game.step()
    assert (game.discriminator.updates, game.generator.updates) == (5, 1)
    assert np.abs(game.discriminator.network.weights).max() <= np.float32(0.02)
    assert np.abs(game.generator.network.weights).max() > 0.1


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_distribution_lies_in_the_plane_and_is_its_draws(name: str) -> None:
    x = DISTRIBUTIONS[name].draw(stream(0, 0), 4000)
    assert x.dtype == np.float32
    assert (np.abs(x) < HALF).mean() > 0.999
    np.testing.assert_array_equal(x, DISTRIBUTIONS[name].draw(stream(0, 0), 4000))


def test_the_moons_are_scikit_learns() -> None:
    ours = DISTRIBUTIONS["moons"].draw(stream(0, 0), 4000)
    theirs = 1.5 * (make_moons(4000, noise=0.05, random_state=0)[0] - [0.5, 0.25])
    np.testing.assert_allclose(ours.mean(0), theirs.mean(0), atol=0.06)
    np.testing.assert_allclose(np.cov(ours.T), np.cov(theirs.T), atol=0.08)


def test_painted_points_and_digits_are_what_is_drawn_from() -> None:
    points = GanSpec(data="drawn", points="1,2,-1,0.5").painted
    x = painted(points).draw(stream(0, 0), 500)
    assert set(np.abs(x[:, None] - points[None]).sum(2).argmin(1)) == {0, 1}
    known, labels = digits()
    library, classes = load_digits(return_X_y=True)
    np.testing.assert_allclose(known, library / 8 - 1)
    np.testing.assert_array_equal(labels, classes)
    assert set(digits("3")[1]) == {3}


def test_what_is_drawn_of_the_plane_is_what_the_networks_say() -> None:
    game = Game(GanSpec(generator="6", discriminator="6"))
    measure = Measure(game)
    fake = game.generate(measure.latent)
    arrays = plane_arrays(game, measure, fake)
    place = -HALF + 2 * HALF * (np.arange(48) + 0.5) / 48
    expected = 1 / (1 + np.exp(-game.score(np.array([[place[30], place[7]]], np.float32))))
    assert arrays["map"][7, 30] == pytest.approx(float(expected[0]), rel=1e-5)
    corner = game.generate(np.array([[-1, -1]], np.float32))[0]
    assert (arrays["level_x"][0], arrays["level_y"][0]) == pytest.approx(tuple(corner), rel=1e-5)
    cells = sum(np.isnan(arrays[f"cells_{i}_x"]).sum() for i in range(4))
    assert cells == 144
    flat = plane_arrays(Game(GanSpec(latent_size=1)), measure, fake)
    assert (len(flat["level_x"]), len(flat["upright_x"])) == (242, 0)
    assert not len(flat["cells_3_x"])


def test_each_generated_digit_stands_beside_its_nearest_real_one() -> None:
    game = Game(GanSpec.model_validate(LINKS["Handwritten digits"]))
    measure = Measure(game)
    arrays = digit_arrays(game, measure, measure.real)  # real ones: each is its own nearest
    np.testing.assert_array_equal(arrays["pictures"][:, 0], arrays["pictures"][:, 1])
    np.testing.assert_allclose(arrays["apart"], 0, atol=1e-3)
    assert arrays["tiles"].shape == (7, 7, 8, 8)
    assert len(measure.real) == COUNT


@pytest.mark.parametrize(
    ("setting", "words"),
    [({"generator": "1,2,3,4"}, "one to three"), ({"discriminator": "129"}, "from 1 to 128"),
     ({"generator": ""}, "generator: one"),
     ({"points": "1"}, "pairs of numbers"), ({"points": "1,nan"}, "pairs of numbers"), ({"points": "4,0"}, "from −3"),
     ({"points": ",".join(["0"] * 202)}, "1 to 100 pairs"), ({"data": "star"}, "data"), ({"clip": 0}, "clip"),
     ({"loss": "hinge"}, "loss"), ({"activation": "softmax"}, "activation")],
)  # fmt: skip
def test_what_is_wrong_is_named(setting: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as told:
        GanSpec.model_validate(setting)
    assert words in str(told.value)
