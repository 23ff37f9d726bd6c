"""What must be the same on a node and in the app: a run sent from one to the other is to mean the same there."""

from __future__ import annotations

import functools
import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import nnviz

LIBRARIES = ("tensorflow", "keras", "numpy", "scikit-learn")
"""Whose version may change a curve."""


@functools.cache
def versions() -> dict[str, str]:
    """Name → version, "source" being a digest of nnviz's Python files: a copy may have been changed."""
    found = {"nnviz": nnviz.__version__, "Python": ".".join(platform.python_version_tuple()[:2])}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    return {**found, "source": _digest(Path(nnviz.__file__).parent)}


def difference(node: str, theirs: dict[str, str], ours: dict[str, str]) -> str | None:
    """Why a node is not used, in words; None where all is the same."""
    other = [name for name in ours if theirs.get(name) != ours[name]]
    if not other:
        return None
    if other == ["source"]:
        return f"{node} is refused: its copy of nnviz {ours['nnviz']} has other source files than the app's"
    words = ", ".join(f"{name} {theirs.get(name, 'unknown')}" for name in other if name != "source")
    mine = ", ".join(f"{name} {ours[name]}" for name in other if name != "source")
    return f"{node} is refused: it has {words}; the app has {mine}. Install the same on both"


def _digest(package: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        inside = path.relative_to(package).as_posix()
        if not inside.startswith("_site/"):  # the pages, which stand elsewhere in a checkout
            found.update(inside.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:12]
