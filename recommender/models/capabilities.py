"""Define what some rankers can do beside scoring; callers test for it with `isinstance`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, Self, runtime_checkable

import scipy.sparse as sp

from recommender.data.sequences import Floats, Ints, Sequences
from recommender.ranker import Ranker


@runtime_checkable
class EmbeddingModel(Protocol):
    """Embed users and items in one space: a score is `user_embeddings @ item_embeddings.T`, so an index can find the best items."""

    @property
    def item_embeddings(self) -> Floats:
        """Return the embeddings of the items, shape (items, d)."""
        ...

    def user_embeddings(self, histories: Sequences) -> Floats:
        """Return the embeddings of the users, shape (users, d); a row of zeros for a user without a history."""
        ...


@runtime_checkable
class AdditiveScores(Protocol):
    """Score items by a sum over the events of the history, so the contribution of each event is exact."""

    def contributions(self, histories: Sequences, items: Ints) -> Floats:
        """Return the contribution of each event to the score of each item, shape (events, items).

        The contributions of a user's events add up to the user's scores, less a part that is the same for all users.
        """
        ...


@runtime_checkable
class SparseScores(Protocol):
    """Score most items of a user alike, so that only the others need to be looked at."""

    def sparse_scores(self, histories: Sequences) -> sp.csr_matrix:
        """Return what a score exceeds `offset` by, shape (users, items)."""
        ...

    def offset(self) -> Floats:
        """Return the scores of a user without a history, shape (items,)."""
        ...


@runtime_checkable
class SharedScores(Protocol):
    """Score items the same for every user."""

    def shared_scores(self) -> Floats:
        """Return the scores, shape (items,)."""
        ...


@runtime_checkable
class Ensemble(Protocol):
    """Score items by the weighted sum of the parts' scores, each part's standardized over all items of the user."""

    @property
    def parts(self) -> Mapping[str, Ranker]:
        """Return the rankers by name."""
        ...

    @property
    def weights(self) -> Mapping[str, float]:
        """Return the weight of each part."""
        ...


@runtime_checkable
class SupportsNewItems(Protocol):
    """Place items that were not part of the training data."""

    def add_items(self, attributes: Ints, content: Mapping[str, Floats]) -> Self:
        """Return the same model with further items behind its own.

        Args:
            attributes: Hashed attributes of the new items, of `hash_attributes`, shape (new, width).
            content: Vectors of the new items by modality, as in `TrainingData`.
        """
        ...
