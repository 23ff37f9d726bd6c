"""The route of the figures: Plotly's JSON with places for a frame's arrays, which the pages' script fills."""

from __future__ import annotations

import inspect
import json
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Json, ValidationError, create_model
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from nnviz.figures import FIGURES
from nnviz.figures.theme import THEMES
from nnviz.web.json_errors import BAD, Problem, check, json_errors
from nnviz.web.messages import refusal

_STRICT = ConfigDict(extra="forbid", frozen=True)


class _Asked(BaseModel):
    model_config = _STRICT
    figure: str = Field(max_length=40)
    theme: Literal["light", "dark"] = "light"
    size: int = Field(12, ge=8, le=32)
    choices: Json[dict[str, Any]] = Field(default_factory=dict)


def figure_routes() -> list[BaseRoute]:
    return [Route("/nnviz/figure", json_errors(figure))]


async def figure(request: Request) -> Response:
    """GET ?figure=curves&theme=dark&size=12&choices={"what":"loss"}: the figure, its places empty."""
    asked = check(_Asked, dict(request.query_params))
    if asked.figure not in FIGURES:
        raise Problem(BAD, "figure", f"figure: allowed are {', '.join(FIGURES)} (given: {asked.figure!r})")
    body = _figure(asked.figure, asked.theme, asked.size, json.dumps(asked.choices, sort_keys=True))
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-cache"})


@lru_cache(maxsize=512)
def _figure(name: str, theme: Literal["light", "dark"], size: int, choices: str) -> bytes:
    model = _choices(name)
    try:
        chosen = model.model_validate_json(choices)
    except ValidationError as error:
        fault = refusal(error, model)
        raise Problem(BAD, fault.field, fault.message) from None
    made = FIGURES[name](THEMES[theme].sized(size), **dict(chosen))
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()


@lru_cache
def _choices(name: str) -> type[BaseModel]:
    """What a figure lets choose, checked: the keywords of its function with their types and defaults."""
    parameters = list(inspect.signature(FIGURES[name], eval_str=True).parameters.values())[1:]
    fields: dict[str, Any] = {p.name: (p.annotation, p.default) for p in parameters}
    return create_model(name, __config__=_STRICT, **fields)
