"""What a page is given to draw of a game: view "gan". Its arrays are such that the figures bind them as they are."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np

from nnviz.events import Frame
from nnviz.gan.distributions import DIGITS, DRAWN, HALF, Array
from nnviz.gan.game import Game, digits
from nnviz.gan.losses import LOSSES
from nnviz.gan.measures import Measure, Measured, squared_distances
from nnviz.gan.spec import GanSpec
from nnviz.gan.verdict import Verdict

MAP = 48
"""Cells along each side of the discriminator's map."""
SHOWN = 400
"""Samples of each kind that are drawn, of those that are measured."""
ARROWS = 60
LONGEST = 0.5
"""Of an arrow, in the plane's unit."""
LINES, POINTS = 13, 25
CURVE = 241
"""Points of the image of a latent line."""
TILES = 7
"""Along each side of the latent plane, where it is shown as pictures."""
PICTURES = 24
CELL_SIZES = (0.1, 0.02, 0.005)
"""Areas of a cell of the grid, as it lies in the plane, between one shade and the next."""


def frame(game: Game, measure: Measure, step: int, now: Measured, told: Verdict, **more: Any) -> Frame:
    """Meta: step, steps, state and words (nnviz.gan.verdict), distance, floor, precision, coverage, covered (0 or 1 for
    each mode; null without modes), real_score, fake_score (means of D), losses: {real, fake, generator} over the
    measured samples, parameters of both networks, and `more`. Arrays: `plane_arrays` or `digit_arrays`."""
    loss = LOSSES[game.spec.loss]
    fake = game.generate(measure.latent)
    real_scores, fake_scores = game.score(measure.real), game.score(fake)
    is_digits = game.spec.data == DIGITS
    arrays = digit_arrays(game, measure, fake) if is_digits else plane_arrays(game, measure, fake)
    low, high = _ends(game, real_scores, fake_scores, arrays)
    meta = {
        "step": step, "steps": game.spec.steps, "state": told.state, "words": told.words,
        "distance": now.distance, "floor": measure.floor, "precision": now.precision, "coverage": now.coverage,
        "covered": None if now.covered is None else [int(one) for one in now.covered],
        "real_score": float(loss.says(real_scores).mean()), "fake_score": float(loss.says(fake_scores).mean()),
        "losses": {
            "real": loss.real(real_scores, 1 - game.spec.smoothing).value, "fake": loss.fake(fake_scores).value,
            "generator": loss.fool(fake_scores).value,
        },
        "measured": len(measure.real), "low": low, "high": high, **more,
    }  # fmt: skip
    plain = {name: one if one.dtype == np.uint8 else one.astype(np.float32) for name, one in arrays.items()}
    return Frame("gan", step, float(step), meta, plain)


def constants(spec: GanSpec) -> dict[str, Any]:
    """What the figures of a run bind at every step: says, in words what D's numbers are; balance, half: levels of its
    loss and of D where it knows nothing, as lists of one, empty where there is none; means: where the axis of D goes
    from and to, None where it has no scale; range: of the plane's axes;
    painted {x, y}: points painted by hand."""
    loss = LOSSES[spec.loss]
    x, y = spec.painted.T.tolist() if spec.data == DRAWN else ([], [])
    return {
        "says": "D: score of the critic" if loss.clipped else "D: 1 real, 0 generated",
        "balance": [] if loss.balance is None else [loss.balance], "half": [] if loss.clipped else [0.5],
        "means": None if loss.clipped else [0, 1],
        "range": [-HALF, HALF], "painted": {"x": x, "y": y},
    }  # fmt: skip


def plane_arrays(game: Game, measure: Measure, fake: Array) -> dict[str, Any]:
    """map [48, 48]: D(x), a row for each y from below; real_x, real_y, fake_x, fake_y [400]; lines that are broken by
    nan: arrow_x, arrow_y [3·60] from a generated sample to where D tells G to move it, level_x, level_y, upright_x,
    upright_y: the latent square's grid as the generator leaves it (of a latent line: its image, in level; of a space of
    more dimensions the plane of its first two, the others being 0); cells_i_x, cells_i_y for i from 0 (thinnest) to 3:
    outlines of the grid's cells by how large they have become. All cells are generated equally often: the smaller, the
    denser. They are empty where the grid is not the whole space."""
    side = HALF * (2 * (np.arange(MAP) + 0.5) / MAP - 1)
    places = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2).astype(np.float32)
    marked = fake[:ARROWS]
    pull = game.pull(marked)
    length = np.linalg.norm(pull, axis=1, keepdims=True)
    # A long arrow is cut, the others keep their proportions.
    ends = marked + pull * np.minimum(1.0, LONGEST / np.maximum(length, 1e-12))
    return {
        "map": game.loss.says(game.score(places)).reshape(MAP, MAP),
        "real_x": measure.real[:SHOWN, 0], "real_y": measure.real[:SHOWN, 1],
        "fake_x": fake[:SHOWN, 0], "fake_y": fake[:SHOWN, 1],
        **_lines("arrow", np.stack([marked, ends], 1)), **_grid(game),
    }  # fmt: skip


