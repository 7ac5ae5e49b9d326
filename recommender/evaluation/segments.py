"""Parts of a hold-out's users that no new model may serve much worse."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from recommender.data.sequences import Bools, Ints, Sequences
from recommender.evaluation.popularity_bands import TAIL

HEAVY = 0.9  # of the users have shorter histories than a heavy user


def assign_segments(histories: Sequences, new: Bools, met: Ints) -> Mapping[str, Bools]:
    """Which users belong to each segment; one may belong to several, or to none.

    Args:
        histories: Of each user.
        new: Whether a user was never seen in training, shape (users,).
        met: How often each user's target was met in training, shape (users,).

    Returns:
        `new users`; `tail items`, whose target was met less than 5 times, or never; `heavy users`, the tenth with the longest histories.
    """
    lengths = histories.lengths
    heavy = lengths > np.quantile(lengths, HEAVY) if len(lengths) else np.zeros(0, np.bool_)
    return {"new users": new, "tail items": met < TAIL, "heavy users": heavy}
