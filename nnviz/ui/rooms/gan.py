"""The GAN room: a generator and a discriminator that train against each other (nnviz/web/static/rooms/gan).

The first tab is a run of the job `gan`; what the losses tell the generator is the view's, and computed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, Field

from nnviz.activations import ACTIVATIONS, HIDDEN, sigmoid
from nnviz.formulas import mathml
from nnviz.gan.distributions import DIGITS, DISTRIBUTIONS, DRAWN
from nnviz.gan.losses import LOSSES
from nnviz.gan.spec import GanSpec
from nnviz.jobs.gan import GanRun
from nnviz.source import code_of
from nnviz.ui.live import live, packed
from nnviz.ui.room import Experiment, Guide, Mark, Room, RoomState
from nnviz.ui.view import View

REACH = 8.0
"""Scores that the tab on the losses shows, both ways."""


class GanView(View):
    """s: the discriminator's score of a generated sample that the losses are looked at for."""

    tab: Literal["game", "losses"] = "game"
    speed: Literal["single", "slow", "quick", "full"] = "quick"
    s: float = Field(-4, ge=-REACH, le=REACH, allow_inf_nan=False)


@dataclass(frozen=True, kw_only=True)
class GanRoom(Room):
    """A room whose setting is a `GanSpec`: from points to digits and back, what suits the other goes along."""

    job: str | None = "gan"
    spec: type[BaseModel] | None = GanSpec
    view_type: type[View] = GanView

    def change(self, here: RoomState, changes: Mapping[str, Any]) -> tuple[GanSpec, list[str]]:
        old: GanSpec = here.spec
        notes = []
        if len(changes) == 1 and (DIGITS in changes.values()) != (old.data == DIGITS) and "data" in changes:
            usual, wanted = GanSpec(), GanSpec.model_validate(PICTURES)
            before, after = (wanted, usual) if old.data == DIGITS else (usual, wanted)
            suited = {name: getattr(after, name) for name in PICTURES if name != "data"}
            if all(getattr(old, name) == getattr(before, name) for name in suited):
                changes = {**changes, **suited}
                notes = ["Networks, latent space and steps are now those that suit the data."]
        spec, more = super().change(here, changes)
        return spec, notes + more


def _stage(here: RoomState) -> None:
    view = GanView.model_validate(here.view, context={"hide": here.room.hide_names()})
    live(here, {"steps_per_epoch": 1, "endless": False, "shows": view.tab, **_PARTS[view.tab](view, here.spec)})


def _game(_: GanView, spec: GanSpec) -> dict[str, Any]:
    from nnviz.gan.frames import constants

    loss = LOSSES[spec.loss]
    (preview,) = GanRun(spec, None).frames()
    return {
        "preview": packed(preview), **_words(),
        "constants": constants(spec),
        "losses": [mathml(loss.discriminator), mathml(loss.generator)],
        "smooth": loss.smooth, "clipped": loss.clipped,
        "about": _about(spec),
    }  # fmt: skip


@cache
def _words() -> dict[str, Any]:
    from nnviz.gan.game import Game
    from nnviz.gan.measures import Measure, mode_counts, sliced_wasserstein
    from nnviz.gan.networks import Network

    return {
        "data": {
            **{name: one.title for name, one in DISTRIBUTIONS.items()},
            DRAWN: "drawn by hand", DIGITS: "handwritten digits, 8×8",
        },
        "kinds": {name: f"{one.title}: {one.words}" for name, one in LOSSES.items()},
        "activations": {name: ACTIVATIONS[name].label for name in HIDDEN},
        "presets": [
            {"title": one.title, "why": one.why, "changes": _whole(one.link)}
            for one in EXPERIMENTS if "tab" not in one.link
        ],
        "formula": mathml(
            r"\min_G \max_D \; V(D, G) = \mathbb{E}_{x \sim p_{data}} [\ln D(x)] + "
            r"\mathbb{E}_{z \sim p_z} [\ln (1 - D(G(z)))], \quad D^*(x) = \frac{p_{data}(x)}{p_{data}(x) + p_G(x)}"
        ),
        "codes": [
            code_of(Game.discriminator_step), code_of(Game.generator_step), code_of(Network),
            code_of(sliced_wasserstein), code_of(Measure.of), code_of(mode_counts),
        ],
    }  # fmt: skip


def _about(spec: GanSpec) -> str:
    """What is to be imitated, and by whom."""
    if spec.data == DIGITS:
        return f"Each sample has 64 numbers, the pixels of one of {spec.subject}."
    one = DISTRIBUTIONS.get(spec.data)
    return f"To be imitated: {'the points that you painted' if one is None else one.words}."


def _whole(link: Mapping[str, str]) -> dict[str, Any]:
    """All fields of the setting that a link describes."""
    return GanSpec.model_validate(dict(link)).model_dump(mode="json", exclude={"job", "seed"})


