"""Draw balanced pairs: half of them a user and the next item, half a user and a random item."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.data.sequences import Floats, Ints, Sequences
from recommender.ranker import Ranker

BATCH = 512  # users at a time


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Hold users with a right and a wrong item each.

    Attributes:
        histories: What is told of each user.
        right: What they met next, shape (users,).
        wrong: What they did not meet, shape (users,).
    """

    histories: Sequences
    right: Ints
    wrong: Ints

    def scores(self, ranker: Ranker) -> tuple[Floats, Floats]:
        """Score both items, shape (users,) each."""
        items = np.column_stack([self.right, self.wrong])
        selected = [np.take_along_axis(ranker.score(some), items[users], axis=1) for users, some in self.histories.iter_batches(BATCH)]
        return np.concatenate(selected)[:, 0], np.concatenate(selected)[:, 1]


def draw_pairs(histories: Sequences, targets: Ints, users: Ints, rng: np.random.Generator, *, items: int, popular: bool) -> Pairs:
    """Draw a negative item for each of some users.

    Args:
        histories: Of all users.
        targets: What each of them met next.
        users: Those who are asked.
        rng: Draws the items.
        items: How many there are.
        popular: True draws from what users met next, so that popularity tells nothing; False from all items alike.
    """
    met = np.zeros((len(users), items), np.bool_)
    selected, right = histories.select_users(users), targets[users]
    met[selected.users, selected.items] = True
    met[np.arange(len(users)), right] = True
    wrong = _drawn(rng, right, items, popular=popular)
    while (again := met[np.arange(len(users)), wrong]).any():
        wrong = np.where(again, _drawn(rng, right, items, popular=popular), wrong)
    return Pairs(selected, right, wrong)


def _drawn(rng: np.random.Generator, right: Ints, items: int, *, popular: bool) -> Ints:
    return rng.choice(right, len(right)) if popular else rng.integers(items, size=len(right))


def find_threshold(right: Floats, wrong: Floats) -> float:
    """Find the score threshold with the highest accuracy."""
    scores = np.concatenate([right, wrong])
    order = np.argsort(-scores, kind="stable")
    truth = np.concatenate([np.ones(len(right)), -np.ones(len(wrong))])[order]
    ends = np.append(np.diff(scores[order]) != 0, True)  # equal scores are called alike
    gained = np.where(ends, np.cumsum(truth), -np.inf)
    return float(scores[order][int(np.argmax(gained))])


def compute_accuracy(right: Floats, wrong: Floats, least: float) -> NDArray[np.float64]:
    """Compute accuracy, recall and F1 at a threshold."""
    hits, mistaken, missed = (right >= least).sum(), (wrong >= least).sum(), (right < least).sum()
    accuracy = (hits + (wrong < least).sum()) / (len(right) + len(wrong))
    return np.array([accuracy, hits / len(right), 2 * hits / max(2 * hits + mistaken + missed, 1)])
