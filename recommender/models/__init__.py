"""List the models by the names under which `sluice.yaml` asks for them; a model's module is imported with its first use."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Protocol, Self, cast

from recommender.data.sequences import Vocabulary
from recommender.data.training_data import TrainingData
from recommender.ranker import Arrays, Ranker
from sluice.domain import canonical_kind

MODELS: Mapping[str, str] = {  # a blend adds the scores of its parts in this order: sums of floats differ by it
    "als": "recommender.models.als:ALS",
    "cooccurrence": "recommender.models.cooccurrence:CoOccurrence",
    "ease": "recommender.models.ease:EASE",
    "item_knn": "recommender.models.item_knn:ItemKNN",
    "pure_svd": "recommender.models.baselines.pure_svd:PureSVD",
    "neumf": "recommender.models.baselines.neumf:NeuMF",
    "logistic_mf": "recommender.models.baselines.logistic_mf:LogisticMF",
    "popularity": "recommender.models.popularity:Popularity",
    "content_propagation": "recommender.models.content_propagation:ContentPropagation",
    "inverse_popularity": "recommender.models.inverse_popularity:InversePopularity",
    "content_knn": "recommender.models.content_knn:ContentKNN",
    "two_tower": "recommender.two_tower.model:TwoTowerModel",
    "blend": "recommender.models.blend:Blend",
}


class Model(Ranker, Protocol):
    """Fit a ranker, and restore one from its arrays."""

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0) -> Self:
        """Learn from interactions. Equal data and seed give equal models; a model may take further settings, each with a default."""
        ...

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """Restore the model of `to_arrays`.

        Raises:
            KeyError, ValueError, RuntimeError: The arrays do not fit together, or do not fit the vocabulary.
        """
        ...


def get_model(name: str) -> type[Model]:
    """Return the class of a model by its name.

    Raises:
        ValueError: No model has this name.

    Example:
        >>> get_model("popularity").__name__
        'Popularity'
    """
    if name not in MODELS:
        raise ValueError(f"no model is called {name!r}; there are {', '.join(MODELS)}")
    module, _, class_name = MODELS[name].partition(":")
    return cast("type[Model]", getattr(importlib.import_module(module), class_name))


def current_name(name: str) -> str:
    """Return the present name of a model; any other word as it is.

    Example:
        >>> current_name("towers"), current_name("als")
        ('two_tower', 'als')
    """
    return canonical_kind(name)


def sum_order(name: str) -> int:
    """Return the position at which a blend adds a part's scores; parts that are no models come first."""
    return list(MODELS).index(name) if name in MODELS else -1
