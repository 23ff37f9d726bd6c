"""The words of a film's picture: what is trained on what, and where the training stands."""

from __future__ import annotations

from nnviz.figures.series import percent, plain
from nnviz.film.reel import Picture, Reel
from nnviz.film.sheet import FAINT, Sheet
from nnviz.sets import SETS

LONGEST = 96


def title(sheet: Sheet, reel: Reel) -> None:
    """The same in every picture."""
    spec = reel.spec
    words = f"{SETS[spec.data.name].title}: {spec.words}"
    sheet.text(20, 12, plain(words, LONGEST), 18, bold=True)
    sheet.text(940, 522, "nnviz", 12, FAINT, "rs")


def told(picture: Picture) -> str:
    """Epoch, step and the newest values, each as far as it is known."""
    row, epoch = picture.row, picture.epoch
    parts = [f"epoch {epoch:,.2f}" if epoch < 10 else f"epoch {epoch:,.1f}", f"step {picture.step:,}"]
    for name, words in (("loss", "training loss"), ("val_loss", "validation loss")):
        if (value := row.get(name)) is not None:
            parts.append(f"{words} {value:.3g}")
    for name, words in (("accuracy", "training accuracy"), ("val_accuracy", "validation accuracy")):
        if (value := row.get(name)) is not None:
            parts.append(f"{words} {percent(value, 1)}")
    judged = picture.frames.get("predictions")
    if judged is not None and judged.meta.get("split") == "test":
        parts.append(f"test accuracy {percent(judged.meta['accuracy'], 1)}")
    return " · ".join(parts)


def head(sheet: Sheet, picture: Picture) -> None:
    """Where the training stands."""
    sheet.text(20, 40, told(picture), 14.5)
