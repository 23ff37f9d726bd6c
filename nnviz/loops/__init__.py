"""What trains a network step by step: NumPy, TensorFlow, XLA, and the choice between them."""
