"""Both towers, trained, as a ranker."""

from __future__ import annotations

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
from recommender.two_tower.batches import HISTORY, ages_of, padded
from recommender.two_tower.fitting import fit
from recommender.two_tower.item_features import ItemFeatures
from recommender.two_tower.losses import mean_around
from recommender.two_tower.modules import ItemTower, UserTower
from recommender.two_tower.similarity import items_ready, users_ready

SIMILARITIES: tuple[Similarity, ...] = ("cosine", "dot", "euclidean")  # an artifact holds the place in it


@dataclass(frozen=True, slots=True, eq=False)
class TwoTowerModel:
    """Both towers, trained: the items' vectors, and the user tower that reads histories.

    Attributes:
        items: Vectors as the user tower reads them, shape (items, d).
        tower: Gives items that came later their vectors, and is what a later training starts from.
        users: The user tower.
    """

    items: Floats
    tower: ItemTower
    users: UserTower

    @property
    def vectors(self) -> Floats:
        """Of the items, ready for the inner product with `points`; shape (items, d), or (items, d + 1) for the Euclidean distance."""
        return items_ready(torch.from_numpy(self.items), self.tower.similarity).numpy()

    @torch.no_grad()
    def user_embeddings(self, histories: Sequences) -> Floats:
        """Where each user points, ready for the inner product with `vectors`; a row of zeros for one of whom nothing is known."""
        told = histories.most_recent(HISTORY)
        lengths, items = told.lengths, torch.from_numpy(self.items)
        events, kinds, ages = padded(told, ages_of(told), told.starts[:-1], lengths)
        read = torch.where(torch.from_numpy(lengths > 0)[:, None, None], items[torch.from_numpy(events)], self.users.hidden)
        beside = torch.from_numpy(np.full((len(told), 0), -1) if told.social_items is None else told.social_items)
        around = mean_around(items[beside.clamp(min=0)], beside)
        points = self.users(read, torch.from_numpy(kinds), torch.from_numpy(ages), None, around)
        newest = points[torch.arange(len(lengths)), torch.from_numpy(np.maximum(lengths, 1) - 1)]
        ready: Floats = users_ready(newest, self.tower.similarity).numpy()
        known = (lengths > 0) | (beside.numpy() >= 0).any(axis=1)
        return ready * known[:, None]

    def score(self, histories: Sequences) -> Floats:
        """How near each user's point is to every item; 0 for a user of whom nothing is known."""
        scores: Floats = self.user_embeddings(histories) @ self.vectors.T
        return scores

    @torch.no_grad()
    def add_items(self, features: Ints, modes: Mapping[str, Floats]) -> Self:
        """The same with further items behind its own, each where its attributes and modes place it."""
        size = len(features)
        told = {name: modes.get(name, np.zeros((size, width), np.float32)) for name, width in self.tower.widths.items()}
        known = ItemFeatures.of(features, told, np.zeros(size, np.int64))
        new = self.tower(torch.zeros(size, dtype=torch.int64), known).numpy()
        return type(self)(np.concatenate([self.items, new]), self.tower, self.users)

    def to_arrays(self) -> Arrays:
        """The item vectors, both towers' weights, and which similarity they were made for."""
        similarity = np.array([SIMILARITIES.index(self.tower.similarity)])
        return {"items": self.items, "similarity": similarity, **add_prefix("user", _weights(self.users)), **add_prefix("item", _weights(self.tower))}

    @classmethod
    def fit(
        cls, data: TrainingData, *, seed: int = 0, pretrain: int = 0, since: tuple[Vocabulary, Ranker] | None = None, beside: Mapping[str, Ranker] = NOTHING
    ) -> Self:
        """Learn to tell the item that came next from items that did not.

        Args:
            data: What to learn from.
            seed: Of all that is drawn.
            pretrain: Epochs before, in which hidden items are told.
            since: Towers to learn on from, and the items that they know; where they do not fit the data a whole fit is made.
            beside: Models of the same data, by name; co-occurrence among them is not counted again.
        """
        before = (since[0], since[1].tower, since[1].users) if since is not None and isinstance(since[1], cls) else None
        tower, users = fit(data, get_or_fit(CoOccurrence, beside, data), seed, pretrain, before)
        met = np.bincount(data.events.items, minlength=data.items)
        with torch.no_grad():
            items = tower(torch.arange(data.items), ItemFeatures.of(data.attributes, data.content, met))
        return cls(items.numpy(), tower, users)

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """What `arrays` gave.

        Raises:
            RuntimeError: The weights do not fit the towers.
        """
        if arrays["items"].shape[0] != len(vocabulary.items):
            raise ValueError("the towers do not have one vector an item")
        similarity, weights = SIMILARITIES[int(arrays["similarity"][0])], strip_prefix("item", arrays)
        widths = {name.split(".")[1]: each.shape[1] for name, each in weights.items() if name.startswith("projections.")}
        items, dimensions = weights["ids.weight"].shape
        tower = ItemTower(items, dimensions, widths, similarity)
        users = UserTower(arrays["items"].shape[1], len(vocabulary.kinds), similarity)
        tower.load_state_dict(_tensors(weights), strict=True)
        users.load_state_dict(_tensors(strip_prefix("user", arrays)), strict=True)
        return cls(np.array(arrays["items"]), tower.eval(), users.eval())


def _weights(module: torch.nn.Module) -> Arrays:
    return {name: value.detach().cpu().numpy() for name, value in module.state_dict().items()}


def _tensors(arrays: Arrays) -> dict[str, Tensor]:
    return {name: torch.from_numpy(np.array(value)) for name, value in arrays.items()}
