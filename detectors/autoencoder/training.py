"""Trains a network on tensors that stay where they are computed: no loader, no epochs' bookkeeping, one learning-rate cycle."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias, TypeVar

import torch
from torch import Tensor, nn

from detectors.autoencoder.stepping import stepper

BATCH = 512
RATE = 4e-3
WARM = 0.1  # the share of the steps in which the rate grows

N = TypeVar("N", bound=nn.Module)
Loss: TypeAlias = Callable[[N, Sequence[Tensor], Tensor], Tensor]


def train(
    network: N, loss: Loss[N], tensors: Sequence[Tensor], *, steps: int, seed: int, device: str, batch: int = BATCH, rate: float = RATE, noise: int = 0
) -> N:
    """Fit a network to rows.

    Args:
        network: What is trained, in place; it is moved to the device.
        loss: Of the network, the batch's part of each tensor, and uniform numbers [rows, noise]: a number to lower, or [rows] of them.
        tensors: The rows, one a row in each.
        steps: Updates, each of `batch` rows (fewer where there are fewer).
        seed: Draws the order and the noise; the process's own random state is neither read nor changed.
        device: Where to compute.
        batch: Rows an update.
        rate: The highest learning rate; it grows to it, then falls to zero along a cosine.
        noise: How many uniform numbers a row the loss takes.

    Returns:
        The network, ready to predict.
    """
    generator = torch.Generator().manual_seed(seed)
    network, rows = network.to(device).train(), len(tensors[0])
    size = min(batch, rows)
    with one_thread():
        step = stepper(network, loss, [tensor.to(device) for tensor in tensors], size, noise, device)
        for i, picked in enumerate(_batches(rows, size, steps, generator)):
            step(picked, torch.rand(size, noise, generator=generator), rate * _cycle((i + 1) / steps))
    return network.eval()


def _cycle(done: float) -> float:
    return done / WARM if done < WARM else 0.5 + 0.5 * math.cos(math.pi * (done - WARM) / (1 - WARM))


def _batches(rows: int, size: int, steps: int, generator: torch.Generator) -> Iterator[Tensor]:
    each = rows // size
    for _ in range(math.ceil(steps / each)):
        order = torch.randperm(rows, generator=generator)
        yield from order[: each * size].view(each, size)[: min(each, steps)]
        steps -= each


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute on one thread: results then do not depend on how many cores a machine has, and small matrices are quicker."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
