"""Trains the network on arrays that stay where they are computed: no loader, no epochs' bookkeeping, one learning-rate cycle."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from detectors.autoencoder.network import Layout, Network, surprise
from detectors.encoding import Encoded

BATCH = 512
RATE = 4e-3
HIDDEN_SHARE = 0.2  # cells hidden at random, so that values never seen, which are hidden too, surprise no other cell


def train(encoded: Encoded, layout: Layout, *, steps: int, seed: int, device: str) -> Network:
    """Fit the network to rows.

    Args:
        encoded: The rows.
        layout: The network's shape.
        steps: Updates, each of `BATCH` rows (fewer where there are fewer).
        seed: Draws weights, order and hidden cells; the process's own random state is neither read nor changed.
        device: Where to compute.
    """
    generator = torch.Generator().manual_seed(seed)
    network = Network(layout, generator).to(device)
    numbers, codes = torch.from_numpy(encoded.numbers).to(device), torch.from_numpy(encoded.codes).to(device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=1e-4, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps, pct_start=0.1, cycle_momentum=False)
    with one_thread():
        for picked in _batches(len(encoded), steps, generator):
            rows = picked.to(device)
            visible = (torch.rand(len(rows), len(layout.groups), generator=generator) > HIDDEN_SHARE).float().to(device)
            told = surprise(network(numbers[rows], codes[rows], visible), numbers[rows], codes[rows])
            optimizer.zero_grad(set_to_none=True)
            torch.nanmean(told).backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            optimizer.step()
            schedule.step()
    return network.eval()


def _batches(rows: int, steps: int, generator: torch.Generator) -> Iterator[Tensor]:
    size = min(BATCH, rows)
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
