"""C5: what is added to plain descent, on surfaces with local minima."""

from __future__ import annotations

from nnviz.experiments.claims import Order, Within
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe

SETTLING = "sgd@0.3:batch_size=1,sgd@0.3:batch_size=1:decay_name=inverse_time:decay_rate=0.5:decay_steps=10"
ALL = "sgd@0.01,adagrad@1,adadelta@10,rmsprop@0.1,adam@0.2,adamax@0.3,nadam@0.2"

RECIPE = Recipe(
    id="C5",
    title="Decay, momentum, Adagrad, Adam",
    question="What do momentum, a rate for each weight and a falling rate add to plain descent?",
    look="The small network's error has a local minimum w_A before the global one, w_B. Plain descent rests in w_A; "
    "with "
    "momentum the same start rolls through it.",
    figure="the paths, animated",
    place=Place("descent"),
    cases=(
        Case("hills", "A local and a global minimum", {"job": "descent", "surface": "network"},
             seeded=False),
        Case("settling", "With and without decay, one sample a step",
             {"job": "descent", "surface": "regression", "racers": SETTLING, "tolerance": 0}),
        Case("hollows", "Himmelblau's four minima", {"job": "descent", "surface": "himmelblau", "racers": ALL},
             seeded=False),
    ),
    claims=(
        Within(what="plain descent: error at its end", of="hills:racers.0.height", lecture="rests in the local minimum",
               low=0.219, high=0.221, quick=True),
        Within(what="momentum 0.9: error at its end", of="hills:racers.1.height", lecture="comes to the global minimum",
               high=0.0911, quick=True),
        Order(what="error with a constant rate, with a decaying one", lecture="the steps get small, and it settles",
              of=("settling:racers.0.height", "settling:racers.1.height"), quick=True),
        *(
            Within(what=f"{name}: height in a hollow of Himmelblau's function", of=f"hollows:racers.{i}.height",
                   lecture="comes to a minimum", high=0.001, quick=True)
            for i, name in enumerate(("SGD", "Adagrad", "Adadelta", "RMSprop", "Adam", "Adamax", "Nadam"))
        ),
    ),
    guess=ChoiceGuess(
        question="From the same start, who gets past the local minimum of the small network?",
        options=("plain descent", "momentum", "RMSprop", "Adam"),
        of=tuple(f"hills:racers.{i}.height" for i in range(4)), least=True,
    ),
    seeds=3,
    ours=("surfaces, starts and rates: the Descent room's, rates that suit each surface",),
)  # fmt: skip
