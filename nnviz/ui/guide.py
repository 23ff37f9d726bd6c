"""Settings worth trying, each with its link's parameters into its room; the words of the guide. Pure."""

from __future__ import annotations

from nnviz.ui.kinds import KINDS
from nnviz.ui.presets import PRESETS

Experiment = tuple[str, str, dict[str, str]]
"""What it is, why it is worth a try, and the link's parameters."""
Mark = tuple[str, str]


def _preset(name: str) -> dict[str, str]:
    """The link's parameters of a lecture's network."""
    (spec,) = (preset.spec for preset in PRESETS if preset.id == name)
    return KINDS["digits"].write(spec)


EXPERIMENTS: tuple[Experiment, ...] = (
    (
        "Start here: a circle",
        "Four and two tanh neurons bend straight lines into a ring. Press Train (space).",
        {"data": "circle"},
    ),
    (
        "A straight line is not enough",
        "Without an activation all layers together are one line: the loss stays near that of guessing.",
        {"activation": "linear"},
    ),
    (
        "The right input makes it easy",
        "With x₁² and x₂² no hidden layer is needed: a circle is a straight line in the squares.",
        {"inputs": "x1_squared,x2_squared", "layers": "none"},
    ),
    (
        "The spiral, which the default network never learns",
        "Two layers of eight and all seven inputs do it in a few hundred epochs; other seeds take eight times as long.",
        {"data": "spiral", "layers": "8,8", "inputs": "x1,x2,x1_squared,x2_squared,x1_x2,sin_x1,sin_x2"},
    ),
    (
        "The same spiral from x₁ and x₂ alone",
        "More neurons, ReLU and Adam find the arms without hints.",
        {
            "data": "spiral",
            "layers": "16,16",
            "activation": "relu",
            "initializer": "he_normal",
            "bias": "zeros",
            "optimizer": "adam",
            "learning_rate": "0.01",
            "loss": "binary_crossentropy",
        },
    ),
    (
        "Too large a rate",
        "At 10 and with ReLU the numbers run away: training stops at the first NaN and names the layer.",
        {"activation": "relu", "learning_rate": "10", "loss": "mean_squared_error", "output": "linear"},
    ),
    (
        "All weights zero",
        "Every neuron of a layer gets the same gradient and stays a copy of its neighbour: nothing is learned.",
        {"initializer": "zeros", "bias": "zeros"},
    ),
    (
        "Overfitting",
        "A few noisy samples and a large network: the training loss falls, the validation loss rises.",
        {
            "noise": "0.4",
            "train": "50",
            "validation": "450",
            "layers": "16,16,16",
            "optimizer": "adam",
            "learning_rate": "0.01",
        },
    ),
    (
        "… and L2 against it",
        "The same with a penalty on large weights: the boundary is smoother, the gap smaller.",
        {
            "noise": "0.4",
            "train": "50",
            "validation": "450",
            "layers": "16,16,16",
            "optimizer": "adam",
            "learning_rate": "0.01",
            "regularizer": "l2",
            "regularization_rate": "0.003",
        },
    ),
    (
        "Four classes",
        "Four arms, one output for each class, softmax and cross-entropy.",
        {
            "data": "spiral",
            "classes": "4",
            "layers": "16,16",
            "optimizer": "adam",
            "learning_rate": "0.01",
            "loss": "categorical_crossentropy",
        },
    ),
    ("Regression", "Hills and valleys: the output is a height, not a class.", {"data": "multi_gauss", "layers": "8,8"}),
)

DIGIT_EXPERIMENTS: tuple[Experiment, ...] = (
    ("Start here: 30 neurons", "Nine of ten digits after a few passes. Press Train (space).", {"data": "digits"}),
    (
        "Ten templates",
        "No hidden layer: each output's weights are a picture of what it looks for, shown under Inside.",
        {"layers": "none", "tab": "inside"},
    ),
    (
        "What a hidden neuron looks for",
        "The lecture's 50 neurons: green outlines are strokes that speak for a 5, red ones speak against it.",
        {**_preset("D4-50"), "tab": "inside", "of": "5"},
    ),
    (
        "Overfitting on 1,000 images",
        "Soon 100 % of them are right, but 88 % of the test images: it has learned its own by heart.",
        {"data": "mnist", "train": "1000", "layers": "100"},
    ),
    (
        "… and dropout against it",
        "Half of the neurons are left out of each step, so none can rely on another: slower, a little better.",
        {"data": "mnist", "train": "1000", "layers": "100:d0.5"},
    ),
    (
        "… and turned copies",
        "Three images out of each: 91 %. Under Rotated you see how much further a digit may now be turned.",
        {"data": "mnist", "train": "1000", "layers": "100", "rotate": "25", "tab": "rotated"},
    ),
    (
        "Convolution against dense",
        "As many weights as 784-30-10 and half of its mistakes: sixteen filters, the same at every place.",
        {"data": "mnist", "layers": "16@5,max2:d0.2", "optimizer": "adam", "batch_size": "128"},
    ),
    (
        "The same digits under two runs",
        "Train with another seed, then choose the older run: as many mistakes, but others.",
        {"seed": "1", "tab": "compare"},
    ),
    (
        "Draw your own",
        "Train, draw, then draw in a corner and switch “Also without centring” on: a dense network knows no places.",
        {"tab": "draw"},
    ),
    (
        "Without layers",
        "A support vector machine compares each digit with those it keeps, and is hard to beat on small data.",
        {"family": "svm", "C": "5"},
    ),
    (
        "Nothing but NumPy",
        "The network as the lectures derive it, η = 3 and ½‖y − t‖²: the same curve, no library.",
        {
            "family": "scratch",
            "activation": "sigmoid",
            "loss": "half_squared_error",
            "output": "sigmoid",
            "initializer": "scaled_normal",
            "learning_rate": "3",
        },
    ),
)

