"""`nnviz cluster`: the parts of a cluster, each a program of its own, or a whole one on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nnviz.commands.common import BAD_INPUT, FAULT, Home, fail, home_of, say
from nnviz.ports import free_port

if TYPE_CHECKING:
    from nnviz.engine.cluster.settings import ClusterSettings

cli = typer.Typer(help="Train on several machines: a scheduler, and a node on each of them.", no_args_is_help=True)

Address = Annotated[
    str, typer.Argument(metavar="ADDRESS", help="The scheduler's: tcp://HOST:PORT, or tls:// with TLS.")
]
Cluster = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Train on this cluster: the address of its scheduler.")
]
Ca = Annotated[Path | None, typer.Option("--tls-ca", help="PEM file of the authority of the cluster's certificates.")]
Cert = Annotated[Path | None, typer.Option("--tls-cert", help="PEM file of the certificate shown to the others.")]
Key = Annotated[Path | None, typer.Option("--tls-key", help="PEM file of that certificate's key.")]
Host = Annotated[
    str | None, typer.Option(help="Address of this machine that the others use; else the one by which it reaches them.")
]
OPEN = (
    "warning: without --tls-ca, --tls-cert and --tls-key everybody who reaches this address can run programs here; "
    "use it on a private network only"
)


def cluster_settings(
    address: str | None, ca: Path | None, cert: Path | None, key: Path | None
) -> ClusterSettings | None:
    """The cluster of the options, else of the environment; None: this machine alone. A bad one ends the command."""
    from nnviz.engine.cluster.settings import ClusterError, ClusterSettings, from_environment

    try:
        return from_environment() if address is None else ClusterSettings(address, ca, cert, key)
    except ClusterError as error:
        fail(str(error), BAD_INPUT)


def cluster_to_environment(address: str | None, ca: Path | None, cert: Path | None, key: Path | None) -> None:
    """For the server that this process becomes; a bad one ends the command."""
    if address is None and not any((ca, cert, key)):
        return
    if address is None:
        fail("--tls-ca, --tls-cert, --tls-key: they are for --cluster", BAD_INPUT)
    from nnviz.engine.cluster.settings import to_environment

    to_environment(_settings(address, ca, cert, key))


def _settings(address: str, ca: Path | None, cert: Path | None, key: Path | None) -> ClusterSettings:
    found = cluster_settings(address, ca, cert, key)
    assert found is not None
    return found


@cli.command()
def scheduler(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0: for other machines.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0: one that is free.")] = 8786,
    ca: Ca = None,
    cert: Cert = None,
    key: Key = None,
) -> None:
    """Keep the list of nodes until Ctrl-C: one for the whole cluster (dask's own scheduler)."""
    settings = _settings(f"{'tls' if ca else 'tcp'}://{host}:{port}", ca, cert, key)
    if ca is None and not host.startswith("127."):
        say(OPEN)
    _run(_serve_scheduler(settings, host, port))


async def _serve_scheduler(settings: ClusterSettings, host: str, port: int) -> None:
    from distributed import Scheduler

    from nnviz.engine.cluster.settings import quieten

    quieten()
    keeper = Scheduler(
        host=host, port=port, protocol=f"{settings.address.partition('://')[0]}://", security=settings.security(),
        dashboard=False, dashboard_address="127.0.0.1:0",
    )  # fmt: skip
    async with keeper:
        typer.echo(f"The cluster's scheduler is at {keeper.address}. Ctrl-C ends it.")
        await keeper.finished()


@cli.command()
def node(
    context: typer.Context,
    address: Address,
    name: Annotated[str | None, typer.Option(help="Of this node; else the machine's. Each has its own.")] = None,
    host: Host = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port for the apps; 0: one that is free.")] = 0,
    announce: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Where the apps reach it, behind a port that is forwarded.")
    ] = None,
    ca: Ca = None,
    cert: Cert = None,
    key: Key = None,
    home: Home = None,
) -> None:
    """Train the runs of a cluster on this machine until Ctrl-C. MNIST is read from its own data folder (`nnviz data get
    mnist`); what visitors upload is sent along."""
    from nnviz.engine.cluster.settings import ClusterError

    settings = _settings(address, ca, cert, key)
    called = name or socket.gethostname()
    if not called.replace("-", "").replace("_", "").replace(".", "").isalnum():
        fail(f"--name: allowed are letters, digits, - _ and . (given: {called!r})", BAD_INPUT)
    if ca is None and not address.startswith("tcp://127."):
        say(OPEN)
    folder = home_of(context, home) / "nodes" / called
    try:
        _run(_serve_node(settings, called, folder, host, port, announce))
    except ClusterError as error:
        fail(str(error), BAD_INPUT)


async def _serve_node(
    settings: ClusterSettings, name: str, folder: Path, host: str | None, port: int, announce: str | None
) -> None:
    from nnviz.engine.cluster.node import Node

    await Node(name, folder, _print).serve(settings, host, port, announce)


def _print(line: str) -> None:
    with contextlib.suppress(OSError):
        typer.echo(line)
        sys.stdout.flush()


@cli.command()
def local(
    context: typer.Context,
    nodes: Annotated[int, typer.Argument(min=1, max=16, help="How many nodes.")] = 2,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The scheduler's port; 0: one that is free.")] = 8786,
    home: Home = None,
) -> None:
    """A whole cluster on this machine, to try it: a scheduler and nodes, each a process of its own, until Ctrl-C."""
    port = port or free_port()
    address = f"tcp://127.0.0.1:{port}"
    _settings(address, None, None, None)
    place = home_of(context, home)
    programs = [["cluster", "scheduler", "--port", str(port)]]
    programs += [
        ["cluster", "node", address, "--name", f"node-{n}", "--home", str(place), "--host", "127.0.0.1"]
        for n in range(1, nodes + 1)
    ]
    # A session of their own: the terminal's Ctrl-C is ours to hand on.
    running = [
        subprocess.Popen([sys.executable, "-m", "nnviz.cli", *words], start_new_session=True) for words in programs
    ]
    typer.echo(f"Train on it with --cluster {address}, for example: nnviz --cluster {address}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    code = 0
    try:
        while all(program.poll() is None for program in running):
            with contextlib.suppress(subprocess.TimeoutExpired):
                running[0].wait(0.5)
        code = FAULT
        say("a part of the cluster has ended, and the others with it")
    except KeyboardInterrupt:
        pass
    finally:
        for program in running:
            program.terminate()
        for program in running:
            program.wait()
    raise typer.Exit(code)


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Until Ctrl-C or SIGTERM, or until whoever started us is gone."""

    async def bounded() -> None:
        task = asyncio.create_task(work)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    try:
        asyncio.run(bounded())
    except OSError as error:
        fail(f"cannot listen or write: {error}", FAULT)
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
    os._exit(0)  # dask's threads are not waited for
