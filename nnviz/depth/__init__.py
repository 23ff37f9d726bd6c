"""Why deep networks are hard to train, in numbers: a chain of neurons, a slow start, many layers, softmax."""
