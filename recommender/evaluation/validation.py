"""What is held back to choose by: interactions that no candidate learns from before the choice is made."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from recommender.data.sequences import Bools, Ints, Sequences, Vocabulary, build_sequences
from recommender.evaluation.holdout import Holdout


@dataclass(frozen=True, slots=True, eq=False)
class EvaluationSet:
    """Questions with known answers.

    Attributes:
        learned: The interactions to learn from before the choice.
        histories: Of each user who is asked.
        targets: What he met next, new to him; -1 where it is unknown.
        new: Whether nothing of a user is in `learned`; shape (users,).
        protocol: What is asked, in words.
    """

    learned: Sequences
    histories: Sequences
    targets: Ints
    new: Bools = field(default_factory=lambda: np.zeros(0, np.bool_))
    protocol: str = "everybody's last interaction before the hold-out"

    @property
    def asked(self) -> int:
        """How many users there are whose target is known."""
        return int((self.targets >= 0).sum())


def leave_last_out(events: Sequences) -> EvaluationSet:
    """Hold back each user's last interaction, where its order is known, something stands before it, and he had not met the item before."""
    ends = events.starts[1:] - 1
    asked = np.flatnonzero(events.lengths > 1)
    asked = asked[events.ordered[ends[asked]]]
    pairs = events.users * (1 + events.items.max(initial=0)) + events.items
    repeated = np.ones(len(pairs), np.bool_)
    repeated[np.unique(pairs, return_index=True)[1]] = False
    asked = asked[~repeated[ends[asked]]]
    kept = np.ones(len(events.items), np.bool_)
    kept[ends[asked]] = False
    learned = events.filter(kept)
    return EvaluationSet(learned, learned.select_users(asked), events.items[ends[asked]], np.zeros(len(asked), np.bool_))


def evaluation_set_of(held: Holdout, vocabulary: Vocabulary) -> EvaluationSet:
    """The questions of a hold-out.

    Args:
        held: Interactions parted at a moment.
        vocabulary: The items and kinds.
    """
    targets = vocabulary.encode(held.targets["item"]).fill_null(-1).cast(pl.Int64).to_numpy()
    protocol = f"the newest item that a user first met since {held.cut.isoformat()}"
    return EvaluationSet(
        build_sequences(held.train, vocabulary), build_sequences(held.histories, vocabulary), targets, held.targets["new_user"].to_numpy(), protocol
    )
