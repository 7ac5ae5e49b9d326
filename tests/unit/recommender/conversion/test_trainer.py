from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import polars as pl

from recommender.conversion import train_conversion
from recommender.data.sequences import Vocabulary
from sluice.config import Recommender
from sluice.ports import Snapshot

CUT = datetime(2026, 3, 21, tzinfo=UTC)
START = datetime(2026, 3, 1, tzinfo=UTC)
Rows = Callable[..., pl.DataFrame]
Shop = Callable[..., Snapshot]


def test_without_a_funnel_there_are_no_heads(shop: Shop, visits: Rows, config: Recommender, goods: pl.DataFrame, vocabulary: Vocabulary) -> None:
    found = train_conversion(shop(visits(looks=10)), config.model_copy(update={"funnel": None}), ("e1",), vocabulary, goods, CUT)
    assert found.model is None
    assert found.card == {"why_not": "no funnel is configured"}


def test_three_events_are_too_few_and_the_card_says_so(shop: Shop, visits: Rows, config: Recommender, goods: pl.DataFrame, vocabulary: Vocabulary) -> None:
    for looks in (0, 3, 200):
        found = train_conversion(shop(visits(looks=looks)), config, ("e1",), vocabulary, goods, CUT)
        assert found.model is None
        assert "impressions (500 are needed)" in str(found.card["why_not"])


def test_other_runs_later_events_and_sealed_ones_are_not_read(
    shop: Shop, visits: Rows, config: Recommender, goods: pl.DataFrame, vocabulary: Vocabulary
) -> None:
    snapshot = shop(visits(looks=1500))
    assert train_conversion(snapshot, config, ("e2",), vocabulary, goods, CUT).model is None
    assert train_conversion(snapshot, config, ("e1",), vocabulary, goods, START + timedelta(days=1)).model is None
    assert train_conversion(snapshot, config, ("e1",), vocabulary, goods, CUT, sealed=pl.col("time") > START + timedelta(days=1)).model is None


def test_an_impression_is_learned_from_once_it_can_come_to_nothing_more(
    shop: Shop, visits: Rows, config: Recommender, goods: pl.DataFrame, vocabulary: Vocabulary
) -> None:
    assert config.funnel is not None
    patient = config.model_copy(update={"funnel": config.funnel.model_copy(update={"within": timedelta(days=19)})})
    assert train_conversion(shop(visits(looks=1500)), patient, ("e1",), vocabulary, goods, CUT).model is None
