from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.data.sequences import Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models.cooccurrence import CoOccurrence, strengths
from recommender.models.pair_counts import BACKWARD, DECAY, WINDOW, PairCounts
from recommender.models.popularity import Popularity

ITEMS = 12
event = st.tuples(st.integers(0, ITEMS - 1), st.floats(2**-6, 50, width=32), st.booleans())
histories = st.lists(st.lists(event, max_size=14), max_size=40)


def sequences(users: list[list[tuple[int, float, bool]]]) -> Sequences:
    events = [(item, weight, ordered) for user in users for item, weight, ordered in sorted(user, key=lambda event: event[2])]
    items = np.array([item for item, _, _ in events], np.int64)
    weights = np.array([weight for _, weight, _ in events], np.float32)
    ordered = np.array([certain for _, _, certain in events], np.bool_)
    starts = np.cumsum([0, *map(len, users)]).astype(np.int64)
    return Sequences(items, np.zeros_like(items), 86_400 * np.arange(len(items)), weights, ordered, starts)


def counted(parts: list[Sequences]) -> PairCounts:
    return PairCounts.sum((PairCounts.of(part, ITEMS) for part in parts), ITEMS)


@given(histories, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_counts_of_partitions_are_those_of_all_to_the_last_bit(users: Any, random: Any) -> None:
    whole = counted([sequences(users)])
    for partitions in (3, 17):
        shuffled = random.sample(users, len(users))
        parts = counted([sequences(shuffled[part::partitions]) for part in range(partitions)])
        assert np.array_equal(parts.ordered.toarray(), whole.ordered.toarray())
        assert np.array_equal(parts.unordered.toarray(), whole.unordered.toarray())
        assert np.array_equal(parts.items, whole.items)
        assert np.array_equal(strengths(parts).toarray(), strengths(whole).toarray())


@given(histories)
@settings(max_examples=40, deadline=None)
def test_the_count_of_ordered_pairs_is_the_sum_over_every_pair_within_the_window(users: Any) -> None:
    expected = np.zeros((ITEMS, ITEMS))
    for user in users:
        timed = [(item, weight) for item, weight, ordered in sorted(user, key=lambda event: event[2]) if ordered]
        for first, (earlier, weight) in enumerate(timed):
            for gap, (later, other) in enumerate(timed[first + 1 : first + 1 + WINDOW]):
                expected[earlier, later] += DECAY**gap * np.sqrt(weight * other) * (earlier != later)
    assert np.allclose(counted([sequences(users)]).ordered.toarray(), expected, atol=1e-5)


def test_pairs_of_unknown_order_count_in_both_directions_as_much_as_a_mean_pair() -> None:
    counts = counted([sequences([[(0, 4.0, False), (1, 9.0, False)]])])
    assert counts.unordered[0, 1] == counts.unordered[1, 0] == pytest.approx(6 * (1 + BACKWARD) / 2, rel=1e-4)
    assert counts.ordered.nnz == 0


@given(histories, st.integers(1, 30))
@settings(max_examples=60, deadline=None)
def test_groups_hold_every_user_once_and_no_more_events_than_asked(users: Any, events: int) -> None:
    whole = sequences(users)
    groups = list(whole.iter_groups(events))
    assert [length for group in groups for length in group.lengths] == whole.lengths.tolist()
    assert np.concatenate([np.zeros(0, np.int64), *(group.items for group in groups)]).tolist() == whole.items.tolist()
    assert all(len(group.items) <= events or len(group) == 1 for group in groups)
    assert all(len(first.items) + second.lengths[0] > events for first, second in pairwise(groups))


@given(histories)
@settings(max_examples=40, deadline=None)
def test_models_do_not_depend_on_the_size_of_the_groups(users: Any) -> None:
    data = TrainingData(sequences(users), Vocabulary(tuple(map(str, range(ITEMS)))))
    at_once = CoOccurrence.fit(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("recommender.models.cooccurrence.EVENTS", 5)
        patch.setattr("recommender.models.popularity.EVENTS", 3)
        patch.setattr("recommender.models.cooccurrence.ROWS", 5)
        grouped = CoOccurrence.fit(data)
        popularity = Popularity.fit(data)
    assert np.array_equal(grouped.matrix.toarray(), at_once.matrix.toarray())
    assert np.array_equal(popularity.counts, at_once.popularity.counts)
