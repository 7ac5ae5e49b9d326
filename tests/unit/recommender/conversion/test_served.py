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
def counting(config: Config) -> Config:
    return config.model_copy(update={"models": Config.model_validate(config.model_dump() | {"models": ["cooccurrence"]}).models})


@pytest.fixture(scope="module")
def shelf(goods: pl.DataFrame) -> pl.DataFrame:
    return goods.with_columns(bid=pl.when(pl.col("item") == "i16").then(9.0))


@pytest.fixture(scope="module")
def artifact(shop: Callable[..., Snapshot], visits: Callable[..., pl.DataFrame], counting: Config, shelf: pl.DataFrame) -> Artifact:
    published = shelf.rename({"item": "what"}).with_columns(pl.lit("keep").alias(ACTION), pl.lit("c1").alias(RUN), pl.col("what").alias(ROW))
    return RecommenderTrainer(counting, ("e1", "c1")).train(shop(visits(), published), seed=0)


def answered(artifact: Artifact, config: Config, shelf: pl.DataFrame, rerank: Rerank) -> list[tuple[str, bool]]:
    rows = [("u", item, "look", AT - timedelta(hours=1), 1.0, True) for item in ("i04", "i05")]
    served = OnlineRecommender.load(artifact).with_catalog(shelf, config.model_copy(update={"rerank": rerank}))
    return [(each.item, each.ad) for each in served.recommend(pl.DataFrame(rows, schema=INTERACTIONS, orient="row"), 8, at=AT)]


def test_the_card_says_how_both_scorers_fared(artifact: Artifact) -> None:
    told = artifact.card["conversion"]
    assert isinstance(told, dict)
    assert told["kind"] in told["metrics"]
    assert told["learned"]["purchases"] >= 20


def test_what_is_likelier_bought_rises_where_that_is_asked_for(artifact: Artifact, counting: Config, shelf: pl.DataFrame) -> None:
    plain = answered(artifact, counting, shelf, Rerank())
    keen = answered(artifact, counting, shelf, Rerank(conversion=3))
    assert sum(int(item[1:]) % 3 == 0 for item, _ in keen) > sum(int(item[1:]) % 3 == 0 for item, _ in plain)


def test_an_answer_tells_which_item_is_an_ad(artifact: Artifact, counting: Config, shelf: pl.DataFrame) -> None:
    found = answered(artifact, counting, shelf, Rerank(ads=Ads(bid="bid", slots=(3,), min_relevance=0)))
    assert [place for place, (_, ad) in enumerate(found, start=1) if ad] == [3]
    assert found[2] == ("i16", True)
