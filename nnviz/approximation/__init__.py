"""What networks of one input can be: a function learned in pieces, a polynomial and its weight decay, truth tables."""
