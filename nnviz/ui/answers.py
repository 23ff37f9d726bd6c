"""Which answer a page shows: told in every act of the stage (static/kit/answer.js), so that a control which only says
what an older answer had shown is not taken for a change. No streamlit.

Streamlit sends the values of all controls with everything that is done, and calls a control's callback where its value
differs from the newest answer's. The stage may have had that answer before the controls have, or neither may.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

KEPT = 50
"""Answers that are remembered: more are never on the way at once."""


@dataclass
class Answers:
    """newest: the number of the last answer that this session began. given: of each, what its controls were given to
    show, by their keys. taken: the acts that were taken last, as the stage told them."""

    newest: int = 0
    given: dict[int, dict[str, Any]] = field(default_factory=dict)
    taken: object = None

    def begin(self) -> None:
        self.newest += 1
        self.given[self.newest] = {}
        self.given.pop(self.newest - KEPT, None)

    def give(self, key: str, value: Any) -> None:
        """The control with this key is to show this value."""
        self.given.setdefault(self.newest, {})[key] = value

    def shown(self, acts: object) -> int:
        """The number of the answer that the page showed when it told these acts; the newest where they say nothing."""
        last = acts[-1] if isinstance(acts, list) and acts else None
        shown = last.get("shown") if isinstance(last, dict) else None
        return shown if type(shown) is int and 0 <= shown <= self.newest else self.newest

    def is_old(self, key: str, value: object, acts: object) -> bool:
        """Whether a control with this value only says what the page had shown before the newest answer came. Acts that
        were taken before came with an earlier message: then the control is what was used."""
        if acts is None or acts == self.taken:
            return False
        shown = self.shown(acts)
        return any(
            n >= shown and key in controls and controls[key] == value
            for n, controls in self.given.items()
            if n < self.newest
        )
