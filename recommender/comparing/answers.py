"""What a model answers, as a digest that another process can compute again, and how long its answers take."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np

from recommender.ranker import Ranker
from recommender.sequences import Sequences

ASKED = 64  # histories whose answers are remembered
TIMED = 300  # answers that are timed
WARM = 5  # answers before that


def answers(ranker: Ranker, histories: Sequences) -> str:
    """A digest of all scores for the first histories: equal for equal answers, to the last bit.

    Args:
        ranker: What is asked.
        histories: Of the users of a hold-out, numbered by the ranker's vocabulary.
    """
    digest = hashlib.sha256()
    for _, one in _singly(histories, ASKED):
        digest.update(np.ascontiguousarray(ranker.score(one)).tobytes())
    return digest.hexdigest()


def latency(ranker: Ranker, histories: Sequences, clock: Callable[[], float]) -> float:
    """Milliseconds in which 99 of 100 users are answered, one user at a time; 0 where there is nobody to answer.

    Args:
        ranker: What is asked.
        histories: Of the users of a hold-out.
        clock: Tells seconds.
    """
    spent = []
    for nth, one in _singly(histories, TIMED + WARM):
        began = clock()
        ranker.score(one)
        if nth >= WARM:
            spent.append(clock() - began)
    return 1000 * float(np.quantile(spent, 0.99)) if spent else 0.0


def _singly(histories: Sequences, count: int) -> list[tuple[int, Sequences]]:
    """The first histories, one by one with their places."""
    return [(users.start, one) for users, one in histories.batches(1) if users.start < count]
