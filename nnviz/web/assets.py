"""What the browser loads beside the page: plotly.js from the installed package, and our own scripts."""

from __future__ import annotations

import asyncio
import gzip
import importlib.util
import os
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

OWN = Path(__file__).resolve().parent / "static"
WEEK = "public, max-age=604800"
FOREVER = "public, max-age=31536000, immutable"


def asset_routes() -> list[BaseRoute]:
    """`/nnviz-assets/plotly.min.js` (kept long; with ?v= for ever) and `/nnviz-assets/js/<file>` (asked for anew)."""
    return [Route("/nnviz-assets/plotly.min.js", _plotly), Mount("/nnviz-assets/js", _OwnScripts(directory=OWN))]


@cache
def plotly_file() -> Path:
    """plotly.min.js of the installed package; found without importing it, which takes half a second."""
    spec = importlib.util.find_spec("plotly")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("plotly is not installed")
    return Path(spec.submodule_search_locations[0]) / "package_data" / "plotly.min.js"


@cache
def _compressed() -> bytes:
    """Once for all: Streamlit's middleware would compress the 4.5 MB again for every visitor."""
    return gzip.compress(plotly_file().read_bytes(), compresslevel=3, mtime=0)


async def _plotly(request: Request) -> Response:
    headers = {"Cache-Control": FOREVER if "v" in request.query_params else WEEK, "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return FileResponse(plotly_file(), media_type="text/javascript", headers=headers)
    body = await asyncio.to_thread(_compressed)
    return Response(body, media_type="text/javascript", headers={**headers, "Content-Encoding": "gzip"})


class _OwnScripts(StaticFiles):
    """Our modules change with the version, so the browser asks each time; the ETag makes that a 304."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = "no-cache"
        return response
