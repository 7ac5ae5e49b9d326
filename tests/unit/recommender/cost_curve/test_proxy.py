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
    found = proxy[0].cost(proxy[1])
    assert (found.share, found.low, found.high) == (0, 0, 0)


def test_the_more_is_wrong_the_more_it_costs(proxy: tuple[Proxy, pl.DataFrame]) -> None:
    known, events = proxy
    draw = np.random.default_rng(0).random(events.height)
    other = events["item"].shuffle(seed=0)
    spoilt = [events.with_columns(pl.when(pl.Series(draw < share)).then(other).otherwise(pl.col("item")).alias("item")) for share in (0.3, 0.95)]
    costs = [known.cost(each) for each in spoilt]
    assert costs[0].share < costs[1].share
    assert costs[1].low > 0.2


def test_items_that_nobody_knows_are_left_out(proxy: tuple[Proxy, pl.DataFrame]) -> None:
    stranger = proxy[1].with_columns(item=pl.lit("never seen"))
    assert proxy[0].cost(pl.concat([proxy[1], stranger.head(0)])).share == 0
    assert proxy[0].cost(stranger).share > 0.3


def test_too_little_says_so(told: Make) -> None:
    events = told(("a", "x", 0), ("a", "y", 30), ("b", "x", 1), ("b", "y", 31))
    held = split_holdout(events, events["time"][1])
    with pytest.raises(ModelError, match="too little accepted data for a cost curve: of 2 users"):
        Proxy.fit(held.train, held)
