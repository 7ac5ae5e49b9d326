from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.conversion.impressions import NEVER, Impressions
from recommender.conversion.item_features import ItemFeatures
from recommender.conversion.item_statistics import canonical_feature, compute_item_statistics
from recommender.conversion.pair_features import compute_pair_features
from recommender.conversion.training_examples import examples_by_time, pairs_at
from recommender.data.sequences import Sequences

ITEMS, USERS = 6, 4
STAGES = np.array([-1, 0, 1, 2])
EVENT = st.tuples(st.integers(0, USERS - 1), st.integers(0, ITEMS - 1), st.integers(1, 60), st.integers(1, 3))
EVENTS = st.lists(EVENT, min_size=2, max_size=40)


def histories(events: list[tuple[int, int, int, int]]) -> Sequences:
    rows = np.array(sorted((user, time, item, kind) for user, item, time, kind in events), np.int64).reshape(-1, 4)
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows[:, 0], minlength=USERS))])
    return Sequences(rows[:, 2], rows[:, 3], rows[:, 1], np.ones(len(rows), np.float32), np.ones(len(rows), bool), starts)


def impressions(events: list[tuple[int, int, int, int]]) -> Impressions:
    """Kind 2 was clicked a moment later, kind 3 bought two moments later."""
    rows = np.array(sorted((time, user, item, kind) for user, item, time, kind in events), np.int64)
    times, kinds = rows[:, 0], rows[:, 3]
    return Impressions(rows[:, 1], rows[:, 2], times, np.where(kinds > 1, times + 1, NEVER), np.where(kinds > 2, times + 2, NEVER))


def values(events: list[tuple[int, int, int, int]], until: int) -> np.ndarray:
    users, items = (event.ravel() for event in np.meshgrid(np.arange(USERS), np.arange(-1, ITEMS)))
    sequences = histories(events)
    pairs = pairs_at(users, items, np.full(len(users), until), sequences)
    return compute_pair_features(compute_item_statistics(impressions(events), ItemFeatures(ITEMS), until), sequences, STAGES, pairs).values


@settings(max_examples=30)
@given(EVENTS, EVENTS, st.integers(2, 60))
def test_later_events_change_no_feature(events: list[tuple[int, int, int, int]], more: list[tuple[int, int, int, int]], until: int) -> None:
    before = [event for event in events if event[2] < until]
    later = [(user, item, time + until, kind) for user, item, time, kind in more]
    if len(before) > 1:
        np.testing.assert_array_equal(values(before, until), values(before + later, until))


@settings(max_examples=30)
@given(EVENTS)
def test_features_are_finite(events: list[tuple[int, int, int, int]]) -> None:
    assert np.isfinite(values(events, 30)).all()


def test_an_outcome_counts_from_its_time_on() -> None:
    sequences = {
        until: compute_item_statistics(impressions([(0, 0, 1, 3), (1, 1, 1, 1)]), ItemFeatures(ITEMS), until).features["item purchase rate"][0]
        for until in (2, 3, 4)
    }
    assert sequences[2] == sequences[3] < sequences[4]


def test_every_impression_but_the_oldest_is_one_example() -> None:
    rng = np.random.default_rng(0)
    events = [(int(rng.integers(USERS)), int(rng.integers(ITEMS)), time, int(rng.integers(1, 4))) for time in range(1, 81)]
    attributed = impressions(events)
    blocks = list(examples_by_time(attributed, ItemFeatures(ITEMS), histories(events), STAGES, closed=71))
    assert sum(len(block) for block in blocks) == 62
    assert sum(int(block.purchases.sum()) for block in blocks) == sum(kind == 3 for _, _, time, kind in events if 9 <= time < 71)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("item shown", "item impressions"),
        ("item in demand", "item recent impressions"),
        ("item clicked", "item click rate"),
        ("item bought of clicked", "item purchases per click"),
        ("met bought", "co-impression neighbours purchase rate"),
        ("family clicked", "family click rate"),
        ("family click rate", "family click rate"),
    ],
)
def test_statistics_of_an_older_artifact_get_the_names_of_today(old: str, new: str) -> None:
    assert canonical_feature(old) == new
