"""A cluster whose parts show certificates: who has none of its authority is not listened to, and nothing is read."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from nnviz.engine.cluster.cluster_engine import ClusterEngine
from nnviz.engine.cluster.settings import ClusterError, ClusterSettings, from_environment
from tests.clusters import Cluster, wait_for_nodes
from tests.engines import SHORT, Ear, until


def certificate(authority: trustme.CA, folder: Path) -> tuple[Path, Path, Path]:
    """Files of the authority, of a certificate from it, and of its key."""
    folder.mkdir()
    files = folder / "ca.pem", folder / "cert.pem", folder / "key.pem"
    issued = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(files[0])
    issued.cert_chain_pems[0].write_to_path(files[1])
    issued.private_key_pem.write_to_path(files[2])
    return files


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    return certificate(trustme.CA(), tmp_path_factory.mktemp("certificates") / "ours")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, ours: tuple[Path, Path, Path]) -> Iterator[Cluster]:
    options = [f"--tls-{name}={file}" for name, file in zip(("ca", "cert", "key"), ours, strict=True)]
    with Cluster(tmp_path_factory.mktemp("nodes"), *options) as cluster:
        cluster.node("one")
        yield cluster


def test_a_run_goes_over_tls(cluster: Cluster, ours: tuple[Path, Path, Path], tmp_path: Path) -> None:
    ear = Ear()
    engine = ClusterEngine(tmp_path, ear, ClusterSettings(cluster.address, *ours), lambda _: True)
    try:
        wait_for_nodes(engine, "one")
        assert all(node.address.startswith("tls://") for node in engine.nodes)
        assert ear.end(engine.submit(SHORT, visitor="me"))["event"] == "finished"
        host, _, port = engine.nodes[0].address.removeprefix("tls://").rpartition(":")
        with socket.create_connection((host, int(port))) as plain:
            plain.sendall(b"no TLS, but a pickle perhaps\n" * 10)
            assert until_closed(plain)
    finally:
        engine.close()


def until_closed(plain: socket.socket) -> bool:
    """Whether the other side ends the conversation, with no more than an alert."""
    try:
        while plain.recv(4096):
            pass
    except ConnectionError:
        pass
    return True


def test_a_certificate_of_another_authority_opens_nothing(cluster: Cluster, tmp_path: Path) -> None:
    theirs = certificate(trustme.CA(), tmp_path / "theirs")
    engine = ClusterEngine(tmp_path, Ear(), ClusterSettings(cluster.address, *theirs), lambda _: True)
    try:
        until(lambda: "its certificate and --tls-ca do not match" in (engine.problem or ""))
        assert not engine.nodes
    finally:
        engine.close()


def test_what_is_wrong_with_the_options_is_said_in_words(ours: tuple[Path, Path, Path], tmp_path: Path) -> None:
    ca, cert, key = ours
    with pytest.raises(ClusterError, match=r"--tls-key: TLS needs all three of --tls-ca, --tls-cert, --tls-key"):
        ClusterSettings("tls://127.0.0.1:8786", ca, cert)
    with pytest.raises(ClusterError, match="--tls-cert: there is no file"):
        ClusterSettings("tls://127.0.0.1:8786", ca, tmp_path / "none.pem", key)
    with pytest.raises(ClusterError, match="without --tls-ca, --tls-cert and --tls-key allowed is tcp://HOST:PORT"):
        ClusterSettings("tls://127.0.0.1:8786")
    with pytest.raises(ClusterError, match="with --tls-ca, --tls-cert and --tls-key allowed is tls://HOST:PORT"):
        ClusterSettings("127.0.0.1:8786", *ours)
    assert from_environment({}) is None
    assert from_environment({"NNVIZ_CLUSTER": "tcp://127.0.0.1:1"}) == ClusterSettings("tcp://127.0.0.1:1")
