"""The command line: `nnviz`, which is `nnviz serve`, and its sisters. A command imports what it needs when it runs."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnviz.commands import data, runs
from nnviz.commands.bench import bench
from nnviz.commands.train import train
from nnviz.web.settings import HOME_VARIABLE, WORKERS_VARIABLE, site_root

if TYPE_CHECKING:
    from streamlit import App

cli = typer.Typer(
    name="nnviz",
    help="Watch neural networks learn, live in the browser. Without a command: serve.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Host = Annotated[str, typer.Option(help="Address to listen on. Beyond this machine: 0.0.0.0, at your own risk.")]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="Port; without it 8501 or the next one that is free.")]
Workers = Annotated[int | None, typer.Option(min=1, max=256, help="Runs that train at once; without it, one a core.")]
Home = Annotated[
    Path | None, typer.Option(help=f"Where runs and data are kept; else {HOME_VARIABLE}, else the user's data folder.")
]
Browser = Annotated[bool, typer.Option("--browser/--no-browser", help="Open the dashboard in the browser.")]


# --- serve ------------------------------------------------------------------------------------------------------------


@cli.callback(invoke_without_command=True)
def nnviz(
    context: typer.Context,
    host: Host = "127.0.0.1",
    port: Port = None,
    workers: Workers = None,
    home: Home = None,
    browser: Browser = True,
) -> None:
    """Watch neural networks learn, live in the browser. Without a command: serve."""
    if context.invoked_subcommand is None:
        serve(host, port, workers, home, browser)


@cli.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = None,
    workers: Workers = None,
    home: Home = None,
    browser: Browser = True,
) -> None:
    """Serve the dashboard until Ctrl-C. A home that is in use or not writable: exit code 4."""
    from uvicorn.config import LOGGING_CONFIG

    if home is not None:
        os.environ[HOME_VARIABLE] = str(home.expanduser().absolute())
    if workers is not None:
        os.environ[WORKERS_VARIABLE] = str(workers)
    LOGGING_CONFIG["loggers"]["uvicorn"]["level"] = "WARNING"
    # App.run takes the settings beside the program that was started, and hides our options from the pages.
    sys.argv = [str(site_root() / "app.py")]
    app = _application()
    options: dict[str, object] = {"server.address": host, "logger.hideWelcomeMessage": True}
    if port is not None:
        options["server.port"] = port  # one that was asked for is not replaced by the next one that is free
    threading.Thread(target=_greet, args=(host, browser), name="greeting", daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how a server ends; everything is closed by then
        app.run(config=options)


def _application() -> App:
    """`app` of app.py, in the checkout or in the installed package."""
    import importlib

    sys.path.insert(0, str(site_root()))
    app: App = importlib.import_module("app").app
    return app


def _greet(host: str, browser: bool) -> None:
    """Say where the dashboard is, once it is there, and show it."""
    from nnviz.web.services import ready, services

    ready.wait()
    from streamlit import cli_util, config

    name = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, f"[{host}]" if ":" in host else host)
    url = f"http://{name}:{config.get_option('server.port')}"
    typer.echo(f"nnviz is at {url}\nIts runs are kept in {services().home}. Ctrl-C ends it.")
    has_screen = sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if browser and has_screen:
        cli_util.open_browser(url)


# --- the other commands -----------------------------------------------------------------------------------------------

cli.command()(train)
cli.add_typer(runs.cli, name="runs")
cli.add_typer(data.cli, name="data")
cli.command()(bench)


def main() -> None:
    """The `nnviz` program."""
    cli()


if __name__ == "__main__":
    main()
