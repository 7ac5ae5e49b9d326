"""Trains a network on rows that stay where they are computed: no loader, no epochs' bookkeeping, one learning-rate cycle."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from typing import TypeVar

import torch
from torch import Tensor, nn

from detectors.autoencoder.optimizer_step import make_step
from detectors.autoencoder.tiles import deterministic_math

BATCH = 512
WARMING = 0.1  # share of the steps in which the learning rate rises

N = TypeVar("N", bound=nn.Module)


def train(
    network: N,
    loss: Callable[[N, Sequence[Tensor], Tensor], Tensor],
    tensors: Sequence[Tensor],
    *,
    rows: Tensor | None = None,
    steps: int,
    rate: float,
    noise: int,
    generator: torch.Generator,
) -> None:
    """Fit a network's weights in place.

    Args:
        network: On the device of the tensors.
        loss: Of the network, some rows of each tensor and uniform numbers [noise, rows]: the loss of each row or cell.
        tensors: All rows, [..., rows] each.
        rows: int64 [n], on the processor: the places of those to learn from; None: all.
        steps: Updates, each of `BATCH` rows (fewer where there are fewer).
        rate: The highest learning rate of the cycle.
        noise: How many uniform numbers the loss takes a row.
        generator: Draws order and numbers; the process's own random state is neither read nor changed.
    """
    device = tensors[0].device
    rows = torch.arange(tensors[0].shape[-1]) if rows is None else rows
    size = min(BATCH, len(rows))
    on_cuda = device.type == "cuda"
    with deterministic_math("high" if on_cuda else "highest"), torch.cuda.device(device) if on_cuda else nullcontext():
        step = make_step(network, loss, tensors, size, noise, str(device))
        for i, picked in enumerate(_batches(rows, size, steps, generator)):
            drawn = torch.rand(noise, size, generator=generator)
            step(picked.to(device), drawn.to(device), rate * _cycle((i + 1) / steps))


def _cycle(done: float) -> float:
    """Return the learning rate's share of its highest, a cosine up and a longer one down (Smith, Topin 2019)."""
    if done < WARMING:
        return 0.04 + 0.96 * (1 - math.cos(math.pi * done / WARMING)) / 2
    return (1 + math.cos(math.pi * (done - WARMING) / (1 - WARMING))) / 2


def _batches(rows: Tensor, size: int, steps: int, generator: torch.Generator) -> Iterator[Tensor]:
    per_epoch = len(rows) // size
    for _ in range(math.ceil(steps / per_epoch)):
        order = rows[torch.randperm(len(rows), generator=generator)]
        yield from order[: per_epoch * size].view(per_epoch, size)[: min(per_epoch, steps)]
        steps -= per_epoch
