"""Own images: what is read, what is refused and in which words, what is kept on disk; pictures in and sheets out."""

from __future__ import annotations

import bz2
import contextlib
import io
import os
import struct
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from nnviz.data import DataError, DataMissing, images_info, load, save_images
from nnviz.data.pictures import FORMATS, PictureError, decode, fit, light_on_dark, on_paper
from nnviz.data.sheets import sheet_png, sheets
from nnviz.data.uploads import folders as upload_folders
from nnviz.data.uploads import images as uploaded_images
from nnviz.data.uploads import unpacking
from nnviz.data.uploads.upload import parse_upload
from nnviz.spec import DataSpec

DARK = np.zeros((28, 28), np.uint8)
DARK[8:20, 10:14] = 200


def picture(pixels: np.ndarray = DARK, kind: str = "PNG", **more: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **more)
    return out.getvalue()


def packed(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def folders(**more: bytes) -> dict[str, bytes]:
    """Two classes of three pictures."""
    return {f"{name}/{i}.png": picture(DARK + i) for name in ("cat", "dog") for i in range(3)} | more


def arrays(**named: Any) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, **named)
    return out.getvalue()


def saved(value: Any) -> bytes:
    out = io.BytesIO()
    np.save(out, value)
    return out.getvalue()


def fault(data: bytes) -> str:
    with pytest.raises(DataError) as caught:
        parse_upload(data)
    return str(caught.value)


X = np.random.default_rng(0).integers(0, 100, (12, 28, 28), np.uint8)
Y = np.arange(12) % 3


# --- a ZIP of class folders -------------------------------------------------------------------------------------------


def test_folders_are_classes(tmp_path: Path) -> None:
    info = save_images(tmp_path, packed(folders()), "pets.zip")
    assert (info.classes, info.class_names, info.counts, info.notes) == (2, ("cat", "dog"), (3, 3), ())
    assert images_info(tmp_path, info.id) == info
    data = load(DataSpec.model_validate(info.data_fields()), tmp_path)
    assert (data.n_train, data.n_test) == (5, 1)
    assert data.class_names == ("cat", "dog")
    firsts = sorted((int(c), round(float(x) * 255)) for c, x in zip(data.y, data.x[:, 0, 0, 0], strict=True))
    assert firsts == [(c, i) for c in (0, 1) for i in range(3)]


@pytest.mark.parametrize("around", ["", "my pets/"])
def test_what_systems_add_is_no_picture(around: str) -> None:
    files = {around + name: data for name, data in folders().items()}
    hidden = ("__MACOSX/cat/._0.png", around + "cat/.DS_Store", around + "cat/._1.png", ".git/a.png")
    extra = dict.fromkeys(hidden, b"x")
    upload = parse_upload(packed({**files, **extra, around + "cat/": b"", around + "dog/list.txt": b"x"}))
    assert upload.counts == (3, 3)
    assert upload.notes == (
        f"1 files that are no pictures (PNG, JPEG, BMP, GIF, WebP) were left out: {around}dog/list.txt.",
    )


def test_names_that_are_numbers_are_in_order_of_size() -> None:
    files = {f"{name}/{i}.png": picture() for name in (10, 9, 0) for i in range(2)}
    assert parse_upload(packed(files)).class_names == ("0", "9", "10")


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format(suffix: str) -> None:
    data = {f"{name}/{i}{suffix.upper()}": picture(DARK, FORMATS[suffix]) for name in "ab" for i in range(2)}
    found = parse_upload(packed(data)).x
    assert np.abs(found.astype(int) - DARK).max() < 40  # JPEG and WebP lose something
    assert np.abs(found.astype(int) - DARK).mean() < 3


def test_what_is_done_to_pictures() -> None:
    """Dark on paper, in colour, 100 wide and 50 high: light on dark in the middle rows of 28×28."""
    paper = np.full((50, 100, 3), 250, np.uint8)
    paper[10:40, 40:60] = (10, 0, 0)
    upload = parse_upload(packed({f"{c}/{i}.jpg": picture(paper, "JPEG") for c in "ab" for i in range(2)}))
    assert upload.notes == (
        "4 of 4 pictures were fitted into 28×28, keeping their aspect.",
        "4 of 4 pictures had a light ground and were turned to light on dark.",
    )
    image = upload.x[0].astype(int)
    assert image[14, 14] > 230
    assert image[:7].max() < 30
    assert image[21:].max() < 30
    assert (np.flatnonzero(image[14] > 128) == np.arange(11, 17)).all()


