"""Images and labels as NumPy arrays in an .npz. Headers are read and judged before the values; pickles never are."""

from __future__ import annotations

import io
import math
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.data.dataset import UInt8
from nnviz.data.pictures import MAX_SIDE, fit, light_on_dark
from nnviz.data.uploads.unpacking import MAX_IMAGES, SIDE, Unpacking, Upload, UploadError, classes_of, made_notes

PAIRS = (("x", "y"), ("images", "labels"))
KERAS = ("x_train", "y_train", "x_test", "y_test")
BLOCK = 256
"""Images that are worked on at once."""
MAX_HEADER = 10_000
"""Bytes of an array's header that are parsed; NumPy's own limit."""


def read_arrays(files: Unpacking) -> Upload:
    """x [n, height, width] or [n, height, width, 1 or 3], y [n]. Raises UploadError that names the array."""
    members = {one.filename.removesuffix(".npy"): one for one in files.members}
    for names in (*PAIRS, KERAS, KERAS[:2]):
        if set(names) <= set(members):
            break
    else:
        raise UploadError(
            f"has the arrays {', '.join(sorted(members))[:200]}; expected are x and y, images and labels, "
            "or x_train and y_train with x_test and y_test"
        )
    arrays = [_read(files, name, members[name]) for name in names]
    halves = [_checked(arrays[i], arrays[i + 1], names[i], names[i + 1]) for i in range(0, len(names), 2)]
    count = sum(len(pixels) for pixels, _ in halves)
    if count > MAX_IMAGES:
        raise UploadError(f"has {count:,} images; allowed are {MAX_IMAGES:,}")
    y, class_names = classes_of(np.concatenate([labels for _, labels in halves]))
    top = _top([pixels for pixels, _ in halves], names[0])
    parts, turned, fitted = [], 0, 0
    for pixels, _ in halves:
        for start in range(0, len(pixels), BLOCK):
            light, paper = light_on_dark(_grey(pixels[start : start + BLOCK], top))
            turned += int(paper.sum())
            if light.shape[1:] != (SIDE, SIDE):
                fitted += len(light)
                light = np.stack([fit(image, SIDE) for image in light])
            parts.append(light)
    notes = made_notes(count, fitted, turned)
    if top == 1:
        notes.insert(0, "Values 0 to 1 were taken as black to white.")
    if len(halves) == 2:
        notes.insert(0, "Training and test images were put together; a seeded shuffle parts them anew.")
    return Upload(np.concatenate(parts), y, class_names, tuple(notes))


def _read(files: Unpacking, name: str, member: zipfile.ZipInfo) -> NDArray[Any]:
    """One array: its header is judged before memory is asked for. The values must be exactly as many as it says."""
    data = files.read(member)
    file = io.BytesIO(data[: MAX_HEADER + 100])  # the values stay where they are
    try:
        version = np.lib.format.read_magic(file)
        read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, fortran, dtype = read(file, max_header_size=MAX_HEADER)
    except Exception as error:  # the header is Python's text: its readers raise whatever they stumble over
        raise UploadError(f"{name} is no NumPy array that can be read") from error
    if dtype.hasobject:
        raise UploadError(f"{name} holds Python objects (a pickle), which are never opened; save plain numbers")
    if dtype.kind not in "uifUS":
        raise UploadError(f"{name} is of type {dtype}; expected are whole numbers, decimal numbers or text")
    shape = tuple(int(side) for side in shape)  # True is a whole number to the header's reader, and to nobody else
    size = math.prod(shape) * dtype.itemsize
    if not dtype.itemsize or min(shape, default=0) < 0 or size != len(data) - file.tell():
        raise UploadError(f"{name} is damaged: its header says {dtype} {shape}, but it has {len(data):,} bytes")
    values = np.frombuffer(data, dtype, offset=file.tell())
    return values.reshape(shape, order="F" if fortran else "C")


def _checked(x: NDArray[Any], y: NDArray[Any], x_name: str, y_name: str) -> tuple[NDArray[Any], NDArray[np.str_]]:
    """Pixels [n, h, w] or [n, h, w, 3], and labels as text [n]."""
    found = f"{x_name} is {x.dtype} {x.shape}"
    if x.ndim == 4 and x.shape[3] == 1:
        x = x[..., 0]
    if x.ndim != 3 and not (x.ndim == 4 and x.shape[3] == 3):
        raise UploadError(f"{found}; expected is [n, height, width], or with 1 or 3 channels behind")
    if not 1 <= len(x) <= MAX_IMAGES or not all(1 <= side <= MAX_SIDE for side in x.shape[1:3]):
        raise UploadError(f"{found}; allowed are 1 to {MAX_IMAGES:,} images of 1 to {MAX_SIDE:,} pixels a side")
    if x.dtype != np.uint8 and x.dtype.kind != "f":
        raise UploadError(f"{found}; expected is uint8 in 0–255, or float in 0–1 or 0–255")
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.shape != (len(x),):
        raise UploadError(f"{y_name} has the shape {y.shape}; expected is ({len(x):,},), a label for each image")
    if y.dtype.kind == "f":
        raise UploadError(f"{y_name} is {y.dtype}; expected are whole numbers 0 to 9, or text")
    if y.dtype.kind in "ui" and (int(y.min()) < 0 or int(y.max()) > 9):
        raise UploadError(f"{y_name} has numbers from {y.min()} to {y.max()}; allowed are 0 to 9, or text")
    if y.dtype.itemsize > 400:
        raise UploadError(f"{y_name}: a name has 1 to 40 printable characters")
    try:
        return x, y.astype(np.str_)
    except UnicodeDecodeError as error:
        raise UploadError(f"{y_name} holds bytes that are no ASCII text; save str labels") from error


def _top(halves: list[NDArray[Any]], name: str) -> int:
    """What white is: 255, or 1 where decimal numbers go no further. All halves share it."""
    if all(pixels.dtype == np.uint8 for pixels in halves):
        return 255
    low = min(float(pixels.min()) for pixels in halves)
    high = max(float(pixels.max()) for pixels in halves)
    if math.isnan(low) or math.isnan(high):
        raise UploadError(f"{name} holds NaN (no number); every pixel needs a value")
    if low < 0 or high > 255:
        raise UploadError(f"{name} has values from {low:g} to {high:g}; allowed are 0 to 1, or 0 to 255")
    return 1 if high <= 1 else 255


def _grey(images: NDArray[Any], top: int) -> UInt8:
    """uint8 [n, height, width]; colours weighted as ITU-R 601 does, and Pillow."""
    if images.dtype == np.uint8 and images.ndim == 3:
        return np.asarray(images)
    values = images.astype(np.float32)
    if values.ndim == 4:
        values = values @ np.array([0.299, 0.587, 0.114], np.float32)
    return (values * np.float32(255 / top)).round().clip(0, 255).astype(np.uint8)
