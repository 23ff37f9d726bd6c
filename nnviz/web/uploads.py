"""What visitors have given a page's file fields, bounded: Streamlit keeps all of it in memory as long as the page is
open, and bounds only the one file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.types import Scope

from nnviz.data.uploads.unpacking import MAX_UPLOAD

if TYPE_CHECKING:
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
    from streamlit.runtime.uploaded_file_manager import UploadedFileRec

UPLOADS = "/_stcore/upload_file/"
MAX_SESSION = MAX_UPLOAD
"""Bytes that a session keeps when another file comes: two of the largest, then, for each page."""
MAX_ALL = 10 * MAX_UPLOAD
"""Bytes that all sessions keep when another file comes."""


def before_upload(scope: Scope) -> None:
    """Make room for the file that this request brings, if it brings one. What is let go has been read long ago: our
    pages keep what they have made of a file, not the file."""
    path, _, rest = scope["path"].partition(UPLOADS)
    if scope["method"] != "PUT" or path or not rest:
        return
    from streamlit.runtime import Runtime

    files: MemoryUploadedFileManager = Runtime.instance().uploaded_file_mgr  # type: ignore[assignment]
    make_room(files, rest.partition("/")[0])


def make_room(files: MemoryUploadedFileManager, session: str) -> None:
    """Let the session's oldest files go until it has at most `MAX_SESSION`, then others' until all have `MAX_ALL`."""
    kept = {id: dict(its) for id, its in files.file_storage.copy().items()}
    _drop(files, session, kept.get(session, {}), _size(kept.get(session, {})) - MAX_SESSION)
    over = sum(map(_size, kept.values())) - MAX_ALL
    for id, its in kept.items():
        over -= _drop(files, id, its, over)


def _size(its: Mapping[str, UploadedFileRec]) -> int:
    """Bytes of a session's files."""
    return sum(len(file.data) for file in its.values())


def _drop(files: MemoryUploadedFileManager, session: str, its: dict[str, UploadedFileRec], over: int) -> int:
    """The oldest of these until so many bytes are gone; how many are."""
    gone = 0
    while its and gone < over:
        id = next(iter(its))
        gone += len(its.pop(id).data)
        files.remove_file(session, id)
    return gone
