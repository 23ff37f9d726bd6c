"""Grid worlds of the literature and of ours, each with the rewards that belong to it."""

from __future__ import annotations

from typing import Any, NamedTuple


class World(NamedTuple):
    """setting: the fields of the specification that are not at their defaults there."""

    title: str
    grid: str
    setting: dict[str, Any]


WORLDS = {
    "maze": World("Maze (Sutton and Barto, 8.2)", "7WG-2W4W1-S1W4W1-2W6-5W3-9", {}),
    "cliff": World(
        "Cliff (Sutton and Barto, 6.6)",
        "12-12-12-SXXXXXXXXXXG",
        {
            "step_reward": -1.0, "goal_reward": 0.0, "pit_reward": -99.0, "discount": 1.0, "learning_rate": 0.5,
            "episodes": 300, "limit": 200,
        },
    ),
    "rooms": World("Four rooms", "S4W5-5W5-11-5W5-5W5-1WWWWW5-5WWW1WW-5W5-5W5-11-5W4G", {"episodes": 200}),
    "small": World(
        "Four by three (Russell and Norvig)",
        "3G-1W1X-S3",
        {"slip": 0.2, "step_reward": -0.04, "discount": 1.0, "learning_rate": 0.1, "episodes": 400},
    ),
    "lake": World(
        "Frozen lake",
        "S3-1X1X-3X-X2G",
        {"slip": 2 / 3, "pit_reward": 0.0, "discount": 0.99, "learning_rate": 0.1, "episodes": 1000, "limit": 100},
    ),
    "open": World("Open field", "8-8-S6G-8-8-8", {}),
}  # fmt: skip
