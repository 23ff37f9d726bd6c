"""The call of `fit` that a callback is in: whether it goes on, and what has ended it. Keras tells its callbacks nothing
of an exception; but a call that is at work stands on its thread's stack."""

from __future__ import annotations

import sys
import threading
from types import FrameType


class FitCall:
    """Made within the call, in its thread. It keeps what that call holds alive: let go of it when the call is over."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self._frames = _fit_frames()

    def has_ended(self) -> bool:
        """From any thread. False where the callback was called by something else than `fit`: nobody knows then."""
        if not self._frames:
            return False
        frame = sys._current_frames().get(self._thread)
        while frame is not None:
            if frame is self._frames[0]:
                return False
            frame = frame.f_back
        return True

    def error(self) -> BaseException | None:
        """The exception that came out of it, where nobody has caught it: then Python, or the notebook, has shown it."""
        error = getattr(sys, "last_value", None)
        trace = getattr(error, "__traceback__", None)
        while trace is not None:
            if trace.tb_frame in self._frames:
                assert isinstance(error, BaseException)
                return error
            trace = trace.tb_next
        return None


def _fit_frames() -> tuple[FrameType, ...]:
    """The call of Keras's `fit`, and what called it: Keras may take its own calls out of an exception's traceback, but
    not that one."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "fit" and str(frame.f_globals.get("__name__", "")).startswith("keras."):
            return (frame,) if frame.f_back is None else (frame, frame.f_back)
        frame = frame.f_back
    return ()
