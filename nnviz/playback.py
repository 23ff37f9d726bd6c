"""How fast a film is played: the page's choices, and what they mean in pictures a second, there and in a saved file."""

from __future__ import annotations

PICTURES_A_SECOND = 8.0
"""Recorded pictures that go by in a second at the speed 1×."""
PLAYBACK_SPEEDS: dict[str, str] = {"0.25": "¼×", "0.5": "½×", "1": "1×", "2": "2×", "4": "4×"}
"""A factor of PICTURES_A_SECOND → its words."""
USUAL_SPEED = "1"
