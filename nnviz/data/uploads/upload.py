"""A visitor's own images, read and checked before anything is kept: a ZIP of class folders, or NumPy arrays."""

from __future__ import annotations

from nnviz.data.uploads.arrays import read_arrays
from nnviz.data.uploads.folders import read_folders
from nnviz.data.uploads.unpacking import Unpacking, Upload, UploadError

MIN_PER_CLASS = 2


def parse_upload(data: bytes) -> Upload:
    """The images in `data`, whatever the file is called. Raises UploadError."""
    if data.startswith(b"\x93NUMPY"):
        raise UploadError("is a single array; save images and labels together: np.savez(file, x=images, y=labels)")
    files = Unpacking(data)
    arrays = bool(files.members) and all(one.filename.endswith(".npy") for one in files.members)
    upload = read_arrays(files) if arrays else read_folders(files)
    for name, count in zip(upload.class_names, upload.counts, strict=True):
        if count < MIN_PER_CLASS:
            raise UploadError(f"class {name!r} has too few pictures ({count}); at least {MIN_PER_CLASS} are needed")
    return upload
