"""Compute the distance to the nearest accepted row, on one scale.

Source: Ramaswamy, Rastogi, Shim: Efficient algorithms for mining outliers from large data sets. SIGMOD 2000; with one neighbour, and
a core set of rows instead of all. Which scale suits is a matter of the table, so several are asked (see `detector`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F  # noqa: N812  # torch's own name for it

from detectors.autoencoder.tiles import deterministic_math

TILE = 1024  # rows computed at once, padded to it: a row's distance is then the same to the last bit in any company
ALIGNED = 16  # features and core rows come in multiples of it: odd widths make matrix kernels round rows by their place in the batch
PADDING = 1e30


@dataclass(frozen=True, slots=True, eq=False)
class CoreSet:
    """Hold accepted rows that distances are measured to.

    Attributes:
        rows: float64 [core, features].
    """

    rows: Tensor

    def nearest(self, rows: Tensor, *, itself: bool = False) -> NDArray[np.float64]:
        """Return the Euclidean distance to the nearest row of the core, [rows].

        Args:
            rows: float64 [rows, features].
            itself: The rows are the core's own, in their order, and no row is its own neighbour.
        """
        padded = F.pad(rows, (0, -rows.shape[1] % ALIGNED, 0, -len(rows) % TILE))
        core = F.pad(self.rows, (0, -self.rows.shape[1] % ALIGNED, 0, -len(self.rows) % ALIGNED))
        lengths = (core**2).sum(1)
        lengths[len(self.rows) :] = PADDING
        distances = torch.empty(len(padded), dtype=torch.float64, device=rows.device)
        with deterministic_math():
            for start in range(0, len(padded), TILE):
                tile = padded[start : start + TILE]
                squared = torch.addmm(lengths[None, :], tile, core.T, alpha=-2)
                if itself:
                    own = torch.arange(start, min(start + TILE, len(rows)), device=rows.device)
                    squared[own - start, own] = PADDING
                distances[start : start + TILE] = squared.amin(1) + (tile**2).sum(1)
        return np.asarray(np.sqrt(np.maximum(distances[: len(rows)].cpu().numpy(), 0.0)))
