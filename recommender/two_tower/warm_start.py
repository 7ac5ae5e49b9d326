"""Continue training from the towers of a champion, for a fraction of what a full fit costs."""

from __future__ import annotations

import numpy as np
import torch

from recommender.data.sequences import Floats, Ints, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models.cooccurrence import CoOccurrence
from recommender.two_tower.modules import ItemTower, UserTower

EPOCH_DIVISOR = 4  # of the epochs of a full fit, one in so many is enough


def can_continue(tower: ItemTower, users: UserTower, vocabulary: Vocabulary, data: TrainingData) -> bool:
    """Check that towers fit other data: equal dimensions, kinds of events, modalities and similarity, and attributes and context read by both."""
    widths = {name: content.shape[1] for name, content in data.content.items()}
    return (
        tower.ids.weight.shape[1] == data.dimensions
        and tower.similarity == data.similarity
        and tower.widths == widths
        and len(users.kinds.weight) == 1 + len(vocabulary.kinds)
        and vocabulary.kinds == data.vocabulary.kinds
        and (users.side is not None) == (data.events.side is not None)
    )


def transfer_item_tower(tower: ItemTower, vocabulary: Vocabulary, data: TrainingData, cooccurrence: CoOccurrence, counts: Ints) -> ItemTower:
    """Return an item tower for the items of the data; new items start as the mean of the items that they occur with.

    Args:
        tower: Learned of other items.
        vocabulary: These other items.
        data: Data to learn from.
        cooccurrence: Co-occurrence of its events.
        counts: Number of interactions of each of its items, shape (items,).
    """
    rows = {name: row for row, name in enumerate(vocabulary.items)}
    before = np.array([rows.get(name, -1) for name in data.vocabulary.items])
    old = tower.ids.weight.detach().numpy()
    ids = np.where((before >= 0)[:, None], old[before], np.float32(0))
    ids = np.where((counts > 0)[:, None], ids, np.float32(0))
    new = (counts > 0) & ~ids.any(axis=1)
    ids[new] = _mean_of_cooccurring(cooccurrence, ids)[new]
    transferred = ItemTower(data.items, data.dimensions, tower.widths, tower.similarity)
    transferred.load_state_dict({**tower.state_dict(), "ids.weight": torch.from_numpy(ids)})
    return transferred


def _mean_of_cooccurring(cooccurrence: CoOccurrence, ids: Floats) -> Floats:
    """Return the weighted mean id vector of the items that each item occurs with; zeros where there is none."""
    both = cooccurrence.matrix + cooccurrence.matrix.T
    weights = np.asarray(both @ ids.any(axis=1).astype(np.float32)).ravel()
    mean: Floats = np.asarray((both @ ids) / np.where(weights > 0, weights, 1)[:, None], np.float32)
    return mean
