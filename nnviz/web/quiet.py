"""A log that does not grow with those who knock: a line that comes again and again is written a few times a minute."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

NOISY = ("asyncio", "uvicorn.error", "streamlit.web.server.starlette.starlette_websocket", "nnviz.web")
"""Loggers of lines that a stranger can cause."""
A_MINUTE = 5


class FewRepeats(logging.Filter):
    """Lets a line of the same text (before its values are filled in) through A_MINUTE times in 60 seconds, and says
    with the first of the next how many were left out. Below a warning nothing is held back."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[str, tuple[float, int]] = {}
        """Text → when its minute began, how often it came in it."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        text, now = str(record.msg)[:200], time.monotonic()
        began, count = self._seen.get(text, (now, 0))
        left_out = 0
        if now - began >= 60:
            began, left_out, count = now, max(0, count - A_MINUTE), 0
        if len(self._seen) > 1000:
            self._seen.clear()
        self._seen[text] = (began, count + 1)
        if left_out:
            record.msg, record.args = f"{record.getMessage()} (and {left_out:,} like it before)", None
        return count < A_MINUTE


def quieten() -> None:
    """From here on."""
    for name in NOISY:
        logger = logging.getLogger(name)
        if not any(isinstance(one, FewRepeats) for one in logger.filters):
            logger.addFilter(FewRepeats())
    asyncio.get_running_loop().set_exception_handler(_without_traceback)


def _without_traceback(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Out of descriptors, asyncio tries two thousand times a second and writes a page each time: a line does."""
    error = context.get("exception")
    if isinstance(error, OSError) and "accept" in str(context.get("message")):
        logging.getLogger("asyncio").error("no connection can be taken: %s", error.strerror or error)
    else:
        loop.default_exception_handler(context)