def test_transparency_and_depth_and_uprightness() -> None:
    ink = np.zeros((20, 20, 4), np.uint8)
    ink[5:15, 5:15, 3] = 255
    assert decode(picture(ink))[0, 0] == 255, "dark ink lies on white"
    ink[5:15, 5:15, :3] = 255
    assert decode(picture(ink))[0, 0] == 0, "white ink lies on black"
    deep = np.full((4, 4), 65535 // 2, np.uint16)
    assert abs(int(decode(picture(deep))[0, 0]) - 127) <= 1
    rotation = Image.Exif()
    rotation[0x0112] = 6
    assert decode(picture(np.zeros((10, 30), np.uint8), exif=rotation)).shape == (30, 10)
    assert decode(picture(DARK, "GIF", save_all=True, append_images=[Image.fromarray(DARK + 9)])).shape == (28, 28)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "holds no pictures"),
        ({"cat/list.txt": b"1"}, "holds no pictures (PNG, JPEG, BMP, GIF, WebP)"),
        ({"0.png": picture()}, "0.png lies in no class folder; expected is class/picture"),
        ({**folders(), "cat/old/1.png": picture()}, "cat/old/1.png lies too deep"),
        ({"cat/1.png": picture(), "cat/2.png": picture()}, "has 1 class (cat); allowed are 2 to 10"),
        ({f"{i}/{k}.png": b"" for i in range(11) for k in "ab"}, "has 11 classes (0, 1, 10 and 8 more); allowed"),
        ({**folders(), "ox/1.png": picture()}, "class 'ox' has too few pictures (1); at least 2 are needed"),
        ({**folders(), "o" * 41 + "/1.png": picture()}, "a name has 1 to 40 printable characters"),
        ({**folders(), "o\x07/1.png": picture()}, "a name has 1 to 40 printable characters"),
    ],
)
def test_folders_that_are_something_else(files: dict[str, bytes], words: str) -> None:
    assert words in fault(packed(files))


def test_pictures_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    bad = {
        "cat/a.png": b"no picture",
        "cat/b.jpg": picture(X[0], "JPEG")[:-100],
        "dog/c.gif": picture(DARK, "TIFF"),
        "dog/d.png": picture(np.zeros((4097, 2), np.uint8)),
        "dog/e.png": b"",
    }
    with pytest.raises(DataError) as caught:
        save_images(tmp_path, packed(folders() | bad), "pets.zip")
    assert str(caught.value) == (
        "pets.zip: 5 of 11 pictures cannot be used: cat/a.png is no picture that can be read, cat/b.jpg is damaged or "
        "cut off, dog/c.gif is no picture that can be read and 2 more; allowed are PNG, JPEG, BMP, GIF, WebP"
    )
    assert not list(tmp_path.rglob("*.*"))


