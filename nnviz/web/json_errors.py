"""What our own HTTP routes share: how much may be asked, and every fault as JSON. Who may ask is the guard's matter.

A fault is JSON, {"field", "message"}, with a status that says
whose it is; what went wrong inside goes to the log and never over the wire.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from nnviz.data import DataError, DataMissing
from nnviz.faults import StoreError
from nnviz.web.messages import Refusal, refusal

logger = logging.getLogger("nnviz.web")
BAD, FORBIDDEN, MISSING, TOO_SLOW, TOO_LARGE, BUSY, FAULT = 400, 403, 404, 408, 413, 503, 500
BODY_SECONDS = 30
"""Two megabytes on a slow line take less; who sends a byte a minute does not hold a connection for ever."""
Endpoint = Callable[[Request], Awaitable[Response]]
Asked = TypeVar("Asked", bound=BaseModel)


class Problem(Exception):  # noqa: N818  (it is sent as an answer, too)
    """A question that is not answered: the status, the field that is at fault (None: the whole), a sentence."""

    def __init__(self, status: int, field: str | None, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.field, self.message, self.headers = status, field, message, headers

    def response(self) -> JSONResponse:
        return JSONResponse({"field": self.field, "message": self.message}, self.status, self.headers)


def json_errors(function: Endpoint) -> Endpoint:
    """An endpoint whose faults are told as JSON."""

    async def endpoint(request: Request) -> Response:
        try:
            return await function(request)
        except Problem as problem:
            return problem.response()
        except Refusal as fault:
            return Problem(BAD, fault.field, fault.message).response()
        except DataError as fault:
            status = MISSING if isinstance(fault, DataMissing) else BAD
            return Problem(status, "data", str(fault)).response()
        except StoreError as fault:
            return Problem(BUSY, None, str(fault)).response()
        except ClientDisconnect:
            return Response(status_code=BAD)  # nobody is there to read it
        except Exception:
            logger.exception("a question to %s", request.url.path)
            return Problem(FAULT, None, "the server failed at this question; its log says why").response()

    return endpoint


async def asked(request: Request, model: type[Asked], limit: int) -> Asked:
    """The body of a POST: one JSON object, a `model`, of at most `limit` bytes. Raises Problem."""
    try:
        value = json.loads(await _body(request, limit))
    except (ValueError, RecursionError):
        raise Problem(BAD, None, "the body must be JSON") from None
    return check(model, value)


def check(model: type[Asked], value: Any) -> Asked:
    """`value` as a `model`. Raises Problem, which names the first field at fault."""
    if not isinstance(value, dict):
        raise Problem(BAD, None, "the body must be a JSON object")
    try:
        return model.model_validate(value)
    except ValidationError as error:
        fault = refusal(error, model)
        raise Problem(BAD, fault.field, fault.message) from None
    except RecursionError:
        raise Problem(BAD, None, "the body must not be nested that deeply") from None


async def _body(request: Request, limit: int) -> bytes:
    """The whole body, never more than `limit` bytes of it in memory."""
    too_large = Problem(TOO_LARGE, None, f"at most {limit:,} bytes can be taken")
    claimed = request.headers.get("content-length", "")
    if claimed.isdecimal() and int(claimed[:20]) > limit:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > limit:
                    raise too_large
    except TimeoutError:
        raise Problem(TOO_SLOW, None, f"the body did not come within {BODY_SECONDS} seconds") from None
    return bytes(body)
