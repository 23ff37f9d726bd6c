"""What the rooms ask about how a network's numbers are spread: POST /nnviz/distributions."""

from __future__ import annotations

import json
from functools import cache

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from nnviz.analysis.distributions import distributions, forward, histogram, output_counts, sum_width
from nnviz.data import cached
from nnviz.events import encode_frame
from nnviz.formulas import mathml
from nnviz.layers.dense import dense
from nnviz.models.backward import descend
from nnviz.models.weights import flat_to_weights
from nnviz.source import code_of
from nnviz.spec import RunSpec
from nnviz.web.json_errors import BAD, Problem, asked, json_errors
from nnviz.web.message import RunId
from nnviz.web.questions import FRAME, JSON, MAX_QUESTION
from nnviz.web.services import services


class Asked(BaseModel):
    """A network, that of a run (at a step of its film) or the untrained one of a spec."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    run: RunId | None = None
    spec: RunSpec | None = None
    step: int | None = Field(None, ge=0, le=2**53)


def distribution_routes() -> list[BaseRoute]:
    return [
        Route("/nnviz/distributions", json_errors(ask_distributions), methods=["POST"]),
        Route("/nnviz/distributions/about", json_errors(about)),
    ]


async def ask_distributions(request: Request) -> Response:
    """A frame, view "distributions" (`nnviz.analysis.distributions`)."""
    body, here = await asked(request, Asked, MAX_QUESTION), services()
    network = await here.networks.asked(body.run, body.spec, body.step, points=True)
    if not network.spec.is_network:
        raise Problem(BAD, "run", "run: an SVM has neither layers nor weights that are drawn at random")
    start = await here.networks.begun(network)

    def make() -> bytes:
        before, now = (flat_to_weights(one.spec, one.read()["weights"]) for one in (start, network))
        data = cached(network.spec.data, here.home)
        return encode_frame(distributions(network.spec, data, before, now, network.step, network.epoch), "")

    # A weight that is changed by hand makes another network of the same step.
    changed = None if network.spec.data.is_image else hash(network.read()["weights"].tobytes())
    return Response(await here.compute.result(("distributions", network.key, changed), make), media_type=FRAME)


async def about(_: Request) -> Response:
    """JSON: formulas (name → MathML; a loss by its name), and codes: network and spread, each a list of `code_of`."""
    return Response(_about(), media_type=JSON)


@cache
def _about() -> bytes:
    from nnviz.models.dense_pass import DensePass  # it brings SciPy, which no server needs to start

    codes = {
        "network": [code_of(dense), code_of(descend), code_of(DensePass)],
        "spread": [code_of(part) for part in (output_counts, histogram, forward, sum_width)],
    }
    formulas = {name: mathml(latex) for name, latex in FORMULAS.items()}
    return json.dumps({"formulas": formulas, "codes": codes}, ensure_ascii=False).encode()


FORMULAS = {
    "half_squared_error": r"E = \frac{1}{2} \lVert y - t \rVert^2",
    "mean_squared_error": r"E = \frac{1}{n} \lVert y - t \rVert^2",
    "forward": r"z_l = W_l^{\top} a_{l-1} + b_l, \quad a_l = f(z_l)",
    "delta": r"\delta_L = \frac{\partial E}{\partial y} f'(z_L), \quad \delta_{l-1} = (W_l \delta_l) f'(z_{l-1})",
    "gradient": r"\frac{\partial E}{\partial W_l} = a_{l-1} \delta_l^{\top}, \quad "
    r"W_l \leftarrow W_l - \eta \frac{\partial E}{\partial W_l}",
    "width": r"\sigma_z = \sqrt{\sigma_w^2 \sum_{i=1}^{N} x_i^2 + \sigma_b^2}",
}
"""Of a network from scratch, and of the width of a sum, in LaTeX."""
