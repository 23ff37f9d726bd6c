"""Of a training on images: pictures of its data, and what its model, made again from the recorded weights, says of
them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.analysis.look import Part, Question, look
from nnviz.analysis.rotation import GALLERY, affordable, turned
from nnviz.data.augment import rotated as rotated_images
from nnviz.data.sheets import as_pixels
from nnviz.events import Frame
from nnviz.figures.rotated_accuracy import FAR
from nnviz.figures.series import plain
from nnviz.figures.stored.recorded import Recorded, Wish
from nnviz.figures.tiles import BOX, album
from nnviz.figures.tiles import corner as corner_of

Values = dict[str, Any]
MOST = 60
"""Mistakes on one figure."""


def mistakes(recorded: Recorded, _: Wish) -> Values:
    frame, index, truth = recorded.judged()
    predicted, sure = frame.arrays["predicted"], frame.arrays["sure"] / 255
    wrong = sorted(np.flatnonzero(predicted != truth), key=lambda p: (-sure[p], index[p]))[:MOST]
    rows = [
        {"index": int(index[p]), "truth": int(truth[p]), "predicted": int(predicted[p]), "sure": float(sure[p]),
         "right": False} for p in wrong
    ]  # fmt: skip
    start = recorded.images.rows(frame.meta["split"]).start
    pictures = as_pixels(recorded.data.x[[start + row["index"] for row in rows], ..., 0])
    names = [str(name) for name in recorded.data.class_names]
    return {"names": names, **album_of(rows, pictures, 2 if max(map(len, names)) > 2 else 1)}


def digit(recorded: Recorded, wish: Wish) -> Values:
    return on_axes(as_pixels(recorded.image(wish.image)[0][..., 0]))


def saliency(recorded: Recorded, wish: Wish) -> Values:
    return _influence(recorded, wish, "saliency")


def occlusion(recorded: Recorded, wish: Wish) -> Values:
    return _influence(recorded, wish, "occlusion")


def feature_maps(recorded: Recorded, wish: Wish) -> Values:
    frame = _look(recorded, wish, "maps")
    layers = frame.meta["layers"]
    if not layers:
        raise LookupError(f"run {recorded.run!r} is of an SVM, which has no layers")
    about = layers[min(wish.layer, len(layers) - 1)]
    single = about["picture"] is None
    thing = "map" if not single else "neuron" if about["kind"] == "dense" else "value"
    return {
        "codes": frame.arrays[about["array"]], "peak": about["peak"], "signed": about["signed"], "thing": thing,
        "lit": [], "gap": 1 if single else 0,
    }  # fmt: skip


def nearest(recorded: Recorded, wish: Wish) -> Values:
    """The training images that are nearest to the image; outlined: those of another class than it is."""
    found = _look(recorded, wish, "nearest").arrays
    names, (_, truth) = recorded.data.class_names, recorded.image(wish.image)
    rows = [
        {
            "index": int(number), "text": f"<b>{plain(names[label], 11)}</b><br>{distance:.2f}",
            "words": f"training image {number}: {plain(names[label])}, distance {distance:.2f}",
            "wrong": bool(label != truth),
        }
        for number, label, distance in zip(
            found["nearest_index"], found["nearest_label"], found["nearest_distance"], strict=True
        )
    ]  # fmt: skip
    return album_of(rows, found["nearest_pixels"], 2)


def rotated(recorded: Recorded, wish: Wish) -> Values:
    """The accuracy at every angle: each is measured now, which takes up to a second or so."""
    data, spec = recorded.images, recorded.spec
    n = affordable(recorded.split[1], spec.multiply_adds or spec.data.train * data.x[0].size)
    steps = int(FAR / wish.every) if wish.every > 0 else 0
    if not 1 <= steps <= FAR:
        raise LookupError(f"every: allowed are 1 to {FAR} degrees (given: {wish.every:g})")
    rows = [turned(recorded.model, data, k * wish.every, n) for k in range(-steps, steps + 1)]
    return {
        "rows": rows, "before": [], "compared": False, "angle": wish.angle, "chance": 1 / len(data.class_names),
        "trained": [spec.data.rotate] if spec.data.rotate else [],
    }  # fmt: skip


def turned_images(recorded: Recorded, wish: Wish) -> Values:
    """The first images turned by the angle, and what the model says of them."""
    data, (split, of) = recorded.images, recorded.split
    images = rotated_images(data.x[data.rows(split)][: min(GALLERY, of)], wish.angle)
    names, truth = data.class_names, data.labels(split)
    rows = []
    for index, said in enumerate(recorded.model.predicted(data.as_inputs(images))):
        right, word = said == truth[index], plain(names[said], 11)
        told = f"true {plain(names[truth[index]])}, predicted {plain(names[said])}"
        rows.append({
            "index": index, "text": f"✓ {word}" if right else f"✗ {word}<br>is {plain(names[truth[index]], 11)}",
            "words": f"image {index} turned by {wish.angle:g}°: {told}", "wrong": not right,
        })  # fmt: skip
    return album_of(rows, as_pixels(images[..., 0]), 2)


def _look(recorded: Recorded, wish: Wish, part: Part) -> Frame:
    image, label = recorded.image(wish.image)
    question = Question(image, label, None, frozenset({part}), None)
    return look(recorded.model, recorded.data, question, 0, 0.0, recorded.spec.multiply_adds)


def _influence(recorded: Recorded, wish: Wish, part: Part) -> Values:
    found = _look(recorded, wish, part).arrays
    heat = found[part]
    return {"heat": heat, "peak": float(np.abs(heat).max()) or 1.0, **on_axes(found["pixels"])}


def on_axes(pixels: NDArray[np.uint8]) -> Values:
    """A picture [h, w] and ranges of axes on which all of it is seen, its first row above."""
    h, w = pixels.shape
    return {"pixels": pixels, "x": [0.5, w + 0.5], "y": [h + 0.5, 0.5]}


def album_of(rows: Sequence[dict[str, Any]], pictures: NDArray[np.uint8], lines: int) -> Values:
    """What an album binds: its rows, with so many lines of words below each picture, uint8 [n, h, w]."""
    h, w = pictures.shape[1:]
    place = album(n=max(1, len(rows)), h=h, w=w, box=BOX, size=12, lines=lines)
    side = BOX[0] / (place["columns"] * (w + place["gap"])) * w
    return {"rows": list(rows), "place": place, "source": pasted(pictures, place), "side": side}


def pasted(pictures: NDArray[np.uint8], place: dict[str, int]) -> str:
    """Grey pictures uint8 [n, h, w] on one clear ground, each in its place: a PNG as a data URI."""
    from PIL import Image

    width, height = place["columns"] * (place["w"] + place["gap"]), place["rows"] * (place["h"] + place["drop"])
    sheet = np.zeros((height, width, 2), np.uint8)
    for i, picture in enumerate(pictures):
        left, top = corner_of(place, i)
        sheet[top : top + place["h"], left : left + place["w"]] = np.stack([picture, np.full_like(picture, 255)], -1)
    file = BytesIO()
    Image.fromarray(sheet, "LA").save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
