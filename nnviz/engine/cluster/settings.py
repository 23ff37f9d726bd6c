"""Which cluster, and with which certificates: from the command line, or from the environment for every way to start."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from distributed.security import Security

CLUSTER_VARIABLE = "NNVIZ_CLUSTER"
CA_VARIABLE, CERT_VARIABLE, KEY_VARIABLE = "NNVIZ_TLS_CA", "NNVIZ_TLS_CERT", "NNVIZ_TLS_KEY"
INSTALL = 'a cluster needs dask.distributed: pip install ".[cluster]" in your copy of nnviz'


class ClusterError(ValueError):
    """A cluster that cannot be used; the message names the option and what is allowed."""


@dataclass(frozen=True)
class ClusterSettings:
    """The scheduler's address (tcp://HOST:PORT, or tls:// where there are certificates), and three PEM files: the
    authority that all certificates of this cluster are from, our own certificate, its key."""

    address: str
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None

    def __post_init__(self) -> None:
        """Raises ClusterError."""
        if importlib.util.find_spec("distributed") is None:
            raise ClusterError(INSTALL)
        files = {"--tls-ca": self.ca, "--tls-cert": self.cert, "--tls-key": self.key}
        missing = [name for name, file in files.items() if file is None]
        if missing and len(missing) < len(files):
            raise ClusterError(f"{', '.join(missing)}: TLS needs all three of {', '.join(files)}")
        for name, file in files.items():
            if file is not None and not file.is_file():
                raise ClusterError(f"{name}: there is no file {file}")
        allowed = "tls" if self.ca else "tcp"
        protocol, _, place = self.address.partition("://")
        host, _, port = place.rpartition(":")
        if protocol != allowed or not host or not port.isdecimal():
            why = "with" if self.ca else "without"
            raise ClusterError(
                f"--cluster: {self.address!r}; {why} --tls-ca, --tls-cert and --tls-key allowed is {allowed}://HOST:PORT"
            )

    def security(self) -> Security:
        """For every role in the cluster: who shows no certificate of this authority is not listened to."""
        from distributed.security import Security

        if self.ca is None:
            return Security(require_encryption=False)
        files = {"tls_ca_file": str(self.ca)}
        for role in ("client", "worker", "scheduler"):
            files |= {f"tls_{role}_cert": str(self.cert), f"tls_{role}_key": str(self.key)}
        return Security(require_encryption=True, **files)


def from_environment(environment: Mapping[str, str] = os.environ) -> ClusterSettings | None:
    """NNVIZ_CLUSTER with NNVIZ_TLS_CA, NNVIZ_TLS_CERT and NNVIZ_TLS_KEY; None: this machine alone. Raises
    ClusterError."""
    address = environment.get(CLUSTER_VARIABLE, "").strip()
    if not address:
        return None
    ca, cert, key = (environment.get(name) for name in (CA_VARIABLE, CERT_VARIABLE, KEY_VARIABLE))
    return ClusterSettings(address, *(Path(file).expanduser() if file else None for file in (ca, cert, key)))


def to_environment(settings: ClusterSettings) -> None:
    """For the server that this process is about to start."""
    os.environ[CLUSTER_VARIABLE] = settings.address
    for name, file in ((CA_VARIABLE, settings.ca), (CERT_VARIABLE, settings.cert), (KEY_VARIABLE, settings.key)):
        if file is not None:
            os.environ[name] = str(file.absolute())


def quieten() -> None:
    """dask tells of each connection; what is wrong is told by us. And its patience: a silent peer is given up after 12
    seconds, a start waits so long for the other side."""
    import logging

    import dask

    logging.getLogger("distributed").setLevel(logging.ERROR)
    logging.getLogger("tornado").setLevel(logging.ERROR)
    dask.config.set(
        {
            "distributed.comm.timeouts.tcp": "12s",
            "distributed.comm.timeouts.connect": "12s",
            "distributed.scheduler.worker-ttl": "30s",
            "distributed.scheduler.http.routes": [],
            "distributed.worker.http.routes": [],
            "distributed.admin.tick.limit": "60s",
            "distributed.admin.system-monitor.interval": "5s",
            "distributed.worker.profile.enabled": False,
        }
    )
