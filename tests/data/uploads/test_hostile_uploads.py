"""Uploads that mean harm, or that an odd program has made: small in memory, quick, and told in words."""

from __future__ import annotations

import io
import struct
import threading
import tracemalloc
import zipfile
import zlib
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from nnviz.data import save_images
from nnviz.data.pictures import fit, to_grey
from nnviz.data.uploads import folders as upload_folders
from nnviz.data.uploads import images as uploaded_images
from nnviz.data.uploads.unpacking import MAX_PICTURE, Unpacking
from nnviz.data.uploads.upload import parse_upload
from tests.data.uploads.test_images import X, Y, arrays, fault, folders, packed, picture, saved


def test_a_picture_that_unpacks_without_end_takes_no_memory() -> None:
    bomb = packed({"a/1.png": bytes(250_000_000), "b/1.png": b""})
    tracemalloc.start()
    try:
        assert f"a/1.png has more than {MAX_PICTURE:,} bytes" in fault(bomb)
        assert tracemalloc.get_traced_memory()[1] < 1.5 * MAX_PICTURE
    finally:
        tracemalloc.stop()


def overlapping(names: list[bytes], size: int) -> bytes:
    """A ZIP whose entries are all the same few bytes, which unpack to `size`: a bomb without a ZIP in a ZIP."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = bytes(size)
    data = packer.compress(raw) + packer.flush()
    about = (20, 0, 8, 0, 33, zlib.crc32(raw), len(data), size)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", *about, len(names[0]), 0) + names[0] + data
    entries = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, *about, len(name), 0, 0, 0, 0, 0, 0) + name for name in names
    )
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(names), len(names), len(entries), len(local), 0)
    return local + entries + end


def test_entries_that_share_their_bytes() -> None:
    shared = Unpacking(overlapping([b"x.npy"] * 40, 10_000_000))
    assert len(shared.members) == 40
    with pytest.raises(Exception, match=r"holds more than 300,000,000 bytes|damaged \(Overlapped entries"):
        deque(map(shared.read, shared.members), maxlen=0)


@pytest.mark.parametrize("name", ["../../etc/cat/1.png", "cat/../../1.png", "..\\cat\\1.png"])
def test_names_that_point_elsewhere(name: str) -> None:
    assert "points out of its folder" in fault(packed({**folders(), name: picture()}))


def test_a_zip_of_an_old_windows_packer() -> None:
    upload = parse_upload(packed({name.replace("/", "\\"): data for name, data in folders().items()}))
    assert (upload.class_names, upload.counts) == (("cat", "dog"), (3, 3))


@pytest.mark.parametrize("form", ["PNG", "WEBP", "GIF"])
def test_pictures_that_are_too_large_together_are_refused_before_one_is_decoded(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (4096, 4096)).save(out, form)
    bomb = packed({f"{'ab'[i % 2]}/{i}.{form.lower()}": out.getvalue() for i in range(24)})
    assert len(bomb) < 500_000
    monkeypatch.setattr(upload_folders, "to_grey", lambda *_: pytest.fail("decoded"))
    assert fault(bomb).startswith("the pictures have more than 1,000,000,000 bytes when they are decoded")


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "I;16", "1"])
def test_a_large_picture_is_the_same_in_small(mode: str) -> None:
    """Means of squares first, triangles then: no grey differs by more than two of 255 from all at once."""
    drawn = Image.new("L", (1300, 900), 250)
    ImageDraw.Draw(drawn).ellipse((300, 200, 700, 800), fill=10)
    large = Image.fromarray(np.asarray(drawn, np.uint16) * 257) if mode == "I;16" else drawn.convert(mode)
    small, whole = (fit(to_grey(large.copy(), *ample), 28).astype(int) for ample in ((112,), ()))
    assert np.abs(small - whole).max() <= 2


@pytest.mark.parametrize("text", ["[" * 50, "{" * 3, "(" * 9000, "'", "{'descr': ", "\\"])
def test_headers_that_are_no_python(text: str) -> None:
    data = b"\x93NUMPY\1\0" + struct.pack("<H", len(text) + 1) + text.encode() + b"\n"
    assert fault(packed({"x.npy": data, "y.npy": saved(Y)})) == "x is no NumPy array that can be read"


@pytest.mark.parametrize(("shape", "images"), [("(True, 28, 28)", 1), ("(False, 28, 28)", 0)])
def test_headers_with_truth_values(shape: str, images: int) -> None:
    text = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}}}\n".encode()
    data = b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text + bytes(images * 28 * 28)
    assert fault(packed({"x.npy": data, "y.npy": saved(Y)})).startswith(("x is uint8", "y has the shape"))


def test_uploads_are_checked_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten visitors at once must not take the memory of ten."""
    inside, most, check = 0, 0, threading.Lock()

    def watched(data: bytes) -> Any:
        nonlocal inside, most
        with check:
            inside += 1
            most = max(most, inside)
        try:
            return parse_upload(data)
        finally:
            with check:
                inside -= 1

    monkeypatch.setattr(uploaded_images, "parse_upload", watched)
    uploads = [arrays(x=np.roll(X, i, axis=1), y=Y) for i in range(8)]
    with ThreadPoolExecutor(8) as pool:
        infos = list(pool.map(lambda data: save_images(tmp_path, data), uploads))
    assert len({info.id for info in infos}) == 8
    assert most == 1
    with pytest.raises(uploaded_images.DataError):  # a refused one leaves the door open
        save_images(tmp_path, b"")
    assert save_images(tmp_path, uploads[0]).id == infos[0].id


@pytest.mark.parametrize("where", ["PK\1\2", "PK\3\4", "PK\5\6"])
def test_every_bit_of_the_directory_may_lie(where: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in folders().items():
            archive.writestr(name, data)
    whole = out.getvalue()
    at = whole.index(where.encode("latin1"))
    for place in range(at, min(at + 50, len(whole))):
        for value in (0x00, 0x80, 0xFF):
            damaged = bytearray(whole)
            damaged[place] = value
            try:
                parse_upload(bytes(damaged))
            except uploaded_images.DataError as error:
                assert str(error)  # noqa: PT017  (most damage is harmless)
