"""The film of a run as GIF or MP4: boundary and curves, or confusion matrix, filters and curves, picture by picture."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nnviz.export.format import CannotExport, Files, Format, Source, is_recorded, is_training, needs, with_data
from nnviz.film.encode import NoEncoderError
from nnviz.film.reel import NoFilmError, check_film
from nnviz.film.render import LEAST_WIDTH, MOST_WIDTH, TooLongError, render
from nnviz.playback import PLAYBACK_SPEEDS, USUAL_SPEED

Report = Callable[[int, int], None]


def make(
    source: Source, kind: str, speed: str | None = None, width: int | None = None, report: Report | None = None
) -> Files:
    """speed: of PLAYBACK_SPEEDS; width: pixels; report: told how many pictures of how many are drawn."""
    if speed is not None and speed not in PLAYBACK_SPEEDS:
        raise CannotExport(f"speed: allowed are {', '.join(PLAYBACK_SPEEDS)} (given: {speed[:20]!r})")
    if width is not None and not LEAST_WIDTH <= width <= MOST_WIDTH:
        raise CannotExport(f"width: allowed are {LEAST_WIDTH} to {MOST_WIDTH} pixels (given: {width})")
    store, run = source.recorded()
    try:
        film = render(
            store, run.id, source.training, source.home, kind, speed=float(speed or USUAL_SPEED),
            width=2 * ((width or MOST_WIDTH) // 2), report=report,
        )  # fmt: skip
    except (NoFilmError, TooLongError, NoEncoderError) as why:
        raise CannotExport(str(why)) from None
    return {f"{source.name}-film.{kind}": film}


def has_film(source: Source) -> object:
    store, run = source.recorded()
    try:
        return check_film(store, run.id, source.training)
    except NoFilmError as why:
        raise CannotExport(str(why)) from None


def _format(kind: str, about: str) -> Format:
    return Format(
        f"Film ({kind.upper()})", about, kind, partial(make, kind=kind),
        needs(is_training, is_recorded, has_film, with_data), options=("speed", "width", "report"), slow=True,
    )  # fmt: skip


GIF = _format("gif", "how it learned, picture by picture: for pages and slides; plays over and over")
MP4 = _format("mp4", "the same as a video (H.264), a fifth of the size; it can be stopped and moved")
