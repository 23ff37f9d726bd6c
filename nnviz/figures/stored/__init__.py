"""Figures with what the store has of a run: for Python, notebooks and reports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from nnviz.figures.binding import bind
from nnviz.figures.registry import FIGURES
from nnviz.figures.stored import other_jobs, pictures, reading, training
from nnviz.figures.stored.recorded import Recorded, Wish
from nnviz.figures.theme import THEMES
from nnviz.figures.tiles import BOX
from nnviz.home import default_home
from nnviz.store.store import Store

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

SIZE: dict[str, int] = {"width": int(BOX[0]), "height": int(BOX[1])}


class Source(NamedTuple):
    """Which job's runs have what a figure binds, and how it is read."""

    job: str
    values: Callable[[Recorded, Wish], dict[str, Any]]


def figure_of(
    name: str,
    run: str,
    *,
    home: Path | None = None,
    theme: Literal["light", "dark"] = "light",
    step: int | None = None,
    layer: int = 0,
    of: int = 0,
    threshold: float = 0.75,
    image: int = 0,
    angle: float = 30.0,
    every: float = 10.0,
    **choices: Any,
) -> Figure:
    """The figure `name` of a stored run, by its id.

    home: where it is kept (unless said, where `nnviz` keeps its runs); step: as it was then (unless said, at its
    newest); layer: whose filters, histograms or feature maps, from 0; of: the class whose output weights, or the unit
    of a recurrent layer that is marked; threshold: from which of them a bar is coloured; image: of the test images
    (without any: validation, training) the one that is looked into; angle: by which images are turned, or which is
    marked; every: degrees between two measured angles;
    choices: the figure's own. Raises LookupError where there is no such run, or nothing of it that this figure shows.
    """
    if name not in SOURCES:
        raise LookupError(f"{name} is not drawn of a stored run; there are {', '.join(SOURCES)}")
    from plotly.graph_objects import Figure

    home = home or default_home()
    with Store(home) as store:
        recorded = Recorded(store, run, home, step)
        return Figure(drawn(name, recorded, Wish(layer, of, threshold, image, angle, every), theme, **choices))


def drawn(
    name: str, recorded: Recorded, wish: Wish, theme: Literal["light", "dark"] = "light", **choices: Any
) -> dict[str, Any]:
    """The same as Plotly's JSON with NumPy arrays, {"data": …, "layout": …}. Raises LookupError."""
    job, read = SOURCES[name]
    if recorded.spec.job != job:
        raise LookupError(f"{name} is drawn of runs of the job {job}; {recorded.run!r} is of {recorded.spec.job}")
    values = (reading.cells if choices.get("what") == "cells" else read)(recorded, wish)
    if name == "boundary":
        choices = {"classes": values["high"], **choices}
    if name == "output_histograms":
        outputs, classes = values["arrays"]["outputs"].shape[:2]
        choices = {"outputs": outputs, "classes": classes, "columns": 5 if outputs > 4 else 2, **choices}
    if name == "recurrent_gradient":
        choices = {"cells": "gradient_cells" in values["arrays"], **choices}
    if name == "descent_heights":
        choices = {"lowest": values["lowest"] is not None, **choices}
    if name == "filters" and values["codes"].ndim == 2:
        name = "weight_matrix"
    made = bind(FIGURES[name](THEMES[theme], **choices), {**values, "box": list(BOX)})
    return {**made, "layout": {**made["layout"], **SIZE}}


SOURCES: dict[str, Source] = {
    "curves": Source("train", training.curves),
    "scores": Source("train", training.scores),
    "boundary": Source("train", training.boundary),
    "filters": Source("train", training.filters),
    "weight_matrix": Source("train", training.filters),
    "output_weights": Source("train", training.output_weights),
    "output_histograms": Source("train", training.distributions),
    "value_histogram": Source("train", training.distributions),
    "histograms": Source("train", training.statistics),
    "measures": Source("train", training.statistics),
    "confusion": Source("train", training.confusion),
    "mistakes": Source("train", pictures.mistakes),
    "digit": Source("train", pictures.digit),
    "feature_maps": Source("train", pictures.feature_maps),
    "saliency": Source("train", pictures.saliency),
    "occlusion": Source("train", pictures.occlusion),
    "nearest": Source("train", pictures.nearest),
    "rotated": Source("train", pictures.rotated),
    "turned": Source("train", pictures.turned_images),
    "recurrent_states": Source("train", reading.states),
    "recurrent_answers": Source("train", reading.read),
    "recurrent_gradient": Source("train", reading.read),
    "perceptron_plane": Source("perceptron", other_jobs.perceptron),
    "perceptron_errors": Source("perceptron", other_jobs.perceptron),
    "descent_map": Source("descent", other_jobs.descent),
    "descent_relief": Source("descent", other_jobs.descent),
    "descent_heights": Source("descent", other_jobs.descent),
    "gan_plane": Source("gan", other_jobs.gan_plane),
    "gan_losses": Source("gan", other_jobs.gan_curves),
    "gan_scores": Source("gan", other_jobs.gan_curves),
    "gan_distance": Source("gan", other_jobs.gan_curves),
    "search_map": Source("grid_search", other_jobs.search),
    "episode_returns": Source("reinforcement", other_jobs.agents),
    "grid_world": Source("reinforcement", other_jobs.agents_in("grid")),
    "cartpole_states": Source("reinforcement", other_jobs.agents_in("cartpole")),
}
"""Figure → where what it binds comes from. A neuron set by hand ("neuron_plane", "neuron_output") has no run."""
