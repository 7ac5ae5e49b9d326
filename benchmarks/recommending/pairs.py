"""Balanced pairs: half of them a user and the item that he met next, half a user and an item that he did not meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.data.sequences import Floats, Ints, Sequences
from recommender.ranker import Ranker

BATCH = 512  # users at a time


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Users with two items each.

    Attributes:
        histories: What is told of each user.
        right: What he met next, shape (users,).
        wrong: What he did not meet, shape (users,).
    """

    histories: Sequences
    right: Ints
    wrong: Ints

    def scores(self, ranker: Ranker) -> tuple[Floats, Floats]:
        """What a ranker says of both, shape (users,) each."""
        asked = np.column_stack([self.right, self.wrong])
        told = [np.take_along_axis(ranker.score(some), asked[users], axis=1) for users, some in self.histories.iter_batches(BATCH)]
        return np.concatenate(told)[:, 0], np.concatenate(told)[:, 1]


def paired(histories: Sequences, targets: Ints, users: Ints, rng: np.random.Generator, *, items: int, popular: bool) -> Pairs:
    """Draw an item for each of some users that he did not meet.

    Args:
        histories: Of all users.
        targets: What each of them met next.
        users: Those who are asked.
        rng: Draws the items.
        items: How many there are.
        popular: True draws from what users met next, so that popularity tells nothing; False from all items alike.
    """
    met = np.zeros((len(users), items), np.bool_)
    told, right = histories.select_users(users), targets[users]
    met[told.users, told.items] = True
    met[np.arange(len(users)), right] = True
    wrong = _drawn(rng, right, items, popular=popular)
    while (again := met[np.arange(len(users)), wrong]).any():
        wrong = np.where(again, _drawn(rng, right, items, popular=popular), wrong)
    return Pairs(told, right, wrong)


def _drawn(rng: np.random.Generator, right: Ints, items: int, *, popular: bool) -> Ints:
    return rng.choice(right, len(right)) if popular else rng.integers(items, size=len(right))


def threshold(right: Floats, wrong: Floats) -> float:
    """The score from which on a pair is called one that was met, so that most pairs are called rightly."""
    scores = np.concatenate([right, wrong])
    order = np.argsort(-scores, kind="stable")
    truth = np.concatenate([np.ones(len(right)), -np.ones(len(wrong))])[order]
    ends = np.append(np.diff(scores[order]) != 0, True)  # equal scores are called alike
    gained = np.where(ends, np.cumsum(truth), -np.inf)
    return float(scores[order][int(np.argmax(gained))])


def judged(right: Floats, wrong: Floats, least: float) -> NDArray[np.float64]:
    """Accuracy, recall and F1 of calling met what scores at least so much."""
    found, mistaken, missed = (right >= least).sum(), (wrong >= least).sum(), (right < least).sum()
    accuracy = (found + (wrong < least).sum()) / (len(right) + len(wrong))
    return np.array([accuracy, found / len(right), 2 * found / max(2 * found + mistaken + missed, 1)])
