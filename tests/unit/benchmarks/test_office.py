from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from benchmarks.recommending.office import keep_new_targets, rank_targets
from benchmarks.recommending.offline import ordered
from recommender.data.sequences import Floats, Sequences
from recommender.ranker import Arrays


@dataclass(frozen=True)
class Fixed:
    """Says the same of everybody."""

    scores: Floats

    def score(self, histories: Sequences) -> Floats:
        return np.tile(self.scores, (len(histories), 1))

    def to_arrays(self) -> Arrays:
        return {}


def test_only_items_that_the_shopper_had_not_met_are_asked_for() -> None:
    train = pl.DataFrame({"user_id": ["ann", "bob"], "item_ids": [[1, 2], [7]]})
    queries = pl.DataFrame({"user_id": ["ann", "ann", "ann", "bob", "cid"], "history": [[3], [3, 4], [3], [8], [5]], "target": [4, 3, 2, 1, 6]})
    assert keep_new_targets(queries, train).rows() == [("ann", [3], 4), ("bob", [8], 1), ("cid", [5], 6)]


@pytest.mark.parametrize(("history", "target", "before"), [([1], 1, 1), ([0, 1], 1, 0), ([0, 3], 2, 1), ([0], 2, 1.5), ([2], 3, 2)])
def test_what_is_asked_for_again_is_not_left_out(history: list[int], target: int, before: float) -> None:
    ranker = Fixed(np.array([3, 2, 1, 1], np.float32))
    assert rank_targets(ranker, ordered([np.array(history)]), np.array([target])).tolist() == [before]
