"""What is measured of generated samples: SciPy's distance, scikit-learn's neighbours, counted modes, honest words."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import wasserstein_distance
from sklearn.neighbors import NearestNeighbors

from nnviz.gan.distributions import DISTRIBUTIONS
from nnviz.gan.game import Game
from nnviz.gan.measures import COUNT, Measure, Measured, covered, directions, mode_counts, sliced_wasserstein
from nnviz.gan.spec import GanSpec
from nnviz.gan.verdict import Scores, verdict
from nnviz.sets.drawing import stream

RING = DISTRIBUTIONS["ring"]
RNG = stream(11, 0)


@pytest.mark.parametrize("size", [2, 64])
def test_the_distance_is_the_mean_of_scipys_along_directions(size: int) -> None:
    a, b = (RNG.standard_normal((200, size), np.float32) * scale for scale in (1, 1.5))
    along = directions(size)
    np.testing.assert_allclose(np.linalg.norm(along, axis=0), 1, rtol=1e-5)
    expected = np.mean([wasserstein_distance(a @ one, b @ one) for one in along.T])
    assert sliced_wasserstein(np.sort(a @ along, axis=0), b, along) == pytest.approx(expected, rel=1e-4)


def test_precision_and_coverage_are_scikit_learns_neighbours() -> None:
    measure = Measure(Game(GanSpec()))
    fake = RING.draw(stream(5, 1), COUNT)
    fake[:200] += 3
    found = measure.of(fake)
    reach = NearestNeighbors(n_neighbors=6).fit(measure.real).kneighbors(measure.real)[0][:, 5]
    apart = np.linalg.norm(measure.real[:, None] - fake[None], axis=2)
    near = apart <= reach[:, None]
    assert found.precision == pytest.approx(near.any(0).mean(), abs=0.003)
    assert found.coverage == pytest.approx(near.any(1).mean(), abs=0.003)


def test_real_samples_cover_all_modes_at_the_floor() -> None:
    """98.9 % of a plane's normal distribution lie within 3σ: 1 − e^(−9/2)."""
    for name in ("ring", "grid"):
        one, measure = DISTRIBUTIONS[name], Measure(Game(GanSpec(data=name)))
        found = measure.of(one.draw(stream(9, 1), COUNT))
        assert found.covered.all()
        assert found.counts.sum() / COUNT == pytest.approx(0.989, abs=0.02)
        assert found.distance < 2 * measure.floor
        assert found.share == 1


def test_a_mode_counts_from_a_quarter_of_its_share_on() -> None:
    assert covered([16, 15, 500, 0, 0, 0, 0, 0], 500).tolist() == [True, False, True, *[False] * 5]
    assert RING.centres is not None
    on_two = RING.centres[[1, 4]]
    assert mode_counts(np.repeat(on_two, 10, axis=0), RING.centres, RING.sigma).tolist() == [0, 10, 0, 0, 10, 0, 0, 0]


def told(measured: Measured, loss: str = "non_saturating", fake: float = 0.4, recent: tuple[int, ...] = ()) -> str:
    found = verdict(GanSpec(loss=loss), 100, measured, Scores(0.6, fake), 0.05, recent)
    return f"{found.state}: {found.words}"


def test_what_is_to_be_seen_is_said_with_its_numbers() -> None:
    few, most, all_ = ([200, 200, 0, 0, 0, 0, 0, 0], [70] * 7 + [3], [60] * 8)
    collapse = Measured(1.2, 0.9, 0.2, np.array(few))
    seen = "90 % of what the generator makes looks real, but it is 2 of 8 modes."
    assert told(collapse) == f"collapse: Mode collapse: {seen}"
    assert "it has been at 5 of the 8" in told(collapse, recent=(0, 1, 4, 5, 5, 7))
    assert told(Measured(0.2, 0.9, 0.6, np.array(most))).startswith("missing: 7 of 8 modes: 1 missing.")
    assert told(Measured(0.07, 0.9, 0.8, np.array(all_))).startswith("learned: Learned: 8 of 8 modes.")
    assert told(Measured(0.5, 0.2, 0.1, np.array(few))).startswith("learning: 2 of 8 modes; 20 % of the generated")
    assert told(Measured(1.2, 0.1, 0.0, np.array(few)), fake=0.001).startswith("too_strong: The discriminator is too")
    saturated = told(Measured(1.2, 0.1, 0.0, np.array(few)), "minimax", 0.001)
    assert saturated.startswith("saturated: Saturated: D(G(z)) is 0.0010")
    assert "the slope 0.999 there" in saturated
    assert told(Measured(1.2, 0.1, 0.0, np.array(few)), "wasserstein", -3.0).startswith("learning")
    assert told(Measured(float("nan"), 0, 0, np.array(few))).startswith("diverged")
    assert told(Measured(0.3, 0.8, 0.3)).startswith("collapse: Mode collapse: 80 %")
    first = verdict(GanSpec(), 0, collapse, Scores(0.5, 0.5), 0.05, ())
    assert first.state == "untrained"
