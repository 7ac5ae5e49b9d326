"""The candidates of one answer put in order: as they score, unless the configuration asks for more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from recommender.conversion import Contributions, Heads
from recommender.data.sequences import Floats, Ints, Sequences
from recommender.models.capabilities import EmbeddingModel, Ensemble
from recommender.ranker import Ranker
from recommender.rerank import Candidates, CatalogSignals, Ranked, read_catalog_signals, rerank
from recommender.serving.cold_items import Likened
from sluice.config.recommender import Rerank


@dataclass(frozen=True, slots=True, eq=False)
class Ordering:
    """What decides the order of an answer.

    Attributes:
        settings: What is asked for.
        heads: Tell what showing an item comes to, where that was learned.
        items: The catalog, of `load_catalog`.
    """

    settings: Rerank = Rerank()  # noqa: RUF009  # it is frozen
    heads: Heads | None = None
    items: pl.DataFrame | None = None

    @property
    def wants_more(self) -> bool:
        """Whether the order may differ from that of the scores, so that more candidates are wanted than are shown."""
        return bool(self.settings.diversity or self.settings.freshness or self.settings.margin or self.settings.conversion or self.settings.ads)

    def ordered(self, numbers: Ints, scores: Floats, names: list[str], ranker: Ranker, history: Callable[[], Sequences] | None, at: datetime, k: int) -> Ranked:
        """The candidates in order.

        Args:
            numbers: Of the candidates, shape (n,).
            scores: The ranker's, shape (n,).
            names: The candidates' ids.
            ranker: Knows where items lie.
            history: Gives that of the one user, repeats kept; None: nobody in particular asks.
            at: Now.
            k: How many will be shown.
        """
        vectors = self._vectors(ranker, numbers) if self.settings.diversity else None
        asked = self.settings.conversion or self.settings.ads
        rates = self.heads.rates(*self._asked(self.heads, history(), numbers, at)) if asked and history is not None and self.heads is not None else None
        return rerank(Candidates(scores, vectors, rates, self._facts(names, at)), self.settings, k)

    def chances(self, history: Sequences, numbers: Ints, at: datetime) -> Contributions | None:
        """What makes a purchase of each item likelier; None where that was not learned."""
        return None if self.heads is None else self.heads.contributions(*self._asked(self.heads, history, numbers, at))

    @staticmethod
    def _asked(heads: Heads, history: Sequences, numbers: Ints, at: datetime) -> tuple[Sequences, Ints, Ints, int]:
        """Pairs of the one user and the items as heads take them; an item that came after they had learned is unknown to them."""
        known = heads.known.described.items
        items = np.where(numbers < known, numbers, -1)
        return history.filter(history.items < known), np.zeros(len(items), np.int64), items, int(at.timestamp())

    def _facts(self, names: list[str], at: datetime) -> CatalogSignals:
        wanted = self.settings.freshness or self.settings.margin or self.settings.ads
        return read_catalog_signals(self.items, names, self.settings, at) if wanted and self.items is not None and self.items.height else CatalogSignals()

    @staticmethod
    def _vectors(ranker: Ranker, numbers: Ints) -> Floats | None:
        held = vectors_of(ranker)
        if held is None:
            return None
        known = numbers < len(held)
        found = np.where(known[:, None], held[np.where(known, numbers, 0)], np.float32(0))
        unit: Floats = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
        return unit


def vectors_of(ranker: Ranker) -> Floats | None:
    """Where the items lie, of the first ranker within that places them; None where none does."""
    match ranker:
        case Likened():
            return vectors_of(ranker.ranker)
        case Ensemble():
            return next((found for part in ranker.parts.values() if (found := vectors_of(part)) is not None), None)
        case EmbeddingModel():
            return ranker.vectors
        case _:
            return None
