from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from recommender.cost_curve.proxy import Proxy
from recommender.evaluation.holdout import split_holdout
from recommender.evaluation.trusted_holdout import TrustedHoldout
from sluice.errors import ModelError

Make = Callable[..., Any]


@pytest.fixture(scope="module")
def proxy(snapshot: Any, settings: Make) -> tuple[Proxy, pl.DataFrame]:
    cut = datetime(2026, 3, 9, tzinfo=UTC)
    held = TrustedHoldout(cut, cut + timedelta(days=2), ("e1", "c1"), "7").load(snapshot, settings())
    return Proxy.fit(held.train, held), held.train


def test_clean_events_cost_nothing(proxy: tuple[Proxy, pl.DataFrame]) -> None:
    cost = proxy[0].cost(proxy[1])
    assert (cost.share, cost.low, cost.high) == (0, 0, 0)


def test_more_errors_cost_more(proxy: tuple[Proxy, pl.DataFrame]) -> None:
    fitted, events = proxy
    draw = np.random.default_rng(0).random(events.height)
    shuffled = events["item"].shuffle(seed=0)
    faulty_events = [events.with_columns(pl.when(pl.Series(draw < share)).then(shuffled).otherwise(pl.col("item")).alias("item")) for share in (0.3, 0.95)]
    costs = [fitted.cost(faulty) for faulty in faulty_events]
    assert costs[0].share < costs[1].share
    assert costs[1].low > 0.2


def test_unknown_items_are_ignored(proxy: tuple[Proxy, pl.DataFrame]) -> None:
    stranger = proxy[1].with_columns(item=pl.lit("never seen"))
    assert proxy[0].cost(pl.concat([proxy[1], stranger.head(0)])).share == 0
    assert proxy[0].cost(stranger).share > 0.3


def test_too_little_says_so(make_interactions: Make) -> None:
    events = make_interactions(("a", "x", 0), ("a", "y", 30), ("b", "x", 1), ("b", "y", 31))
    held = split_holdout(events, events["time"][1])
    with pytest.raises(ModelError, match="too little accepted data for a cost curve: of 2 users"):
        Proxy.fit(held.train, held)
