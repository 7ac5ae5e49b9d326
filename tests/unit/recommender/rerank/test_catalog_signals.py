from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest

from recommender.rerank import read_catalog_signals
from sluice.config.recommender import Ads, Rerank
from sluice.errors import ModelError

AT = datetime(2026, 3, 11, 12, tzinfo=UTC)
ITEMS = pl.DataFrame(
    {
        "item": ["a", "b", "c"],
        "since": [datetime(2026, 3, 10, 12, tzinfo=UTC), None, datetime(2026, 3, 1, 12, tzinfo=UTC)],
        "day": [date(2026, 3, 11), None, date(2026, 3, 1)],
        "margin": [1, None, 3],
        "bid": [0.5, None, 0.0],
        "name": ["A", "B", "C"],
    }
)


def test_what_the_catalog_says_comes_in_the_order_of_the_candidates() -> None:
    settings = Rerank(freshness=1, released_at="since", margin=1, margin_column="margin", ads=Ads(bid="bid"))
    found = read_catalog_signals(ITEMS, ["c", "new", "a"], settings, AT)
    assert found.ages is not None and found.margins is not None and found.bids is not None
    np.testing.assert_allclose(found.ages, [10, np.nan, 1])
    np.testing.assert_allclose(found.margins, [3, np.nan, 1])
    np.testing.assert_allclose(found.bids, [0, np.nan, 0.5])


def test_a_date_counts_from_midnight() -> None:
    found = read_catalog_signals(ITEMS, ["a"], Rerank(freshness=1, released_at="day"), AT)
    assert found.ages is not None
    np.testing.assert_allclose(found.ages, [0.5])


def test_what_has_no_weight_is_not_read() -> None:
    found = read_catalog_signals(ITEMS, ["a"], Rerank(margin_column="nothing", released_at="nothing"), AT)
    assert found.ages is None and found.margins is None and found.bids is None


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (Rerank(margin=1, margin_column="name"), "rerank.margin_column"),
        (Rerank(freshness=1, released_at="margin"), "rerank.released_at"),
        (Rerank(ads=Ads(bid="gone")), "rerank.ads.bid"),
    ],
)
def test_a_column_of_another_kind_is_told(settings: Rerank, told: str) -> None:
    with pytest.raises(ModelError, match=told):
        read_catalog_signals(ITEMS, ["a"], settings, AT)
