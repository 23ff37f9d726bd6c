"""nnviz: watch neural networks learn.

`from nnviz import RunSpec, train`; neither line imports tensorflow (training does, when it starts).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnviz.spec import RunSpec
    from nnviz.training import train

__version__ = "0.1.0"
__all__ = ["RunSpec", "__version__", "train"]


def __getattr__(name: str) -> Any:
    """Imported when they are asked for: NumPy and SciPy below them take longer than the whole of `nnviz --help` may."""
    if name in {"RunSpec", "train"}:
        return getattr(import_module("nnviz.spec" if name == "RunSpec" else "nnviz.training"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
