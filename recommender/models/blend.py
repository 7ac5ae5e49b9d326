"""Blend models: each sees what the others miss, and together they beat the best of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from recommender.data.sequences import Floats, Ints, Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.evaluation.validation import leave_last_out
from recommender.models import current_name, get_model, sum_order
from recommender.models.appended_items import AppendedItems
from recommender.models.blend_weights import score_spread, standardize, tune_blend_weights
from recommender.models.capabilities import SupportsNewItems
from recommender.models.fitting import NOTHING, fit_event_independent, fit_models
from recommender.ranker import Arrays, Ranker, add_prefix, strip_prefix

PARTS = ("two_tower", "cooccurrence", "content_knn", "content_propagation", "inverse_popularity")
WEIGHTS = "weights"


@dataclass(frozen=True, slots=True, eq=False)
class Blend:
    """Score items by the weighted sum of the parts' scores, each part's standardized over all items of the user.

    Attributes:
        parts: Models, by their names in MODELS.
        weights: Weight of each part, by the same names.

    Example:
        >>> from recommender.models.cooccurrence import CoOccurrence
        >>> from recommender.models.popularity import Popularity
        >>> data = TrainingData(Sequences.from_lists([[0, 1], [0, 1], [2]]), Vocabulary(("tea", "cup", "pot")))
        >>> blend = Blend({"cooccurrence": CoOccurrence.fit(data), "popularity": Popularity.fit(data)}, {"cooccurrence": 1.0, "popularity": 0.1})
        >>> blend.score(Sequences.from_lists([[0]])).argmax().item()
        1
    """

    parts: Mapping[str, Ranker]
    weights: Mapping[str, float]

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0, parts: Sequence[str] = PARTS) -> Self:
        """Fit each part without the users' last interactions, tune the weights on these, and fit the parts again with all.

        Args:
            data: Data to learn from.
            seed: Seed of everything that is random.
            parts: Names of the models to blend.
        """
        validation = leave_last_out(data.events)
        settings = dict.fromkeys(parts, NOTHING)
        same = fit_event_independent(settings, data, seed)
        early = fit_models(settings, data.with_events(validation.train), seed, fitted_models=same)
        return cls(fit_models(settings, data, seed, fitted_models=same), tune_blend_weights(early, validation))

    def score(self, histories: Sequences) -> Floats:
        """Return the weighted sum, shape (users, items); parts of weight 0 are skipped."""
        weighted = [(self.weights[name], self.parts[name]) for name in sorted(self.weights, key=sum_order) if self.weights[name]]
        scores = [np.float32(weight) * standardize(part.score(histories)) for weight, part in weighted]
        total: Floats = np.add.reduce(scores)
        return total

    def effective_weights(self, histories: Sequences) -> Mapping[str, float]:
        """Return the factor of each part's raw score for one user, with the standardization included."""
        spreads = {name: score_spread(self.parts[name].score(histories)) for name, weight in self.weights.items() if weight}
        return {name: self.weights[name] / float(spread[0]) for name, spread in spreads.items() if spread[0]}

    def add_items(self, attributes: Ints, content: Mapping[str, Floats]) -> Self:
        """Return the same with further items, which each part places as it can."""
        new = len(attributes)
        parts = {
            name: part.add_items(attributes, content) if isinstance(part, SupportsNewItems) else AppendedItems.of(part, new)
            for name, part in self.parts.items()
        }
        return type(self)(parts, self.weights)

    def to_arrays(self) -> Arrays:
        """Return the parts' arrays, each prefixed with its name, and the weights."""
        weights = {name: np.array([weight], np.float32) for name, weight in self.weights.items()}
        arrays = {WEIGHTS: weights} | {name: part.to_arrays() for name, part in self.parts.items()}
        return {name: array for part in arrays for name, array in add_prefix(part, arrays[part]).items()}

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """Restore the model of `to_arrays`.

        Raises:
            ValueError: A part is no model, or a weight is none.
        """
        stored = {name: float(weight[0]) for name, weight in strip_prefix(WEIGHTS, arrays).items()}
        if not any(stored.values()) or min(stored.values()) < 0:
            raise ValueError("the blend has a weight that is none")
        names = {current_name(name): name for name in stored}
        ordered = sorted(names, key=sum_order)
        parts = {name: get_model(name).from_arrays(strip_prefix(names[name], arrays), vocabulary) for name in ordered}
        return cls(parts, {name: stored[names[name]] for name in ordered})
