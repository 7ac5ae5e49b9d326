"""Check a model's answers: a digest that another process can reproduce, and the latency."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import islice

import numpy as np

from recommender.data.sequences import Sequences
from recommender.models.threads import limit_to_one_thread
from recommender.ranker import Ranker

DIGEST_USERS = 64
LATENCY_USERS = 300


def digest_answers(ranker: Ranker, histories: Sequences) -> str:
    """Hash all scores for the first users: equal for equal answers, to the last bit.

    Args:
        ranker: The ranker to check.
        histories: Of the users of a hold-out, numbered by the ranker's vocabulary.
    """
    digest = hashlib.sha256()
    with limit_to_one_thread():  # sums of floats differ by how they are split among threads
        for history in _first_users(histories, DIGEST_USERS):
            digest.update(np.ascontiguousarray(ranker.score(history)).tobytes())
    return digest.hexdigest()


def measure_latency(ranker: Ranker, histories: Sequences, clock: Callable[[], float]) -> float:
    """Measure the 99th percentile of the latency of one answer, in milliseconds; 0 without users.

    A single delayed answer, as by the first use of memory, is an outlier: each user is answered twice, and the faster answer counts.

    Args:
        ranker: The ranker to check.
        histories: Of the users of a hold-out.
        clock: Returns seconds.
    """
    with limit_to_one_thread():
        seconds = [min(_time(ranker, history, clock) for _ in range(2)) for history in _first_users(histories, LATENCY_USERS)]
    return 1000 * float(np.quantile(seconds, 0.99)) if seconds else 0.0


def _time(ranker: Ranker, history: Sequences, clock: Callable[[], float]) -> float:
    start = clock()
    ranker.score(history)
    return clock() - start


def _first_users(histories: Sequences, count: int) -> list[Sequences]:
    return [history for _, history in islice(histories.iter_batches(1), count)]
