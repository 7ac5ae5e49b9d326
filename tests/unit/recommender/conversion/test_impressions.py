from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from recommender.conversion.impressions import NEVER, Impressions, attribute_outcomes, read_funnel_events
from recommender.data.sequences import Vocabulary
from sluice.config import Recommender
from sluice.ports import Snapshot

START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def attributed(shop: Callable[..., Snapshot], rows_of: Callable[..., pl.DataFrame], config: Recommender, vocabulary: Vocabulary) -> Callable[..., Impressions]:
    def result(*events: tuple[str, str, str, float], session: dict[float, str] | None = None) -> Impressions:
        rows = rows_of([(user, item, kind, START + timedelta(hours=hour)) for user, item, kind, hour in events])
        funnel = config.funnel
        assert funnel is not None
        if session is not None:
            funnel = funnel.model_copy(update={"session": "visit"})
            rows = rows.with_columns(visit=((pl.col("when") - START).dt.total_seconds() / 3600).replace_strict(session, default=None, return_dtype=pl.String))
        return attribute_outcomes(read_funnel_events(shop(rows), config, funnel, ("e1",)), funnel, vocabulary, pl.Series(["w", "v"]))

    return result


def hours(times: np.ndarray) -> list[float | None]:
    return [None if time == NEVER else (time - START.timestamp()) / 3600 for time in times]


def test_a_click_belongs_to_the_newest_impression_before_it(attributed: Callable[..., Impressions]) -> None:
    result = attributed(("u", "i01", "look", 1), ("u", "i01", "look", 2), ("u", "i01", "basket", 3), ("u", "i01", "look", 4))
    assert hours(result.click_times) == [None, 3, None]


def test_neither_another_user_nor_item_nor_a_late_click_counts(attributed: Callable[..., Impressions]) -> None:
    result = attributed(("u", "i01", "look", 1), ("v", "i01", "basket", 2), ("u", "i02", "basket", 2), ("u", "i01", "basket", 8))
    assert hours(result.click_times) == [None]


def test_a_purchase_implies_a_click(attributed: Callable[..., Impressions]) -> None:
    result = attributed(("u", "i01", "look", 1), ("u", "i01", "buy", 2), ("u", "i01", "basket", 3))
    assert hours(result.click_times) == [2]
    assert hours(result.purchase_times) == [2]


def test_a_click_counts_in_its_own_session_only(attributed: Callable[..., Impressions]) -> None:
    events = (("u", "i01", "look", 1), ("u", "i01", "look", 2), ("u", "i01", "basket", 3), ("u", "i01", "buy", 4))
    result = attributed(*events, session={1: "a", 2: "b", 3: "a", 4: "c"})
    assert hours(result.click_times) == [3, 4]
    assert hours(result.purchase_times) == [None, 4]
    assert hours(attributed(*events, session={1: "a"}).click_times) == [None, 3]


def test_unknown_items_are_dropped(attributed: Callable[..., Impressions]) -> None:
    assert len(attributed(("u", "nothing", "look", 1), ("u", "i05", "look", 2))) == 1


def test_users_without_a_history_are_numbered_behind_those_with_one(attributed: Callable[..., Impressions]) -> None:
    result = attributed(("u", "i01", "look", 1), ("v", "i01", "look", 2), ("x", "i01", "look", 3), ("u", "i02", "look", 4))
    assert list(result.users) == [2, 1, 3, 2]
