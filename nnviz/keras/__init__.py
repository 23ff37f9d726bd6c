"""Watch a Keras model of your own: `from nnviz.keras import Dashboard`, `model.fit(…, callbacks=[Dashboard()])`.

`nnviz.keras.dashboard` imports Keras as it is imported, which no other part of nnviz does: its users have done so.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnviz.keras.dashboard import Dashboard

__all__ = ["Dashboard"]


def __getattr__(name: str) -> Any:
    """Imported when it is asked for, with Keras."""
    if name == "Dashboard":
        return import_module("nnviz.keras.dashboard").Dashboard
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
