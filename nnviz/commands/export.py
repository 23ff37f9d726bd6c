"""`nnviz export`: a run or a setting as a program, a model, tables, a report."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nnviz.commands.common import BAD_INPUT, FAULT, Home, fail, home_of, open_store

if TYPE_CHECKING:
    from nnviz.export import Files, Source

What = Annotated[
    str,
    typer.Argument(
        metavar="RUN|SPEC.json|ID",
        help="A run's id (or its first letters), a setting's file, or -; or a lecture's experiment, such as B16.",
    ),
]
As = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="FORMAT",
        help="script, notebook, keras, weights, csv, json, tensorboard, figure, gif, mp4 or report.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Where to; what belongs beside it is put beside it. A .zip "
                 "takes all of it."),
]  # fmt: skip
FigureName = Annotated[str | None, typer.Option("--figure", help="Which figure, with --as figure; else the curves.")]
Speed = Annotated[
    str | None, typer.Option("--speed", help="How fast a film (gif, mp4) is played: 0.25, 0.5, 1, 2 or 4; else 1.")
]
Width = Annotated[
    int | None, typer.Option("--width", metavar="PIXELS", help="Of a film (gif, mp4): 480 to 960; else 960.")
]
Theme = Annotated[str, typer.Option(help="light or dark, with --as figure.")]


def export(
    context: typer.Context,
    what: What,
    as_: As,
    output: Out = None,
    figure: FigureName = None,
    theme: Theme = "light",
    speed: Speed = None,
    width: Width = None,
    home: Home = None,
) -> None:
    """Take a run or a setting home: a script or notebook without nnviz, the Keras model, CSV, its film, a report."""
    from nnviz.data import DataError
    from nnviz.experiments.catalogue import RECIPES
    from nnviz.export import FORMATS, CannotExport
    from nnviz.export.lecture_code import programs
    from nnviz.export.notebook import NOTEBOOK
    from nnviz.export.script import SCRIPT

    kind = FORMATS.get(as_)
    if kind is None:
        fail(f"--as {as_}: allowed are {', '.join(FORMATS)}", BAD_INPUT)
    if theme not in ("light", "dark"):
        fail(f"--theme {theme}: allowed are light, dark", BAD_INPUT)
    given: dict[str, Any] = {"figure": figure, "theme": theme, "speed": speed, "width": width}
    for name in ("speed", "width"):
        if given[name] is not None and name not in kind.options:
            fail(f"--{name}: only a film (--as gif, mp4) has one", BAD_INPUT)
    with contextlib.ExitStack() as stack:
        place, is_recipe = home_of(context, home), what in RECIPES and not Path(what).is_file()
        if is_recipe and kind not in (SCRIPT, NOTEBOOK):
            fail(f"--as {as_}: allowed of a lecture's experiment are script, notebook", BAD_INPUT)
        if kind.slow:
            given["report"] = stack.enter_context(_bar())
        try:
            if is_recipe:
                files = programs(RECIPES[what], place, kind)
            else:
                source = _source(what, place, stack)
                if (why := kind.refusal(source)) is not None:
                    raise CannotExport(why)
                files = kind.make(source, **{name: given[name] for name in kind.options})
        except (CannotExport, DataError) as error:
            fail(f"{as_}: {error}", BAD_INPUT)
    for path in _write(files, output):
        typer.echo(str(path))


@contextlib.contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """To be told how many pictures of how many are drawn: a bar on standard error, where that is a screen."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    hidden = not sys.stderr.isatty()
    columns = (TextColumn("picture {task.completed:,.0f}/{task.total:,.0f}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=hidden, transient=True) as progress:
        task = progress.add_task("", total=1)
        yield lambda done, of: progress.update(task, completed=done, total=of)


def _source(what: str, home: Path, stack: contextlib.ExitStack) -> Source:
    """A file where there is one of that name, or where it is called so; else a recorded run."""
    from nnviz.commands.runs import find_run
    from nnviz.commands.spec_file import SpecError, read_spec
    from nnviz.export import Source

    if what == "-" or what.endswith(".json") or Path(what).is_file():
        try:
            return Source(read_spec(what), home)
        except SpecError as error:
            fail(str(error), BAD_INPUT)
    store = stack.enter_context(open_store(home))
    row = find_run(store, what)
    if row.spec is None:
        fail(f"run {row.id}: another version of nnviz made it, or it is of no job of this version", BAD_INPUT)
    return Source(row.spec, home, store, row)


def _write(files: Files, output: Path | None) -> list[Path]:
    """The files that were written, the main one first."""
    from nnviz.export.format import zipped

    place = Path() if output is None else output
    try:
        if place.suffix == ".zip":
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(zipped(files))
            return [place]
        paths = {_place(name, next(iter(files)), place): data for name, data in files.items()}
        for path, data in paths.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except OSError as error:
        fail(f"{place}: cannot be written ({error.strerror})", FAULT)
    return list(paths)


def _place(name: str, first: str, output: Path) -> Path:
    """Where a file belongs: in the folder `output`; else the first is `output` itself and the others lie beside it, or,
    of files that have a folder of their own, `output` is that folder."""
    if output.is_dir():
        return output / name
    folder, _, rest = name.partition("/")
    if rest:
        return output / rest
    return output if name == first else output.parent / folder
