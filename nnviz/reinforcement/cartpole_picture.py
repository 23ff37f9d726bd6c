"""What a page draws of agents that balance a pole: the greedy episode; what they do and expect by angle and turn."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.events import Frame
from nnviz.reinforcement.cartpole import MOST_ANGLE, STEPS
from nnviz.reinforcement.grid_picture import common
from nnviz.reinforcement.learning import Course

SIDE = 21
"""Places along each axis of the slice."""
MOST_TURN = 2.5
"""Radians a second, of the slice."""
SCALE = 5000
"""Of a played episode's numbers, which are sent as 16 bits each."""


def cartpole_frame(course: Course, step: int) -> Frame:
    """View "reinforcement". Arrays: policy float32 [agents, 21, 21], how much better right is than left (π: how much
    likelier), and value of the same shape, a row for each θ̇, all at x = ẋ = 0; angle, turn [21]: in degrees and degrees
    a second; play int16 [agents, steps + 1, 3]: x in metres, θ and θ̇ in radians, times 5,000, of an episode without
    exploring; pushes int8 [agents, steps]: 0 left, 1 right, −1 behind the end. Meta: scale, lengths of these episodes,
    peaks, lows and highs of the agents' slices, what is said of each."""
    spec = course.spec
    angle, turn = np.linspace(-MOST_ANGLE, MOST_ANGLE, SIDE), np.linspace(-MOST_TURN, MOST_TURN, SIDE)
    states = np.zeros((SIDE * SIDE, 4))
    states[:, 2], states[:, 3] = np.tile(angle, SIDE), np.repeat(turn, SIDE)
    numbers, value = course.agents.everywhere(states)
    policy = (numbers[..., 1] - numbers[..., 0]).reshape(-1, SIDE, SIDE)
    states, pushes, earned = course.greedy(min(spec.limit, STEPS))
    play = np.clip(np.rint(states[..., [0, 2, 3]] * SCALE), -32768, 32767)
    floats = {
        "policy": policy, "value": value.reshape(-1, SIDE, SIDE), "angle": np.degrees(angle), "turn": np.degrees(turn),
    }  # fmt: skip
    lows, highs = value.min(1), value.max(1)
    meta = {
        **common(course), "scale": SCALE, "lengths": earned.astype(int).tolist(), "best": min(spec.limit, STEPS),
        "peaks": np.maximum(1e-6, np.abs(policy).max((1, 2))).tolist(), "lows": lows.tolist(),
        "highs": np.maximum(lows + 1e-6, highs).tolist(), "what": "π" if spec.agent == "reinforce" else "Q",
        "told": [_told(course, agent, int(earned[agent])) for agent in range(spec.agents)],
    }  # fmt: skip
    arrays: dict[str, Any] = {name: np.asarray(array, np.float32) for name, array in floats.items()}
    arrays |= {"play": play.astype(np.int16), "pushes": pushes.astype(np.int8)}
    return Frame("reinforcement", step, float(course.episodes.min()), meta, arrays)


def _told(course: Course, agent: int, earned: int) -> dict[str, Any]:
    done, most = int(course.episodes[agent]), min(course.spec.limit, STEPS)
    if not course.visits[agent].any():
        words = "Nothing is learned yet: the pole falls at once. An episode that comes to "
        return {"words": f"{words}{most} steps ({most * 0.02:.0f} seconds) is a success.", "recent": None}
    recent = course.returns[agent, max(0, done - 20) : done]
    mean = float(recent.mean()) if done else None
    now = f"Without exploring, the pole stands for {earned} of {most} steps ({earned * 0.02:.1f} s)"
    then = f"; while learning, for {mean:.0f} on average of the last {len(recent)} episodes" if mean is not None else ""
    return {"words": f"{now}{then}.", "recent": mean}
