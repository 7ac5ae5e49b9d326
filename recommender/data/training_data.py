"""Hold all that a model of the recommender may learn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol, Self, TypeAlias

import numpy as np

from recommender.data.sequences import Floats, Ints, Sequences, Vocabulary

Similarity: TypeAlias = Literal["cosine", "dot", "euclidean"]


class Trained(Protocol):
    """Score items by what is learned until now."""

    def score(self, histories: Sequences) -> Floats:
        """Return the scores of all items, shape (users, items)."""
        ...


MetricLogger: TypeAlias = Callable[[str, float, int], None]  # takes a name such as `two_tower/loss`, its value, and the step
EpochWatch: TypeAlias = Callable[[float, Callable[[], Trained]], None]  # takes the share of the epochs that is done, and what makes a ranker of them


def discard_metric(_name: str, _value: float, _step: int) -> None:
    """Log nothing."""


def watch_nothing(_share: float, _ranker: Callable[[], Trained]) -> None:
    """Let every epoch pass."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainingData:
    """Hold interactions together with the features of items.

    Attributes:
        events: Interactions, repeats collapsed.
        vocabulary: The items and kinds of events.
        attributes: Hashed attributes of the items, of `hash_attributes`, shape (items, width); no column where there are none.
        content: Unit vectors of the items by modality, such as `text` or `image`, each of shape (items, width of the modality); a row of
            zeros where an item has none.
        dimensions: Width of the embeddings to learn.
        epochs: Passes over the interactions, for models trained by gradient descent.
        similarity: Similarity of a user's and an item's embedding: `cosine`, `dot` or `euclidean`.
        log_metric: Receives the losses while models learn.
        augmentation: Kinds of augmentation of the sequences that the towers learn from.
        on_epoch: Called after each epoch of the towers; it raises to end a fit that does badly.

    Example:
        >>> data = TrainingData(Sequences.from_lists([[0, 1], [1, 2, 0]]), Vocabulary(("tea", "cup", "pot")))
        >>> data.items, len(data.events)
        (3, 2)
    """

    events: Sequences
    vocabulary: Vocabulary
    attributes: Ints = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    content: Mapping[str, Floats] = field(default_factory=dict)
    dimensions: int = 64
    epochs: int = 8
    similarity: Similarity = "cosine"
    augmentation: tuple[str, ...] = ()
    log_metric: MetricLogger = discard_metric
    on_epoch: EpochWatch = watch_nothing

    @property
    def items(self) -> int:
        """Return the number of items."""
        return len(self.vocabulary.items)

    def with_events(self, events: Sequences) -> Self:
        """Return the same data with other interactions and without a metric logger."""
        return replace(self, events=events, log_metric=discard_metric)
