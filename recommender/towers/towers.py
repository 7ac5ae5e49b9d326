"""Both towers, trained, as a ranker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recommender.material import Material
from recommender.models.cooccurrence import CoOccurrence
from recommender.ranker import Arrays
from recommender.sequences import Floats, Sequences, Vocabulary
from recommender.towers.fitting import fit
from recommender.towers.modules import UserTower
from recommender.towers.windows import HISTORY, ages_of, padded


@dataclass(frozen=True, slots=True, eq=False)
class Towers:
    """Both towers, trained: the items' vectors, and the user tower that reads histories.

    Attributes:
        items: Unit vectors, shape (items, d).
        user: The user tower.
    """

    items: Floats
    user: UserTower

    @torch.no_grad()
    def score(self, histories: Sequences) -> Floats:
        """The cosine of where each user points and every item; 0 for a user without a history."""
        told = histories.last(HISTORY)
        lengths = told.lengths
        events, kinds, ages = padded(told, ages_of(told), told.starts[:-1], lengths)
        vectors = torch.from_numpy(self.items)
        self.user.eval()
        points = self.user(vectors[torch.from_numpy(events)], torch.from_numpy(kinds), torch.from_numpy(ages))
        newest = points[torch.arange(len(lengths)), torch.from_numpy(np.maximum(lengths, 1) - 1)]
        scores: Floats = (newest @ vectors.T).numpy()
        return scores * (lengths > 0)[:, None]

    def arrays(self) -> Arrays:
        """The item vectors and the user tower's weights."""
        weights = {f"user.{name}": value.detach().cpu().numpy() for name, value in self.user.state_dict().items()}
        return {"items": self.items, **weights}

    @classmethod
    def fit(cls, material: Material, *, seed: int = 0) -> Self:
        """Learn to tell the item that came next from items that did not."""
        return cls(*fit(material, CoOccurrence.fit(material), seed))

    @classmethod
    def of(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """What `arrays` gave.

        Raises:
            RuntimeError: The weights do not fit the user tower.
        """
        if arrays["items"].shape[0] != len(vocabulary.items):
            raise ValueError("the towers do not have one vector an item")
        user = UserTower(arrays["items"].shape[1], len(vocabulary.kinds))
        user.load_state_dict(_tensors(arrays, "user."), strict=True)
        return cls(np.array(arrays["items"]), user.eval())


def _tensors(arrays: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): torch.from_numpy(np.array(value)) for name, value in arrays.items() if name.startswith(prefix)}
