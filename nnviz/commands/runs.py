"""`nnviz runs`: what is recorded in the home."""

from __future__ import annotations

import json
from collections import Counter
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
    number,
    open_store,
    print_json,
)

if TYPE_CHECKING:
    from nnviz.store.groups import GroupRow
    from nnviz.store.runs import RunRow
    from nnviz.store.store import Store

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
        runs = [(row.created, describe(row, store)) for row in store.list_runs(limit=limit)]
        groups = [(row.created, describe_group(row, store)) for row in store.groups.newest(limit)]
        found = [words for _, words in sorted([*runs, *groups], key=lambda one: one[0], reverse=True)[:limit]]
    if as_json:
        for run in found:
            print_json(run)
    elif found:
        _print_table(found)
    else:
        console().print(f"No runs are recorded in {place} yet.")


@cli.command()
def show(context: typer.Context, run: RunId, as_json: AsJson = False, home: Home = None) -> None:
    """Show all about a run but its curves, or a group with its runs. A run's specification goes to `nnviz train -` to
    train it again."""
    from nnviz.store.groups import GroupRow

    with open_store(home_of(context, home)) as store:
        row = _find(store, run)
        if isinstance(row, GroupRow):
            members = [store.get_run(member) for member in store.groups.members(row.id)]
            shown = {**describe_group(row, store), "runs": [describe(one, store) for one in members if one]}
            typer.echo(json.dumps(shown, indent=None if as_json else 2, ensure_ascii=False))
            return
        found = {**describe(row, store), "versions": row.versions, "notes": row.notes, "result": row.result}
        found["spec"] = row.raw_spec
    if as_json:
        print_json(found)
    else:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))


@cli.command()
def delete(context: typer.Context, run: RunId, home: Home = None) -> None:
    """Delete a run with its curves and its film, or a group with all its runs, for ever. A group keeps its
    other runs."""
    from nnviz.store.groups import GroupRow

    with open_store(home_of(context, home)) as store:
        row = _find(store, run)
        if isinstance(row, GroupRow):
            _delete_group(row, store)
            return
        group = None if row.group is None else store.groups.get(row.group)
        if group is not None and (group.unfinished or group.grows):
            fail(f"run {row.id} belongs to the group {group.id}, which is under way; end that first", BAD_INPUT)
        if not row.is_over:
            fail(f"run {row.id} is {row.status}; end it first", BAD_INPUT)
        if group is not None and group.runs == 1:
            store.delete_group(group.id)
        else:
            store.delete_run(row.id)
        if not store.flush():
            fail(f"run {row.id} could not be deleted: {store.problem}", 1)
    left = "" if group is None else f" of the group {group.id}, which has {group.runs - 1:,} left"
    typer.echo(f"Deleted run {row.id}{left}.")


def describe(row: RunRow, store: Store) -> dict[str, Any]:
    """What the list has of a run: plain values, None where there is none."""
    from nnviz.jobs import DEFAULT, job_name

    spec, progress = row.spec, store.progress(row.id)
    return {
        "run": row.id,
        "status": row.status,
        "data": spec.subject if spec else None,
        "network": spec.words if spec else None,
        **({"job": job_name(row.raw_spec)} if job_name(row.raw_spec) != DEFAULT else {}),
        "epochs": progress.epoch,
        "seconds": progress.seconds,
        "loss": progress.loss,
        "val_loss": progress.val_loss,
        "best_val_loss": progress.best_val_loss,
        "created": datetime.fromtimestamp(row.created).astimezone().isoformat(timespec="seconds"),
    }


def describe_group(row: GroupRow, store: Store) -> dict[str, Any]:
    """What the list has of a group: its statuses counted."""
    members = [store.get_run(run) for run in store.groups.members(row.id)]
    statuses = Counter(member.status for member in members if member)
    return {
        "group": row.id,
        "title": row.title,
        "size": row.runs,
        "statuses": dict(statuses),
        "created": datetime.fromtimestamp(row.created).astimezone().isoformat(timespec="seconds"),
    }


def _delete_group(row: GroupRow, store: Store) -> None:
    if row.unfinished:
        fail(f"group {row.id} has {row.unfinished} runs that have not ended; end them first", BAD_INPUT)
    store.delete_group(row.id)
    if not store.flush():
        fail(f"group {row.id} could not be deleted: {store.problem}", 1)
    typer.echo(f"Deleted group {row.id} with its {row.runs} runs.")


def _find(store: Store, start: str) -> RunRow | GroupRow:
    """The run or group of that id, else the only one whose id starts so."""
    fits = [start] if store.get_run(start) or store.groups.get(start) else store.find(start) if start else []
    found = (store.get_run(fits[0]) or store.groups.get(fits[0])) if len(fits) == 1 else None
    if found is None:
        why = "several start so; give more letters" if fits else "there is no such run"
        fail(f"run {start}: {why}", BAD_INPUT)
    return found


def find_run(store: Store, start: str) -> RunRow:
    """The run of that id, else the only one whose id starts so; of a group, which has many, none."""
    from nnviz.store.groups import GroupRow

    found = _find(store, start)
    if isinstance(found, GroupRow):
        fail(f"{start}: a group of {found.runs} runs; name one of them (`nnviz runs show {start}`)", BAD_INPUT)
    return found


def _unknown(run: dict[str, Any]) -> str:
    """What stands for the words of a specification that cannot be read."""
    from nnviz.jobs import DEFAULT, JOBS

    job = run.get("job", DEFAULT)
    return "of another version" if job in JOBS else f"{job[:30]}: no job of this version"


def _print_table(found: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for title in ("run", "data", "network", "status"):
        table.add_column(title, no_wrap=True)
    for title in ("epochs", "seconds", "val. loss", "best"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("created", no_wrap=True)
    for run in found:
        if "group" in run:
            words = ", ".join(f"{count} {status}" for status, count in run["statuses"].items())
            title = run["title"] or "a group"
            created = run["created"][:16].replace("T", " ")
            table.add_row(run["group"], f"{run['size']} runs", title[:40], words, "", "", "", "", created)
            continue
        epochs = "–" if run["epochs"] is None else f"{run['epochs']:,.4g}"
        seconds = "–" if run["seconds"] is None else f"{run['seconds']:.1f}"
        table.add_row(
            run["run"], run["data"] or "?", run["network"] or _unknown(run), run["status"], epochs, seconds,
            number(run["val_loss"]), number(run["best_val_loss"]), run["created"][:16].replace("T", " "),
        )  # fmt: skip
    console().print(table)
