"""The surfaces of the Descent room: one entry each. `surface_of` gives the surface that a spec names.

To add one: write its height as a formula (nnviz/surfaces/formula.py has what may stand there), its minima and a start
into SURFACES. Its gradient is derived from the formula; tests hold the minima against both.
"""

from __future__ import annotations

from nnviz.surfaces.formula import Formula, FormulaError, check, formula
from nnviz.surfaces.surface import GRID, Minimum, Samples, Surface, own_surface

__all__ = [
    "GRID", "OWN", "SURFACES", "Formula", "FormulaError", "Minimum", "Samples", "Surface", "check", "formula",
    "own_surface", "surface_of",
]  # fmt: skip

OWN = "formula"
"""The name under which a spec has a formula of its own."""

SURFACES: dict[str, Surface] = {
    "bowl": Surface(
        "Bowl", "x**2 + y**2",
        "Equally steep in all directions: the gradient points straight at the minimum, and every method gets there.",
        (-3, 3, -3, 3), (-2.2, 1.6), 0.1, (Minimum(0, 0),),
    ),
    "ravine": Surface(
        "Ravine", "x**2/20 + y**2",
        "Twenty times as steep across as along. A rate that is right across is slow along it: here momentum helps.",
        (-10, 10, -4, 4), (-9, 2.5), 0.9, (Minimum(0, 0),),
    ),
    "rosenbrock": Surface(
        "Rosenbrock’s valley", "(1 - x)**2 + 100*(y - x**2)**2",
        "A narrow valley, bent like a banana. Into it is easy; along its nearly flat floor to the minimum is slow.",
        (-2, 2, -1, 3), (-1.5, 2), 0.001, (Minimum(1, 1),),
    ),
    "beale": Surface(
        "Beale’s function", "(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
        "Nearly flat in the middle, with walls at the corners: one rate for all of it is too large here, too small "
        "there. Methods that scale each direction do better.",
        (-4.5, 4.5, -4.5, 4.5), (1, 1.5), 0.01, (Minimum(3, 0.5),),
    ),
    "himmelblau": Surface(
        "Himmelblau’s function", "(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
        "Four minima, all equally low. Which one is found depends on the start, and on the method.",
        (-5, 5, -5, 5), (-0.3, -0.9), 0.01,
        (Minimum(3, 2), Minimum(-2.805118087, 3.131312518), Minimum(-3.779310253, -3.283185991),
         Minimum(3.584428340, -1.848126527)),
    ),
    "saddle": Surface(
        "Saddle", "x**2 - y**2 + y**4/4",
        "At (0, 0) the gradient is zero, but it is no minimum: along y it goes down both ways. From a start almost on "
        "the ridge all are held up, some for long.",
        (-2.5, 2.5, -2.5, 2.5), (-2, 0.001), 0.1, (Minimum(0, 1.41421356237), Minimum(0, -1.41421356237)),
    ),
    "rastrigin": Surface(
        "Rastrigin’s function", "20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)",
        "A local minimum near every pair of whole numbers, the lowest at (0, 0). Descent ends in the hollow where it "
        "begins; only long steps, momentum or chance leave one.",
        (-4.5, 4.5, -4.5, 4.5), (2.3, -3.3), 0.002, (Minimum(0, 0),),
    ),
    "regression": Surface(
        "Linear regression", "(x*u + y - t)**2/2",
        "The error of the line w·u + b over 24 samples: one minimum, as always for a linear model. Each sample alone "
        "has another surface, so the path of a mini-batch zigzags.",
        (-1, 3, -3, 3), (-0.6, 2.5), 0.1, (Minimum(1.48779024, -0.47383892),),
        Samples(
            (0.1, 0.3, 0.4, 0.5, 0.6, 0.8, 0.9, 1.0, 1.1, 1.3, 1.4, 1.5, 1.6, 1.8, 1.9, 2.0, 2.1, 2.2, 2.3, 2.5, 2.6,
             2.7, 2.9, 3.0),
            (-0.51, 0.32, -0.24, 0.63, -0.12, 0.92, 1.51, 0.66, 1.04, 1.77, 1.2, 2.43, 1.64, 1.71, 2.79, 2.39, 2.36,
             3.21, 2.57, 3.5, 2.93, 3.75, 3.65, 4.31),
            "w·u + b",
        ),
        ("weight w", "bias b"),
    ),
    "network": Surface(
        "A small network", "(y*tanh(x*u + 1) - t)**2/2",
        "The error of a network with one hidden neuron over 4 samples. w_A is a local minimum, w_B the global one: "
        "descent that comes to w_A stays there.",
        (-2.5, 2.5, -2.5, 2.5), (-0.8, 2), 0.3,
        (Minimum(1.086572785, -0.980394807, "w_B"), Minimum(-0.439681525, 0.279122807, "w_A", False)),
        Samples((-1.9, -0.5, -0.7, -1.7), (0.6, 0.1, -0.8, 1.0), "w₂·tanh(w₁·u + 1)"),
        ("weight w₁", "weight w₂"),
    ),
}  # fmt: skip


def surface_of(name: str, text: str | None = None, half_width: float = 3.0) -> Surface:
    """The surface of that name; for OWN that of the formula `text`. Raises FormulaError."""
    if name == OWN:
        return own_surface(text or "", half_width)
    return SURFACES[name]
