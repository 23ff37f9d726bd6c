"""B18: other deep networks: recurrent, generative adversarial, and reinforcement learning."""

from __future__ import annotations

from nnviz.experiments.catalogue.common import Plain, network
from nnviz.experiments.claims import Within
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe

QUICK = {"data.train": 2_000, "data.test": 1_000, "training.epochs": 3}


def reader(layer: Plain) -> Plain:
    adam = {"name": "adam", "learning_rate": 0.001}
    return network([layer], adam, activation="relu", batch_size=128, epochs=5)


RECIPE = Recipe(
    id="B18",
    title="Other deep networks",
    question="Can networks read row by row, make things up, and learn from nothing but rewards?",
    look="The activations of the recurrent network: after the upper half of a digit several answers are open, and the "
    "last rows decide. The samples that the generator makes: they spread to all eight places of the ring. The arrows "
    "of the grid world: they grow back from the goal.",
    figure="no figure: an idea that is to be seen at work",
    place=Place("recurrent"),
    cases=(
        Case(
            "rnn",
            "A recurrent network reads the rows",
            reader({"kind": "simple_rnn", "units": 128}),
            quick=QUICK,
            preset="It sees one row of the picture after the other and has to remember the ones above.",
        ),
        Case(
            "lstm",
            "An LSTM reads the rows",
            reader({"kind": "lstm", "units": 64}),
            quick=QUICK,
            preset="Gates choose what to keep: it forgets less on the way down.",
        ),
        Case("gan", "A generator learns a ring of eight", {"job": "gan"}, quick={"steps": 400}),
        Case("reward", "Agents learn the way through a maze", {"job": "reinforcement"}),
    ),
    claims=(
        Within(what="test accuracy of the recurrent network", of="rnn:test.accuracy", lecture="at work", low=0.95),
        Within(what="test accuracy of the LSTM", of="lstm:test.accuracy", lecture="at work", low=0.96),
        Within(
            what="places of the ring, of eight, that the generator has learned",
            of="gan:modes@last",
            lecture="at work",
            low=7,
        ),
        Within(
            what="what an agent earns in an episode at the end, 1 being the goal (median)",
            of="reward:recent",
            lecture="at work",
            low=1.0,
            quick=True,
        ),
    ),
    guess=NumberGuess(
        question="A network sees one row of 28 pixels after the other. What is its accuracy on the test digits after "
        "five epochs?",
        of="rnn:test.accuracy",
        low=0.1,
        high=1.0,
        step=0.01,
        unit="%",
    ),
    ours=(
        "a layer of 128 (recurrent) or 64 (LSTM), Adam 0.001, batches of 128, 5 epochs",
        "generator and agents as their rooms open",
    ),
    seconds=36.0,
)
