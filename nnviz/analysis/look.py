"""What a network makes of one picture: probabilities, feature maps, saliency, occlusion, like training images.

Pure: a predictor, a data set and a question in, one frame out, of at most 100 KB.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from nnviz.analysis.nearest import nearest
from nnviz.data.dataset import Dataset, Float32
from nnviz.data.sheets import as_pixels
from nnviz.events import Array, Frame
from nnviz.layers import Placed
from nnviz.models.predictor import Predictor

Part = Literal["maps", "saliency", "occlusion", "nearest"]
PARTS: tuple[Part, ...] = get_args(Part)
MAPS = 64
"""Of one layer, at most."""
MAP_BYTES = 76_000
"""Of all layers; the other parts are 15 KB, the header of forty layers 7."""
OCCLUSION_WORK = 4e9
"""Multiply-adds of an occlusion, about: a few seconds. For a larger network the patch takes larger strides."""
"""Kinds of layers that change no number of what they are given."""


@dataclass(frozen=True)
class Question:
    """image: float32 [height, width, 1] in 0–1. label: its class, where it has one. own: its row among the training
    images, where it is one. target: the class to explain; None: the one that is predicted."""

    image: Float32
    label: int | None
    own: int | None
    parts: frozenset[Part]
    target: int | None


def look(predictor: Predictor, data: Dataset, question: Question, step: int, epoch: float, work: int = 0) -> Frame:
    """View "look"; `work`: the network's multiply-adds for one picture.

    pixels uint8 [h, w]; probabilities float32 [classes]; with "maps" one array for each layer of meta.layers, see
    `layer_maps`; "saliency" float32 [h, w], ∂ logit of the target / ∂ pixel; "occlusion" float32 [h, w], by how much
    the target's probability drops when a grey patch covers the place; nearest_index uint32 [k], nearest_label uint8
    [k], nearest_distance float32 [k], nearest_pixels uint8 [k, h, w].
    meta: label, predicted, target, layers, patch (side of the grey patch in pixels), stride (between its places).
    """
    inputs = data.as_inputs(question.image[None])
    probabilities = np.asarray(predictor.probabilities(inputs), np.float32)[0]
    predicted = int(probabilities.argmax())
    target = predicted if question.target is None else question.target
    arrays: dict[str, Array] = {"pixels": as_pixels(question.image[..., 0]), "probabilities": probabilities}
    meta: dict[str, Any] = {"label": question.label, "predicted": predicted, "target": target, "layers": []}
    with np.errstate(over="ignore", invalid="ignore"):
        if "maps" in question.parts:
            meta["layers"], maps = layer_maps(predictor.activations(inputs))
            arrays |= maps
        if "saliency" in question.parts:
            slope = predictor.saliency(inputs, np.array([target]))
            arrays["saliency"] = np.asarray(slope, np.float32)[0, ..., 0]
        if "occlusion" in question.parts:
            patch, stride = patch_and_stride(min(question.image.shape[:2]), work)
            meta.update(patch=patch, stride=stride)
            grey = data.as_inputs(np.full_like(question.image, 0.5))
            arrays["occlusion"] = np.asarray(predictor.occlusion(inputs, target, patch, stride, grey), np.float32)
    if "nearest" in question.parts:
        arrays |= _nearest(data, question)
    return Frame("look", step, epoch, meta, arrays)


def patch_and_stride(side: int, work: int) -> tuple[int, int]:
    """Of an occlusion, in pixels: a quarter of the side, moved by a fourteenth, or by more where a look is dear."""
    patch, stride = max(2, round(side / 4)), max(1, round(side / 14))
    while stride < patch and ((side - patch) // stride + 1) ** 2 * work > OCCLUSION_WORK:
        stride += 1
    return patch, stride


def layer_maps(said: Iterable[tuple[Placed, Array]]) -> tuple[list[dict[str, Any]], dict[str, Array]]:
    """What the layers say of one picture, each float32 [1, *output_shape], as rows of meta and arrays of uint8.

    A row: name, kind, picture ([height, width] of a map, None for single numbers), total, shown, array, peak (the
    layer's largest |value|), signed. "a{i}" is uint8 [shown, height, width] or [shown]: u8 / 255 · peak where nothing
    is negative, else (signed) (u8 − 128) / 127 · peak. A recurrent layer's sequence is one map: rows read × units.
    """
    layers = [(layer, _maps(a[0])) for layer, a in said if not layer.layer.identity]
    rows: list[dict[str, Any]] = []
    arrays: dict[str, Array] = {}
    room = MAP_BYTES
    for i, (layer, maps) in enumerate(layers):
        share = max(1, room // (len(layers) - i) // (maps[0].size or 1))
        shown = min(len(maps), share if maps.ndim == 1 else min(share, MAPS))
        levels, peak, signed = _levels(maps[:shown])
        arrays[f"a{i}"] = levels
        room -= levels.size
        rows.append({
            "name": layer.name, "kind": layer.kind, "picture": list(maps.shape[1:]) or None, "total": len(maps),
            "shown": shown, "array": f"a{i}", "peak": peak, "signed": signed,
        })  # fmt: skip
    return rows, arrays


def _maps(a: Array) -> Array:
    """[height, width, channels] → [channels, height, width]; [time, units] → [1, time, units]; [units] stays."""
    return np.moveaxis(a, -1, 0) if a.ndim == 3 else a[None] if a.ndim == 2 else a


def _levels(values: Array) -> tuple[Array, float, bool]:
    values = np.nan_to_num(values)
    peak, signed = float(np.abs(values).max(initial=0)), bool(values.min(initial=0) < 0)
    scaled = values * (np.float32(127 if signed else 255) / np.float32(peak or 1)) + np.float32(128 if signed else 0)
    return np.rint(scaled).astype(np.uint8), peak, signed


def _nearest(data: Dataset, question: Question) -> dict[str, Array]:
    rows = data.rows("train")
    found = nearest(data.x[rows], question.image, leave_out=question.own)
    return {
        "nearest_index": found.rows.astype(np.uint32),
        "nearest_label": data.y[rows][found.rows].astype(np.uint8),
        "nearest_distance": found.distances,
        "nearest_pixels": as_pixels(data.x[rows][found.rows, ..., 0]),
    }
