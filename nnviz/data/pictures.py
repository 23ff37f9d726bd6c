"""Picture files in and out: PNG, JPEG, BMP, GIF and WebP to grey arrays, bounded before a pixel is decoded; grey PNG.

Pillow is told the formats: its other decoders are never reached, whatever the bytes say.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nnviz.data.dataset import UInt8
from nnviz.sets.base import DataError

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".bmp": "BMP", ".gif": "GIF", ".webp": "WEBP"}
"""By the ends of file names."""
NAMES = "PNG, JPEG, BMP, GIF, WebP"
MAX_SIDE = 4096


class PictureError(DataError):
    """The bytes are no picture that we read; the message says why, without naming the file."""


def decode(data: bytes, formats: Sequence[str] = tuple(FORMATS.values()), max_side: int = MAX_SIDE) -> UInt8:
    """The picture in `data` as uint8 [height, width] greys, upright as its camera meant it; its first frame.

    What is transparent gets a white ground, or a black one under light ink. Raises PictureError.
    """
    with open_picture(data, formats, max_side) as image:
        return to_grey(image)


def open_picture(
    data: bytes | bytearray, formats: Sequence[str] = tuple(FORMATS.values()), max_side: int = MAX_SIDE
) -> Image:
    """The picture with its size checked and nothing decoded yet. Raises PictureError."""
    from PIL import Image

    try:
        image = Image.open(io.BytesIO(data), formats=sorted(set(formats)))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(f"has too many pixels; allowed are {max_side:,} by {max_side:,}") from error
    except Exception as error:  # Pillow's readers of damaged files raise whatever they stumble over
        raise PictureError("is no picture that can be read") from error
    if max(image.size) > max_side:
        raise PictureError(f"has {image.width:,} by {image.height:,} pixels; allowed are {max_side:,} by {max_side:,}")
    return image


def to_grey(image: Image, ample: int | None = None) -> UInt8:
    """uint8 [height, width]; where every side has more than four times `ample` pixels, means of squares of them, with
    at least twice `ample` a side. Raises PictureError for a picture that is damaged or cut off."""
    from PIL import ImageOps

    try:
        if ample is not None and min(image.size) > 4 * ample:
            image = _reduced(image, min(image.size) // (2 * ample))
        upright = ImageOps.exif_transpose(image)
        if upright.mode.startswith("I"):  # 16-bit greys: converting to L would cut them off at 255
            return (np.asarray(upright, np.float32).clip(0, 65535) / 257).round().astype(np.uint8)
        if upright.has_transparency_data:
            return _on_a_ground(upright)
        return np.asarray(upright.convert("L"))
    except Exception as error:  # as above
        raise PictureError("is damaged or cut off") from error


def _reduced(image: Image, factor: int) -> Image:
    """Means of squares of `factor` pixels a side: all that follows is that much quicker."""
    if image.mode.startswith("I;"):  # Pillow reduces no 16-bit greys
        image = image.convert("I")
    elif image.mode in {"P", "PA", "1"} or "transparency" in image.info:
        image = image.convert("RGBA" if image.has_transparency_data else "L")
    return image.reduce(factor)


def _on_a_ground(image: Image) -> UInt8:
    grey, alpha = (np.asarray(band, np.float32) for band in image.convert("LA").split())
    ink = float((grey * alpha).sum() / max(float(alpha.sum()), 1.0))
    ground = 0.0 if ink > 127 else 255.0
    return (ground + (grey - ground) * alpha / 255).round().astype(np.uint8)


def on_paper(images: UInt8) -> NDArray[np.bool_]:
    """Which of uint8 [n, height, width] show dark things on a light ground: at least three quarters of the border are
    lighter than the middle between the picture's lightest and darkest grey. bool [n]."""
    border = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1)
    middle = (images.min(axis=(1, 2)).astype(np.float32) + images.max(axis=(1, 2))) / 2
    return np.asarray((border > middle[:, None]).mean(axis=1) >= 0.75)


def light_on_dark(images: UInt8) -> tuple[UInt8, NDArray[np.bool_]]:
    """uint8 [n, height, width] with those on paper as their negatives, and which they were, bool [n]."""
    paper = on_paper(images)
    return images ^ np.where(paper, np.uint8(255), np.uint8(0))[:, None, None], paper


def ground(image: UInt8) -> int:
    """The grey of what lies behind: the median of the border of uint8 [height, width]."""
    return int(np.median(np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])))


def fit(image: UInt8, side: int) -> UInt8:
    """uint8 [side, side]: scaled until the longer side fits, in the middle of the ground's grey."""
    height, width = image.shape
    if height == width:
        return resize(image, side, side)
    scale = side / max(height, width)
    small = resize(image, max(1, round(height * scale)), max(1, round(width * scale)))
    out = np.full((side, side), ground(image), np.uint8)
    top, left = (side - small.shape[0]) // 2, (side - small.shape[1]) // 2
    out[top : top + small.shape[0], left : left + small.shape[1]] = small
    return out


def resize(image: UInt8, height: int, width: int) -> UInt8:
    """Another size, smoothed by triangles as wide as a new pixel: every old pixel counts."""
    from PIL import Image

    if image.shape == (height, width):
        return image
    return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR))


def png(image: UInt8) -> bytes:
    """A grey PNG of uint8 [height, width]."""
    from PIL import Image

    out = io.BytesIO()
    # Level 6 takes five times as long as 2 and saves 6 % on a sheet of digits.
    Image.fromarray(image).save(out, "PNG", compress_level=2)
    return out.getvalue()
