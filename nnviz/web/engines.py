"""The engine of a server: on this machine, or on the cluster that NNVIZ_CLUSTER names."""

from __future__ import annotations

import os
from pathlib import Path

from nnviz.engine.emitter import Listener
from nnviz.engine.local import LocalEngine
from nnviz.store.store import Store
from nnviz.web.settings import CLUSTER_VARIABLE, SettingError, workers


def make_engine(home: Path, listener: Listener, store: Store) -> LocalEngine:
    """Raises SettingError. Nothing of a cluster is imported where there is none."""
    if not os.environ.get(CLUSTER_VARIABLE, "").strip():
        return LocalEngine(home, listener, workers=workers())
    from nnviz.engine.cluster.settings import ClusterError, from_environment

    try:
        settings = from_environment()
    except ClusterError as error:
        raise SettingError(str(error)) from None
    from nnviz.engine.cluster.cluster_engine import recorded_engine

    assert settings is not None
    return recorded_engine(home, listener, settings, store, workers())
