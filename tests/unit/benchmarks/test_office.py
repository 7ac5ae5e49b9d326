from __future__ import annotations

import polars as pl

from benchmarks.recommending.office import new


def test_only_items_that_the_shopper_had_not_met_are_asked_for() -> None:
    train = pl.DataFrame({"user_id": ["ann", "bob"], "item_ids": [[1, 2], [7]]})
    asked = pl.DataFrame({"user_id": ["ann", "ann", "ann", "bob", "cid"], "history": [[3], [3, 4], [3], [8], [5]], "target": [4, 3, 2, 1, 6]})
    assert new(asked, train).rows() == [("ann", [3], 4), ("bob", [8], 1), ("cid", [5], 6)]
