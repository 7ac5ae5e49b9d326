"""What a model answers, as a digest that another process can compute again, and how long its answers take."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import islice

import numpy as np

from recommender.data.sequences import Sequences
from recommender.models.threads import limit_to_one_thread
from recommender.ranker import Ranker

ASKED = 64  # histories whose answers are remembered
TIMED = 300  # users whose answers are timed


def answers(ranker: Ranker, histories: Sequences) -> str:
    """A digest of all scores for the first histories: equal for equal answers, to the last bit.

    Args:
        ranker: What is asked.
        histories: Of the users of a hold-out, numbered by the ranker's vocabulary.
    """
    digest = hashlib.sha256()
    with limit_to_one_thread():  # sums of floats differ by how they are shared out
        for one in _singly(histories, ASKED):
            digest.update(np.ascontiguousarray(ranker.score(one)).tobytes())
    return digest.hexdigest()


def latency(ranker: Ranker, histories: Sequences, clock: Callable[[], float]) -> float:
    """Milliseconds in which 99 of 100 users are answered, one user at a time; 0 where there is nobody to answer.

    One answer that was held up, as by the first use of memory, is an outlier: each user is asked twice, and the quicker answer counts.

    Args:
        ranker: What is asked.
        histories: Of the users of a hold-out.
        clock: Tells seconds.
    """
    with limit_to_one_thread():
        spent = [min(_timed(ranker, one, clock) for _ in range(2)) for one in _singly(histories, TIMED)]
    return 1000 * float(np.quantile(spent, 0.99)) if spent else 0.0


def _timed(ranker: Ranker, one: Sequences, clock: Callable[[], float]) -> float:
    began = clock()
    ranker.score(one)
    return clock() - began


def _singly(histories: Sequences, count: int) -> list[Sequences]:
    """The first histories, one by one."""
    return [one for _, one in islice(histories.iter_batches(1), count)]
