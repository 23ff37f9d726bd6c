"""D4: wider against deeper, on every tenth image."""

from __future__ import annotations

from nnviz.experiments.catalogue.common import centred
from nnviz.experiments.claims import Accuracy, OneRun, Order, Printed
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe

QUICK = {"data.test": 1_000, "training.epochs": 2}
PRINTED = (
    ("softmax", "no hidden layer", 7_850, 13, 0.8911),
    ("50", "50 ReLU", 39_760, 10, 0.9380),
    ("200", "200 ReLU", 159_010, 8, 0.9437),
    ("1000", "1000 ReLU", 795_010, 8, 0.9462),
    ("500-500", "500-500 ReLU", 648_010, 12, 0.9529),
)
"""Case, network, parameters, epochs, test accuracy: the lecture's table."""

RECIPE = Recipe(
    id="D4",
    title="Wider or deeper",
    question="What helps more on handwriting, more neurons in one layer or a second layer?",
    look="The table of parameters and accuracy. Twenty times the neurons in one layer bring one percent; a second "
    "layer "
    "brings as much with fewer parameters.",
    figure="parameters 7,850 … 648,010; stops after 13, 10, 8, 8, 12 epochs; test 0.8911, 0.9380, 0.9437, 0.9462, "
    "0.9529",
    place=Place("digits"),
    cases=(
        Case("softmax", "No hidden layer: softmax regression", centred(0.05), quick=QUICK,
             preset="Ten templates, one for each digit, on every tenth image, centred.", figure="test 0.8911"),
        Case("50", "50 ReLU", centred(0.1, 50), quick=QUICK,
             preset="The network whose filters and output weights the lecture shows.", figure="test 0.9380"),
        Case("200", "200 ReLU", centred(0.1, 200), quick=QUICK,
             preset="Wider is a little better …", figure="test 0.9437"),
        Case("1000", "1000 ReLU", centred(0.1, 1000), quick=QUICK,
             preset="… and a little better still, at five times the parameters.", figure="test 0.9462"),
        Case("500-500", "500-500 ReLU", centred(0.1, 500, 500), quick=QUICK,
             preset="Deeper beats wider, with fewer parameters.", figure="test 0.9529"),
    ),
    claims=(
        *(
            Printed(what=f"{title}: parameters", of=f"{name}:parameters", lecture=parameters, places=0)
            for name, title, parameters, _, _ in PRINTED
        ),
        *(
            OneRun(
                what=f"{title}: epochs until it stops", of=f"{name}:epochs", lecture=epochs,
                pooled=tuple(f"{name}:epochs" for name, *_ in PRINTED),
            )
            for name, title, _, epochs, _ in PRINTED
        ),
        *(
            Accuracy(what=f"{title}: test accuracy", of=f"{name}:test.accuracy", lecture=accuracy, quick_least=0.75)
            for name, title, _, _, accuracy in PRINTED
        ),
        Order(
            what="a second layer is better than a wider one", of=("500-500:test.accuracy", "1000:test.accuracy"),
            lecture="0.9529 > 0.9462, with 147,000 parameters less",
        ),
    ),
    guess=ChoiceGuess(
        question="Which of these networks reads most of the 10,000 test digits right?",
        options=tuple(title for _, title, *_ in PRINTED),
        of=tuple(f"{name}:test.accuracy" for name, *_ in PRINTED),
    ),
    seeds=5,
    ours=(
        "the epoch at which it stops is chance: one validation image more is 0.17 %, and moves it by up to five "
        "epochs; "
        "the five networks share the spread between their seeds",
    ),
    seconds=66.0,
)  # fmt: skip