def digit_arrays(game: Game, measure: Measure, fake: Array) -> dict[str, Any]:
    """pictures uint8 [24, 2, 8, 8]: generated digits, each beside the real one that is nearest; nearest [24]: its
    class, apart [24]: how far it is, as the root of the mean square over the pixels from 0 to 1; told [24]: D of the
    generated one; samples uint8 [24, 8, 8]: real digits; tiles uint8 [7, 7, 8, 8]: pictures of latent points on a plane
    through the space (of a latent line: along it)."""
    known, labels = digits(game.spec.digit)
    shown = fake[:PICTURES]
    far = squared_distances(shown, known)
    nearest = far.argmin(1)
    pixels = np.stack([shown, known[nearest]], 1).reshape(-1, 2, 8, 8)
    rows = game.generate(_latent_plane(game, TILES))
    return {
        "pictures": _grey(pixels), "nearest": labels[nearest],
        "apart": np.sqrt(far.min(1) / known.shape[1]) / 2, "told": game.loss.says(game.score(shown)),
        "samples": _grey(measure.real[:PICTURES].reshape(-1, 8, 8)), "tiles": _grey(rows.reshape(TILES, TILES, 8, 8)),
    }  # fmt: skip


def _ends(game: Game, real: Array, fake: Array, arrays: dict[str, Any]) -> tuple[float, float]:
    """Of the map's colours: a critic's scores have no scale of their own."""
    if not game.loss.clipped:
        return 0.0, 1.0
    known = [*real, *fake, *arrays.get("map", np.zeros(0)).ravel()]
    return float(min(known)), float(max(known))


def _grid(game: Game) -> dict[str, Any]:
    """The latent space's grid as it lies in the plane."""
    empty = np.zeros(0)
    if game.spec.latent_size == 1:
        curve = game.generate(_along(game, CURVE)[:, None])
        lines = {**_lines("level", curve[None]), "upright_x": empty, "upright_y": empty}
        return {**lines, **_cells(np.zeros((0, 4, 2)))}
    fine = game.generate(_latent_plane(game, POINTS)).reshape(POINTS, POINTS, 2)
    step = (POINTS - 1) // (LINES - 1)
    quads: Any = np.zeros((0, 4, 2))
    if game.spec.latent_size == 2:
        corners = fine[::step, ::step]
        quads = np.stack([corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], 2).reshape(-1, 4, 2)
    upright = fine.swapaxes(0, 1)[::step]
    return {**_lines("level", fine[::step]), **_lines("upright", upright), **_cells(quads)}


def _along(game: Game, n: int) -> Array:
    """float32 [n]: latent numbers between which a sample lies equally often; the ends of N(0, 1) are its first and last
    hundredth."""
    if game.spec.latent == "uniform":
        return np.linspace(-1, 1, n, dtype=np.float32)
    return np.array([NormalDist().inv_cdf(share) for share in np.linspace(0.01, 0.99, n)], np.float32)


def _latent_plane(game: Game, n: int) -> Array:
    """float32 [n·n, k]: points of the plane of the first two latent numbers, the first one varying quickest; with one
    number they go along it."""
    size = game.spec.latent_size
    z = np.zeros((n * n, size), np.float32)
    if size == 1:
        z[:, 0] = _along(game, n * n)
    else:
        z[:, 0], z[:, 1] = (part.ravel() for part in np.meshgrid(_along(game, n), _along(game, n)))
    return z


def _lines(name: str, lines: Any) -> dict[str, Any]:
    """Lines [m, n, 2] one after the other, with nan behind each."""
    gap = np.full((len(lines), 1, 2), np.nan)
    flat = np.concatenate([lines, gap], 1).reshape(-1, 2)
    return {f"{name}_x": flat[:, 0], f"{name}_y": flat[:, 1]}


def _cells(quads: Any) -> dict[str, Any]:
    """Quadrilaterals [m, 4, 2] by their area, as closed lines."""
    x, y = quads[..., 0], quads[..., 1]
    area = np.abs((x * np.roll(y, -1, 1) - y * np.roll(x, -1, 1)).sum(1)) / 2
    shade = np.searchsorted(-np.array(CELL_SIZES), -area)
    closed = np.concatenate([quads, quads[:, :1]], 1)
    found: dict[str, Any] = {}
    for i in range(len(CELL_SIZES) + 1):
        found |= _lines(f"cells_{i}", closed[shade == i])
    return found


def _grey(pixels: Array) -> Any:
    """−1 to 1 as uint8 0 to 255."""
    return ((pixels + 1) * 127.5).round().clip(0, 255).astype(np.uint8)