def _losses(view: GanView, _: GanSpec) -> dict[str, Any]:
    score = np.linspace(-REACH, REACH, 161, dtype=np.float32)
    here = np.array([view.s], np.float32)
    curves: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for one in LOSSES.values():
        told = [one.fool(each[None]) for each in score]
        now = one.fool(here)
        value, slope = now.value, abs(float(now.slope[0]))
        curves.append({
            "name": one.title, "value": [each.value for each in told],
            "slope": [abs(float(each.slope[0])) for each in told],
        })  # fmt: skip
        rows.append({"name": one.title, "formula": mathml(one.generator), "value": value, "slope": slope})
    said, signed = float(sigmoid(here)[0]), f"{view.s:g}".replace("-", "−")
    times = rows[0]["slope"] / max(rows[1]["slope"], 1e-12)
    return {
        "curves": {"score": score.tolist(), "losses": curves, "now": view.s, "range": [-REACH, REACH],
                   "values": [-REACH - 0.5, REACH + 0.5], "slopes": [0, 2.5]},
        "rows": rows,
        "words": f"s = {signed}, so D(G(z)) = σ(s) = {said:.4f}. The slope of −ln D(G(z)) is {rows[0]['slope']:.4f}, "
        f"that of ln(1 − D(G(z))) is {rows[1]['slope']:.4f}: "
        + (f"{times:.3g} times as large where D is right." if view.s < 0 else "here both learn, or the first is done."),
        "formula": mathml(
            r"D = \sigma(s): \quad \frac{\partial}{\partial s} \ln (1 - D) = -D, \quad "
            r"\frac{\partial}{\partial s} (-\ln D) = D - 1"
        ),
        "codes": [code_of(one) for one in dict.fromkeys(loss.fool for loss in LOSSES.values())],
    }  # fmt: skip


_PARTS = {"game": _game, "losses": _losses}

FAR = {
    "data": "gaussian", "optimizer": "sgd", "activation": "tanh", "generator": "32,32", "discriminator": "32,32",
    "generator_rate": "0.02", "discriminator_rate": "0.5", "discriminator_steps": "5", "steps": "2000",
}  # fmt: skip
"""The generator starts where no real sample is, and the discriminator learns quickly."""
PICTURES = {
    "data": DIGITS, "latent": "gaussian", "latent_size": "16", "generator": "128,128", "discriminator": "128,128",
    "steps": "4000",
}  # fmt: skip
"""What suits digits: more to be given, and more to be said with it."""
EXPERIMENTS = (
    Experiment("Start here: eight Gaussians on a ring", "The latent square is folded until it lies on all eight. Watch "
               "its grid, and D go to ½.", {}),
    Experiment("Mode collapse", "The same with plain SGD: all that the generator makes goes to one or two of the "
               "eight, and later to others.",
               {"optimizer": "sgd", "generator_rate": "0.1", "discriminator_rate": "0.1", "generator": "32,32",
                "discriminator": "32,32"}),
    Experiment("A discriminator that runs ahead", "Ten of its updates for one of the generator, five times as fast: "
               "two of the eight modes, and it stays there.",
               {"discriminator_steps": "10", "discriminator_rate": "0.005", "generator": "32,32",
                "discriminator": "32,32"}),
    Experiment("Saturated", "D is soon sure, and ln(1 − D(G(z))) has no slope there: the generator stands still.",
               {**FAR, "loss": "minimax"}),
    Experiment("The same, non-saturating", "Only the generator’s loss is another one: −ln D(G(z)) is steep where D is "
               "sure, and it is there after a hundred steps.", FAR),
    Experiment("A Wasserstein critic", "Five updates of a critic with clipped weights for one of the generator.",
               {"loss": "wasserstein", "optimizer": "rmsprop", "discriminator_steps": "5", "clip": "0.1",
                "generator": "32,32", "discriminator": "32,32"}),
    Experiment("Twenty-five modes", "Five by five narrow Gaussians: how many does it find?",
               {"data": "grid", "steps": "12000"}),
    Experiment("A thread through the moons", "A latent space of one number is a line: it can only be bent.",
               {"data": "moons", "latent_size": "1"}),
    Experiment("Handwritten digits", "64 pixels instead of two numbers: each picture beside the real one that is "
               "nearest to it.", PICTURES),
    Experiment("What each loss tells the generator", "Move the score of a generated sample, and compare the slopes.",
               {"tab": "losses"}),
)  # fmt: skip
MARKS: tuple[Mark, ...] = (
    ("blue and orange ground", "D of each place: blue it takes for real, orange for generated"),
    ("blue, orange dots", "real samples, generated ones"),
    ("the bent grid", "the latent square’s grid, as the generator leaves it: each of its cells is generated equally "
     "often, so small cells are dense (“density of the grid” in the legend)"),
    ("arrows", "where the discriminator tells a generated sample to move: −∂L/∂x; long ones are cut"),
    ("precision, coverage", "the share of generated samples in the neighbourhood of a real one, and of real samples "
     "with a generated one in theirs; a neighbourhood reaches to the fifth nearest real sample"),
    ("5 of 8 modes", "a mode counts from a quarter of its fair share of samples within 3σ of its centre on"),
    ("distance", "sliced Wasserstein, of 500 generated samples and 500 real ones; the dotted line is what two draws of "
     "real samples have"),
)  # fmt: skip
KEYS: tuple[Mark, ...] = (
    ("space", "train, pause"),
    ("→", "one step; in the film the next picture"),
    ("←", "back to the picture before"),
    ("D, G", "one update of the discriminator alone, of the generator alone"),
    ("R", "back to the start"),
)

ROOM = GanRoom(
    name="gan",
    title="GAN",
    section="Other networks",
    icon=":material/swords:",
    intro="A **generator** bends a square of random numbers until it lies on the data; a **discriminator** learns to "
    "tell what is real, and tells the generator where to go. Press **Train** and watch both.",
    stage=_stage,
    script="rooms/gan/gan.js",
    preload=("kit/tabbed.js", "figures/chart.js"),
    styles=("kit/code.css", "kit/film.css", "kit/tab_list.css", "kit/tabbed.css", "rooms/gan/gan.css"),
    height=680,
    guide=Guide(
        what="in a game of two networks",
        experiments=EXPERIMENTS,
        marks=MARKS,
        keys=KEYS,
        lectures="B18",
        needs="a network that learns (Playground), and cross-entropy (Depth)",
        lead="A network that makes something up instead of judging it, taught by a second network.",
    ),
)
