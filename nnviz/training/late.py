"""Commands that come after the last step of a training, while its result is computed."""

from __future__ import annotations

from typing import Any

from nnviz.course import Course, Emitted
from nnviz.events import Status


class LateCommands:
    def __init__(self, course: Course) -> None:
        self._course = course
        self._kept: list[dict[str, Any]] = []

    def given_up(self) -> bool:
        """Whether a stop has come: what is left to be computed is left. Other commands are kept."""
        for command in self._course.control.poll() if self._course.control is not None else ():
            if command.get("do") == "stop":
                self._course.stopped = True
            else:
                self._kept.append(command)
        return self._course.stopped

    def answer(self) -> Emitted:
        """New rates are taken, for a run that goes on; there is nothing to pause."""
        for command in self._kept:
            if command.get("do") in {"pause", "step"}:
                words = "the training is done, its result is being computed"
                yield Status(self._course.status, {"error": f"{command['do']}: {words}"})
            elif command.get("do") != "play":
                yield from self._course.obey([command])
        self._kept = []
