"""How much of a score an item's attributes carry."""

from __future__ import annotations

from recommender.data.sequences import Floats, Ints, Sequences
from recommender.models.capabilities import EmbeddingModel, Ensemble, SupportsNewItems
from recommender.ranker import Ranker
from recommender.serving.attribute_features import Attributes


def described(ranker: Ranker, attributes: Attributes, history: Sequences, items: Ints) -> dict[str, Floats]:
    """What the scores of items would lose without each attribute, were the items known by their attributes alone; shape (items,) each.

    Args:
        ranker: Whose scores are explained; nothing is told of one that does not place items by their attributes.
        attributes: Of all its items.
        history: Of one user.
        items: The numbers of the items that are asked for.
    """
    found = _placing(ranker, history)
    if found is None:
        return {}
    part, factor = found
    whole = _told(part, attributes.whole[items], history)
    return {name: factor * (whole - _told(part, table[items], history)) for name, table in attributes.without.items()}


def _placing(ranker: Ranker, history: Sequences) -> tuple[SupportsNewItems, float] | None:
    """The part that places items by their attributes, and what its scores are multiplied with."""
    if isinstance(ranker, Ensemble):
        for name, weight in ranker.weights.items():
            part = ranker.parts[name]
            if weight and isinstance(part, SupportsNewItems) and isinstance(part, EmbeddingModel):
                return part, weight / (float(part.score(history).std()) or 1.0)
        return None
    return (ranker, 1.0) if isinstance(ranker, SupportsNewItems) and isinstance(ranker, EmbeddingModel) else None


def _told(part: SupportsNewItems, table: Ints, history: Sequences) -> Floats:
    """The scores of items that are known by these features alone."""
    grown = part.add_items(table, {})
    assert isinstance(grown, EmbeddingModel)  # noqa: S101  # as the part is
    scores: Floats = grown.vectors[-len(table) :] @ grown.user_embeddings(history)[0]
    return scores
