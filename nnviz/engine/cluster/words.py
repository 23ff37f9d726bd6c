"""What is wrong with a cluster on which nothing can be trained, for whoever waits for it."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnviz.engine.cluster.link import NodeState


def why(error: BaseException) -> str:
    """Why there is no connection; dask's own words tell of its methods."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, ssl.SSLError):
            return f"its certificate and --tls-ca do not match: {found.reason or found}"
        last, found = found, found.__cause__ or found.__context__
    return str(last) or type(last).__name__


def state(node: NodeState) -> str:
    """Of one node."""
    if node.refused:
        return node.refused
    if not node.connected:
        return "does not answer"
    return "ready" if node.ready else "starting"


def problem(nodes: Sequence[NodeState], scheduler: str | None) -> str:
    """One line. `scheduler`: why that does not answer; None: it does."""
    refused = [node.refused for node in nodes if node.refused]
    if refused:
        return "; ".join(refused)
    if any(node.connected for node in nodes):
        return "its nodes are starting"
    if scheduler is not None:
        return scheduler
    if nodes:
        return f"its nodes do not answer: {', '.join(f'{node.name} at {node.address}' for node in nodes)}"
    return "it has no nodes yet; start one with: nnviz cluster node ADDRESS"
