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


def test_without_a_funnel_no_model_is_trained(shop: Shop, visits: Rows, config: Recommender, goods: pl.DataFrame, vocabulary: Vocabulary) -> None:
    result = train_conversion(shop(visits(looks=10)), config.model_copy(update={"funnel": None}), ("e1",), vocabulary, goods, CUT)
    assert result.model is None
    assert result.card == {"why_not": "no funnel is configured"}


def test_with_too_few_events_the_card_says_why_there_is_no_model(
    shop: Shop, visits: Rows, config: Recommender, goods: pl.DataFrame, vocabulary: Vocabulary
) -> None:
    for looks in (0, 3, 200):
        result = train_conversion(shop(visits(looks=looks)), config, ("e1",), vocabulary, goods, CUT)
        assert result.model is None
        assert "impressions (500 are needed)" in str(result.card["why_not"])


def test_other_runs_later_events_and_sealed_ones_are_not_read(
    shop: Shop, visits: Rows, config: Recommender, goods: pl.DataFrame, vocabulary: Vocabulary
) -> None:
    snapshot = shop(visits(looks=1500))
    assert train_conversion(snapshot, config, ("e2",), vocabulary, goods, CUT).model is None
    assert train_conversion(snapshot, config, ("e1",), vocabulary, goods, START + timedelta(days=1)).model is None
    assert train_conversion(snapshot, config, ("e1",), vocabulary, goods, CUT, sealed=pl.col("time") > START + timedelta(days=1)).model is None


def test_impressions_whose_attribution_window_is_open_are_not_learned_from(
    shop: Shop, visits: Rows, config: Recommender, goods: pl.DataFrame, vocabulary: Vocabulary
) -> None:
    assert config.funnel is not None
    patient = config.model_copy(update={"funnel": config.funnel.model_copy(update={"attribution_window": timedelta(days=19)})})
    assert train_conversion(shop(visits(looks=1500)), patient, ("e1",), vocabulary, goods, CUT).model is None
