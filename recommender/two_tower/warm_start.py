"""Towers that learn on from a champion's, for a part of what a whole fit costs."""

from __future__ import annotations

import numpy as np
import torch

from recommender.data.sequences import Floats, Ints, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models.cooccurrence import CoOccurrence
from recommender.two_tower.modules import ItemTower, UserTower

PART = 4  # of the epochs of a whole fit, one in so many is enough


def fits(tower: ItemTower, users: UserTower, known: Vocabulary, data: TrainingData) -> bool:
    """Whether towers can learn on from other data: of the same dimensions, kinds of events, modes and similarity."""
    widths = {name: each.shape[1] for name, each in data.content.items()}
    return (
        tower.ids.weight.shape[1] == data.dimensions
        and tower.similarity == data.similarity
        and tower.widths == widths
        and len(users.kinds.weight) == 1 + len(known.kinds)
        and known.kinds == data.vocabulary.kinds
    )


def moved(tower: ItemTower, known: Vocabulary, data: TrainingData, counted: CoOccurrence, met: Ints) -> ItemTower:
    """An item tower for the items of the data: those that are new start as the mean of what they occur with.

    Args:
        tower: Learned of other items.
        known: Those.
        data: What is to be learned from.
        counted: Co-occurrence of its events.
        met: How often each of its items was met, shape (items,).
    """
    places = {name: place for place, name in enumerate(known.items)}
    before = np.array([places.get(name, -1) for name in data.vocabulary.items])
    old = tower.ids.weight.detach().numpy()
    ids = np.where((before >= 0)[:, None], old[before], np.float32(0))
    ids = np.where((met > 0)[:, None], ids, np.float32(0))
    fresh = (met > 0) & ~ids.any(axis=1)
    ids[fresh] = _neighbourly(counted, ids)[fresh]
    new = ItemTower(data.items, data.dimensions, tower.widths, tower.similarity)
    new.load_state_dict({**tower.state_dict(), "ids.weight": torch.from_numpy(ids)})
    return new


def _neighbourly(counted: CoOccurrence, ids: Floats) -> Floats:
    """The mean id of what each item occurs with, by how often; zeros where it occurs with nothing known."""
    both = counted.matrix + counted.matrix.T
    weights = np.asarray(both @ ids.any(axis=1).astype(np.float32)).ravel()
    mean: Floats = np.asarray((both @ ids) / np.where(weights > 0, weights, 1)[:, None], np.float32)
    return mean
