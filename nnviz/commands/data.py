"""`nnviz data`: the sets to train on, fetching the one that is not part of an installation, and adding one's own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from nnviz.commands.common import BAD_INPUT, FAULT, AsJson, Home, console, fail, home_of, print_json

cli = typer.Typer(help="List the data sets; fetch MNIST or add a table of your own.", invoke_without_command=True)

MNIST_ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
MNIST_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
"""Both as Keras's own `keras.datasets.mnist` has them."""

Name = Annotated[Literal["mnist"], typer.Argument(help="The set to fetch.")]
File = Annotated[Path, typer.Argument(metavar="FILE.csv", help="UTF-8 text with the columns x1, x2 and label.")]
Address = Annotated[str, typer.Option("--from", metavar="URL", help="Another place that has the very same file.")]


@cli.callback()
def data(context: typer.Context, as_json: AsJson = False, home: Home = None) -> None:
    """List the data sets; `get mnist` fetches MNIST, `add FILE.csv` keeps a table of your own."""
    if context.invoked_subcommand is not None:
        return
    found = _list_sets(home_of(context, home))
    if as_json:
        for one in found:
            print_json(one)
    else:
        _print_table(found)


@cli.command()
def get(name: Name, address: Address = MNIST_ADDRESS) -> None:
    """Fetch MNIST (11 MB) to the folder NNVIZ_DATA, else to Keras's own cache."""
    from nnviz.data import mnist

    found = mnist.find()
    if found is not None and _is_whole():
        typer.echo(f"{name} is already here: {found}")
        return
    path = found or mnist.places()[0]
    try:
        download(address, MNIST_SHA256, path)
    except (OSError, ValueError) as error:
        fail(
            f"{name} could not be fetched: {_reason(error)}; or put the file at {path} yourself, from {address}", FAULT
        )
    typer.echo(f"{name} is now here: {path}")


@cli.command()
def add(context: typer.Context, file: File, as_json: AsJson = False, home: Home = None) -> None:
    """Keep a CSV table in the home and say how to train on it."""
    from nnviz.data import DataError, save_table
    from nnviz.data.table import MAX_BYTES

    try:
        with file.open("rb") as opened:
            table = save_table(home_of(context, home), opened.read(MAX_BYTES + 1))
    except OSError as error:
        fail(f"{file}: cannot be read ({error.strerror or error})", BAD_INPUT)
    except DataError as error:
        fail(f"{file}: {error}", BAD_INPUT)
    fields = table.data_fields()
    if as_json:
        print_json(fields)
        return
    what = f"{table.classes} classes" if table.classes else "a regression"
    typer.echo(f"{table.rows:,} rows, {what}: {', '.join(table.names)}\n{table.id}\n\nTo train on it:")
    typer.echo("nnviz train " + " ".join(f"--set data.{name}={value}" for name, value in fields.items()))


def download(address: str, sha256: str, path: Path) -> None:
    """Fetch a file, with a progress bar: whole, with the right checksum, or not at all. Raises OSError, ValueError."""
    import pooch
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    class Bar:
        """A rich progress bar as pooch wants one."""

        total = 0

        def update(self, size: int) -> None:
            progress.update(task, advance=size, total=self.total)

        def reset(self) -> None:
            progress.reset(task)

        def close(self) -> None:
            progress.stop()

    pooch.get_logger().setLevel("ERROR")
    path.parent.mkdir(parents=True, exist_ok=True)
    words = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*words, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task(path.name, total=None)
        loader = pooch.HTTPDownloader(progressbar=Bar(), timeout=30)
        pooch.retrieve(address, known_hash=f"sha256:{sha256}", fname=path.name, path=path.parent, downloader=loader)


def _is_whole() -> bool:
    """Whether the file that is here is MNIST; its checksum does not matter, its arrays do."""
    from nnviz.data import DataError, load
    from nnviz.spec import DataSpec

    try:
        load(DataSpec.model_validate({"name": "mnist", "train": 1, "test": 0}))
    except DataError:
        return False
    return True


def _reason(error: Exception) -> str:
    """A network's excuse in a few words: the libraries below quote each other at length."""
    import requests

    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.ConnectionError):
        return "no connection; is this machine online?"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke off"
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server says {error.response.status_code} {error.response.reason}"
    if isinstance(error, ValueError) and "hash" in str(error):
        return "what came is not the file that was expected (another checksum)"
    return str(getattr(error, "strerror", None) or error)


def _list_sets(home: Path) -> list[dict[str, Any]]:
    """Every set: its name, what it is, and whether it can be trained on here and now."""
    from nnviz.data import DATASETS, mnist

    tables = len(list((home / "tables").glob("*.csv")))
    here = {"table": tables > 0, "mnist": mnist.find() is not None}
    return [
        {
            "name": name, "title": one.title, "problem": one.problem, "classes": list(one.classes),
            "present": here.get(name, True), "about": one.about,
        }
        for name, one in DATASETS.items()
    ]  # fmt: skip


def _print_table(found: list[dict[str, Any]]) -> None:
    from rich.table import Table

    missing = {"mnist": "no: nnviz data get mnist", "table": "no: nnviz data add FILE.csv"}
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for title in ("name", "what", "problem", "classes", "here"):
        table.add_column(title, no_wrap=True)
    for one in found:
        counts = [count for count in one["classes"] if count]
        classes = "–" if not counts else f"{counts[0]} to {counts[-1]}" if len(counts) > 1 else str(counts[0])
        table.add_row(
            one["name"], one["title"], one["problem"], classes, "yes" if one["present"] else missing[one["name"]]
        )
    console().print(table)
