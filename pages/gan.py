"""GAN: a generator learns to imitate points and digits, against a discriminator that learns to tell."""

from nnviz.ui.page import show

show("gan")
