"""A blend of models: each sees what the others miss, and together they beat the best of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from recommender.data.sequences import Floats, Ints, Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.evaluation.validation import leave_last_out
from recommender.models import model
from recommender.models.appended_items import AppendedItems
from recommender.models.blend_weights import score_spread, standardize, tune_blend_weights
from recommender.models.capabilities import SupportsNewItems
from recommender.models.fitting import NOTHING, fit_event_independent, fit_models
from recommender.ranker import Arrays, Ranker, add_prefix, strip_prefix

PARTS = ("towers", "cooccurrence", "text", "propagation", "rarity")
WEIGHTS = "weights"


@dataclass(frozen=True, slots=True, eq=False)
class Blend:
    """The weighted sum of what its parts say, each user's scores of each part standardised.

    Attributes:
        parts: The models, by their names in MODELS.
        weights: How much each counts, by the same names.
    """

    parts: Mapping[str, Ranker]
    weights: Mapping[str, float]

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0, parts: Sequence[str] = PARTS) -> Self:
        """Fit each part without the users' last interactions, read off these how much it counts, and fit it again with all."""
        held = leave_last_out(data.events)
        settings = dict.fromkeys(parts, NOTHING)
        same = fit_event_independent(settings, data, seed)
        early = fit_models(settings, data.with_events(held.learned), seed, beside=same)
        return cls(fit_models(settings, data, seed, beside=same), tune_blend_weights(early, held))

    def score(self, histories: Sequences) -> Floats:
        """The weighted sum; a part that counts nothing is not asked."""
        counted = [(weight, self.parts[name]) for name, weight in sorted(self.weights.items()) if weight]  # in one order: sums of floats differ by it
        scores = [np.float32(weight) * standardize(part.score(histories)) for weight, part in counted]
        total: Floats = np.add.reduce(scores)
        return total

    def factors(self, histories: Sequences) -> Mapping[str, float]:
        """What each part's score is multiplied with for one user, less what all items have in common."""
        spreads = {name: score_spread(self.parts[name].score(histories)) for name, weight in self.weights.items() if weight}
        return {name: self.weights[name] / float(each[0]) for name, each in spreads.items() if each[0]}

    def add_items(self, features: Ints, modes: Mapping[str, Floats]) -> Self:
        """The same with further items behind its own, each part placing them as it can."""
        new = len(features)
        return type(self)(
            {name: part.add_items(features, modes) if isinstance(part, SupportsNewItems) else AppendedItems.of(part, new) for name, part in self.parts.items()},
            self.weights,
        )

    def to_arrays(self) -> Arrays:
        """The parts' arrays, each behind its name, and the weights."""
        weights = {name: np.array([weight], np.float32) for name, weight in self.weights.items()}
        held = {WEIGHTS: weights} | {name: part.to_arrays() for name, part in self.parts.items()}
        return {name: array for part, arrays in held.items() for name, array in add_prefix(part, arrays).items()}

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """What `arrays` gave.

        Raises:
            ValueError: A part is no model, or a weight is none.
        """
        weights = {name: float(weight[0]) for name, weight in strip_prefix(WEIGHTS, arrays).items()}
        if not any(weights.values()) or min(weights.values()) < 0:
            raise ValueError("the blend has a weight that is none")
        return cls({name: model(name).from_arrays(strip_prefix(name, arrays), vocabulary) for name in weights}, weights)
