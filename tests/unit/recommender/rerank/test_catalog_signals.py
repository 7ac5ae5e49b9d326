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


def test_signals_come_in_the_order_of_the_candidates() -> None:
    settings = Rerank(freshness=1, released_at="since", margin=1, margin_column="margin", ads=Ads(bid="bid"))
    signals = read_catalog_signals(ITEMS, ["c", "new", "a"], settings, AT)
    assert signals.ages is not None and signals.margins is not None and signals.bids is not None
    np.testing.assert_allclose(signals.ages, [10, np.nan, 1])
    np.testing.assert_allclose(signals.margins, [3, np.nan, 1])
    np.testing.assert_allclose(signals.bids, [0, np.nan, 0.5])


def test_a_date_counts_from_midnight() -> None:
    signals = read_catalog_signals(ITEMS, ["a"], Rerank(freshness=1, released_at="day"), AT)
    assert signals.ages is not None
    np.testing.assert_allclose(signals.ages, [0.5])


def test_a_signal_without_weight_is_not_read() -> None:
    signals = read_catalog_signals(ITEMS, ["a"], Rerank(margin_column="nothing", released_at="nothing"), AT)
    assert signals.ages is None and signals.margins is None and signals.bids is None


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        (Rerank(margin=1, margin_column="name"), "rerank.margin_column"),
        (Rerank(freshness=1, released_at="margin"), "rerank.released_at"),
        (Rerank(ads=Ads(bid="gone")), "rerank.ads.bid"),
    ],
)
def test_a_column_of_the_wrong_type_is_named(settings: Rerank, key: str) -> None:
    with pytest.raises(ModelError, match=key):
        read_catalog_signals(ITEMS, ["a"], settings, AT)
