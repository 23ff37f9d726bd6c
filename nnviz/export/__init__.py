"""A setting or a run, to take home: each format in a file of its own.

To add one: a file here with its `make(source) → files` and its `Format`, and a line in FORMATS; command line and page
offer what stands there.
"""

from __future__ import annotations

from nnviz.export.figure import FIGURE
from nnviz.export.film import GIF, MP4
from nnviz.export.format import CannotExport, Files, Format, Source
from nnviz.export.keras_file import KERAS_FILE
from nnviz.export.notebook import NOTEBOOK
from nnviz.export.report import REPORT
from nnviz.export.script import SCRIPT
from nnviz.export.setting import SETTING
from nnviz.export.tables import TABLES
from nnviz.export.tensorboard import TENSORBOARD
from nnviz.export.weights import WEIGHTS

__all__ = ["FORMATS", "CannotExport", "Files", "Format", "Source"]

FORMATS: dict[str, Format] = {
    "report": REPORT, "notebook": NOTEBOOK, "script": SCRIPT, "keras": KERAS_FILE, "weights": WEIGHTS, "csv": TABLES,
    "json": SETTING, "tensorboard": TENSORBOARD, "figure": FIGURE, "gif": GIF, "mp4": MP4,
}  # fmt: skip
"""Every format, in the order of the page's list."""