CONVOLUTION_EXPERIMENTS: tuple[Experiment, ...] = (
    ("Start here: vertical edges", "Press Step: nine pixels times nine weights, added up, are one pixel.", {}),
    (
        "ReLU keeps one side",
        "The kernel answers + where ink begins and − where it ends; ReLU lets only the beginnings through.",
        {"kernel": "sobel_x", "activation": "relu"},
    ),
    (
        "Stride and padding",
        "Every second place, with zeros around: the map has half the rows and columns, and the border counts.",
        {"kernel": "gaussian", "size": "5", "stride": "2", "padding": "same"},
    ),
    (
        "What a network has learned",
        "Nobody wrote these numbers: choose one of the filters and see which strokes it answers to.",
        {"kernel": "learned", "size": "5"},
    ),
    (
        "Pooling forgets the place",
        "The largest of four neighbours: move the digit's edge by a pixel and the pooled map hardly changes.",
        {"kernel": "laplacian", "pool": "max", "activation": "relu"},
    ),
)

MARKS: tuple[Mark, ...] = (
    ("colours", "orange is class 0 and negative numbers, blue is class 1 and positive numbers, everywhere"),
    ("links", "a link is as wide as its weight is large; click it to change the weight by hand"),
    ("the picture in a neuron", "what the neuron says at each place of the plane; point at it to see it large"),
    ("the small square beside a neuron", "its bias; click it to change it"),
    ("the card below the network", "the neuron's sum Σ w·a + b with the numbers of the sample you point at"),
    ("the large map", "the network's output at each place, with the samples on it"),
    ("training and validation loss", "measured on the samples it learns from, and on samples that it never sees"),
)

DIGIT_MARKS: tuple[Mark, ...] = (
    (
        "the band around an accuracy",
        "where the true accuracy lies in 95 of 100 cases, given so many test images (Wilson): the more, the thinner",
    ),
    (
        "orange and blue in filters",
        "ink there lowers or raises the neuron's sum; in one scale for the layer, the same colour is the same number",
    ),
    (
        "green and red outlines",
        "hidden neurons whose output weight to the chosen class is above or below the threshold: for it and against it",
    ),
    (
        "the confusion matrix",
        "a row for each true class, a column for each answer: right ones on the diagonal, mistakes in red, strong "
        "where there are many; click a cell for its digits",
    ),
    ("4 → 9 under a digit", "a 4 taken for a 9, and how sure the network is of it; click it to look inside"),
    ("✓ and ◂ beside the bars", "the true class, and the network's answer"),
    (
        "the strip over the epochs",
        "the answers to one digit while it was learned: blue where right, orange where wrong, so you see it forgotten",
    ),
    ("saliency and occlusion", "blue where ink, or the place, speaks for the class; orange where it speaks against it"),
)

CONVOLUTION_MARKS: tuple[Mark, ...] = (
    ("the frame on the digit", "the window: the only pixels that this output sees; drag it, or use the arrow keys"),
    ("orange and blue", "negative and positive, for weights, products and sums alike; ink is grey"),
    ("hatched pixels", "the zeros that the padding “same” puts around"),
    ("empty places of the map", "the window has not been there yet; Play fills them, All does it at once"),
    ("the thin frame", "all outputs, and all pixels, on which one pooled number depends; point at it"),
)

TRAINING_KEYS: tuple[Mark, ...] = (
    ("space", "train, pause, go on"),
    ("→", "one step: one batch, one update of the weights"),
    ("Shift →", "one epoch: every training sample once"),
    ("R", "back to the untrained network"),
)
KEYS: tuple[Mark, ...] = (
    *TRAINING_KEYS,
    ("Shift + arrows", "on the drawing: from neuron to neuron, with the inputs at the left"),
    ("Enter", "on the drawing: take an input or leave it; change a neuron's bias"),
    ("Enter, Esc", "close the field of a weight"),
)
DIGIT_KEYS: tuple[Mark, ...] = (
    *TRAINING_KEYS,
    ("arrows, Enter", "on filters and the confusion matrix: from one to the next, and choose it"),
    ("Esc", "close the digit that is open"),
    ("Ctrl Z", "on the layers: undo the last change"),
)
CONVOLUTION_KEYS: tuple[Mark, ...] = (
    ("space", "slide the window by itself, pause"),
    ("arrows, Home, End", "move the window; to the ends of its row"),
    ("↑ ↓", "in a weight: 0.1 more or less; with Shift 1"),
)
