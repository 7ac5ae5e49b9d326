from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from recommender.data.interactions import INTERACTIONS
from recommender.training.trainer import RecommenderTrainer
from sluice.config import Recommender
from sluice.domain import ACTION, ROW, RUN, Artifact, Run, Score

START = datetime(2026, 3, 1, tzinfo=UTC)
ITEMS, USERS, DAYS = 60, 120, 10


@dataclass(frozen=True)
class FakeSnapshot:
    """A snapshot held in memory."""

    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    run_records: Sequence[Run] = ()
    champion: Artifact | None = None
    id: str = "7"

    def published(self, dataset: str) -> pl.LazyFrame:
        return self.tables.get(dataset, pl.DataFrame()).lazy()

    def repairs(self, dataset: str) -> pl.LazyFrame:
        return pl.LazyFrame()

    def quarantine(self, dataset: str) -> pl.LazyFrame:
        return pl.LazyFrame()

    def runs(self, dataset: str) -> Sequence[Run]:
        return [run for run in self.run_records if run.dataset == dataset]

    def metrics(self, dataset: str, runs: object = None) -> pl.DataFrame:
        return pl.DataFrame()

    def model(self, name: str) -> Artifact | None:
        return self.champion

    def without(self, batch_id: str) -> FakeSnapshot:
        return self


def run_of(identity: str, dataset: str, decision: str = "open") -> Run:
    at = START + timedelta(days=DAYS)
    return Run(identity, dataset, "ingest", 1, at, "published", published=Score(98.5, {"validity": 98.5}), decision=decision)  # type: ignore[arg-type]


def chain(seed: int = 0, *, users: int = USERS) -> pl.DataFrame:
    """Events of a shop in which item i is followed by item i + 1, nine times in ten; the names are nobody's usual ones."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(users):
        item = int(rng.integers(ITEMS))
        for step in range(16):
            when = START + timedelta(days=DAYS * (step + rng.uniform(0, 0.9)) / 16, minutes=user)
            rows.append((f"u{user:03}", f"i{item:02}", when, "buy" if rng.random() < 0.2 else "look"))
            item = (item + 1) % ITEMS if rng.random() < 0.9 else int(rng.integers(ITEMS))
    frame = pl.DataFrame(rows, schema={"who": pl.String, "what": pl.String, "when": pl.Datetime("us", "UTC"), "did": pl.String}, orient="row")
    return frame.with_row_index(ROW).with_columns(pl.format("e.{}", ROW).alias(ROW), pl.lit("keep").alias(ACTION), pl.lit("e1").alias(RUN))


def goods() -> pl.DataFrame:
    """Their catalog: items of a family lie next to each other; `new` belongs to the first and was never met."""
    names = [*(f"i{item:02}" for item in range(ITEMS)), "new"]
    family = [*(f"family {item // 6}" for item in range(ITEMS)), "family 0"]
    frame = pl.DataFrame({"what": names, "label": [f"The {name}" for name in names], "family": family, "cost": [float(len(name)) for name in names]})
    return frame.with_row_index(ROW).with_columns(pl.format("c.{}", ROW).alias(ROW), pl.lit("keep").alias(ACTION), pl.lit("c1").alias(RUN))


def settings(**changes: Any) -> Recommender:
    values: dict[str, Any] = {
        "events": "clicks", "items": "goods", "user": "who", "item": "what", "time": "when", "kind": "did", "weights": {"look": 1.0, "buy": 3.0},
        "title": "label", "attributes": ("family", "cost"), "holdout": timedelta(days=2), "dimensions": 16, "epochs": 12,
    }  # fmt: skip
    return Recommender(**(values | changes))


def shop(events: pl.DataFrame, items: pl.DataFrame | None = None, champion: Artifact | None = None) -> FakeSnapshot:
    tables = {"clicks": events, "goods": goods() if items is None else items}
    return FakeSnapshot(tables, [run_of("e1", "clicks"), run_of("c1", "goods")], champion)


def make_interactions(*rows: tuple[Any, ...]) -> pl.DataFrame:
    """Interactions from (user, item, hour) and, where it matters, `False` for an unknown order."""
    columns = [(row[0], row[1], "look", START + timedelta(hours=row[2]), 1.0, row[3] if len(row) > 3 else True) for row in rows]
    return pl.DataFrame(columns, schema=INTERACTIONS, orient="row")


@pytest.fixture(scope="session")
def snapshot() -> FakeSnapshot:
    return shop(chain())


@pytest.fixture(scope="session")
def trained(snapshot: FakeSnapshot) -> Artifact:
    return RecommenderTrainer(settings(), ("e1", "c1")).train(snapshot, seed=0)


@pytest.fixture(name="shop", scope="session")
def _shop() -> Callable[..., FakeSnapshot]:
    return shop


@pytest.fixture(name="chain", scope="session")
def _chain() -> Callable[..., pl.DataFrame]:
    return chain


@pytest.fixture(name="make_interactions", scope="session")
def _make_interactions() -> Callable[..., pl.DataFrame]:
    return make_interactions


@pytest.fixture(name="settings", scope="session")
def _settings() -> Callable[..., Recommender]:
    return settings
