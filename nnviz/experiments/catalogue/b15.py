"""B15: depth, vanishing and exploding gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnviz.depth.chain import Chain, answer, centred
from nnviz.experiments.catalogue.common import Plain
from nnviz.experiments.claims import Order, Printed, Within
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import NothingThereError, Results, Value

DEPTHS = (1, 4, 10, 20)
QUICK = {"epochs": 1}


def sigmoids(depth: int) -> Plain:
    return {"depth": depth, "width": 30, "activation": "sigmoid", "initializer": "glorot_uniform"}


def relus(initializer: str) -> Plain:
    return {"depth": 10, "width": 30, "activation": "relu", "initializer": initializer}


def deep(networks: Sequence[Plain]) -> Plain:
    return {"job": "depth", "networks": list(networks), "learning_rate": 0.03, "batch_size": 32, "epochs": 10}


def measure(results: Results) -> Mapping[str, Value]:
    """chain: |∂L/∂b₁ / ∂L/∂b₄| of the lecture's chain, and at its best; of the networks before training, the first
    layer's gradient as a share of the output layer's (root mean squares), and how accurate they end."""
    found: dict[str, Value] = {
        "chain": abs(answer(Chain())["ratio"]),
        "best": abs(answer(centred(1.0))["ratio"]),
        "chain_exploding": abs(answer(centred(10.0))["ratio"]),
    }
    names = {"depth": [f"{depth}" for depth in DEPTHS], "start": ["wide_start", "he"]}
    for case, labels in names.items():
        frame = results.runs[case][0].frame("depth")
        if frame is None:
            raise NothingThereError(f"{case}: this run left no frame")
        for i, label in enumerate(labels):
            layers = [float(one) for one in frame["gradient"][i, :, 0] if one == one]  # NaN: no such layer
            found[f"share_{label}"] = layers[0] / layers[-1]
            found[f"largest_{label}"] = max(layers)
            found[f"accuracy_{label}"] = float(frame["accuracy"][i, -1])
    return found


RECIPE = Recipe(
    id="B15",
    title="Depth, vanishing and exploding gradients",
    question="Why do many layers of sigmoids learn nothing, although each layer more could do more?",
    look="The gradient of each layer over the training: with every sigmoid layer it is smaller on its way back. Twenty "
    "of them leave nothing for the first.",
    figure="∂L/∂b₁ < 0.0156 ∂L/∂b₄; the gradient of each layer over training",
    place=Place(
        "depth",
        {
            "tab": "deep",
            "networks": ",".join(f"{depth}x30:sigmoid:glorot_uniform" for depth in DEPTHS),
        },
    ),
    cases=(
        Case("depth", "1, 4, 10 and 20 sigmoid layers", deep([sigmoids(depth) for depth in DEPTHS]), quick=QUICK),
        Case(
            "start",
            "10 ReLU layers from N(0, 1) and from He's",
            deep([relus("random_normal"), relus("he_normal")]),
            quick=QUICK,
        ),
    ),
    measure=measure,
    values=(
        "chain",
        "best",
        "chain_exploding",
        *(
            f"{what}_{label}"
            for label in (*map(str, DEPTHS), "wide_start", "he")
            for what in ("share", "largest", "accuracy")
        ),
    ),
    claims=(
        Within(
            what="∂L/∂b₁ / ∂L/∂b₄ of a chain of four sigmoids with weights within ±1",
            of="value:chain",
            lecture="< 0.0156",
            high=0.0156,
            quick=True,
        ),
        Printed(
            what="the same at its best, every σ′ = 1/4 and every weight 1", of="value:best", lecture=0.0156, places=4
        ),
        Within(
            what="the same with weights of 10", of="value:chain_exploding", lecture="explodes", low=10.0, quick=True
        ),
        Order(
            what="gradient of the first layer as a share of the last one's: 1, 4, 10, 20 sigmoid layers",
            of=tuple(f"value:share_{depth}" for depth in DEPTHS),
            lecture="vanishes with depth",
            quick=True,
        ),
        Within(
            what="that share with 10 sigmoid layers", of="value:share_10", lecture="vanished", high=1 / 64, quick=True
        ),
        Within(
            what="largest gradient of 10 ReLU layers from N(0, 1)",
            of="value:largest_wide_start",
            lecture="explodes",
            low=10.0,
            quick=True,
        ),
        Within(
            what="first layer's share in 10 ReLU layers from He's start",
            of="value:share_he",
            lecture="neither vanishes nor explodes",
            low=1 / 64,
            high=10.0,
            quick=True,
        ),
        Order(
            what="test accuracy after 10 epochs: 1, 20 sigmoid layers",
            of=("value:accuracy_1", "value:accuracy_20"),
            lecture="the deep one does not learn",
            by=0.3,
        ),
    ),
    guess=ChoiceGuess(
        question="1, 4, 10 or 20 sigmoid layers of 30 neurons. Which network is the most accurate after ten epochs?",
        options=tuple(f"{depth}" for depth in DEPTHS),
        of=tuple(f"value:accuracy_{depth}" for depth in DEPTHS),
    ),
    ours=("scikit-learn's 8×8 digits, SGD 0.03, batches of 32, 10 epochs: what the room Depth opens with",),
    seconds=1.0,
)
