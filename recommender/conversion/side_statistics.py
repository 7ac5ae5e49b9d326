"""Count what impressions came to by attributes of users and by context, alone and together with the item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from recommender.conversion.impressions import NEVER, Impressions
from recommender.conversion.log_odds import log_odds, smoothed_log_odds
from recommender.data.attributes import BUCKETS
from recommender.data.sequences import Floats, Ints, Tokens
from recommender.data.side_features import SideFeatures
from recommender.ranker import Arrays, add_prefix, strip_prefix

PRIOR = 30.0  # impressions at the shop's rate that smooth the rate of a value
PAIR_PRIOR = 20.0  # impressions at the item's rate that smooth its rate with a value
NAMES = ("click rate", "purchase rate", "click rate of the item", "purchase rate of the item")


@dataclass(frozen=True, slots=True, eq=False)
class SideStatistics:
    """Hold counts of impressions, clicks and purchases.

    Attributes:
        features: Numbers the values.
        base_rates: Share of the shop's impressions that were clicked, and bought; shape (2,).
        counts: By value, shape (BUCKETS, 3).
        items: By item, shape (items + 1, 3).
        keys: Value and item of each pair that there was, `value * (items + 1) + item`, ascending; shape (pairs,).
        pairs: By pair, shape (pairs, 3).
    """

    features: SideFeatures
    base_rates: Floats
    counts: Floats
    items: Floats
    keys: Ints
    pairs: Floats

    @classmethod
    def compute(cls, impressions: Impressions, features: SideFeatures, items: int, base_rates: Floats, until: int = NEVER) -> Self:
        """Count before a moment; later outcomes are unknown.

        Args:
            impressions: With the numbers of the values, of `features`.
            features: Numbers the values.
            items: Number of items.
            base_rates: Share of the shop's impressions that were clicked, and bought; shape (2,).
            until: The moment, in seconds since 1970.
        """
        before = impressions.where(impressions.times < until)
        outcomes = np.stack([np.ones(len(before)), before.click_times < until, before.purchase_times < until], axis=1)
        side = np.zeros((len(before), 0), np.int16) if before.side is None else before.side
        rows, columns = np.nonzero(side)
        numbers = side[rows, columns].astype(np.int64)
        keys, place = np.unique(numbers * (items + 1) + before.items[rows], return_inverse=True)
        return cls(
            features,
            base_rates,
            _sum(numbers, outcomes[rows], BUCKETS),
            _sum(before.items, outcomes, items + 1),
            keys,
            _sum(place, outcomes[rows], len(keys)),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the features, those of a column together."""
        return tuple(f"{column} {name}" for column in self.features.columns for name in NAMES)

    def values(self, side: Tokens, items: Ints) -> list[Floats]:
        """Return the features of pairs of a request and an item, in the order of `names`.

        Args:
            side: Numbers of the values, shape (n, columns); 0 where one is not known, which says what the shop and the item say.
            items: Item numbers, shape (n,); -1 for unknown items.
        """
        of_item = self.items[items]
        rates = (of_item[:, 1:] + PAIR_PRIOR * self.base_rates) / (of_item[:, :1] + PAIR_PRIOR)
        return [feature for column in side.T.astype(np.int64) for feature in self._of_column(column, items, rates)]

    def _of_column(self, numbers: Ints, items: Ints, item_rates: Floats) -> list[Floats]:
        counts, pairs = self.counts[numbers], self._of_pairs(numbers, items)
        alone = [smoothed_log_odds(counts[:, outcome], counts[:, 0], self.base_rates[outcome - 1], PRIOR) for outcome in (1, 2)]
        together = [
            log_odds((pairs[:, outcome] + PAIR_PRIOR * item_rates[:, outcome - 1]) / (np.maximum(pairs[:, outcome], pairs[:, 0]) + PAIR_PRIOR))
            for outcome in (1, 2)
        ]
        return [*alone, *together]

    def _of_pairs(self, numbers: Ints, items: Ints) -> Floats:
        if not len(self.keys):
            return np.zeros((len(items), 3), np.float32)
        pair_keys = numbers * len(self.items) + np.where(items < 0, len(self.items) - 1, items)
        place = np.minimum(np.searchsorted(self.keys, pair_keys), len(self.keys) - 1)
        is_counted = (self.keys[place] == pair_keys) & (numbers > 0)
        return np.where(is_counted[:, None], self.pairs[place], np.float32(0))

    def to_arrays(self) -> Arrays:
        """Return counts, and what numbers the values; no value."""
        tables = {"rates": self.base_rates, "counts": self.counts.T, "items": self.items.T, "keys": self.keys, "pairs": self.pairs.T}
        return {**{name: np.ascontiguousarray(table) for name, table in tables.items()}, **add_prefix("features", self.features.to_arrays())}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Self:
        """Restore from `to_arrays`.

        Raises:
            KeyError, ValueError: The arrays do not fit together.
        """
        counts, items, pairs = (np.ascontiguousarray(arrays[name].T) for name in ("counts", "items", "pairs"))
        if counts.shape != (BUCKETS, 3) or items.shape[1:] != (3,) or pairs.shape != (len(arrays["keys"]), 3):
            raise ValueError("the counts by attributes and context do not fit together")
        return cls(SideFeatures.from_arrays(strip_prefix("features", arrays)), arrays["rates"], counts, items, arrays["keys"], pairs)


def _sum(groups: Ints, outcomes: Floats, count: int) -> Floats:
    return np.stack([np.bincount(groups, weights=column, minlength=count) for column in outcomes.T], axis=1).astype(np.float32)
