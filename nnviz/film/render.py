"""A film of a run as bytes, with a word on the way after each picture, and within a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

from nnviz.film.encode import ENCODERS
from nnviz.film.images import ImagesScene
from nnviz.film.points import PointsScene
from nnviz.film.reel import NoFilmError, Reel
from nnviz.playback import PICTURES_A_SECOND
from nnviz.spec import RunSpec
from nnviz.store.store import Store

LEAST_WIDTH, MOST_WIDTH = 480, 960
"""Pixels."""
SECONDS = 120.0
"""A film that is not drawn by then is given up."""


class TooLongError(Exception):
    """It could not be drawn in time; the message says how far it was and what helps."""


def render(
    store: Store, run: str, spec: RunSpec, home: Path, kind: str, *, speed: float = 1.0, width: int = MOST_WIDTH,
    report: Callable[[int, int], None] | None = None, seconds: float = SECONDS,
) -> bytes:  # fmt: skip
    """The file. kind: of `ENCODERS`; speed: a factor of PICTURES_A_SECOND; report: told how many pictures of how many
    are drawn. Raises NoFilmError, TooLongError, nnviz.data.DataError and NoEncoderError."""
    reel = Reel(store, run, spec, home)
    scene = (ImagesScene if spec.data.is_image else PointsScene)(reel, width)
    end, count = time.monotonic() + seconds, len(reel)

    def pictures() -> Iterator[Image.Image]:
        for place in range(count):
            if time.monotonic() > end:
                raise TooLongError(
                    f"{place} of {count} pictures were drawn in {seconds:g} seconds, which is all a film may take; a "
                    "smaller width is quicker"
                )
            picture = reel.picture(place)
            if picture is not None:
                yield scene.draw(picture)
            if report is not None:
                report(place + 1, count)

    some = [reel.picture(place) for place in range(0, count, max(1, (count - 1) // 6))]
    samples = [scene.draw(picture) for picture in some if picture is not None]
    if not samples:
        raise NoFilmError("its recorded pictures have gone; try again")
    return ENCODERS[kind](pictures(), PICTURES_A_SECOND * speed, samples)
