"""Split the users of a hold-out into segments that no new model may serve much worse."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from recommender.data.sequences import Bools, Ints, Sequences
from recommender.evaluation.popularity_bands import TAIL

HEAVY_QUANTILE = 0.9  # of the history lengths; users above it are heavy


def assign_segments(histories: Sequences, is_new: Bools, target_counts: Ints) -> Mapping[str, Bools]:
    """Assign users to segments; a user may belong to several, or to none.

    Args:
        histories: Histories of the users.
        is_new: True for users without interactions in training, shape (users,).
        target_counts: Number of interactions of each user's target in training, shape (users,).

    Returns:
        Masks of the users: `new users`; `tail items`, whose target has less than 5 interactions; `heavy users`, the tenth with the
        longest histories.
    """
    lengths = histories.lengths
    heavy = lengths > np.quantile(lengths, HEAVY_QUANTILE) if len(lengths) else np.zeros(0, np.bool_)
    return {"new users": is_new, "tail items": target_counts < TAIL, "heavy users": heavy}