def huge_png(width: int, height: int) -> bytes:
    """A few bytes that announce any number of pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(4097, 28), (28, 5000), (12_000, 12_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
@pytest.mark.parametrize("action", ["error", "ignore"])
def test_huge_pictures(size: tuple[int, int], action: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter(action)  # Pillow's own warning is an error in tests only
        with pytest.raises(PictureError, match="4,096 by 4,096"):
            decode(huge_png(*size))


# --- ZIP bombs and their kin ------------------------------------------------------------------------------------------


def test_too_large_an_upload() -> None:
    assert fault(b"x" * 50_000_001) == "the upload has 50,000,001 bytes; allowed are 50,000,000"


def test_too_much_when_unpacked() -> None:
    """30 MB of zeros eleven times, in 330 kB: none of them is a picture, but all would be read."""
    bomb = packed({f"{'ab'[i % 2]}/{i}.bmp": bytes(30_000_000) for i in range(11)})
    assert len(bomb) < 400_000
    assert fault(bomb) == "holds more than 300,000,000 bytes when it is unpacked"


def test_a_size_that_is_a_lie() -> None:
    """The directory announces 10 bytes; what comes is counted, and its checksum is wrong."""
    bomb = bytearray(packed({"a/1.bmp": bytes(1_000_000), **folders()}))
    entry = bomb.index(b"PK\x01\x02")
    bomb[entry + 24 : entry + 28] = struct.pack("<I", 10)
    assert fault(bytes(bomb)).startswith("a/1.bmp is damaged (")


def test_too_many_files() -> None:
    one = packed({"a/1.png": b""})
    assert fault(one + b"PK\x01\x02" * 60_001) == "holds more than 20,000 files"
    many = packed({f"{'ab'[i % 2]}/{i}.png": b"" for i in range(20_001)}, zipfile.ZIP_STORED)
    assert fault(many) == "holds 20,001 files; allowed are 20,000"


def test_too_many_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_folders, "MAX_DECODED", 5 * 2 * 28 * 28)
    assert fault(packed(folders())) == (
        "the pictures have more than 7,840 bytes when they are decoded; make them smaller"
    )


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_that_cannot_be_bounded(compression: int) -> None:
    assert "cat/0.png is packed in an unusual way" in fault(packed(folders(), compression))
    assert len(bz2.compress(bytes(50_000_000))) < 100, "this is why"


def test_an_encrypted_file() -> None:
    data = bytearray(packed(folders()))
    at = data.index(b"PK\x01\x02") + 8
    data[at] |= 1
    assert fault(bytes(data)) == "cat/0.png is encrypted; pack it without a password"


def test_a_zip_in_a_zip_is_not_opened() -> None:
    assert "holds no pictures" in fault(packed({"cat/more.zip": packed(folders())}))
    assert "cat/more.png is no picture" in fault(packed({**folders(), "cat/more.png": packed(folders())}))


@given(st.data())
def test_damage_is_never_more_than_an_error(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([packed(folders()), arrays(x=X, y=Y)]))
    damaged = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for _ in range(data.draw(st.integers(0, 8))):
        if damaged:
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile and NumPy say what they find odd
        with contextlib.suppress(DataError):
            parse_upload(bytes(damaged))


# --- arrays -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "named",
    [
        {"x": X, "y": Y},
        {"images": X, "labels": Y.astype(np.uint8)},
        {"x": X[..., None], "y": Y[:, None]},
        {"x": np.repeat(X[..., None], 3, axis=3), "y": Y},
        {"x": X / 255, "y": Y},
        {"x": (X / 255).astype(np.float16), "y": Y},
        {"x": X.astype(np.float32), "y": Y},
        {"x": X.astype(">f8"), "y": Y.astype(">i2")},
        {"x": np.asfortranarray(X), "y": Y},
        {"x_train": X[:8], "y_train": Y[:8], "x_test": X[8:], "y_test": Y[8:]},
        {"x_train": X, "y_train": Y},
        {"x": X, "y": Y, "more": np.array([{}], object)},
    ],
)
def test_spellings_of_the_same_arrays(named: dict[str, Any]) -> None:
    upload = parse_upload(arrays(**named))
    assert np.abs(upload.x.astype(int) - X).max() <= 1
    assert upload.y.tolist() == Y.tolist()
    assert upload.class_names == ("0", "1", "2")
    assert upload.counts == (4, 4, 4)


def test_labels_may_be_words() -> None:
    upload = parse_upload(arrays(x=X, y=np.array(["red", "Ünder", "blue"])[Y]))
    assert upload.class_names == ("blue", "red", "Ünder")
    assert upload.y.tolist() == [(1, 2, 0)[i] for i in Y]
    assert parse_upload(arrays(x=X, y=np.array([b"red", b"green", b"blue"])[Y])).class_names == ("blue", "green", "red")


def test_arrays_of_another_size_are_fitted() -> None:
    paper = np.full((6, 40, 20), 255, np.uint8)
    paper[:, 10:30, 8:12] = 0
    upload = parse_upload(arrays(x=paper / 255, y=np.arange(6) % 2))
    assert upload.x.shape == (6, 28, 28)
    assert upload.x[0, 14, 14] > 200
    assert upload.x[0, :, :4].max() == 0
    assert upload.notes == (
        "Values 0 to 1 were taken as black to white.",
        "6 of 6 pictures were fitted into 28×28, keeping their aspect.",
        "6 of 6 pictures had a light ground and were turned to light on dark.",
    )


NAN = np.where(np.arange(28) == 5, np.nan, X / 255)


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({"a": X, "b": Y}, "has the arrays a, b; expected are x and y, images and labels"),
        ({"x": X}, "has the arrays x; expected are x and y"),
        ({"x": np.array([{}] * 12), "y": Y}, "x holds Python objects (a pickle), which are never opened"),
        ({"x": X, "y": np.array([{}] * 12)}, "y holds Python objects (a pickle), which are never opened"),
        ({"x": NAN, "y": Y}, "x holds NaN"),
        ({"x": X / 255 - 0.5, "y": Y}, "x has values from -0.5 to "),
        ({"x": X * 1e6, "y": Y}, "allowed are 0 to 1, or 0 to 255"),
        ({"x": np.where(X > 50, np.inf, 0), "y": Y}, "x has values from 0 to inf"),
        ({"x": X.astype(np.int32), "y": Y}, "x is int32 (12, 28, 28); expected is uint8 in 0–255, or float"),
        ({"x": X.astype(complex), "y": Y}, "x is of type complex128"),
        ({"x": X.reshape(12, -1), "y": Y}, "x is uint8 (12, 784); expected is [n, height, width]"),
        ({"x": np.zeros((12, 28, 28, 4), np.uint8), "y": Y}, "expected is [n, height, width], or with 1 or 3 channels"),
        ({"x": X[:0], "y": Y[:0]}, "allowed are 1 to 60,000 images"),
        ({"x": np.zeros((12, 0, 28), np.uint8), "y": Y}, "of 1 to 4,096 pixels a side"),
        ({"x": np.zeros((12, 1, 5000), np.uint8), "y": Y}, "of 1 to 4,096 pixels a side"),
        ({"x": np.zeros((60_001, 1, 1), np.uint8), "y": np.zeros(60_001, int)}, "allowed are 1 to 60,000 images"),
        ({"x": X, "y": Y[:5]}, "y has the shape (5,); expected is (12,), a label for each image"),
        ({"x": X, "y": Y + 8}, "y has numbers from 8 to 10; allowed are 0 to 9, or text"),
        ({"x": X, "y": Y - 1}, "y has numbers from -1 to 1"),
        ({"x": X, "y": Y / 2}, "y is float64; expected are whole numbers 0 to 9, or text"),
        ({"x": X, "y": Y * 0}, "has 1 class (0); allowed are 2 to 10"),
        ({"x": X, "y": np.array(["a" * 41, "b"] * 6)}, "a name has 1 to 40 printable characters"),
        ({"x": X, "y": np.array([b"\xff", b"b"] * 6)}, "holds bytes that are no ASCII text"),
        ({"x": X, "y": np.array([0] * 11 + [1])}, "class '1' has too few pictures (1)"),
    ],
)
def test_arrays_that_are_something_else(named: dict[str, Any], words: str) -> None:
    assert words in fault(arrays(**named))


def test_headers_are_judged_before_memory_is_asked_for() -> None:
    """An array of 2⁶⁰ values in a hundred bytes, a negative shape, and no array at all."""
    head = saved(X)
    for shape in (b"(1152921504606846976,)", b"(-12, 28, 28), ", b"(12, 28, 29), "):
        false = head.replace(b"(12, 28, 28), ", shape)
        assert "its header says uint8" in fault(packed({"x.npy": false, "y.npy": saved(Y)}))
    assert "x is no NumPy array that can be read" in fault(packed({"x.npy": b"nothing", "y.npy": saved(Y)}))
    assert "is a single array" in fault(head)
    assert "is no ZIP file" in fault(b"anything")


def test_sixty_thousand_images_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnviz.data.uploads.arrays.MAX_IMAGES", 10)
    half = {"x_train": X[:8], "y_train": Y[:8], "x_test": X[:4], "y_test": Y[:4]}
    assert fault(arrays(**half)) == "has 12 images; allowed are 10"


# --- the store --------------------------------------------------------------------------------------------------------


def test_the_least_recently_used_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploaded_images, "MAX_FILES", 2)
    ids = []
    for i in range(3):
        ids.append(save_images(tmp_path, arrays(x=X + np.uint8(i), y=Y)).id)
        os.utime(tmp_path / "images" / f"{ids[i]}.npz", (i, i))
        if i == 1:
            images_info(tmp_path, ids[0])  # used now: the second is the older one
    with pytest.raises(DataMissing, match="upload them again"):
        images_info(tmp_path, ids[1])
    assert images_info(tmp_path, ids[0]).counts == (4, 4, 4)
    assert len(list((tmp_path / "images").iterdir())) == 2


def test_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "images").touch()
    with pytest.raises(DataError, match=r"images: cannot be kept at .*choose another --home"):
        save_images(tmp_path, arrays(x=X, y=Y))


@pytest.mark.parametrize("content", [b"", b"no archive", "pickle", "shape", "labels"])
def test_a_stored_file_that_was_changed(content: bytes | str, tmp_path: Path) -> None:
    name = save_images(tmp_path, arrays(x=X, y=Y)).id
    path = tmp_path / "images" / f"{name}.npz"
    kept = dict(np.load(path))
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        changed = {"pickle": {"x": np.array([{}])}, "shape": {"x": X[:5]}, "labels": {"y": Y.astype(np.uint8) + 1}}
        np.savez(path, **{**kept, **changed[content]})
    with pytest.raises(DataMissing, match="upload the images again"):
        images_info(tmp_path, name)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n"])
def test_an_id_is_no_path(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="no id"):
        images_info(tmp_path, name)


# --- pictures and sheets ----------------------------------------------------------------------------------------------


def test_paper_is_told_by_its_border() -> None:
    photograph = np.random.default_rng(0).integers(0, 256, (28, 28)).astype(np.uint8)
    flat = np.full((28, 28), 255, np.uint8)
    found, paper = light_on_dark(np.stack([DARK, 255 - DARK, photograph, flat]))
    assert paper.tolist() == [False, True, False, False]
    assert np.array_equal(found, [DARK, DARK, photograph, flat])
    touching = 255 - DARK
    touching[:10, 0] = 0  # ink that runs over the edge
    assert on_paper(touching[None]).all()


def test_fitting_keeps_the_aspect() -> None:
    tall = np.full((90, 30), 40, np.uint8)
    tall[30:60] = 240
    found = fit(tall, 28)
    assert found.shape == (28, 28)
    assert (found[:, :9] == 40).all()
    assert (found[:, 19:] == 40).all()
    assert found[14, 14] == 240
    assert fit(tall[:1, :1], 28).tolist() == [[40] * 28] * 28


def test_sheets_hold_every_image_once() -> None:
    data = load(DataSpec.model_validate({"name": "digits", "train": 760, "validation": 0, "test": 1037}))
    assert sheets(data, "test") == 3
    assert sheets(data, "validation") == 0
    for number, count in enumerate((500, 500, 37)):
        sheet = sheet_png(data, "test", number)
        pixels = np.asarray(Image.open(io.BytesIO(sheet)))
        assert pixels.dtype == np.uint8
        assert pixels.shape == (8 * -(-count // 25), 8 * 25)
        for i in (0, 1, 25, count - 1):
            row, column = divmod(i, 25)
            shown = pixels[8 * row : 8 * row + 8, 8 * column : 8 * column + 8]
            assert np.abs(shown / 255 - data.inputs("test")[500 * number + i, ..., 0]).max() < 0.003
    assert not pixels[-8:, 12 * 8 :].any()
    for number in (-1, 3):
        with pytest.raises(IndexError):
            sheet_png(data, "test", number)


def test_limits_are_those_that_are_promised() -> None:
    assert (unpacking.MAX_UPLOAD, unpacking.MAX_UNPACKED) == (50_000_000, 300_000_000)
    assert (unpacking.MAX_FILES, unpacking.MAX_IMAGES, unpacking.MAX_CLASSES) == (20_000, 60_000, 10)
