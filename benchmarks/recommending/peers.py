"""Wrap rankers of other libraries, with the same training data as ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from recommender.data.sequences import Floats, Sequences
from recommender.data.training_data import TrainingData
from recommender.models.sparse import interaction_matrix
from recommender.ranker import Arrays


@dataclass(frozen=True, slots=True, eq=False)
class ImplicitALS:
    """Wrap `implicit`'s ALS; its own solver folds in users, as for new ones."""

    model: Any

    @classmethod
    def fit(cls, material: TrainingData, seed: int = 0, *, factors: int = 128, **settings: float) -> Self:
        """Fit on one core."""
        from implicit.als import AlternatingLeastSquares
        from threadpoolctl import threadpool_limits

        model = AlternatingLeastSquares(factors=factors, num_threads=1, random_state=seed, **settings)
        with threadpool_limits(1, "blas"):
            model.fit(interaction_matrix(material.events, material.items), show_progress=False)
        return cls(model)

    def score(self, histories: Sequences) -> Floats:
        """Return the products of vectors."""
        matrix = interaction_matrix(histories, len(self.model.item_factors))
        users: Floats = self.model.recalculate_user(np.arange(len(histories)), matrix)
        scores: Floats = users @ self.model.item_factors.T
        return scores

    def to_arrays(self) -> Arrays:
        """Return nothing: it is never stored."""
        return {}
