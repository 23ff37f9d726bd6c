"""Tells those who look at the table of runs which machines the cluster has, and what they have to do."""

from __future__ import annotations

import asyncio
from typing import Any

from nnviz.web.services import Services

EVERY = 1.0
"""Seconds between two looks."""


async def tell_nodes(here: Services) -> None:
    """Until cancelled: at once to those who come, to the others where something has changed. Ends without a cluster."""
    told: dict[Any, dict[str, Any]] = {}
    while (places := here.engine.places()) is not None:
        looking = [viewer for viewer in here.hub.viewers if viewer.table]
        for viewer in looking:
            if told.get(viewer) != places:
                viewer.say({"event": "cluster", **places})
        told = dict.fromkeys(looking, places)
        await asyncio.sleep(EVERY)
