"""Build validation and test sets: histories with known targets, which no candidate learns from before the choice is made."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from recommender.data.sequences import Bools, Ints, Sequences, Vocabulary, build_sequences
from recommender.data.side_features import SideFeatures
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
    histories = train.select_users(users).with_request(None if events.side is None else events.side[ends[users]])
    return EvaluationSet(train, histories, events.items[ends[users]], np.zeros(len(users), np.bool_))


def evaluation_set_of(holdout: Holdout, vocabulary: Vocabulary, side: SideFeatures | None = None) -> EvaluationSet:
    """Encode a hold-out.

    Args:
        holdout: Interactions split at a moment.
        vocabulary: The items and kinds.
        side: Numbers the side columns; None: they are not read.
    """
    targets = vocabulary.encode(holdout.targets["item"]).fill_null(-1).cast(pl.Int64).to_numpy()
    protocol = Message.of("new_items_since", since=holdout.cutoff.isoformat())
    train = build_sequences(holdout.train, vocabulary, side.encode(holdout.train) if side else None)
    histories = encode_histories(holdout, vocabulary, side)
    return EvaluationSet(train, histories, targets, holdout.targets["new_user"].to_numpy(), protocol)


def encode_histories(holdout: Holdout, vocabulary: Vocabulary, side: SideFeatures | None) -> Sequences:
    """Encode the histories of a hold-out, with the attributes and context of each target's event; arguments as for `evaluation_set_of`."""
    return build_sequences(holdout.histories, vocabulary).with_request(side.encode(holdout.targets) if side else None)
