"""Build validation and test sets: histories with known targets, which no candidate learns from before the choice is made."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from recommender.data.sequences import Bools, Ints, Sequences, Vocabulary, build_sequences
from recommender.evaluation.holdout import Holdout
from sluice.domain import Message


@dataclass(frozen=True, slots=True, eq=False)
class EvaluationSet:
    """Hold histories and their targets.

    Attributes:
        train: Interactions to learn from before the evaluation.
        histories: Histories of the users.
        targets: Next item of each user, new to the user; -1 where it is unknown.
        is_new_user: True for users without interactions in `train`; shape (users,).
        protocol: Description of the targets.
    """

    train: Sequences
    histories: Sequences
    targets: Ints
    is_new_user: Bools = field(default_factory=lambda: np.zeros(0, np.bool_))
    protocol: Message = Message.of("last_interactions")  # noqa: RUF009  # it is frozen

    @property
    def size(self) -> int:
        """Return the number of users whose target is known."""
        return int((self.targets >= 0).sum())


def leave_last_out(events: Sequences) -> EvaluationSet:
    """Split off each user's last interaction, if its order is known, others precede it, and the item is new to the user.

    Example:
        >>> split = leave_last_out(Sequences.from_lists([[0, 1], [2], [1, 0, 1]]))
        >>> split.targets.tolist(), split.train.items.tolist()
        ([1], [0, 2, 1, 0, 1])
    """
    ends = events.starts[1:] - 1
    users = np.flatnonzero(events.lengths > 1)
    users = users[events.ordered[ends[users]]]
    pairs = events.users * (1 + events.items.max(initial=0)) + events.items
    repeated = np.ones(len(pairs), np.bool_)
    repeated[np.unique(pairs, return_index=True)[1]] = False
    users = users[~repeated[ends[users]]]
    in_train = np.ones(len(events.items), np.bool_)
    in_train[ends[users]] = False
    train = events.filter(in_train)
    return EvaluationSet(train, train.select_users(users), events.items[ends[users]], np.zeros(len(users), np.bool_))


def evaluation_set_of(holdout: Holdout, vocabulary: Vocabulary) -> EvaluationSet:
    """Encode a hold-out.

    Args:
        holdout: Interactions split at a moment.
        vocabulary: The items and kinds.
    """
    targets = vocabulary.encode(holdout.targets["item"]).fill_null(-1).cast(pl.Int64).to_numpy()
    protocol = Message.of("new_items_since", since=holdout.cutoff.isoformat())
    train, histories = (build_sequences(events, vocabulary) for events in (holdout.train, holdout.histories))
    return EvaluationSet(train, histories, targets, holdout.targets["new_user"].to_numpy(), protocol)
