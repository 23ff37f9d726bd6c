"""A generative adversarial network on points of the plane and on small digits: two networks that play against each
other."""
