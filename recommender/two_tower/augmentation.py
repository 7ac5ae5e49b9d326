"""Change the sequences that the towers learn from: crop, mask, reorder (CL4SRec, Xie et al. 2022), substitute (CoSeRec, Liu et al. 2021), negatives, weights.

What is predicted stays as it is; only what it is predicted from, what it is told from, or how much it counts, changes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import scipy.sparse as sp

from recommender.data.sequences import Floats, Ints
from recommender.models.sparse import keep_strongest
from recommender.two_tower.batches import Batch, Windows

CHANGED = 0.5  # share of the windows that are cropped or reordered
MASKED, SUBSTITUTED = 0.1, 0.1  # share of the events whose item is hidden, or replaced
SPAN = 0.3  # share of a window whose items change their order
NEIGHBORS = 10  # items that an item is replaced by, or that are drawn as hard negatives
HARD = 128  # hard negatives of a batch
TAIL_EXPONENT = 0.25  # a target counts by its number of events to the power of minus this


@dataclass(frozen=True, slots=True, eq=False)
class Augmenter:
    """Change windows and batches while the towers learn.

    Attributes:
        kinds: Kinds of augmentation.
        neighbors: Items that occur with each item most, shape (items, NEIGHBORS); the item itself where there are fewer.
        counts: Number of interactions of each item, shape (items,).
    """

    kinds: Collection[str]
    neighbors: Ints
    counts: Ints

    @classmethod
    def of(cls, kinds: Collection[str], cooccurrence: sp.csr_matrix, counts: Ints) -> Self:
        """Prepare; `cooccurrence` counts what follows what."""
        return cls(kinds, _neighbors(cooccurrence) if {"substitute", "hard_negatives"} & set(kinds) else np.zeros((0, 0), np.int64), counts)

    def change_windows(self, windows: Windows, rng: np.random.Generator) -> Windows:
        """Return windows of which some begin later."""
        if "crop" not in self.kinds:
            return windows
        cut = (rng.random(len(windows.lengths)) < CHANGED) * (rng.random(len(windows.lengths)) * windows.lengths).astype(np.int64)
        return replace(windows, starts=windows.starts + cut, lengths=windows.lengths - cut)

    def change_batch(self, batch: Batch, rng: np.random.Generator) -> Batch:
        """Return a batch with other inputs, hard negatives, or other weights."""
        items = batch.items
        if "reorder" in self.kinds:
            items = _reorder(items, batch.inside.sum(axis=1), rng)
        if "substitute" in self.kinds:
            chosen = batch.inside & (rng.random(items.shape) < SUBSTITUTED)
            items = np.where(chosen, self._draw(items, rng), items)
        masked = batch.inside & (rng.random(items.shape) < MASKED) if "mask" in self.kinds else None
        hard = self._draw(rng.choice(batch.targets, HARD), rng) if "hard_negatives" in self.kinds and len(batch.targets) else None
        return replace(batch, items=items, masked=masked, hard_negatives=hard, weights=self._weights(batch) if "tail" in self.kinds else batch.weights)

    def _draw(self, items: Ints, rng: np.random.Generator) -> Ints:
        """Draw one of the neighbors of each item."""
        drawn: Ints = self.neighbors[items, rng.integers(self.neighbors.shape[1], size=items.shape)]
        return drawn

    def _weights(self, batch: Batch) -> Floats:
        rarity = np.maximum(self.counts[batch.targets], 1) ** -TAIL_EXPONENT
        weights: Floats = (batch.weights * rarity / max(float(rarity.mean()), 1e-9)).astype(np.float32) if len(rarity) else batch.weights
        return weights


def _reorder(items: Ints, lengths: Ints, rng: np.random.Generator) -> Ints:
    """Shuffle a span of some windows."""
    span = np.maximum((SPAN * lengths).astype(np.int64), 0)
    begin = (rng.random(len(lengths)) * (lengths - span + 1)).astype(np.int64)
    places = np.arange(items.shape[1])
    within = (places >= begin[:, None]) & (places < (begin + span)[:, None]) & (rng.random(len(lengths)) < CHANGED)[:, None]
    order = np.where(within, begin[:, None] + rng.random(items.shape) * np.maximum(span, 1)[:, None] * 0.999, places)
    return np.take_along_axis(items, np.argsort(order, axis=1, kind="stable"), axis=1)


def _neighbors(cooccurrence: sp.csr_matrix) -> Ints:
    strongest = keep_strongest(((cooccurrence + cooccurrence.T) / 2).tocsr(), NEIGHBORS)
    table = np.repeat(np.arange(strongest.shape[0])[:, None], NEIGHBORS, axis=1)
    for row in range(strongest.shape[0]):
        strong = strongest.indices[strongest.indptr[row] : strongest.indptr[row + 1]]
        if len(strong):
            table[row] = np.resize(strong, NEIGHBORS)
    return table
