"""What the settings are called on a page, and what each does, in words for somebody who has never trained a network."""

LOSSES = {
    "half_squared_error": "Half squared error",
    "mean_squared_error": "Mean squared error",
    "mean_absolute_error": "Mean absolute error",
    "huber": "Huber",
    "log_cosh": "Log-cosh",
    "binary_crossentropy": "Binary cross-entropy",
    "binary_focal_crossentropy": "Binary focal cross-entropy",
    "categorical_crossentropy": "Categorical cross-entropy",
    "categorical_focal_crossentropy": "Categorical focal cross-entropy",
    "kl_divergence": "Kullback-Leibler divergence",
    "hinge": "Hinge",
    "squared_hinge": "Squared hinge",
    "categorical_hinge": "Categorical hinge",
}
LAYERS = {
    "dense": "Dense", "conv2d": "Convolution", "max_pooling2d": "Max pooling", "average_pooling2d": "Average pooling",
    "l2_pooling2d": "L2 pooling", "dropout": "Dropout", "batch_normalization": "Batch normalisation",
    "simple_rnn": "Recurrent", "lstm": "LSTM", "flatten": "Flatten", "rows": "Rows",
}  # fmt: skip
FAMILIES = {"network": "Keras network", "scratch": "Network in NumPy alone", "svm": "Kernel SVM"}
KERNELS = {"rbf": "RBF exp(−γ‖x − x′‖²)", "linear": "Linear x·x′", "poly": "Polynomial (γ x·x′ + c)ᵈ"}
ACTIVATIONS = {
    "relu": "ReLU", "tanh": "Tanh", "sigmoid": "Sigmoid", "linear": "Linear", "leaky_relu": "Leaky ReLU", "elu": "ELU",
    "selu": "SELU", "gelu": "GELU", "silu": "SiLU (swish)", "softplus": "Softplus", "softsign": "Softsign",
    "hard_sigmoid": "Hard sigmoid", "relu6": "ReLU6", "mish": "Mish", "softmax": "Softmax", "auto": "Follows the loss",
}  # fmt: skip
OPTIMIZERS = {
    "sgd": "SGD", "rmsprop": "RMSprop", "adagrad": "Adagrad", "adadelta": "Adadelta", "adam": "Adam", "adamw": "AdamW",
    "adamax": "Adamax", "nadam": "Nadam", "ftrl": "FTRL", "lion": "Lion",
}  # fmt: skip
INITIALIZERS = {
    "uniform": "Uniform ±0.5 (TF Playground)",
    "glorot_uniform": "Glorot uniform (Keras)",
    "glorot_normal": "Glorot normal",
    "he_uniform": "He uniform",
    "he_normal": "He normal (for ReLU)",
    "lecun_uniform": "LeCun uniform",
    "lecun_normal": "LeCun normal (for SELU)",
    "random_normal": "Normal N(0, 1)",
    "small_normal": "Normal N(0, 0.1²)",
    "scaled_normal": "Normal N(0, 1) / √inputs",
    "orthogonal": "Orthogonal",
    "zeros": "Zeros (does not learn: see why)",
}
BIASES = {"zeros": "0", "tenth": "0.1 (TF Playground)", "random_normal": "Normal N(0, 1)"}
REGULARIZERS = {"none": "None", "l1": "L1", "l2": "L2"}
DECAYS = {
    "none": "Constant", "exponential": "Exponential", "staircase": "Staircase", "inverse_time": "1 / time",
    "cosine": "Cosine", "linear": "Linear",
}  # fmt: skip
OPTIMIZER_FIELDS = {
    "momentum": ("Momentum", "share of the last step that is kept for the next: the ball keeps rolling"),
    "nesterov": ("Nesterov", "look ahead: take the gradient where the momentum will carry the weights"),
    "rho": ("Rho", "how long squared gradients are remembered"),
    "centered": ("Centred", "divide by the gradients' variance instead of their mean square"),
    "initial_accumulator_value": ("Accumulator at the start", "the sum of squared gradients starts here"),
    "beta_1": ("Beta 1", "how long gradients are remembered"),
    "beta_2": ("Beta 2", "how long squared gradients are remembered"),
    "amsgrad": ("AMSGrad", "never let the remembered squared gradient shrink"),
    "weight_decay": ("Weight decay", "share of each weight, times the learning rate, that is taken away in every step"),
    "clipnorm": ("Clip each gradient's norm at", "empty: no clipping"),
    "clipvalue": ("Clip each gradient element at", "empty: no clipping"),
    "global_clipnorm": ("Clip the common norm at", "empty: no clipping"),
}
