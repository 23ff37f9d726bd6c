"""`nnviz data`: the sets to train on, fetching those that are not part of an installation, and adding one's own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nnviz.commands.common import BAD_INPUT, FAULT, AsJson, Home, console, fail, home_of, print_json

if TYPE_CHECKING:
    from nnviz.data.download import Progress

cli = typer.Typer(help="List the data sets; fetch one or add your own.", invoke_without_command=True)


def _known(name: str) -> str:
    from nnviz.sets import fetchable

    if name not in fetchable():
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(map(repr, fetchable()))}.")
    return name


Name = Annotated[str, typer.Argument(metavar="NAME", callback=_known, help="The set to fetch: see `nnviz data`.")]
OwnFile = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="A .csv table with x1, x2 and label; a .zip of class folders; or an .npz."),
]
Address = Annotated[
    str | None,
    typer.Option("--from", metavar="URL", help="Another place with the very same file (fashion_mnist: files)."),
]


@cli.callback()
def data(context: typer.Context, as_json: AsJson = False, home: Home = None) -> None:
    """List the data sets; `get` fetches MNIST or Fashion-MNIST, `add FILE` keeps a table or images of your own."""
    if context.invoked_subcommand is not None:
        return
    found = _list_sets(home_of(context, home))
    if as_json:
        for one in found:
            print_json(one)
    else:
        _print_table(found)


@cli.command()
def get(name: Name, address: Address = None, as_json: AsJson = False) -> None:
    """Fetch MNIST (11 MB) or Fashion-MNIST (31 MB) to the folder NNVIZ_DATA, else to Keras's own cache."""
    from nnviz.data.download import FetchError, have
    from nnviz.data.fetch_process import end_when_asked, fetch_reporting

    end_when_asked()
    if as_json:
        if not fetch_reporting(name, address, print_json):
            raise typer.Exit(FAULT)
        return
    try:
        with _bar(name) as progress:
            path, fetched = have(name, progress, address)
    except FetchError as error:
        fail(str(error), FAULT)
    typer.echo(f"{name} is {'now' if fetched else 'already'} here: {path}")


@cli.command()
def add(context: typer.Context, file: OwnFile, as_json: AsJson = False, home: Home = None) -> None:
    """Keep a table or images of your own in the home and say how to train on them."""
    from nnviz.data import DataError

    save = _save_table if file.suffix.lower() not in {".zip", ".npz"} else _save_images
    try:
        fields, words = save(home_of(context, home), file)
    except OSError as error:
        fail(f"{file}: cannot be read ({error.strerror or error})", BAD_INPUT)
    except DataError as error:
        fail(f"{file}: {error}", BAD_INPUT)
    if as_json:
        print_json(fields)
        return
    typer.echo(words + "\n\nTo train on it:")
    typer.echo("nnviz train " + " ".join(f"--set data.{name}={value}" for name, value in fields.items()))


def _save_table(home: Path, file: Path) -> tuple[dict[str, Any], str]:
    from nnviz.data import save_table
    from nnviz.data.uploads.csv_table import MAX_BYTES

    table = save_table(home, _read(file, MAX_BYTES))
    what = f"{table.classes} classes" if table.classes else "a regression"
    return table.data_fields(), f"{table.rows:,} rows, {what}: {', '.join(table.names)}\n{table.id}"


def _save_images(home: Path, file: Path) -> tuple[dict[str, Any], str]:
    from nnviz.data import save_images
    from nnviz.data.uploads.unpacking import MAX_UPLOAD

    images = save_images(home, _read(file, MAX_UPLOAD))
    classes = ", ".join(f"{name} ({count:,})" for name, count in zip(images.class_names, images.counts, strict=True))
    first = f"{sum(images.counts):,} images, {images.classes} classes: {classes}"
    return images.data_fields(), "\n".join([first, *images.notes, images.id])


def _read(file: Path, limit: int) -> bytes:
    """Never more than a byte above the limit, which is then what is wrong with it."""
    with file.open("rb") as opened:
        return opened.read(limit + 1)


@contextmanager
def _bar(name: str) -> Iterator[Progress]:
    """A progress bar, where standard error is a screen."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    words = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*words, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _list_sets(home: Path) -> list[dict[str, Any]]:
    """Every set: its name, what it is, and whether it can be trained on here and now."""
    from nnviz.sets import SETS, OwnSet, is_here

    def present(name: str) -> bool:
        one = SETS[name]
        return any((home / one.kept[0]).glob(f"*.{one.kept[1]}")) if isinstance(one, OwnSet) else is_here(name)

    return [
        {
            "name": name, "title": one.title, "problem": one.problem, "classes": list(one.classes),
            "present": present(name), "about": one.about,
        }
        for name, one in SETS.items()
    ]  # fmt: skip


def _print_table(found: list[dict[str, Any]]) -> None:
    from rich.table import Table

    own = {"table": "no: nnviz data add FILE.csv", "images": "no: nnviz data add FILE.zip"}
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for title in ("name", "what", "problem", "classes", "here"):
        table.add_column(title, no_wrap=True)
    for one in found:
        counts = [count for count in one["classes"] if count]
        classes = "–" if not counts else f"{counts[0]} to {counts[-1]}" if len(counts) > 1 else str(counts[0])
        missing = own.get(one["name"], f"no: nnviz data get {one['name']}")
        table.add_row(
            one["name"],
            one["title"],
            one["problem"],
            classes,
            "yes" if one["present"] else missing,
        )
    console().print(table)
