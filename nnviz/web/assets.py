"""What the browser loads beside the page: our own scripts, Plotly's, and Streamlit's; each read once, kept in memory.

Our scripts are served below a folder whose name is a digest of them all: their addresses change with their contents, so
the browser keeps them for ever and asks for none again. The imports between them are relative and stay in that folder.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import mimetypes
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from nnviz.web.schema_script import schema_script

OWN = Path(__file__).resolve().parent / "static"
PLOTLY = OWN.parent.parent / "vendor" / "plotly-cartesian.min.js"
"""Plotly's bundle with the traces that we draw (scatter, heatmap, contour, image, bar …). It is a third of the one in
the installed package, and takes a third of the time to be run, which a page waits for, and to be sent, in a class.
Unchanged, from the release of the package plotly.js-cartesian-dist-min that its first lines name."""
FULL = "plotly-full.min.js"
"""Under this name the bundle with all traces, 3-D among them: that of the installed package plotly."""
SCHEMA = "schema.js"
"""Beside our scripts: written from the spec (nnviz/web/schema_script.py)."""
SERVED = (".js", ".css")
PREFIX = "/nnviz-assets/js/"
STREAMLIT = "/static/"
FOREVER = "public, max-age=31536000, immutable"
ANEW = "no-cache"
_LINE = 1000
"""Bytes below which a compressed answer is no quicker."""
_IMPORT = re.compile(r"""^import\s[^;]*?from\s+["'](\.{1,2}/[\w./-]+\.js)["']""", re.MULTILINE)


@dataclass
class Kept:
    """A file in memory. `packed` is its gzip, once `pack` has been called."""

    body: bytes
    media_type: str
    packed: bytes | None = field(default=None, repr=False)

    @property
    def tag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'

    def pack(self) -> None:
        """Compress once for all visitors. Takes some 30 ms a megabyte: not on the event loop."""
        if self.packed is None and self.compressible:
            self.packed = gzip.compress(self.body, compresslevel=6, mtime=0)

    @property
    def compressible(self) -> bool:
        return len(self.body) > _LINE and not self.media_type.startswith(("font/", "image/"))


@cache
def own_files() -> dict[str, Path]:
    """`kit/wire.js` → our script or style, and Plotly's bundles among them."""
    files = {path.relative_to(OWN).as_posix(): path for path in sorted(OWN.rglob("*")) if path.suffix in SERVED}
    full = full_plotly()
    return {**files, PLOTLY.name: PLOTLY, **({FULL: full} if full else {})}


def full_plotly() -> Path | None:
    """The whole of Plotly's script as the package has it, found without importing it; None without the package."""
    spec = importlib.util.find_spec("plotly")
    folders = spec.submodule_search_locations if spec else None
    path = Path(folders[0]) / "package_data" / "plotly.min.js" if folders else None
    return path if path and path.is_file() else None


@cache
def version() -> str:
    """A digest of all that is served of ours."""
    digest = hashlib.sha256()
    for name, path in own_files().items():
        digest.update(name.encode() + b"\0" + path.read_bytes())
    digest.update(schema_script().encode())
    return digest.hexdigest()[:12]


def script_url(name: str) -> str:
    """The address of one of our scripts; under it the browser keeps it for ever."""
    return f"{PREFIX}{version()}/{name}"


@cache
def streamlit_folder() -> Path | None:
    """Streamlit's own page and scripts, found without importing it."""
    spec = importlib.util.find_spec("streamlit")
    folders = spec.submodule_search_locations if spec else None
    return Path(folders[0]) / "static" if folders else None


@cache
def streamlit_files() -> dict[str, Path]:
    """`js/index.…js` → the file: what Streamlit's page loads, under names that carry a digest of the contents."""
    folder = streamlit_folder()
    inner = folder / "static" if folder else None
    if inner is None or not inner.is_dir():
        return {}
    return {path.relative_to(inner).as_posix(): path for path in inner.rglob("*") if path.is_file()}


@cache
def _read(path: Path) -> Kept:
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Kept(path.read_bytes(), "text/javascript" if path.suffix == ".js" else media_type)


@cache
def _schema() -> Kept:
    return Kept(schema_script().encode(), "text/javascript")


def _own(name: str) -> Kept | None:
    """One of our scripts, or what is written from the spec."""
    if name == SCHEMA:
        return _schema()
    file = own_files().get(name)
    return _read(file) if file else None


def find(path: str) -> tuple[Kept, str] | None:
    """The file behind a request's path, and its Cache-Control; None where it is none of these. Only names that are in a
    folder's list are looked up: nothing of a path reaches the file system."""
    if path.startswith(STREAMLIT):
        file = streamlit_files().get(path.removeprefix(STREAMLIT))
        return (_read(file), FOREVER) if file else None
    if path.startswith(PREFIX):
        name = path.removeprefix(PREFIX)
        lasting = name.removeprefix(f"{version()}/")
        if kept := _own(lasting):
            return kept, ANEW if lasting == name else FOREVER
    return None


def imports_of(names: Iterable[str]) -> list[str]:
    """These scripts of ours and all that they import, each once."""
    found: dict[str, None] = {}
    wanted = list(names)
    while wanted:
        name = wanted.pop(0)
        if name not in found:
            found[name] = None
            kept = _own(name)
            own = _IMPORT.findall(kept.body.decode()) if kept else []
            wanted += [posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) for path in own]
    return list(found)
