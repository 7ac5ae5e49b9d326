"""Provide the trained towers as a ranker."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor

from recommender.data.sequences import Floats, Ints, Sequences, Vocabulary
from recommender.data.training_data import Similarity, TrainingData
from recommender.models.cooccurrence import CoOccurrence
from recommender.models.fitting import NOTHING, get_or_fit
from recommender.ranker import Arrays, Ranker, add_prefix, strip_prefix
from recommender.two_tower.batches import HISTORY, bucket_time_gaps, pad_windows
from recommender.two_tower.fitting import fit_towers
from recommender.two_tower.item_features import ItemFeatures
from recommender.two_tower.losses import NEGATIVES, TEMPERATURE, TwoTower, mean_social_vector
from recommender.two_tower.modules import DROPOUT, ItemTower, UserTower
from recommender.two_tower.settings import LEARNING_RATE, TowerSettings
from recommender.two_tower.similarity import prepare_items, prepare_users

SIMILARITIES: tuple[Similarity, ...] = ("cosine", "dot", "euclidean")  # an artifact stores the position in it
RENAMED_PARAMETERS: Mapping[str, str] = {  # modules of artifacts of version 0.1.0
    "leanings": "gate_biases",
    "places": "positions",
    "ages": "time_gaps",
    "hidden": "mask_token",
    "around": "social",
    "heeding": "social_gate",
    "before_attention": "attention_norm",
    "before_forward": "feed_forward_norm",
    "last": "output_norm",
    "attended": "attention_output",
}


@dataclass(frozen=True, slots=True, eq=False)
class TwoTowerModel:
    """Score items by the similarity of a user embedding, read from the history, and item embeddings.

    Attributes:
        item_vectors: Item embeddings as the user tower reads them, shape (items, d).
        item_tower: Embeds items that came later, and initializes later trainings.
        user_tower: Reads histories.

    Example:
        >>> histories = Sequences.from_lists([[0, 1, 2], [0, 1, 2], [1, 2, 0]])
        >>> data = TrainingData(histories, Vocabulary(("tea", "cup", "pot")), dimensions=4, epochs=1)
        >>> model = TwoTowerModel.fit(data)
        >>> model.item_embeddings.shape, model.score(Sequences.from_lists([[0], []])).shape
        ((3, 4), (2, 3))
    """

    item_table: Floats
    item_tower: ItemTower
    user_tower: UserTower

    @property
    def item_embeddings(self) -> Floats:
        """Return the items, prepared for the inner product; shape (items, d), or (items, d + 1) for the Euclidean distance."""
        return prepare_items(torch.from_numpy(self.item_table), self.item_tower.similarity).numpy()

    @torch.no_grad()
    def user_embeddings(self, histories: Sequences) -> Floats:
        """Return the users, prepared for the inner product with `item_embeddings`; a row of zeros for one without a history."""
        recent = histories.most_recent(HISTORY)
        lengths, items = recent.lengths, torch.from_numpy(self.item_table)
        events, kinds, time_gaps = pad_windows(recent, bucket_time_gaps(recent), recent.starts[:-1], lengths)
        inputs = torch.where(torch.from_numpy(lengths > 0)[:, None, None], items[torch.from_numpy(events)], self.user_tower.mask_token)
        social_items = torch.from_numpy(np.full((len(recent), 0), -1) if recent.social_items is None else recent.social_items)
        social = mean_social_vector(items[social_items.clamp(min=0)], social_items)
        side = None if recent.request is None else torch.from_numpy(recent.request.astype(np.int64))[:, None]
        users = self.user_tower(inputs, torch.from_numpy(kinds), torch.from_numpy(time_gaps), None, social, side)
        newest = users[torch.arange(len(lengths)), torch.from_numpy(np.maximum(lengths, 1) - 1)]
        prepared: Floats = prepare_users(newest, self.item_tower.similarity).numpy()
        has_input = (lengths > 0) | (social_items.numpy() >= 0).any(axis=1)
        return prepared * has_input[:, None]

    def score(self, histories: Sequences) -> Floats:
        """Return the similarity of each user and item, shape (users, items); 0 for a user without a history."""
        scores: Floats = self.user_embeddings(histories) @ self.item_embeddings.T
        return scores

    @torch.no_grad()
    def add_items(self, attributes: Ints, content: Mapping[str, Floats]) -> Self:
        """Return the same with further items, placed by their attributes and content."""
        size = len(attributes)
        vectors = {name: content.get(name, np.zeros((size, width), np.float32)) for name, width in self.item_tower.widths.items()}
        features = ItemFeatures.of(attributes, vectors, np.zeros(size, np.int64))
        new = self.item_tower(torch.zeros(size, dtype=torch.int64), features).numpy()
        return type(self)(np.concatenate([self.item_table, new]), self.item_tower, self.user_tower)

    def to_arrays(self) -> Arrays:
        """Return the item embeddings, the weights of both towers, and the similarity that they were made for."""
        similarity = np.array([SIMILARITIES.index(self.item_tower.similarity)])
        towers = {**add_prefix("user", _weights(self.user_tower)), **add_prefix("item", _weights(self.item_tower))}
        return {"items": self.item_table, "similarity": similarity, **towers}

    @classmethod
    def fit(
        cls,
        data: TrainingData,
        *,
        seed: int = 0,
        pretrain_epochs: int = 0,
        learning_rate: float = LEARNING_RATE,
        temperature: float = TEMPERATURE,
        negatives: int = NEGATIVES,
        dropout: float = DROPOUT,
        init_model: tuple[Vocabulary, Ranker] | None = None,
        fitted_models: Mapping[str, Ranker] = NOTHING,
    ) -> Self:
        """Learn to tell the next item from others.

        Args:
            data: Data to learn from; its dimensions, epochs and similarity apply.
            seed: Seed of everything that is random.
            pretrain_epochs: Epochs of predicting hidden items before.
            learning_rate: Size of the first steps; the last ones are a twentieth of it.
            temperature: What similarities are divided by; the lower, the more the hardest negatives count.
            negatives: Number of items that each batch tells the next items from.
            dropout: Share of the user tower's values that are hidden while it learns.
            init_model: Towers to continue from, and the items that they know; where they do not fit the data a full fit is made.
            fitted_models: Models of the same data, by name; co-occurrence among them is not counted again.
        """
        init = (init_model[0], init_model[1].item_tower, init_model[1].user_tower) if init_model is not None and isinstance(init_model[1], cls) else None
        settings = TowerSettings(pretrain_epochs, learning_rate, temperature, negatives, dropout)
        features = ItemFeatures.of(data.attributes, data.content, np.bincount(data.events.items, minlength=data.items))

        def watch(share: float, towers: TwoTower) -> None:
            data.on_epoch(share, lambda: cls._of_towers(copy.deepcopy(towers.items).cpu(), copy.deepcopy(towers.users).cpu(), features))

        towers = fit_towers(data, get_or_fit(CoOccurrence, fitted_models, data), seed, settings, init, watch)
        return cls._of_towers(*towers, features)

    @classmethod
    @torch.no_grad()
    def _of_towers(cls, item_tower: ItemTower, user_tower: UserTower, features: ItemFeatures) -> Self:
        vectors = item_tower.eval()(torch.arange(len(features.id_probability)), features)
        return cls(vectors.numpy(), item_tower, user_tower.eval())

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """Restore the model of `to_arrays`.

        Raises:
            RuntimeError: The weights do not fit the towers.
        """
        if arrays["items"].shape[0] != len(vocabulary.items):
            raise ValueError("the towers do not have one vector per item")
        similarity, weights, user_weights = SIMILARITIES[int(arrays["similarity"][0])], strip_prefix("item", arrays), strip_prefix("user", arrays)
        widths = {name.split(".")[1]: array.shape[1] for name, array in weights.items() if name.startswith("projections.")}
        items, dimensions = weights["ids.weight"].shape
        item_tower = ItemTower(items, dimensions, widths, similarity)
        user_tower = UserTower(arrays["items"].shape[1], len(vocabulary.kinds), similarity, side="side.weight" in user_weights)
        item_tower.load_state_dict(_tensors(weights), strict=True)
        user_tower.load_state_dict(_tensors(user_weights), strict=True)
        return cls(np.array(arrays["items"]), item_tower.eval(), user_tower.eval())


def _weights(module: torch.nn.Module) -> Arrays:
    return {name: value.detach().cpu().numpy() for name, value in module.state_dict().items()}


def _tensors(arrays: Arrays) -> dict[str, Tensor]:
    return {_current_parameter(name): torch.from_numpy(np.array(value)) for name, value in arrays.items()}


def _current_parameter(name: str) -> str:
    """Return the present name of a parameter, such as `output_norm.weight` for `last.weight`."""
    module, dot, parameter = name.partition(".")
    return RENAMED_PARAMETERS.get(module, module) + dot + parameter
