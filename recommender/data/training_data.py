"""All that a model of the recommender may learn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Self, TypeAlias

import numpy as np

from recommender.data.sequences import Floats, Ints, Sequences, Vocabulary

Similarity: TypeAlias = Literal["cosine", "dot", "euclidean"]
MetricLogger: TypeAlias = Callable[[str, float, int], None]  # takes a name such as `two_tower/loss`, its value, and the step


def discard_metric(_name: str, _value: float, _step: int) -> None:
    """Log nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Interactions, and what is known of items and users beside them.

    Attributes:
        events: Interactions, repeats collapsed.
        vocabulary: The items and kinds.
        features: The items' hashed attributes, of `attributes.features`, shape (items, width); no column where there are none.
        modes: What else is known of the items by its name, such as `text` or `image`: vectors of length 1, shape (items, width of the
            mode); a row of zeros where it is missing.
        dimensions: Of the vectors that are learned.
        epochs: How often each interaction is learned from, by models that learn in steps.
        similarity: How near a user's vector is to an item's: `cosine`, `dot` or `euclidean`.
        log_metric: Receives the losses while models learn.
    """

    events: Sequences
    vocabulary: Vocabulary
    features: Ints = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    modes: Mapping[str, Floats] = field(default_factory=dict)
    dimensions: int = 64
    epochs: int = 8
    similarity: Similarity = "cosine"
    log_metric: MetricLogger = discard_metric

    @property
    def items(self) -> int:
        """How many items there are."""
        return len(self.vocabulary.items)

    def told(self, events: Sequences) -> Self:
        """The same of other interactions, unwatched."""
        return replace(self, events=events, log_metric=discard_metric)
