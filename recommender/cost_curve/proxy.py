"""Fit the proxy model: directed co-occurrence, a second of counting, whose Recall@20 suffers from faults as that of slower models does."""

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
from recommender.promotion.paired_bootstrap import paired_difference
from sluice.domain import Cost, MetricDifference
from sluice.errors import ModelError
from sluice.messages import make_error

MIN_HITS = 20  # users whose next item the clean proxy must find, so that a share of them means anything


@dataclass(frozen=True, slots=True, eq=False)
class Proxy:
    """Hold the hold-out, and the hits of the proxy that learned from clean events.

    Attributes:
        holdout: The trusted hold-out.
        vocabulary: The items that count; others are ignored.
        clean_hits: Each user's Recall@20 by the clean proxy, shape (users,).
    """

    holdout: Holdout
    vocabulary: Vocabulary
    clean_hits: NDArray[np.float64]

    @classmethod
    def fit(cls, clean: pl.DataFrame, holdout: Holdout) -> Self:
        """Fit the clean proxy.

        Args:
            clean: Interactions, schema INTERACTIONS.
            holdout: The trusted hold-out; none of its events is among them.

        Raises:
            ModelError: The proxy finds too few users' next items to tell a loss from chance.
        """
        items = pl.concat([clean["item"], holdout.targets["item"]]).unique().sort()
        vocabulary = Vocabulary(tuple(items), tuple(clean["kind"].drop_nulls().unique().sort()))
        hits = _count_hits(clean, holdout, vocabulary)
        if hits.sum() < MIN_HITS:
            raise make_error(ModelError, "curve_too_little_data", users=len(hits), hits=hits.sum(), needed=MIN_HITS)
        return cls(holdout, vocabulary, hits)

    def compare(self, dirty: pl.DataFrame) -> MetricDifference:
        """Measure how Recall@20 changes when the proxy learns from other interactions."""
        return paired_difference(self.clean_hits, _count_hits(dirty, self.holdout, self.vocabulary))

    def cost(self, dirty: pl.DataFrame) -> Cost:
        """Measure the share of Recall@20 lost when the proxy learns from other interactions."""
        difference = self.compare(dirty)
        if difference.change is None or difference.low is None or difference.high is None:
            raise make_error(ModelError, "curve_proxy_finds_nothing")
        return Cost(0 - difference.change, 0 - difference.high, 0 - difference.low)  # zero stays zero, without a sign


def _count_hits(events: pl.DataFrame, holdout: Holdout, vocabulary: Vocabulary) -> NDArray[np.float64]:
    ranker = CoOccurrence.fit(TrainingData(build_sequences(collapse_repeats(events), vocabulary), vocabulary))
    targets = vocabulary.encode(holdout.targets["item"]).fill_null(-1).to_numpy().astype(np.int64)
    return rank_items(ranker, build_sequences(holdout.histories, vocabulary), targets).hits
