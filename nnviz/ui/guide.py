"""Settings worth trying, each with its link's parameters into its room; the words of the guide. Pure."""

from __future__ import annotations

EXPERIMENTS: tuple[tuple[str, str, dict[str, str]], ...] = (
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

DIGIT_EXPERIMENTS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("Start here: 30 neurons", "Nine of ten digits after a few passes. Press Train (space).", {"data": "digits"}),
    (
        "Ten templates",
        "No hidden layer: each output's weights are a picture of what it looks for. Look at them under Inside.",
        {"layers": "none", "tab": "inside"},
    ),
    (
        "Filters that slide",
        "A convolution uses the same few weights at every place of the picture, then keeps the strongest answers.",
        {"layers": "16@3,max2,30", "optimizer": "adam"},
    ),
    (
        "Too few digits",
        "Fifty to learn from: soon the training accuracy is 100 %, the test accuracy far below.",
        {"train": "50", "layers": "100"},
    ),
    (
        "… and every digit turned",
        "The same fifty, each also turned to both sides: the gap shrinks.",
        {"train": "50", "layers": "100", "rotate": "15"},
    ),
    ("Draw your own", "Train, then draw: your digit is centred as the training digits were.", {"tab": "draw"}),
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

MARKS = (
    ("colours", "orange is class 0 and negative numbers, blue is class 1 and positive numbers, everywhere"),
    ("links", "a link is as wide as its weight is large; click it to change the weight by hand"),
    ("the picture in a neuron", "what the neuron says at each place of the plane; point at it to see it large"),
    ("the small square beside a neuron", "its bias; click it to change it"),
    ("the card below the network", "the neuron's sum Σ w·a + b with the numbers of the sample you point at"),
    ("the large map", "the network's output at each place, with the samples on it"),
    (
        "the band around an accuracy",
        "where the true accuracy lies in 95 of 100 cases, given so many test images (Wilson)",
    ),
    ("training and validation loss", "measured on the samples it learns from, and on samples that it never sees"),
)

KEYS = (
    ("space", "train, pause, go on"), ("→", "one step: one batch, one update of the weights"),
    ("Shift →", "one epoch: every training sample once"), ("R", "back to the untrained network"),
    ("Shift + arrows", "on the drawing: from neuron to neuron, with the inputs at the left"),
    ("Enter", "on the drawing: take an input or leave it; change a neuron's bias"),
    ("Enter, Esc", "close the field of a weight"), ("Ctrl Z", "on the layers of the Digits room: undo the last change"),
)  # fmt: skip
