"""A surface to descend: its height over two parameters, its gradient, and where its low points are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from nnviz.surfaces.formula import Array, Formula, FormulaError, formula

Rows = np.ndarray[Any, np.dtype[np.int64]]
Domain = tuple[float, float, float, float]
GRID = 121
"""Points along each side of the map."""


@dataclass(frozen=True)
class Minimum:
    """lowest: no other point of the surface is lower."""

    x: float
    y: float
    name: str = ""
    lowest: bool = True

    @property
    def words(self) -> str:
        return f"the {'global' if self.lowest else 'local'} minimum {self.name}" if self.name else "the minimum"


@dataclass(frozen=True)
class Samples:
    """What an error surface is the error of: inputs u and targets t. `text`: how the model is written."""

    u: tuple[float, ...]
    t: tuple[float, ...]
    text: str


@dataclass(frozen=True)
class Surface:
    """formula: the height in x and y, as a visitor could type it; with `samples` the error of one sample (u, t), whose
    mean is the height. domain: what the map shows (x from, to, y from, to). rate: a learning rate at which SGD gets on
    well. axes: what x and y are."""

    title: str
    formula: str
    words: str
    domain: Domain
    start: tuple[float, float]
    rate: float
    minima: tuple[Minimum, ...]
    samples: Samples | None = None
    axes: tuple[str, str] = ("x", "y")

    @cached_property
    def _compiled(self) -> Formula:
        return formula(self.formula) if self.samples is None else formula(self.formula, ("x", "y", "u", "t"))

    @cached_property
    def _data(self) -> tuple[Array, Array]:
        assert self.samples is not None
        return np.array(self.samples.u), np.array(self.samples.t)

    @property
    def derivatives(self) -> tuple[str, str]:
        """∂/∂x and ∂/∂y of `formula`, as text."""
        return self._compiled.derivatives

    def value(self, x: Any, y: Any) -> Array:
        """Heights at x and y, float64 of their common shape; nan where there is none."""
        if self.samples is None:
            return self._compiled.value(x, y)
        x, y = np.broadcast_arrays(np.asarray(x, np.float64), np.asarray(y, np.float64))
        u, t = self._data
        with np.errstate(all="ignore"):
            return np.asarray(self._compiled.value(x[..., None], y[..., None], u, t).mean(-1))

    def gradient(self, x: Any, y: Any, rows: Rows | None = None) -> tuple[Array, Array]:
        """(∂/∂x, ∂/∂y) at one point; with `rows` those of the mean over these samples only, as a mini-batch sees it."""
        if self.samples is None:
            return self._compiled.gradient(x, y)
        u, t = self._data if rows is None else (column[rows] for column in self._data)
        by_x, by_y = self._compiled.gradient(x, y, u, t)
        with np.errstate(all="ignore"):
            return np.asarray(by_x.mean()), np.asarray(by_y.mean())

    @property
    def lowest(self) -> float | None:
        """The height of the lowest minimum; None where none is known."""
        return min((float(self.value(m.x, m.y)) for m in self.minima), default=None)

    def grid(self, n: int = GRID) -> tuple[Array, Array, Array]:
        """x [n], y [n] and heights [n, n], a row for each y."""
        x = np.linspace(self.domain[0], self.domain[1], n)
        y = np.linspace(self.domain[2], self.domain[3], n)
        return x, y, self.value(x[None, :], y[:, None])


@lru_cache(maxsize=32)
def own_surface(text: str, half_width: float) -> Surface:
    """The surface of a formula in x and y, from −half_width to half_width. Raises FormulaError.

    Its minimum is the lowest point that a search from the lowest places of the map finds within it; on the map's edge
    there is none.
    """
    domain = (-half_width, half_width, -half_width, half_width)
    start = (round(-0.6 * half_width, 6), round(0.7 * half_width, 6))
    bare = Surface("Own formula", text, "A formula of your own.", domain, start, 0.1, ())
    _, _, heights = bare.grid(41)
    if np.isfinite(heights).mean() < 0.5:
        raise FormulaError(
            None, "it has no value on more than half of the map: a logarithm or root of what is below 0?"
        )
    return Surface(bare.title, text, bare.words, domain, start, bare.rate, _find_minimum(bare))


def _find_minimum(surface: Surface) -> tuple[Minimum, ...]:
    from scipy.optimize import minimize

    x, y, heights = surface.grid()
    low_x, high_x, low_y, high_y = surface.domain
    order = np.argsort(np.where(np.isfinite(heights), heights, np.inf), axis=None)[:4000:40][:8]
    found: list[tuple[float, float, float]] = []

    def height(p: Array) -> float:
        value = float(surface.value(p[0], p[1]))
        return value if np.isfinite(value) else 1e300

    def slope(p: Array) -> Array:
        return np.nan_to_num(np.stack(surface.gradient(p[0], p[1])), posinf=1e100, neginf=-1e100)

    for place in order:
        row, column = divmod(int(place), len(x))
        start = np.array([x[column], y[row]])
        end = minimize(height, start, jac=slope, method="L-BFGS-B", bounds=[(low_x, high_x), (low_y, high_y)])
        best = end.x if end.fun <= heights[row, column] else start
        found.append((float(min(end.fun, heights[row, column])), float(best[0]), float(best[1])))
    value, at_x, at_y = min(found)
    margin = 1e-6 * (high_x - low_x)
    inside = low_x + margin < at_x < high_x - margin and low_y + margin < at_y < high_y - margin
    return (Minimum(at_x, at_y),) if inside and value < 1e300 else ()
