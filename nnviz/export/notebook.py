"""The program as a Jupyter notebook, with its curves and pictures."""

from __future__ import annotations

from nnviz.export.data_code import INLINE_ROWS, POINTS
from nnviz.export.format import Files, Format, Source, is_training, needs, with_own_data
from nnviz.export.program import Program
from nnviz.export.script import has_start, program_of, writable
from nnviz.export.script import reads_files as reads_beside
from nnviz.sets import SETS, ImageSet


def make(source: Source) -> Files:
    """nbformat 4. A table that is not too long is written by a cell of its own."""
    return written(program_of(source), source.name)


def written(program: Program, name: str) -> Files:
    """The program as a notebook of this name, and what does not travel within it."""
    import nbformat
    from nbformat import v4

    table = program.files.get(POINTS, b"").decode()
    inline = bool(table) and table.count("\n") <= INLINE_ROWS
    files = {name: data for name, data in program.files.items() if not (inline and name == POINTS)}
    cells = [
        v4.new_markdown_cell(text) if kind == "markdown" else v4.new_code_cell(text)
        for kind, text in program.cells(files)
    ]
    if inline:
        hidden = {"jupyter": {"source_hidden": True}}
        cells.insert(1, v4.new_code_cell(f"%%writefile {POINTS}\n{table.rstrip()}", metadata=hidden))
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"  # the same setting, the same file
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
    return {f"{name}.ipynb": nbformat.writes(notebook).encode(), **files}


def reads_files(source: Source) -> bool:
    """As the script, but that a table travels within unless it is long."""
    data = source.training.data
    if isinstance(SETS[data.name], ImageSet) or data.is_image or has_start(source):
        return reads_beside(source)
    return data.train + data.validation + data.test >= INLINE_ROWS  # and a line of names


NOTEBOOK = Format(
    "Notebook",
    "the same for Jupyter or Colab, with curves and pictures",
    "ipynb",
    make,
    needs(is_training, writable, with_own_data),
    reads_files,
)
