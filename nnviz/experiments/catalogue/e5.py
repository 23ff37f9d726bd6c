"""E5: one way forward and one way back by hand."""

from __future__ import annotations

from nnviz.backprop.spec import BackpropSpec
from nnviz.backprop.trace import trace
from nnviz.backprop.worked import PRINTED
from nnviz.experiments.claims import Number, Printed
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Place, Recipe
from nnviz.experiments.results import Results, Value

GROUPS = {
    "u1": ("u of layer 1", ("z1.1", "z1.2")),
    "z1": ("z of layer 1", ("a1.1", "a1.2")),
    "u2": ("u of layer 2", ("z2.1",)),
    "z2": ("z of layer 2", ("a2.1",)),
    "u3": ("u of layer 3", ("z3.1",)),
    "delta3": ("δ of layer 3", ("d3.1",)),
    "delta2": ("δ of layer 2", ("d2.1",)),
    "delta1": ("δ of layer 1", ("d1.1", "d1.2")),
    "bias1": ("gradients of layer 1, biases", ("gb1.1", "gb1.2")),
    "W1": ("gradients of layer 1, weights", ("gw1.1.1", "gw1.2.1")),
    "W2": ("gradients of layer 2, bias and weights", ("gb2.1", "gw2.1.1", "gw2.1.2")),
    "W3": ("gradients of layer 3, bias and weight", ("gb3.1", "gw3.1.1")),
}
"""Value → what the lecture calls it, and its numbers by their ids in a trace."""
LAYERS = {"largest1": ("bias1", "W1"), "largest2": ("W2",), "largest3": ("W3",)}
CUT = "a3.1"
"""The output, whose further digits the lecture cuts off."""


def measure(_: Results) -> dict[str, Value]:
    found = trace(BackpropSpec()).values
    largest = {
        name: max(abs(found[number]) for group in groups for number in GROUPS[group][1])
        for name, groups in LAYERS.items()
    }
    return {**{name: [found[n] for n in numbers] for name, (_, numbers) in GROUPS.items()}, "y": found[CUT], **largest}


def _printed(name: str) -> Printed:
    what, numbers = GROUPS[name]
    digits = [PRINTED[number] for number in numbers]
    places = min(len(text.partition(".")[2]) for text in digits)
    # "1" beside "0.7" is printed short: no digit of it is missing.
    return Printed(what=what, of=f"value:{name}", lecture=[float(text) for text in digits], places=max(places, 1))


RECIPE = Recipe(
    id="E5",
    title="Backpropagation by hand",
    question="Which gradients does one sample give a network of four neurons?",
    look="Press → and compute each number yourself before you look.",
    figure="u1 (0.7, 1), z1 (0.60, 0.76), u2 −1.48, z2 −0.90, u3 −0.80, y −0.66; δ3 −0.927, δ2 −0.347, "
    "δ1 (−0.220, 0.438); gradients W1 [[−0.22, 0.44], [−0.44, 0.88]], W2 [−0.35, −0.21, −0.26], W3 [−0.93, 0.84]",
    place=Place("backpropagation", {"step": "0"}),
    measure=measure,
    values=(*GROUPS, "y", *LAYERS),
    claims=(
        *map(_printed, ("u1", "z1", "u2", "z2", "u3")),
        Number(
            what="the output y, of which the lecture cuts off all but two digits",
            of="value:y", lecture=float(PRINTED[CUT]), within=0.01, quick=True,
        ),
        *map(_printed, ("delta3", "delta2", "delta1", "bias1", "W1", "W2", "W3")),
    ),
    guess=ChoiceGuess(
        question="Which layer has the largest gradient?",
        options=("the first", "the second", "the third, next to the output"),
        of=tuple(f"value:{name}" for name in LAYERS),
    ),
    ours=(
        "of the weights only the input’s 0.1 and 0.3 are printed; the others are those that give every printed digit",
    ),
    seconds=0.1,
)  # fmt: skip
