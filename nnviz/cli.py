"""The command line: `nnviz`, which is `nnviz serve`, and its sisters. A command imports what it needs when it runs."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnviz.commands import cluster as cluster_commands
from nnviz.commands import data, runs
from nnviz.commands.bench import bench
from nnviz.commands.cluster import Ca, Cert, Cluster, Key, cluster_to_environment
from nnviz.commands.common import BAD_INPUT, fail
from nnviz.commands.export import export
from nnviz.commands.reproduce import recipes, reproduce
from nnviz.commands.sweep import sweep
from nnviz.commands.train import train
from nnviz.web.hosts import host_name, is_loopback
from nnviz.web.settings import (
    HOME_VARIABLE,
    HOSTS_VARIABLE,
    TOKEN_VARIABLE,
    WORKERS_VARIABLE,
    SettingError,
    access_token,
    allowed_hosts,
    site_root,
)

if TYPE_CHECKING:
    from streamlit import App

cli = typer.Typer(
    name="nnviz",
    help="Watch neural networks learn, live in the browser. Without a command: serve.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Host = Annotated[
    str, typer.Option(help="Address to listen on. For other machines, too: 0.0.0.0; they are asked for a token.")
]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="Port; without it 8501 or the next one that is free.")]
Workers = Annotated[
    int | None, typer.Option(min=1, max=256, help="The most runs that train at once; else as many as the memory holds.")
]
Home = Annotated[
    Path | None, typer.Option(help=f"Where runs and data are kept; else {HOME_VARIABLE}, else the user's data folder.")
]
AllowHost = Annotated[
    list[str] | None,
    typer.Option(help=f"A name that the server answers to beside its own; may be repeated. Else {HOSTS_VARIABLE}."),
]
Token = Annotated[
    str | None,
    typer.Option(help=f"What a visitor's link must carry; else {TOKEN_VARIABLE}, else made where --host is open."),
]
NoToken = Annotated[bool, typer.Option("--no-token", help="Ask nobody for a token, also where --host is open.")]
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
    allow_host: AllowHost = None,
    token: Token = None,
    no_token: NoToken = False,
    cluster: Cluster = None,
    tls_ca: Ca = None,
    tls_cert: Cert = None,
    tls_key: Key = None,
) -> None:
    """Watch neural networks learn, live in the browser. Without a command: serve."""
    if context.invoked_subcommand is None:
        serve(host, port, workers, home, browser, allow_host, token, no_token, cluster, tls_ca, tls_cert, tls_key)


@cli.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = None,
    workers: Workers = None,
    home: Home = None,
    browser: Browser = True,
    allow_host: AllowHost = None,
    token: Token = None,
    no_token: NoToken = False,
    cluster: Cluster = None,
    tls_ca: Ca = None,
    tls_cert: Cert = None,
    tls_key: Key = None,
) -> None:
    """Serve the dashboard until Ctrl-C. A home that is in use or not writable: exit code 4."""
    from uvicorn.config import LOGGING_CONFIG

    if home is not None:
        os.environ[HOME_VARIABLE] = str(home.expanduser().absolute())
    if workers is not None:
        os.environ[WORKERS_VARIABLE] = str(workers)
    if allow_host:
        os.environ[HOSTS_VARIABLE] = ",".join(allow_host)
    _set_token(host, token, no_token)
    cluster_to_environment(cluster, tls_ca, tls_cert, tls_key)
    try:
        allowed_hosts()
        access_token()
    except SettingError as error:  # said at once; where another way of starting brings it, the lifespan says it
        fail(str(error), BAD_INPUT)
    LOGGING_CONFIG["loggers"]["uvicorn"]["level"] = "WARNING"
    # App.run takes the settings beside the program that was started, and hides our options from the pages.
    sys.argv = [str(site_root() / "app.py")]
    app = _application()
    options: dict[str, object] = {"server.address": host}
    if port is not None:
        options["server.port"] = port  # one that was asked for is not replaced by the next one that is free
    threading.Thread(target=_greet, args=(browser,), name="greeting", daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how a server ends; everything is closed by then
        app.run(config=options)


def _application() -> App:
    """`app` of app.py, in the checkout or in the installed package."""
    import importlib

    sys.path.insert(0, str(site_root()))
    app: App = importlib.import_module("app").app
    return app


def _set_token(host: str, token: str | None, no_token: bool) -> None:
    """Where other machines can come in they are asked for a token, unless it is said that they are not to be."""
    if no_token and token is not None:
        fail("--token and --no-token: choose one", BAD_INPUT)
    if no_token:
        os.environ.pop(TOKEN_VARIABLE, None)
    elif token is not None:
        os.environ[TOKEN_VARIABLE] = token
    elif not is_loopback(host_name(host) or host) and not os.environ.get(TOKEN_VARIABLE):
        os.environ[TOKEN_VARIABLE] = secrets.token_urlsafe(18)


def _greet(browser: bool) -> None:
    """Say where the dashboard is, once it is there, and show it."""
    from nnviz.web.entrance import entrance
    from nnviz.web.services import ready, services

    ready.wait()
    from streamlit import cli_util

    here = entrance()
    typer.echo(f"{here.words}\nIts runs are kept in {services().home}. Ctrl-C ends it.")
    has_screen = sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if browser and has_screen:
        cli_util.open_browser(here.own_link)


# --- the other commands -----------------------------------------------------------------------------------------------

cli.command()(train)
cli.command()(sweep)
cli.command()(recipes)
cli.command()(reproduce)
cli.add_typer(runs.cli, name="runs")
cli.command()(export)
cli.add_typer(data.cli, name="data")
cli.command()(bench)
cli.add_typer(cluster_commands.cli, name="cluster")


def main() -> None:
    """The `nnviz` program."""
    cli()


if __name__ == "__main__":
    main()
