from __future__ import annotations

from collections.abc import Callable
from typing import Any

from recommender.data.sequences import Vocabulary, build_sequences
from recommender.evaluation.validation import leave_last_out

Make = Callable[..., Any]

VOCABULARY = Vocabulary(tuple("abcdefgh"), ("look",))


def test_each_users_last_new_item_is_asked_for(make_interactions: Make) -> None:
    rows = [("u", "a", 1), ("u", "b", 2), ("v", "c", 1), ("w", "a", 1), ("w", "b", 2), ("w", "a", 3), ("x", "d", 1), ("x", "e", 2, False)]
    held = leave_last_out(build_sequences(make_interactions(*rows), VOCABULARY))
    assert held.targets.tolist() == [1]  # v has nothing before it, w met it before, and the order of x's is unknown
    assert held.histories.items.tolist() == [0]
    assert held.train.items.tolist() == [0, 2, 0, 1, 0, 3, 4]
    assert len(held.train) == 4
    assert held.size == 1


def test_nothing_that_is_asked_for_is_told(snapshot: Any, settings: Make) -> None:
    from recommender.data.interactions import collapse_repeats, load_interactions

    events = collapse_repeats(load_interactions(snapshot, settings()))
    vocabulary = Vocabulary(tuple(events["item"].unique().sort()), ("buy", "look"))
    every = build_sequences(events, vocabulary)
    held = leave_last_out(every)
    assert len(held.train) == len(every)
    assert len(held.train.items) + len(held.targets) == len(every.items)
    for (_, history), target in zip(held.histories.iter_batches(1), held.targets, strict=True):
        assert target not in history.items
