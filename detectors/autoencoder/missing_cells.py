"""Score an empty cell in a column whose cells were hardly ever empty.

Where nulls are usual the network has learned when they are due. Where they are not there is nothing to learn that from: such a null is a
rare event, whose chance is (k + 1) / (n + 2) after k in n rows (the rule of succession; Laplace 1774). A value never seen is no null.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import Tensor

from detectors.encoding import EMPTY, EncodedRows
from detectors.features.column_features import ColumnFeature, FeatureKind

HARDLY = 1  # nulls that teach nothing: a value that came once is not remembered
VOID, UNREAD = "is empty, where hardly any ever was", "cannot be read, where nearly all could be"
TELLING: tuple[FeatureKind, ...] = ("number", "length", "category", "hour", "weekday")  # channels that are null just where their cell is


def compute_null_rarity(encoded: EncodedRows, channels: Sequence[ColumnFeature]) -> Tensor:
    """Return float32 [channels, 1]: -log10 of the chance that a channel's cell is empty; 0 where nulls are usual, or another channel of the column tells."""
    counts, rows = torch.stack([item.sum() for item in is_missing(encoded)])[:, None], len(encoded)  # at once it would take eight bytes a cell
    telling = {column: i for i, column in reversed([(i, item.column) for i, item in enumerate(channels) if item.kind in TELLING])}
    tells = torch.zeros_like(counts, dtype=torch.bool)
    tells[list(telling.values())] = True
    return torch.where(tells & (counts <= HARDLY), torch.log10((rows + 2) / (counts + 1)), 0.0)


def is_missing(encoded: EncodedRows) -> Tensor:
    """Return [channels, rows] of bool: whether there is nothing in a cell, or nothing that can be read as what its column holds."""
    return torch.cat([encoded.numbers[0].isnan(), encoded.values == EMPTY])


def describe_missing(rows: pl.DataFrame, gone: NDArray[np.bool_], columns: Sequence[str]) -> NDArray[np.object_]:
    """Return [rows, columns]: in words how a cell is odd that tells nothing where hardly any ever did; None elsewhere. `gone` tells which cells those are."""
    void = [rows[name].is_null().to_numpy() if name in rows.columns else np.ones(rows.height, bool) for name in columns]
    reasons = np.where(np.stack(void, axis=1), VOID, UNREAD).astype(np.object_)
    reasons[~gone] = None
    return reasons
