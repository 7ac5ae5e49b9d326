"""Compute how much each attribute of an item contributes to its score."""

from __future__ import annotations

from recommender.data.sequences import Floats, Ints, Sequences
from recommender.models.capabilities import EmbeddingModel, Ensemble, SupportsNewItems
from recommender.ranker import Ranker
from recommender.serving.attribute_features import AttributeFeatures


def attribute_contributions(ranker: Ranker, features: AttributeFeatures, history: Sequences, items: Ints) -> dict[str, Floats]:
    """Compute what scores would lose without each attribute, if items were known by their attributes alone; shape (items,) each.

    Args:
        ranker: The ranker to explain; empty for one that does not embed items by their attributes.
        features: Of all its items.
        history: Of one user.
        items: The numbers of the items.
    """
    explained = _attribute_model(ranker, history)
    if explained is None:
        return {}
    part, factor = explained
    full = _score_features(part, features.full[items], history)
    return {name: factor * (full - _score_features(part, table[items], history)) for name, table in features.ablated.items()}


def _attribute_model(ranker: Ranker, history: Sequences) -> tuple[SupportsNewItems, float] | None:
    """Return the part that embeds items by their attributes, and the factor of its scores in the total."""
    if isinstance(ranker, Ensemble):
        for name, weight in ranker.weights.items():
            part = ranker.parts[name]
            if weight and isinstance(part, SupportsNewItems) and isinstance(part, EmbeddingModel):
                return part, weight / (float(part.score(history).std()) or 1.0)
        return None
    return (ranker, 1.0) if isinstance(ranker, SupportsNewItems) and isinstance(ranker, EmbeddingModel) else None


def _score_features(part: SupportsNewItems, table: Ints, history: Sequences) -> Floats:
    """Score items that are known by these features alone."""
    extended = part.add_items(table, {})
    assert isinstance(extended, EmbeddingModel)  # noqa: S101  # as the part is
    scores: Floats = extended.item_embeddings[-len(table) :] @ extended.user_embeddings(history)[0]
    return scores
