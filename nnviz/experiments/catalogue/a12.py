"""A12: one way forward and one way back through a network give all its gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.activations import ACTIVATIONS
from nnviz.backprop.naive import by_back, by_differences, differences
from nnviz.backprop.network import back, forward, layers_of
from nnviz.backprop.spec import BackpropSpec
from nnviz.experiments.claims import Printed, Within
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import NothingThereError, Results, Value

PLAIN: dict[str, Any] = {"job": "backprop", "layers": [2, 5, 2], "activations": ["sigmoid"], "seed": 1}
EPSILON = 1e-5


def measure(results: Results) -> dict[str, Value]:
    run = results.runs["tape"][0]
    assert isinstance(run.spec, BackpropSpec)
    taped = run.result.get("result", {}).get("gradient")
    if taped is None:
        raise NothingThereError("gradient: this run has none")
    spec, weights = run.spec, run.spec.start
    ways, gradient = by_back(spec, weights)
    layers = layers_of(spec, weights)
    passed = forward(layers, spec.x, spec.t, spec.loss)
    (hidden, output), kernels = (found := back(layers, passed, spec.t, spec.loss)).deltas, found.kernels
    slopes = [ACTIVATIONS["sigmoid"].slope(z) for z in passed.z]
    return {
        "tape": float(np.abs(gradient - taped).max()),
        "differences": float(np.abs(gradient - differences(spec, weights, EPSILON, central=True)).max()),
        "output_delta": float(np.abs(output - (passed.a[-1] - spec.t) * slopes[1]).max()),
        "hidden_delta": float(np.abs(hidden - layers[1].kernel.T @ output * slopes[0]).max()),
        "by_weight": float(np.abs(kernels[0] - np.outer(hidden, spec.x)).max()),
        "ways": ways,
        "naive_ways": by_differences(spec, weights)[0],
    }


RECIPE = Recipe(
    id="A12",
    title="Backpropagation in one pass",
    question="How often must one go through a network to know the slope of the loss by each of its weights?",
    look="δ goes back over the same links. What arrives at a neuron, times its slope, is its own δ.",
    figure="δ_L = (σ(z) − t)σ′(z), δ_{l−1} = wᵀδ_l σ′, ∂L/∂w = δ a: one feedforward and one way back",
    place=Place("backpropagation"),
    cases=(Case("tape", "TensorFlow’s gradient of 2-5-2", PLAIN, seeded=False),),
    measure=measure,
    values=("tape", "differences", "output_delta", "hidden_delta", "by_weight", "ways", "naive_ways"),
    claims=(
        Printed(what="ways through the network for all 27 gradients", of="value:ways", lecture=2, places=0),
        Within(
            what="the largest difference from TensorFlow’s gradients", of="value:tape", high=1e-9,
            lecture="all gradients", quick=True,
        ),
        Within(
            what="the largest difference from (L(w + ε) − L(w − ε))/2ε", of="value:differences", high=1e-7,
            lecture="all gradients", quick=True,
        ),
        Within(
            what="the largest difference of δ_L from (σ(z) − t)σ′(z)", of="value:output_delta", high=1e-12,
            lecture="δ_L = (σ(z) − t)σ′(z)", quick=True,
        ),
        Within(
            what="the largest difference of the hidden δ from wᵀδ σ′", of="value:hidden_delta", high=1e-12,
            lecture="δ_{l−1} = wᵀδ_l σ′", quick=True,
        ),
        Within(
            what="the largest difference of ∂L/∂w from δ a", of="value:by_weight", high=1e-12,
            lecture="∂L/∂w = δ a", quick=True,
        ),
    ),
    guess=NumberGuess(
        question="27 weights and biases. Who changes each one a little to see what the loss does: how many ways "
        "through the network does that take?",
        of="value:naive_ways", low=1, high=100, step=1,
    ),
    ours=("2-5-2 with sigmoids and ½‖y − t‖², one sample, random weights",),
    seconds=0.5,
)  # fmt: skip
