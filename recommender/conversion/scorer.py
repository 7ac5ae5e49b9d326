"""What scores the features of pairs: the network or the trees, each behind the same few words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from recommender.conversion.pair_features import Table
from recommender.data.sequences import Bools, Floats
from recommender.ranker import Arrays


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Impressions with what was known before them and what came of them.

    Attributes:
        table: The features, n rows.
        clicked: Shape (n,); true wherever `bought` is.
        bought: Shape (n,).
    """

    table: Table
    clicked: Bools
    bought: Bools

    def __len__(self) -> int:
        """How many there are."""
        return len(self.bought)


class Scorer(Protocol):
    """Tells from features what an impression comes to. Learned, and deterministic."""

    def log_odds(self, values: Floats) -> Floats:
        """Of a click and of a purchase, before calibration; shape (2, n)."""
        ...

    def contributions(self, values: Floats) -> tuple[Floats, Floats]:
        """What each feature adds to the log-odds of a purchase, shape (n, features), and where these start from, shape (n,)."""
        ...

    def to_arrays(self) -> Arrays:
        """All that it learned."""
        ...


def joined(first: Examples, second: Examples) -> Examples:
    """Both, one behind the other."""
    values = np.concatenate([first.table.values, second.table.values])
    return Examples(Table(first.table.names, values), np.concatenate([first.clicked, second.clicked]), np.concatenate([first.bought, second.bought]))


def counted(examples: Examples) -> Mapping[str, int]:
    """How many there are of each."""
    return {"impressions": len(examples), "clicked": int(examples.clicked.sum()), "bought": int(examples.bought.sum())}
