"""Networks of equal size side by side, as the Approximation room shows them: POST /nnviz/equals, how far a group is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from nnviz.approximation.equals import Curve, words
from nnviz.approximation.spec import ApproximationSpec
from nnviz.events import Frame, decode_frame, finite
from nnviz.statuses import STATUSES
from nnviz.web.group_runs import find_group
from nnviz.web.json_errors import BAD, MISSING, Problem, asked, json_errors
from nnviz.web.message import RunId
from nnviz.web.services import Services, services

MAX_BODY = 1024
MOST = 300
"""Points of a curve on the page."""
VIEW = "approximation"


class Ask(BaseModel):
    """A group of runs of the job `approximation`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    group: RunId


def equals_routes() -> list[BaseRoute]:
    return [Route("/nnviz/equals", json_errors(ask_equals), methods=["POST"])]


async def ask_equals(request: Request) -> Response:
    """JSON: `_board`, computed once for all who watch, as long as nothing has happened."""
    body, here = await asked(request, Ask, MAX_BODY), services()
    group = await find_group(here, body.group)
    if group is None:
        raise Problem(MISSING, "group", "group: there are no such runs; were they deleted?")
    live = {run: (member.status, member.columns.to_json()) for run, member in group.members().items()}
    state = ("over", *group.runs) if group.over else (id(group), group.version)
    board = await here.compute.result(("equals", group.id, state), lambda: _board(here, live, group.over))
    return Response(board, media_type="application/json")


def _board(here: Services, live: Mapping[str, tuple[str, Mapping[str, list[float | None]]]], over: bool) -> bytes:
    """{members: [{run, layers, parameters, status, words, epoch, losses: [training, validation], inside, outside,
    x, y (epochs and validation losses), output}], x, target, samples: [x, y], domain, words, over, spec (of the first
    one)}. output: what the network says at the places x, null before there is a picture."""
    here.store.flush()
    members: list[dict[str, Any]] = []
    curves: list[Curve] = []
    shared: dict[str, Any] = {"x": None, "target": None, "samples": None, "domain": None}
    specs = []
    for run, (status, columns) in live.items():
        row = here.store.get_run(run)
        if row is None or not isinstance(row.spec, ApproximationSpec):
            raise Problem(BAD, "group", "group: these are no runs of the Approximation room")
        spec, frame = row.spec, _newest(here, run)
        specs.append(spec)
        epochs, losses = columns.get("epoch") or [], columns.get("val_loss") or []
        curves.append(Curve(spec.layers, epochs, losses, status == "diverged"))
        keep = sorted({round(float(i)) for i in np.linspace(0, len(epochs) - 1, MOST)}) if epochs else []
        last = {name: values[-1] if values else None for name, values in columns.items()}
        members.append({
            "run": run, "layers": spec.layers, "parameters": spec.parameters, "status": status,
            "words": STATUSES.get(status, status), "epoch": last.get("epoch"),
            "losses": [last.get("loss"), last.get("val_loss")],
            "x": [epochs[i] for i in keep], "y": [losses[i] for i in keep],
            "inside": None if frame is None else frame.meta["inside"],
            "outside": None if frame is None else frame.meta["outside"],
            "output": None if frame is None else frame.arrays["output"].tolist(),
        })  # fmt: skip
        if frame is not None:
            shared = {name: frame.arrays[name].tolist() for name in ("x", "target", "samples")}
            shared["domain"] = frame.meta["domain"]
    told = {**shared, "members": members, "words": words(curves), "over": over,
            "spec": specs[0].model_dump(mode="json")}  # fmt: skip
    return json.dumps(finite(told), separators=(",", ":"), allow_nan=False).encode()


def _newest(here: Services, run: str) -> Frame | None:
    """The last picture of a run that is kept."""
    found = here.store.find_frame(run, VIEW)
    data = None if found is None else here.store.frame(run, found[0])
    return None if data is None else decode_frame(data)
