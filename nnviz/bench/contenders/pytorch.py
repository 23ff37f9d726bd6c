"""PyTorch, eager and compiled: the batches are taken from tensors by index, without a DataLoader, which is slower."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nnviz.bench.works import Work
from nnviz.layers import Placed


def eager(work: Work) -> Callable[[int], None]:
    return _loop(work, lambda step: step)


def compiled(work: Work) -> Callable[[int], None]:
    """`torch.compile` of the step: forward, loss, gradients. It needs a C++ compiler."""
    import torch

    return _loop(work, torch.compile)


def _loop(work: Work, wrapped: Callable[[Any], Any]) -> Callable[[int], None]:
    import torch
    from torch import nn

    x, y = (torch.from_numpy(a) for a in work.data())
    if x.ndim == 4:
        x = x.permute(0, 3, 1, 2).contiguous()
    last = work.spec.plan[-1]
    crossed = work.spec.training.loss == "categorical_crossentropy"
    model = nn.Sequential(*[part for p in work.spec.plan for part in _parts(p, nn, crossed and p is last)])
    options = work.spec.training.optimizer
    optimizer = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[options.name](
        model.parameters(), options.learning_rate
    )
    loss = nn.CrossEntropyLoss() if crossed else nn.MSELoss()
    target = y.argmax(1) if crossed else y
    forward = wrapped(lambda inputs, wanted: loss(model(inputs), wanted))

    def steps(n: int) -> None:
        left = n
        while left > 0:
            order = torch.randperm(len(x))
            for i in range(0, min(left, work.steps_per_epoch) * work.batch, work.batch):
                rows = order[i : i + work.batch]
                optimizer.zero_grad()
                forward(x[rows], target[rows]).backward()
                optimizer.step()
            left -= work.steps_per_epoch

    return steps


def _parts(placed: Placed, nn: Any, logits: bool) -> list[Any]:
    """The modules of a layer; with `logits` without its activation, which the loss brings."""
    part: Any = placed.part
    activation = {"relu": [nn.ReLU()], "tanh": [nn.Tanh()], "sigmoid": [nn.Sigmoid()], "softmax": [nn.Softmax(1)]}
    said = [] if logits or placed.activation in (None, "linear") else activation[str(placed.activation)]
    if placed.kind == "dense":
        return [nn.Linear(placed.input_shape[-1], placed.output_shape[-1]), *said]
    if placed.kind == "conv2d":
        return [nn.Conv2d(placed.input_shape[-1], part.filters, part.kernel_size), *said]
    if placed.kind == "max_pooling2d":
        return [nn.MaxPool2d(part.pool_size)]
    return [nn.Dropout(part.rate)] if placed.kind == "dropout" else [nn.Flatten()]
