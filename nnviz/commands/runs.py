"""`nnviz runs`: what is recorded in the home."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nnviz.commands.common import (
    BAD_INPUT,
    AsJson,
    Home,
    console,
    fail,
    home_of,
    model_words,
    number,
    open_store,
    print_json,
)

if TYPE_CHECKING:
    from nnviz.runs import RunRow
    from nnviz.store import Store

cli = typer.Typer(help="List the recorded runs; show or delete one.", invoke_without_command=True)

Limit = Annotated[int, typer.Option(min=1, max=10_000, help="How many, the newest first.")]
RunId = Annotated[
    str, typer.Argument(metavar="ID", help="A run's id, or as many of its first letters as tell it from others.")
]


@cli.callback()
def runs(context: typer.Context, as_json: AsJson = False, limit: Limit = 20, home: Home = None) -> None:
    """List the recorded runs, the newest first; `show` or `delete` one."""
    if context.invoked_subcommand is not None:
        return
    place = home_of(context, home)
    with open_store(place) as store:
        found = [describe(row, store) for row in store.list_runs(limit=limit)]
    if as_json:
        for run in found:
            print_json(run)
    elif found:
        _print_table(found)
    else:
        console().print(f"No runs are recorded in {place} yet.")


@cli.command()
def show(context: typer.Context, run: RunId, as_json: AsJson = False, home: Home = None) -> None:
    """Show all about a run but its curves. Its specification goes to `nnviz train -` to train it again."""
    with open_store(home_of(context, home)) as store:
        row = _find(store, run)
        found = {**describe(row, store), "versions": row.versions, "notes": row.notes, "result": row.result}
        found["spec"] = row.raw_spec
    if as_json:
        print_json(found)
    else:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))


@cli.command()
def delete(context: typer.Context, run: RunId, home: Home = None) -> None:
    """Delete a run with its curves and its film, for ever."""
    with open_store(home_of(context, home)) as store:
        row = _find(store, run)
        if not row.is_over:
            fail(f"run {row.id} is {row.status}; end it first", BAD_INPUT)
        store.delete_run(row.id)
        if not store.flush():
            fail(f"run {row.id} could not be deleted: {store.problem}", 1)
    typer.echo(f"Deleted run {row.id}.")


def describe(row: RunRow, store: Store) -> dict[str, Any]:
    """What the list says of a run: plain values, None where there is none."""
    spec, progress = row.spec, store.progress(row.id)
    return {
        "run": row.id,
        "status": row.status,
        "data": spec.data.name if spec else None,
        "network": model_words(spec) if spec else None,
        "epochs": progress.epoch,
        "seconds": progress.seconds,
        "loss": progress.loss,
        "val_loss": progress.val_loss,
        "best_val_loss": progress.best_val_loss,
        "created": datetime.fromtimestamp(row.created).astimezone().isoformat(timespec="seconds"),
    }


def _find(store: Store, start: str) -> RunRow:
    """The run of that id, else the only one whose id starts so."""
    row = store.get_run(start)
    if row is not None:
        return row
    fits = [row for row in store.list_runs(limit=10_000) if start and row.id.startswith(start)]
    if len(fits) != 1:
        why = f"{len(fits)} runs start so; give more letters" if fits else "there is no such run"
        fail(f"run {start}: {why}", BAD_INPUT)
    return fits[0]


def _print_table(found: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for title in ("run", "data", "network", "status"):
        table.add_column(title, no_wrap=True)
    for title in ("epochs", "seconds", "val. loss", "best"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("created", no_wrap=True)
    for run in found:
        epochs = "–" if run["epochs"] is None else f"{run['epochs']:,.4g}"
        seconds = "–" if run["seconds"] is None else f"{run['seconds']:.1f}"
        table.add_row(
            run["run"], run["data"] or "?", run["network"] or "of another version", run["status"], epochs, seconds,
            number(run["val_loss"]), number(run["best_val_loss"]), run["created"][:16].replace("T", " "),
        )  # fmt: skip
    console().print(table)
