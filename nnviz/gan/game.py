"""The game of a GAN: the discriminator learns to tell real samples from generated ones, the generator to be taken for
real. One step is so many updates of the discriminator and one of the generator (Goodfellow, 2014, algorithm 1)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnviz.gan.distributions import DIGITS, DISTRIBUTIONS, DRAWN, Array, Random, painted
from nnviz.gan.losses import LOSSES, Told
from nnviz.gan.networks import Network
from nnviz.gan.spec import GanSpec
from nnviz.optimizers import Optimizer
from nnviz.sets.drawing import stream

WEIGHTS, PLAY, MEASURE = range(3)
"""Streams of random numbers: what is measured does not change what is played."""


class Player:
    """A network with what its optimiser remembers, and how many updates it has had."""

    def __init__(self, network: Network, optimizer: Optimizer) -> None:
        self.network, self.optimizer = network, optimizer
        self.memory = optimizer.start(network.weights)
        self.updates = 0

    def update(self) -> None:
        """One update with the network's gradient."""
        self.updates += 1
        net = self.network
        net.weights[...], self.memory = self.optimizer.step(net.weights, net.gradient, self.memory, self.updates)


class Game:
    """Both networks of a spec. real(rng, n), latent(rng, n): float32 samples of the data, and of what the generator is
    given. played: the newest (D's loss on real samples, on generated ones, G's loss) of the batches; nan before."""

    def __init__(self, spec: GanSpec) -> None:
        self.spec, self.loss = spec, LOSSES[spec.loss]
        self.real = sampler(spec)
        rng, (generator, discriminator) = stream(spec.seed, WEIGHTS), spec.sizes
        last = "tanh" if spec.data == DIGITS else "linear"
        self.generator = Player(Network(generator, spec.activation, last, rng), spec.optimizer_at(spec.generator_rate))
        self.discriminator = Player(
            Network(discriminator, spec.activation, "linear", rng), spec.optimizer_at(spec.discriminator_rate)
        )
        self.rng = stream(spec.seed, PLAY)
        self.played = (np.nan, np.nan, np.nan)

    def latent(self, rng: Random, n: int) -> Array:
        size = n, self.spec.latent_size
        if self.spec.latent == "gaussian":
            return rng.standard_normal(size, np.float32)
        return 2 * rng.random(size, np.float32) - 1

    def step(self) -> None:
        """One whole step of the game."""
        for _ in range(self.spec.discriminator_steps):
            self.discriminator_step()
        self.generator_step()

    def discriminator_step(self) -> None:
        """One update of D on a batch of real samples and a batch of generated ones."""
        spec, loss, net, n = self.spec, self.loss, self.discriminator.network, self.spec.batch_size
        fake = self.generator.network.forward(self.latent(self.rng, n))
        scores = net.forward(np.concatenate([self.real(self.rng, n), fake]))
        real_told, fake_told = loss.real(scores[:n], 1 - spec.smoothing), loss.fake(scores[n:])
        net.back(np.concatenate([real_told.slope, fake_told.slope]))
        self.discriminator.update()
        if loss.clipped:
            np.clip(net.weights, -spec.clip, spec.clip, out=net.weights)
        self.played = real_told.value, fake_told.value, self.played[2]

    def generator_step(self) -> None:
        """One update of G: ∂L/∂x goes back through D, which stays as it is, into G."""
        net, judge = self.generator.network, self.discriminator.network
        told = self.loss.fool(judge.forward(net.forward(self.latent(self.rng, self.spec.batch_size))))
        net.back(judge.back(told.slope, learn=False))
        self.generator.update()
        self.played = *self.played[:2], told.value

    def score(self, x: Array) -> Array:
        """float32 [n]: D's score of samples [n, d]."""
        return self.discriminator.network.forward(x)[:, 0]

    def generate(self, z: Array) -> Array:
        """float32 [n, d]: G(z) of latent points [n, k]."""
        return self.generator.network.forward(z)

    def pull(self, x: Array) -> Array:
        """float32 [n, d]: −∂L/∂x of each generated sample alone: where D tells G to move it."""
        judge = self.discriminator.network
        told: Told = self.loss.fool(judge.forward(x))
        return -judge.back(told.slope, learn=False) * np.float32(len(x))

    @property
    def diverged(self) -> bool:
        """Whether a weight has left all bounds, or is no number any more."""
        players = self.generator, self.discriminator
        return not all(np.abs(one.network.weights).max() < 1e6 for one in players)


def sampler(spec: GanSpec) -> Callable[[Random, int], Array]:
    """real(rng, n) → float32 [n, d]: what is to be imitated."""
    if spec.data == DIGITS:
        pictures, _ = digits(spec.digit)
        return lambda rng, n: pictures[rng.integers(len(pictures), size=n)]
    return (painted(spec.painted) if spec.data == DRAWN else DISTRIBUTIONS[spec.data]).draw


_PICTURES: dict[str, tuple[Array, Array]] = {}


def digits(which: str = "all") -> tuple[Array, Array]:
    """float32 [n, 64] from −1 to 1, and their classes uint8 [n]: scikit-learn's digits, all or those of one class."""
    if not _PICTURES:
        from nnviz.sets.digits import read  # a file of its own, for whoever wants digits

        images, labels = read()
        _PICTURES["all"] = (2 * images.reshape(len(images), -1) - 1).astype(np.float32), labels.astype(np.uint8)
    if which not in _PICTURES:
        pictures, labels = _PICTURES["all"]
        chosen = labels == int(which)
        _PICTURES[which] = pictures[chosen], labels[chosen]
    return _PICTURES[which]
