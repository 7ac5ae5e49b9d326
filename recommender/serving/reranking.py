"""Apply the configured re-ranking to the candidates of one answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from recommender.conversion import ConversionModel, FeatureContributions
from recommender.data.sequences import Floats, Ints, Sequences
from recommender.models.capabilities import EmbeddingModel, Ensemble
from recommender.ranker import Ranker
from recommender.rerank import Candidates, CatalogSignals, RankedCandidates, read_catalog_signals, rerank
from recommender.serving.cold_items import ColdItemRanker
from sluice.config.recommender import Rerank


@dataclass(frozen=True, slots=True, eq=False)
class Reranker:
    """Gather what re-ranking needs, and re-rank.

    Attributes:
        settings: The configured weights.
        conversion: Predicts clicks and purchases, where it was trained.
        items: The catalog, of `load_catalog`.
    """

    settings: Rerank = Rerank()  # noqa: RUF009  # it is frozen
    conversion: ConversionModel | None = None
    items: pl.DataFrame | None = None

    @property
    def changes_order(self) -> bool:
        """Return whether the order may differ from that of the scores, so that more candidates are needed than items in the answer."""
        return bool(self.settings.diversity or self.settings.freshness or self.settings.margin or self.settings.conversion or self.settings.ads)

    def rerank(
        self,
        numbers: Ints,
        scores: Floats,
        names: list[str],
        ranker: Ranker,
        history: Callable[[], Sequences] | None,
        at: datetime,
        k: int,
        side: Mapping[str, object] | None = None,
    ) -> RankedCandidates:
        """Order the candidates of one answer.

        Args:
            numbers: Item numbers of the candidates, shape (n,).
            scores: The ranker's, shape (n,).
            names: The candidates' ids.
            ranker: Gives item embeddings.
            history: Gives the user's history, repeats kept; None: no user.
            at: The current time.
            k: The length of the answer.
            side: Attributes of the user and context of the request, by prefixed names of side columns.
        """
        embeddings = self._embeddings(ranker, numbers) if self.settings.diversity else None
        probabilities = None
        if (self.settings.conversion or self.settings.ads) and history is not None and self.conversion is not None:
            probabilities = self.conversion.predict(*_pairs(self.conversion, history(), numbers, at), side or {})
        return rerank(Candidates(scores, embeddings, probabilities, self._signals(names, at)), self.settings, k)

    def purchase_contributions(self, history: Sequences, numbers: Ints, at: datetime, side: Mapping[str, object] | None = None) -> FeatureContributions | None:
        """Return what raises the purchase probability of each item; None without a conversion model."""
        return None if self.conversion is None else self.conversion.contributions(*_pairs(self.conversion, history, numbers, at), side or {})

    def _signals(self, names: list[str], at: datetime) -> CatalogSignals:
        used = self.settings.freshness or self.settings.margin or self.settings.ads
        return read_catalog_signals(self.items, names, self.settings, at) if used and self.items is not None and self.items.height else CatalogSignals()

    @staticmethod
    def _embeddings(ranker: Ranker, numbers: Ints) -> Floats | None:
        vectors = item_embeddings(ranker)
        if vectors is None:
            return None
        embedded = numbers < len(vectors)
        rows = np.where(embedded[:, None], vectors[np.where(embedded, numbers, 0)], np.float32(0))
        unit: Floats = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        return unit


def _pairs(conversion: ConversionModel, history: Sequences, numbers: Ints, at: datetime) -> tuple[Sequences, Ints, Ints, int]:
    """Pair the one user with the items; items newer than the conversion model are unknown to it."""
    item_count = conversion.statistics.items.count
    items = np.where(numbers < item_count, numbers, -1)
    return history.filter(history.items < item_count), np.zeros(len(items), np.int64), items, int(at.timestamp())


def item_embeddings(ranker: Ranker) -> Floats | None:
    """Return the item embeddings of the first embedding model within a ranker; None where there is none."""
    match ranker:
        case ColdItemRanker():
            return item_embeddings(ranker.ranker)
        case Ensemble():
            return next((vectors for part in ranker.parts.values() if (vectors := item_embeddings(part)) is not None), None)
        case EmbeddingModel():
            return ranker.item_embeddings
        case _:
            return None
