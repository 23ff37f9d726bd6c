"""What the commands share: options, JSON lines and tables, and how they end when they cannot go on."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from nnviz.store.store import Store

Home = Annotated[
    Path | None, typer.Option(help="Where runs and data are kept; else NNVIZ_HOME, else the user's data folder.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line instead of words.")]

BAD_INPUT, FAULT, HOME_UNUSABLE = 2, 1, 4
"""Exit codes, the same for every command."""


def home_of(context: typer.Context, home: Path | None) -> Path:
    """The --home of this command, or of one before it (`nnviz --home DIR runs`), else the default."""
    above: Any = context.parent
    while home is None and above is not None:
        home, above = above.params.get("home"), above.parent
    if home is not None:
        return home.expanduser()
    from nnviz.home import default_home

    return default_home()


@contextlib.contextmanager
def open_store(home: Path) -> Iterator[Store]:
    """The home's store; where it cannot be used, or cannot be read on, the command ends here."""
    import sqlite3

    from nnviz.home import HomeError
    from nnviz.store.store import Store

    try:
        with Store(home) as store:
            yield store
    except HomeError as error:
        fail(str(error), HOME_UNUSABLE)
    except sqlite3.Error as error:
        fail(str(error), HOME_UNUSABLE)


def say(text: str) -> None:
    """One line on standard error, whatever `text` holds."""
    line = " ".join(text.split())
    typer.echo("nnviz: " + "".join(c if c.isprintable() else repr(c)[1:-1] for c in line), err=True)


def fail(text: str, code: int) -> NoReturn:
    """Say what is wrong and end the command. Raises typer.Exit."""
    say(text)
    raise typer.Exit(code)


def print_json(value: dict[str, Any]) -> None:
    """One line, at once: whoever reads a pipe is not to wait for a buffer."""
    typer.echo(json.dumps(value, allow_nan=False))


def console() -> Console:
    """For tables on standard output; what is not a screen is not cut to the width of one."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 200)


def number(value: float | None) -> str:
    """Four digits, or a dash where there is none."""
    return "–" if value is None else f"{value:.4g}"


def percent(value: float | None) -> str:
    """Two places, or as many as tell it from 0 and 100 %: 59,999 of 60,000 are not 100.00 %."""
    if value is None:
        return "–"
    places = next((p for p in (2, 3, 4) if value in (0, 1) or 0 < float(f"{100 * value:.{p}f}") < 100), 4)
    return f"{100 * value:.{places}f} %"
