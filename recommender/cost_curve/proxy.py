"""The proxy: directed co-occurrence, a second of counting, whose Recall@20 suffers from dirt as that of slower models does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recommender.data.interactions import collapse_repeats
from recommender.data.sequences import Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.evaluation.holdout import Holdout
from recommender.evaluation.metrics import rank_items
from recommender.models.cooccurrence import CoOccurrence
from recommender.promotion.paired_bootstrap import change
from sluice.domain import Cost, MetricDifference
from sluice.errors import ModelError

FEWEST = 20  # users whose next item the proxy must find at all, before a share of them means anything


@dataclass(frozen=True, slots=True, eq=False)
class Proxy:
    """What is measured on, and how the proxy does that learned from clean events.

    Attributes:
        held: The trusted hold-out.
        vocabulary: The items that count; others are left out.
        clean: Each user's Recall@20 by the clean proxy, shape (users,).
    """

    held: Holdout
    vocabulary: Vocabulary
    clean: NDArray[np.float64]

    @classmethod
    def of(cls, clean: pl.DataFrame, held: Holdout) -> Self:
        """Fit the clean proxy.

        Args:
            clean: Interactions, schema INTERACTIONS.
            held: The trusted hold-out; none of its events is among them.

        Raises:
            ModelError: The proxy finds too few users' next items for a loss to be told from chance.
        """
        items = pl.concat([clean["item"], held.targets["item"]]).unique().sort()
        vocabulary = Vocabulary(tuple(items), tuple(clean["kind"].drop_nulls().unique().sort()))
        hits = _hits(clean, held, vocabulary)
        if hits.sum() < FEWEST:
            raise ModelError(
                f"there is too little accepted data to calibrate on: of {len(hits):,} users in the hold-out the proxy finds the next item of "
                f"{hits.sum():.0f} ({FEWEST} are needed); wait for more batches, or take more of them"
            )
        return cls(held, vocabulary, hits)

    def compared(self, dirty: pl.DataFrame) -> MetricDifference:
        """How Recall@20 changes by learning from these interactions instead."""
        return change(self.clean, _hits(dirty, self.held, self.vocabulary))

    def cost(self, dirty: pl.DataFrame) -> Cost:
        """The share of Recall@20 that is lost by learning from these interactions instead."""
        found = self.compared(dirty)
        if found.change is None or found.low is None or found.high is None:
            raise ModelError("the clean proxy finds nothing")
        return Cost(0 - found.change, 0 - found.high, 0 - found.low)  # zero stays zero, without a sign


def _hits(events: pl.DataFrame, held: Holdout, vocabulary: Vocabulary) -> NDArray[np.float64]:
    ranker = CoOccurrence.fit(TrainingData(build_sequences(collapse_repeats(events), vocabulary), vocabulary))
    targets = vocabulary.encode(held.targets["item"]).fill_null(-1).to_numpy().astype(np.int64)
    return rank_items(ranker, build_sequences(held.histories, vocabulary), targets).hits
