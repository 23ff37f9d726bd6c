"""Reinforcement learning: a grid world and a cart-pole, agents that learn in them from their rewards alone."""
