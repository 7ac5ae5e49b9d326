"""Fit the leave-one-out network to rows, some of which may be wrong."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from detectors.autoencoder.network import Layout, LeaveOneOutNetwork, cell_nll
from detectors.autoencoder.tiles import map_tiles
from detectors.autoencoder.training import train
from detectors.encoding import EncodedRows

RATE = 4e-3
AGAIN = 1e-3  # the rate of learning on: the weights are good already
HIDDEN_SHARE = 0.2  # cells hidden at random, so that values never seen, which are hidden too, surprise no other cell
SAMPLE = 20_000  # rows whose cells' quantiles tell what is usual


def fit(encoded: EncodedRows, layout: Layout, *, steps: int, seed: int, trim: float) -> LeaveOneOutNetwork:
    """Return a network fitted to rows; computes where they lie.

    Args:
        encoded: The rows.
        layout: The network's shape.
        steps: Updates of the weights.
        seed: Draws weights, order and hidden cells.
        trim: The share of the rows, the most surprising ones after a third of the steps, that is then left out: what dirt there is
            among them is not learned (trimmed likelihood; Neykov, Neytchev 1990).
    """
    generator = torch.Generator().manual_seed(seed)
    network = LeaveOneOutNetwork(layout, generator).to(encoded.numbers.device)
    first, rows = steps // 3 if trim else 0, torch.arange(len(encoded))
    if first:
        _learn(network, encoded, rows, first, RATE, generator)
        rows = _typical_cells(network, encoded, trim)
    _learn(network, encoded, rows, steps - first, RATE, generator)
    return network.short().eval()


def fine_tune(network: LeaveOneOutNetwork, encoded: EncodedRows, *, steps: int, seed: int) -> LeaveOneOutNetwork:
    """Return another network that has learned on from these rows."""
    generator = torch.Generator().manual_seed(seed)
    renewed = LeaveOneOutNetwork(network.layout, generator)
    renewed.load_state_dict(network.state_dict())
    renewed.to(encoded.numbers.device)
    _learn(renewed, encoded, torch.arange(len(encoded)), steps, AGAIN, generator)
    return renewed.short().eval()


def _learn(network: LeaveOneOutNetwork, encoded: EncodedRows, rows: Tensor, steps: int, rate: float, generator: torch.Generator) -> None:
    noise = len(network.layout.groups)
    train(network, _lost, (encoded.numbers, encoded.codes), rows=rows, steps=steps, rate=rate, noise=noise, generator=generator)


def _lost(network: LeaveOneOutNetwork, rows: Sequence[Tensor], drawn: Tensor) -> Tensor:
    numbers, codes = rows
    losses = cell_nll(network(numbers, codes, (drawn > HIDDEN_SHARE).float()), numbers, codes)
    return torch.nanmean(losses)


def _typical_cells(network: LeaveOneOutNetwork, encoded: EncodedRows, trim: float) -> Tensor:
    """Return the places of the rows whose most surprising cell, on its channel's own scale, is not among the worst."""

    def score_tile(tile: EncodedRows, _: Tensor | None) -> Tensor:
        return cell_nll(network(tile.numbers, tile.codes), tile.numbers, tile.codes).nan_to_num_(nan=0.0)

    sample = map_tiles(encoded[:: max(len(encoded) // SAMPLE, 1)], score_tile)
    middle, high = sample.quantile(0.5, dim=1, keepdim=True), sample.quantile(0.95, dim=1, keepdim=True)
    width = (high - middle).clamp_(min=0.2)
    worst = map_tiles(encoded, lambda tile, visible: ((score_tile(tile, visible) - middle) / width).amax(dim=0))
    return (worst <= worst.kthvalue(len(worst) - int(trim * len(worst))).values).nonzero()[:, 0].cpu()
