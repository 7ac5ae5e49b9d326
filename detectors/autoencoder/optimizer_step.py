"""Update a network's weights once: plain on a processor, a recorded graph on a CUDA device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias, TypeVar

import torch
from torch import Tensor, nn

DECAY = 1e-4
REHEARSALS = 3  # steps before a graph is recorded, so that nothing is set up for the first time within it

N = TypeVar("N", bound=nn.Module)
Step: TypeAlias = Callable[[Tensor, Tensor, float], None]  # learns from the picked rows, with uniform numbers [noise, rows], at a learning rate


def make_step(network: N, loss: Callable[[N, Sequence[Tensor], Tensor], Tensor], tensors: Sequence[Tensor], size: int, noise: int, device: str) -> Step:
    """Return how a network learns.

    Args:
        network: What is trained.
        loss: See `training.train`.
        tensors: All rows, [..., rows] each, on the device.
        size: Rows an update.
        noise: Uniform numbers a row.
        device: Where they are.
    """
    on_cuda = device.startswith("cuda")
    learning_rate = torch.tensor(0.0, device=device)  # a tensor: a recorded graph reads it anew at each replay
    optimizer = torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=DECAY, fused=True, capturable=on_cuda)

    def update(picked: Tensor, drawn: Tensor) -> None:
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cuda", torch.bfloat16, enabled=on_cuda):
            lost = loss(network, [tensor.index_select(-1, picked) for tensor in tensors], drawn)
        lost.mean().backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        optimizer.step()

    if on_cuda:
        return _recorded(update, learning_rate, size, noise, device)

    def step(picked: Tensor, drawn: Tensor, rate: float) -> None:
        learning_rate.fill_(rate)
        update(picked, drawn)

    return step


def _recorded(update: Callable[[Tensor, Tensor], None], learning_rate: Tensor, size: int, noise: int, device: str) -> Step:
    """Return the update as a CUDA graph: its hundred small kernels are launched as one."""
    picked, drawn = torch.zeros(size, dtype=torch.int64, device=device), torch.zeros(noise, size, device=device)
    beside = torch.cuda.Stream()  # type: ignore[no-untyped-call]  # torch leaves it untyped
    beside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(beside):
        for _ in range(REHEARSALS):
            update(picked, drawn)  # at a rate of zero
    torch.cuda.current_stream().wait_stream(beside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        update(picked, drawn)

    def step(rows: Tensor, numbers: Tensor, rate: float) -> None:
        picked.copy_(rows, non_blocking=True)
        drawn.copy_(numbers, non_blocking=True)
        learning_rate.fill_(rate)
        graph.replay()

    return step
