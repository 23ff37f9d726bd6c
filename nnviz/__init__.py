"""nnviz: watch neural networks learn.

`from nnviz import RunSpec, train`; neither line imports tensorflow (training does, when it starts).
"""

from typing import TYPE_CHECKING, Any

from nnviz.spec import RunSpec

if TYPE_CHECKING:
    from nnviz.training import train

__version__ = "0.1.0"
__all__ = ["RunSpec", "__version__", "train"]


def __getattr__(name: str) -> Any:
    """`train` is imported when it is asked for: SciPy below it takes longer than the whole of `nnviz --help` may."""
    if name == "train":
        from nnviz.training import train

        return train
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
