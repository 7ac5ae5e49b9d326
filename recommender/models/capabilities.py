"""What some rankers can do beside scoring; who needs it asks with `isinstance`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, Self, runtime_checkable

from recommender.data.sequences import Floats, Ints, Sequences
from recommender.ranker import Ranker


@runtime_checkable
class EmbeddingModel(Protocol):
    """Users and items lie in one space: a score is `points @ vectors.T`, so an index can find the best."""

    @property
    def vectors(self) -> Floats:
        """Of the items, shape (items, d)."""
        ...

    def user_embeddings(self, histories: Sequences) -> Floats:
        """Of the users, shape (users, d); a row of zeros for one without a history."""
        ...


@runtime_checkable
class AdditiveScores(Protocol):
    """A score is a sum over the events of the history, so each event's share of it is exact."""

    def contributions(self, histories: Sequences, items: Ints) -> Floats:
        """What each event gives to the score of each asked item, shape (events, items); a user's add up to his scores, less what all users have in common."""
        ...


@runtime_checkable
class Ensemble(Protocol):
    """A score is the weighted sum of its parts' scores, each part's standardised over all items of the user."""

    @property
    def parts(self) -> Mapping[str, Ranker]:
        """The rankers by name."""
        ...

    @property
    def weights(self) -> Mapping[str, float]:
        """How much each counts."""
        ...


@runtime_checkable
class SupportsNewItems(Protocol):
    """Knows at once where an item lies that it has not learned from."""

    def add_items(self, features: Ints, modes: Mapping[str, Floats]) -> Self:
        """The same with further items behind its own.

        Args:
            features: Of `hash_attributes`, of the new items alone, shape (new, width).
            modes: As in a Material, of the new items alone.
        """
        ...
