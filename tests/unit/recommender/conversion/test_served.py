from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from recommender.data.interactions import INTERACTIONS
from recommender.serving.online_recommender import OnlineRecommender
from recommender.training.trainer import RecommenderTrainer
from sluice.config import Recommender as Config
from sluice.config.recommender import Ads, Rerank
from sluice.domain import ACTION, ROW, RUN, Artifact
from sluice.ports import Snapshot

AT = datetime(2026, 3, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def settings(config: Config) -> Config:
    return config.model_copy(update={"models": Config.model_validate(config.model_dump() | {"models": ["cooccurrence"]}).models})


@pytest.fixture(scope="module")
def items(goods: pl.DataFrame) -> pl.DataFrame:
    return goods.with_columns(bid=pl.when(pl.col("item") == "i16").then(9.0))


@pytest.fixture(scope="module")
def artifact(shop: Callable[..., Snapshot], visits: Callable[..., pl.DataFrame], settings: Config, items: pl.DataFrame) -> Artifact:
    published = items.rename({"item": "what"}).with_columns(pl.lit("keep").alias(ACTION), pl.lit("c1").alias(RUN), pl.col("what").alias(ROW))
    return RecommenderTrainer(settings, ("e1", "c1")).train(shop(visits(), published), seed=0)


def recommend(artifact: Artifact, config: Config, items: pl.DataFrame, rerank: Rerank) -> list[tuple[str, bool]]:
    rows = [("u", item, "look", AT - timedelta(hours=1), 1.0, True) for item in ("i04", "i05")]
    served = OnlineRecommender.load(artifact).with_catalog(items, config.model_copy(update={"rerank": rerank}))
    return [(entry.item, entry.ad) for entry in served.recommend(pl.DataFrame(rows, schema=INTERACTIONS, orient="row"), 8, at=AT)]


def test_the_card_holds_the_metrics_of_the_scorers(artifact: Artifact) -> None:
    part = artifact.card["conversion"]
    assert isinstance(part, dict)
    assert part["kind"] in part["metrics"]
    assert part["learned"]["purchases"] >= 20


def test_a_conversion_weight_raises_items_likely_to_be_bought(artifact: Artifact, settings: Config, items: pl.DataFrame) -> None:
    plain = recommend(artifact, settings, items, Rerank())
    keen = recommend(artifact, settings, items, Rerank(conversion=3))
    assert sum(int(item[1:]) % 3 == 0 for item, _ in keen) > sum(int(item[1:]) % 3 == 0 for item, _ in plain)


def test_an_answer_marks_ads(artifact: Artifact, settings: Config, items: pl.DataFrame) -> None:
    answer = recommend(artifact, settings, items, Rerank(ads=Ads(bid="bid", slots=(3,), min_relevance=0)))
    assert [place for place, (_, ad) in enumerate(answer, start=1) if ad] == [3]
    assert answer[2] == ("i16", True)
