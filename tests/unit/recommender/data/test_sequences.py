from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.data.sequences import Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.models.popularity import Popularity
from recommender.two_tower.batches import HISTORY, bucket_time_gaps, cut_windows

Make = Callable[..., Any]

VOCABULARY = Vocabulary(("a", "b", "c"), ("look",))
ROWS = st.lists(st.tuples(st.sampled_from("uvw"), st.sampled_from("abcz"), st.integers(0, 500)), max_size=60)


@given(ROWS)
def test_unknown_items_are_left_out_and_every_user_stays(make_interactions: Make, rows: list[Any]) -> None:
    events = make_interactions(*rows).sort("user", "time")
    sequences = build_sequences(events, VOCABULARY)
    assert len(sequences) == events["user"].n_unique()
    assert len(sequences.items) == sum(item != "z" for _, item, _ in rows)
    assert sequences.lengths.sum() == sequences.starts[-1] == len(sequences.items)


@given(ROWS, st.integers(1, 4))
def test_batches_hold_everything_once(make_interactions: Make, rows: list[Any], size: int) -> None:
    sequences = build_sequences(make_interactions(*rows).sort("user", "time"), VOCABULARY)
    parts = list(sequences.iter_batches(size))
    assert np.array_equal(np.concatenate([part.items for _, part in parts] or [sequences.items]), sequences.items)
    assert [users for where, part in parts for users in range(where.start, where.stop)] == list(range(len(sequences)))
    assert all(len(part) == where.stop - where.start for where, part in parts)


def test_the_last_ones_are_the_newest(make_interactions: Make) -> None:
    sequences = build_sequences(make_interactions(("u", "a", 1), ("u", "b", 2), ("u", "c", 3), ("v", "a", 1)), VOCABULARY).most_recent(2)
    assert sequences.items.tolist() == [1, 2, 0]
    assert sequences.starts.tolist() == [0, 2, 3]
    assert sequences.kinds.tolist() == [1, 1, 1]


@given(st.lists(st.integers(0, 130), min_size=1, max_size=5))
def test_windows_ask_for_each_event_but_the_first_of_a_user_once(make_interactions: Make, lengths: list[int]) -> None:
    rows = [(f"u{user}", "abc"[hour % 3], hour) for user, length in enumerate(lengths) for hour in range(length)]
    cut = cut_windows(build_sequences(make_interactions(*rows), VOCABULARY))
    batches = list(cut.batches(np.random.default_rng(0)))
    assert sum(len(batch.targets) for batch in batches) == sum(max(length - 1, 0) for length in lengths)
    for batch in batches:
        assert batch.items.shape[1] <= HISTORY
        assert ((batch.items[batch.inside] + 1) % 3 == batch.targets).all()


def test_ages_are_told_only_where_they_can_be_trusted(make_interactions: Make) -> None:
    events = make_interactions(("u", "a", 1, False), ("u", "b", 2), ("u", "c", 3), ("u", "a", 500), ("v", "a", 600))
    ages = bucket_time_gaps(build_sequences(events, VOCABULARY))
    assert ages[[0, 1, 4]].tolist() == [0, 0, 0]
    assert 0 < ages[2] < ages[3]


def test_popularity_counts_a_user_once_an_item_and_fades(make_interactions: Make) -> None:
    events = build_sequences(make_interactions(("u", "a", 1), ("u", "a", 2), ("u", "a", 3), ("v", "b", 3), ("w", "b", 3), ("w", "c", 3 - 7 * 24)), VOCABULARY)
    assert Popularity.fit(TrainingData(events, VOCABULARY)).counts.tolist() == [1.0, 2.0, 0.5]
