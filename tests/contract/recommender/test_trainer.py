"""What every Trainer promises, asked of the recommender's."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from recommender.data.interactions import load_catalog, load_interactions
from recommender.serving.online_recommender import OnlineRecommender as Served
from recommender.training.trainer import RecommenderTrainer
from sluice.config import Recommender
from sluice.domain import ACTION, ROW, RUN, Artifact, Run
from sluice.errors import ModelError
from sluice.ports import Snapshot, Trainer

CONFIG = Recommender(
    events="events",
    items="items",
    user="user",
    item="item",
    time="at",
    kind="kind",
    weights={"view": 1},
    title=None,
    attributes=("colour",),
    holdout=timedelta(days=1),
    dimensions=8,
    epochs=1,
)
START = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Published:
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    id: str = "1"

    def published(self, dataset: str) -> pl.LazyFrame:
        return self.tables.get(dataset, pl.DataFrame()).lazy()

    def repairs(self, dataset: str) -> pl.LazyFrame:
        return pl.LazyFrame()

    def quarantine(self, dataset: str) -> pl.LazyFrame:
        return pl.LazyFrame()

    def runs(self, dataset: str) -> Sequence[Run]:
        return ()

    def metrics(self, dataset: str, runs: object = None) -> pl.DataFrame:
        return pl.DataFrame()

    def model(self, name: str) -> Artifact | None:
        return None

    def without(self, batch_id: str) -> Snapshot:
        return self


def rows(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_row_index(ROW).with_columns(pl.col(ROW).cast(pl.String), pl.lit("keep").alias(ACTION), pl.lit("r").alias(RUN))


def events() -> pl.DataFrame:
    interactions = [(user, (user * 3 + step) % 15, START + timedelta(hours=12 * step, minutes=user), "view") for user in range(40) for step in range(8)]
    return rows(pl.DataFrame(interactions, schema={"user": pl.Int64, "item": pl.Int64, "at": pl.Datetime("us", "UTC"), "kind": pl.String}, orient="row"))


def items() -> pl.DataFrame:
    return rows(pl.DataFrame({"item": range(15), "colour": ["red", "blue", None] * 5}))


def train(events: pl.DataFrame, items: pl.DataFrame) -> Artifact:
    trainer: Trainer = RecommenderTrainer(CONFIG, ("r",))
    return trainer.train(Published({"events": events, "items": items}), seed=1)


def test_it_is_deterministic() -> None:
    first, second = train(events(), items()), train(events(), items())
    assert first.tensors == second.tensors
    assert json.dumps(first.card) == json.dumps(second.card)


def test_it_does_not_depend_on_how_rows_lie_in_the_lake() -> None:
    assert train(events().sample(fraction=1.0, shuffle=True, seed=3), items().reverse()).tensors == train(events(), items()).tensors


@pytest.mark.parametrize(
    "lacking",
    [
        pl.DataFrame(),
        events().clear(),
        events().head(1),
        events().with_columns(user=pl.lit(None, dtype=pl.Int64)),
        events().with_columns(at=pl.lit(None, dtype=pl.Datetime("us", "UTC"))),
        events().with_columns(kind=pl.lit("never configured")),
        events().drop("item"),
    ],
    ids=["nothing published", "no row", "one row", "no user", "no time", "unknown kinds alone", "a column too few"],
)
def test_too_little_is_said(lacking: pl.DataFrame) -> None:
    with pytest.raises(ModelError, match="recommender"):
        train(lacking, items())


@pytest.mark.parametrize(
    ("clicks", "goods"),
    [
        (events().with_columns(extra=pl.lit(1)), items().with_columns(extra=pl.lit(1))),
        (pl.concat([events(), events().head(9).with_columns(kind=pl.lit("unheard of"))]), items()),
        (events(), items().with_columns(colour=pl.lit(None, dtype=pl.String))),
        (events(), items().clear()),
        (events(), items().head(1)),
        (events(), pl.DataFrame()),
    ],
    ids=["a column too many", "an unknown kind", "attributes all null", "no item", "one item", "no catalog"],
)
def test_what_is_odd_is_no_obstacle(clicks: Any, goods: pl.DataFrame) -> None:
    snapshot = Published({"events": clicks, "items": goods})
    artifact = train(clicks, goods)
    assert artifact.card["serving"]
    served = Served.load(artifact).with_catalog(load_catalog(snapshot, CONFIG), CONFIG)
    assert served.knows_any(load_interactions(snapshot, CONFIG, user="3"))
    assert served.recommend_popular()
