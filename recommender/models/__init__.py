"""The models, by the name under which sluice.yaml asks for them; torch is imported with the first that needs it."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Protocol, Self, cast

from recommender.data.sequences import Vocabulary
from recommender.data.training_data import TrainingData
from recommender.ranker import Arrays, Ranker

MODELS: Mapping[str, str] = {
    "popularity": "recommender.models.popularity:Popularity",
    "item_knn": "recommender.models.item_knn:ItemKNN",
    "ease": "recommender.models.ease:EASE",
    "als": "recommender.models.als:ALS",
    "latent": "recommender.models.baselines.pure_svd:PureSVD",
    "plain": "recommender.models.baselines.logistic_mf:LogisticMF",
    "neumf": "recommender.models.baselines.neumf:NeuMF",
    "cooccurrence": "recommender.models.cooccurrence:CoOccurrence",
    "text": "recommender.models.content_knn:ContentKNN",
    "rarity": "recommender.models.inverse_popularity:InversePopularity",
    "propagation": "recommender.models.content_propagation:ContentPropagation",
    "towers": "recommender.two_tower.model:TwoTowerModel",
    "blend": "recommender.models.blend:Blend",
}


class Model(Ranker, Protocol):
    """A ranker that can be fitted, and made again from its arrays."""

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0) -> Self:
        """Learn. The same data and seed give the same model; a model may take further settings, each with a default."""
        ...

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """The model that `arrays` described.

        Raises:
            KeyError, ValueError, RuntimeError: The arrays do not fit together, or not the vocabulary.
        """
        ...


def model(name: str) -> type[Model]:
    """A model by its name.

    Raises:
        ValueError: None is called so.
    """
    if name not in MODELS:
        raise ValueError(f"no model is called {name!r}; there are {', '.join(MODELS)}")
    module, _, what = MODELS[name].partition(":")
    return cast("type[Model]", getattr(importlib.import_module(module), what))
