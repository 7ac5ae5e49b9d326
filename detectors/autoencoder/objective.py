"""What training lowers."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from detectors.autoencoder.network import Network, surprise

HIDDEN_SHARE = 0.2  # cells hidden at random, so that values never seen, which are hidden too, surprise no other cell
DOUBTED = 6.0


def lost(network: Network, rows: Sequence[Tensor], noise: Tensor) -> Tensor:
    """The mean negative log-likelihood of a batch's cells.

    Args:
        network: The network.
        rows: `numbers` and `codes` of the batch.
        noise: Uniform, [rows, channels]: which cells are hidden.
    """
    numbers, codes = rows
    return torch.nanmean(surprise(network(numbers, codes, (noise > HIDDEN_SHARE).float()), numbers, codes))
