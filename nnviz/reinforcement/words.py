"""What is said of an agent and of its newest update, in words and numbers."""

from __future__ import annotations

import math
from typing import Any

from nnviz.reinforcement.layout import ARROWS
from nnviz.reinforcement.spec import ReinforcementSpec

PUSHES = ("left", "right")


def said(value: float) -> str:
    """About three digits."""
    return f"{value:.3g}".replace("-", "−")


def signed(value: float) -> str:
    """In brackets where it is negative: behind an operator."""
    return f"({said(value)})" if value < 0 else said(value)


def action_words(spec: ReinforcementSpec, action: int) -> str:
    return ARROWS[action] if spec.environment == "grid" else PUSHES[action]


def state_words(spec: ReinforcementSpec, state: Any) -> str:
    """A cell by row and column, from 1; a cart by its four numbers."""
    if spec.environment == "grid":
        row, column = divmod(int(state), spec.layout.columns)
        return f"({row + 1}, {column + 1})"
    x, speed, angle, turn = state
    degrees, turning = math.degrees(angle), math.degrees(turn)
    return f"(x {said(x)} m, ẋ {said(speed)}, θ {said(degrees)}°, θ̇ {said(turning)}°/s)"


def update_words(spec: ReinforcementSpec, last: dict[str, Any] | None, rate: float) -> list[str]:
    """The newest update with its numbers, line by line; nothing before the first."""
    if last is None:
        return []
    if spec.agent == "reinforce":
        g, v = last["return"], last["expected"]
        action, end = action_words(spec, last["action"]), "came to an end" if last["over"] else "was broken off"
        return [
            f"The episode {end} after {last['steps']:,} steps. Its first step: return G = {said(g)}, baseline "
            f"v = {said(v)}, so A = G − v = {said(g - v)}.",
            f"ln π({action} | s) is pushed {'up' if g > v else 'down'}: π = {said(last['before'])} → "
            f"{said(last['now'])} (the other steps of the episode push, too).",
        ]
    state, after = state_words(spec, last["state"]), state_words(spec, last["after"])
    action, reward = action_words(spec, last["action"]), last["reward"]
    before, target, now, over = last["before"], last["target"], last["now"], last["over"]
    ahead = (target - reward) / spec.discount if spec.discount and not over else 0.0
    lines = [f"In s = {state} it did {action}, earned {said(reward)} and came to s′ = {after}."]
    what = {"q_learning": "max Q(s′, ·)", "sarsa": "Q(s′, a′)", "dqn": "max Q⁻(s′, ·)"}[spec.agent]
    rest = "the episode ends there" if over else f"{what} = {said(ahead)}"
    discounted = "" if over else f" + {said(spec.discount)} · {signed(ahead)}"
    lines.append(f"target = r + γ · {what} = {said(reward)}{discounted} = {said(target)} ({rest})")
    if spec.agent == "dqn":
        lines.append(f"Q(s, {action}) = {said(before)}, and {said(now)} after one step of Adam down the Huber loss.")
    else:
        lines.append(
            f"Q(s, {action}) ← {said(before)} + {said(rate)} · ({said(target)} − {signed(before)}) = {said(now)}"
        )
    return lines
