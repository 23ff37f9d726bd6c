"""Every registered surface: its gradient is its slope, its minima are minima, its start lies on its map."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import LinearRegression

from nnviz.control import QueueControl
from nnviz.events import Frame
from nnviz.jobs import JOBS
from nnviz.surfaces import SURFACES, FormulaError, Minimum, Surface, own_surface, surface_of
from nnviz.surfaces.spec import DescentSpec
from nnviz.ui.rooms.descent import ROOM

SURFACE = pytest.mark.parametrize("name", SURFACES)


@SURFACE
def test_the_gradient_is_the_finite_difference(name: str) -> None:
    surface, h = SURFACES[name], 1e-6
    low_x, high_x, low_y, high_y = surface.domain
    for x, y in np.random.default_rng(0).uniform((low_x, low_y), (high_x, high_y), (40, 2)):
        by_x = (surface.value(x + h, y) - surface.value(x - h, y)) / (2 * h)
        by_y = (surface.value(x, y + h) - surface.value(x, y - h)) / (2 * h)
        np.testing.assert_allclose(surface.gradient(x, y), (by_x, by_y), rtol=1e-5, atol=1e-4)


@SURFACE
def test_minima_are_minima_and_the_lowest_are_the_lowest_of_the_map(name: str) -> None:
    surface = SURFACES[name]
    x, y, heights = surface.grid(401)
    lowest = surface.lowest
    assert lowest is not None
    around = np.array([(np.cos(a), np.sin(a)) for a in np.linspace(0, 2 * np.pi, 16)]) * 1e-3
    for minimum in surface.minima:
        here = float(surface.value(minimum.x, minimum.y))
        np.testing.assert_allclose(surface.gradient(minimum.x, minimum.y), 0, atol=1e-6)
        assert (surface.value(minimum.x + around[:, 0], minimum.y + around[:, 1]) > here).all()
        assert minimum.lowest == (here <= lowest + 1e-9)
    assert np.nanmin(heights) >= lowest - 1e-9
    # And there is no further lowest place that the entry forgets.
    for index in np.argsort(heights, axis=None)[:2000:100]:
        place = x[index % 401], y[index // 401]
        end = minimize(
            lambda p: float(surface.value(*p)), place, jac=lambda p: np.array(surface.gradient(*p)), method="BFGS"
        )
        if end.fun < lowest + 1e-6:
            assert min(np.hypot(*(end.x - (m.x, m.y))) for m in surface.minima if m.lowest) < 0.01


@SURFACE
def test_start_and_words(name: str) -> None:
    surface = SURFACES[name]
    low_x, high_x, low_y, high_y = surface.domain
    assert low_x < surface.start[0] < high_x
    assert low_y < surface.start[1] < high_y
    assert np.hypot(*surface.gradient(*surface.start)) > 1e-3
    assert surface.title
    assert surface.words.endswith(".")
    assert np.isfinite(surface.grid(31)[2]).all()


def test_known_minima() -> None:
    """Of the literature: Rosenbrock 1960, Beale 1958, Himmelblau 1972."""
    assert [(m.x, m.y) for m in SURFACES["rosenbrock"].minima] == [(1, 1)]
    assert [(m.x, m.y) for m in SURFACES["beale"].minima] == [(3, 0.5)]
    assert float(SURFACES["beale"].value(0, 0)) == 14.203125
    assert float(SURFACES["himmelblau"].value(0, 0)) == 170
    assert float(SURFACES["rastrigin"].value(0.5, 0.5)) == pytest.approx(40.5)


def test_the_regression_is_least_squares() -> None:
    surface = SURFACES["regression"]
    assert surface.samples is not None
    u, t = np.array(surface.samples.u)[:, None], np.array(surface.samples.t)
    fitted = LinearRegression().fit(u, t)
    (minimum,) = surface.minima
    assert (minimum.x, minimum.y) == pytest.approx((fitted.coef_[0], fitted.intercept_), abs=1e-7)
    assert float(surface.value(minimum.x, minimum.y)) == pytest.approx(np.mean((fitted.predict(u) - t) ** 2) / 2)


@pytest.mark.parametrize("name", [name for name, surface in SURFACES.items() if surface.samples])
def test_mini_batches_are_parts_of_the_whole(name: str) -> None:
    """The mean of an epoch's mini-batch gradients is the gradient of all samples."""
    surface = SURFACES[name]
    assert surface.samples is not None
    n = len(surface.samples.u)
    parts = [surface.gradient(0.4, -0.3, rows) for rows in np.arange(n).reshape(-1, 2)]
    np.testing.assert_allclose(np.mean(parts, axis=0), surface.gradient(0.4, -0.3))
    assert np.std(parts) > 0.01


def test_an_own_surface_finds_its_lowest_point() -> None:
    bumpy = own_surface("sin(3*x) + 0.2*(x - 0.4)**2 + (y - 1)**2", 4.0)
    (minimum,) = bumpy.minima
    assert minimum.lowest
    x = np.linspace(-4, 4, 80_001)
    assert minimum.x == pytest.approx(x[np.argmin(bumpy.value(x, 1.0))], abs=1e-4)
    assert minimum.y == pytest.approx(1, abs=1e-4)
    assert bumpy.domain == (-4, 4, -4, 4)


def test_a_slope_has_no_lowest_point_and_a_formula_must_have_values() -> None:
    slope = own_surface("x + y", 3.0)
    assert slope.minima == ()
    assert slope.lowest is None
    with pytest.raises(FormulaError, match="no value on more than half of the map"):
        surface_of("formula", "log(-x**2 - 1)")


def test_a_surface_that_is_added_is_met_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    dish = Surface("Dish", "x**2 + 3*y**2", "A dish.", (-2, 2, -2, 2), (1.5, 1.0), 0.1, (Minimum(0, 0),))
    monkeypatch.setitem(SURFACES, "dish", dish)
    spec = DescentSpec.model_validate({"surface": "dish"})
    assert ROOM.read(ROOM.write(spec)) == (spec, [])
    assert "dish" in ROOM.read({"surface": "dich"})[1][0]
    *_, frame, _row, done = JOBS["descent"].run(spec, QueueControl())
    assert isinstance(frame, Frame)
    ends = done.result["racers"]
    assert len(ends) == len(spec.runners)
    assert min(end["height"] for end in ends) < 1e-3 < float(dish.value(1.5, 1.0))
