"""Attribute the anomaly of a row to its cells.

A wrong cell also makes its neighbours look strange. So each of the most surprising columns is hidden in turn, and the one without
which the others look least strange is blamed first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from detectors.autoencoder.cell_surprise import CellSurprise
from detectors.autoencoder.missing_cells import is_missing
from detectors.autoencoder.tiles import map_tiles
from detectors.encoding import EncodedRows, Encoder

SUSPECTS = 4  # columns that are tried
MIN_SURPRISE = 2.0  # a row with no surprise above it has no cell to blame
ORDINARY = 1.0  # a second suspect is named only if it is more surprising than this
FAINT, CERTAIN = 0.3, 7.0  # what is left: surprise below the one says nothing, and above the other no more
OWN = 0.2  # weight of a suspect's own surprise: of two that leave as little, the stranger is to blame


@dataclass(frozen=True, slots=True, eq=False)
class CellAttribution:
    """Looks at a model's surprises by column.

    Attributes:
        surprises: What is said against a row.
        told: int64 [channels and ordered pairs]: the column that each speaks of.
        given: The same of the column that a pair sees it beside; a channel's own column.
        columns: How many columns there are.
    """

    surprises: CellSurprise
    target_groups: NDArray[np.int64]
    condition_groups: NDArray[np.int64]
    columns: int

    @classmethod
    def of(cls, surprises: CellSurprise, encoder: Encoder) -> CellAttribution:
        """Find out which column each channel and pair speaks of."""
        groups, split = encoder.groups, len(encoder.grids)
        target_groups, condition_groups = (
            [int(groups[split + b]) for _, b, _ in surprises.pairs.ordered],
            [int(groups[split + a]) for a, _, _ in surprises.pairs.ordered],
        )
        return cls(surprises, np.array([*groups, *target_groups], np.int64), np.array([*groups, *condition_groups], np.int64), len(encoder.columns))

    def by_column(self, encoded: EncodedRows) -> NDArray[np.float32]:
        """Return float32 [rows, columns]: the worst surprise that speaks of each column."""
        return self._by_column(map_tiles(encoded, self.surprises).cpu().numpy())

    def _by_column(self, surprises: NDArray[np.float32]) -> NDArray[np.float32]:
        target_groups = self.target_groups[: len(surprises)]
        return np.stack([surprises[target_groups == column].max(axis=0) for column in range(self.columns)], axis=1)

    def settled(self, encoded: EncodedRows) -> NDArray[np.float32]:
        """Return float32 [rows, columns]: the surprise of each column once the one to blame is hidden from it; that one's own, and a quiet row's, as they are.

        A wrong cell so surprises by itself, and marks no other.
        """
        surprise = self.by_column(encoded)
        unusual_rows = np.flatnonzero(surprise.max(axis=1, initial=0) > MIN_SURPRISE)
        if not len(unusual_rows):
            return surprise
        rows = encoded[torch.from_numpy(unusual_rows).to(encoded.numbers.device)]
        blamed = self.suspects(rows, surprise[unusual_rows])[:, 0]
        others, place = self._by_column(self._without(rows, blamed)), np.arange(len(unusual_rows))
        others[place, blamed] = surprise[unusual_rows, blamed]
        surprise[unusual_rows] = np.minimum(others, surprise[unusual_rows])
        return surprise

    def suspects(self, encoded: EncodedRows, columns: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return int64 [rows, up to SUSPECTS] columns, the one to blame first."""
        worst = np.argsort(-columns, axis=1, kind="stable")[:, :SUSPECTS]
        left = np.stack([self._left(encoded, worst[:, i]) for i in range(worst.shape[1])], axis=1)
        left -= np.take_along_axis(OWN * columns + SUSPECTS * CERTAIN * self.gone(encoded), worst, axis=1)
        return np.take_along_axis(worst, np.argsort(left, axis=1, kind="stable"), axis=1)

    def gone(self, encoded: EncodedRows) -> NDArray[np.bool_]:
        """Return [rows, columns]: which cells are empty whose like hardly ever are: they are wrong, whatever the others say."""
        return self._by_column(((self.surprises.rarity > 0) & is_missing(encoded)).float().cpu().numpy()) > 0

    def _left(self, encoded: EncodedRows, hidden: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return how strange the other columns look, [rows], once the given column of each row is hidden."""
        return np.asarray((np.clip(self._without(encoded, hidden), FAINT, CERTAIN) - FAINT).sum(axis=0), np.float32)

    def _without(self, encoded: EncodedRows, hidden: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return [channels and ordered pairs, rows]: what is said once the given column of each row is hidden; nothing by it and of it."""
        own = (self.target_groups[:, None] == hidden) | (self.condition_groups[:, None] == hidden)
        channels = len(self.surprises.network.layout.groups)
        visible = torch.from_numpy(~own[:channels]).float().to(encoded.numbers.device)
        return np.where(own, np.float32(0), map_tiles(encoded, self.surprises, visible).cpu().numpy())


def name_suspects(suspects: NDArray[np.int64], surprise: NDArray[np.float32], names: Sequence[str]) -> list[list[str]]:
    """Return each row's suspects by name: the first, and those of the others that are surprising themselves."""
    worst = np.take_along_axis(surprise, suspects, axis=1)
    return [[names[c] for c, how in zip(row, of, strict=True) if how > ORDINARY or c == row[0]] for row, of in zip(suspects, worst, strict=True)]
