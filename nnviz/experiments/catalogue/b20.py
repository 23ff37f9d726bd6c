"""B20: rotated test images."""

from __future__ import annotations

from collections.abc import Mapping

from nnviz.analysis.rotation import turned
from nnviz.data import cached
from nnviz.experiments.catalogue.improving import LONG_BATCHES, QUICK_LONG, long
from nnviz.experiments.claims import Order
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import NothingThereError, Results, Value
from nnviz.models.predictor import predictor
from nnviz.spec import RunSpec

ANGLES = (0, 15, 30, 45, 90)
IMAGES = 5_000


def measure(results: Results) -> Mapping[str, Value]:
    """The accuracy of each network on test images turned by each angle, counter-clockwise: plain_30, rotated_30 …"""
    found: dict[str, Value] = {}
    for case in ("plain", "rotated"):
        run = results.runs[case][0]
        frame, spec = run.frame("weights"), run.spec
        if frame is None or not isinstance(spec, RunSpec):
            raise NothingThereError(f"{case}: this run left no weights")
        upright = spec.data.model_copy(update={"rotate": None})
        model, data = predictor(spec, frame), cached(upright)
        found |= {f"{case}_{angle}": turned(model, data, angle, IMAGES)["accuracy"] for angle in ANGLES}
    return found


RECIPE = Recipe(
    id="B20",
    title="Rotated test images",
    question="How far can a digit be turned before the network does not know it any more?",
    look="Accuracy against angle: a hill with its top near 0°. A network that has seen turned copies has a broader "
    "one. Below it the turned digits with what the network takes them for.",
    figure="accuracy against angle",
    place=Place("digits", {"data": "mnist", "train": "1000", "layers": "100", "rotate": "25", "tab": "rotated"}),
    cases=(
        Case("plain", "784-30-10 on upright images", long(), quick=QUICK_LONG),
        Case("rotated", "784-30-10 on upright and turned images", long(data={"rotate": 25}), quick=QUICK_LONG),
    ),
    measure=measure,
    values=tuple(f"{case}_{angle}" for case in ("plain", "rotated") for angle in ANGLES),
    claims=(
        Order(
            what="accuracy on test images turned by 0°, 15°, 30°, 45°, 90°",
            of=tuple(f"value:plain_{angle}" for angle in ANGLES),
            lecture="falls with the angle",
            by=0.01,
            quick=True,
        ),
        Order(
            what="accuracy at 30°: trained with turned copies, without",
            of=("value:rotated_30", "value:plain_30"),
            lecture="turned copies help",
            by=0.05,
            quick=True,
        ),
    ),
    guess=NumberGuess(
        question="Upright, this network knows about 94 % of the test digits. What is left when they are turned by 30°?",
        of="value:plain_30",
        low=0.0,
        high=1.0,
        step=0.01,
        unit="%",
    ),
    ours=(LONG_BATCHES, "the networks of B8; 5,000 test images, counter-clockwise"),
    seconds=25.0,
)
