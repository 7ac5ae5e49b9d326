from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from recommender.data.sequences import Vocabulary, build_sequences
from recommender.evaluation.segments import assign_segments

VOCABULARY = Vocabulary(tuple(f"i{number}" for number in range(30)))


def test_users_are_parted_by_what_is_known_of_them(make_interactions: Callable[..., Any]) -> None:
    histories = build_sequences(
        make_interactions(*((f"u{user}", f"i{step}", step) for user in range(10) for step in range(20 if user == 3 else 2))), VOCABULARY
    )
    segments = assign_segments(histories, np.arange(10) == 5, np.array([9, 4, 0, *[9] * 7]))
    assert {name: np.flatnonzero(users).tolist() for name, users in segments.items()} == {"new users": [5], "tail items": [1, 2], "heavy users": [3]}


def test_where_all_are_alike_nobody_is_heavy(make_interactions: Callable[..., Any]) -> None:
    histories = build_sequences(make_interactions(("a", "i1", 1), ("b", "i1", 1)), VOCABULARY)
    assert not assign_segments(histories, np.zeros(2, bool), np.zeros(2, np.int64))["heavy users"].any()


def test_nobody_belongs_to_nothing(make_interactions: Callable[..., Any]) -> None:
    nobody = np.zeros(0, np.int64)
    assert all(len(users) == 0 for users in assign_segments(build_sequences(make_interactions(), VOCABULARY), nobody.astype(bool), nobody).values())
