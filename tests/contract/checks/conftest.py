"""Every Judge of this room, and batches of every awkward shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from checks.checker import Checker
from checks.expectations import EXPECTATIONS
from checks.schema import SchemaJudge
from sluice.config import Step
from sluice.domain import RAW, RAW_TYPE, ROW, Artifact, Batch, Column, Run, Schema
from sluice.ports import Judge, PValues, Snapshot

DAY = datetime(2026, 3, 10, tzinfo=UTC)
SCHEMA = Schema(
    "events",
    "append",
    ("event_id",),
    (Column("event_id", required=True), Column("user_id"), Column("item_id"), Column("kind"), Column("ts", "timestamp"), Column("price", "number")),
    "ts",
)
LOG = {"user": "user_id", "item": "item_id", "time": "ts", "max_value": 0.9}
OWN: dict[str, dict[str, object]] = {
    "expect_proportion_of_consecutive_repeats_to_be_between": LOG,
    "expect_batch_to_be_fresh": {"column": "ts", "max_age": "1d"},
    "expect_column_anomaly_rate_to_be_within_fpr": {"column": "price"},
    "expect_column_values_to_be_unique_across_batches": {"columns": ["event_id"]},
    "expect_column_values_to_exist_in_dataset": {"column": "item_id", "dataset": "catalog"},
    "expect_column_values_to_have_form": {"column": "kind", "form": "colour"},
    "expect_column_values_to_not_contain_words": {"column": "kind", "lists": ["health_claims_en"]},
    "expect_column_values_to_match_reference": {"column": "price", "dataset": "catalog", "key": "item_id"},
    "expect_column_values_to_not_be_in_future": {"column": "ts"},
    "expect_column_values_to_be_close_to_history": {"column": "price", "key": "item_id"},
    "expect_proportion_of_novel_transitions_to_be_between": {**LOG, "min_batches": 1},
    "expect_proportion_of_heavy_user_events_to_be_between": LOG,
    "expect_row_anomaly_rate_to_be_within_fpr": {"max_fpr": 0.1},
    "expect_table_row_count_to_match_weekday": {},
    "expect_rating_to_match_sentiment": {"text": "kind", "rating": "price"},
    "expect_transition_overlap_to_match_history": {"user": "user_id", "item": "item_id", "time": "ts", "min_batches": 2},
}
GREAT: dict[str, dict[str, object]] = {
    "expect_column_values_to_be_in_set": {"column": "kind", "value_set": ["view", "buy"]},
    "expect_column_values_to_be_between": {"column": "price", "min_value": 0},
    "expect_compound_columns_to_be_unique": {"column_list": ["user_id", "ts"]},
    "expect_column_mean_to_be_between": {"column": "price", "min_value": 0},
    "expect_column_values_to_match_strftime_format": {"column": "kind", "strftime_format": "%Y"},
    "expect_column_quantile_values_to_be_between": {"column": "price", "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[0, 1]]}},
    "expect_column_distinct_values_to_contain_set": {"column": "kind", "value_set": ["view"]},
    "expect_table_row_count_to_be_between": {"min_value": 1},
}
assert set(OWN) == set(EXPECTATIONS)


class FakeScorer:
    """Finds low prices unusual, and blames them."""

    columns = ("price",)

    def p_values(self, rows: pl.DataFrame, snapshot: Snapshot, column: str | None = None) -> PValues:
        return PValues(rows["price"].clip(0, 1).fill_null(1), 999)

    def blame(self, rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
        return pl.DataFrame({"columns": [["price"]] * rows.height, "expected": ["1.0"] * rows.height})

    def contributions(self, rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
        return rows.select(ROW, column=pl.lit("price"), surprise=pl.lit(1.0), expected=pl.lit("1.0"))


class FakeSnapshot:
    """A Snapshot with one earlier batch and a catalog; or with nothing."""

    id = "1"

    def __init__(self, rows: pl.DataFrame | None) -> None:
        catalog = pl.DataFrame({"item_id": ["i1", "i2"], "price": [1.0, 2.0]})
        self.tables = {} if rows is None else {"events": rows, "catalog": catalog}

    def published(self, dataset: str) -> pl.LazyFrame:
        return self.tables.get(dataset, pl.DataFrame()).lazy()

    def repairs(self, dataset: str) -> pl.LazyFrame:
        return pl.LazyFrame()

    def quarantine(self, dataset: str) -> pl.LazyFrame:
        return pl.LazyFrame()

    def runs(self, dataset: str) -> Sequence[Run]:
        return [Run("past", "events", "ingest", 1, DAY - timedelta(days=1), "published", rows=4)] if self.tables else []

    def metrics(self, dataset: str, runs: object = None) -> pl.DataFrame:
        return pl.DataFrame()

    def model(self, name: str) -> Artifact | None:
        return None

    def without(self, batch_id: str) -> FakeSnapshot:
        return self


def rows(batch_id: str, height: int) -> pl.DataFrame:
    cells: dict[str, list[object]] = {
        "event_id": [f"e{index % 3}" for index in range(height)],
        "user_id": [f"u{index % 2}" for index in range(height)],
        "item_id": [f"i{index}" for index in range(height)],
        "kind": [["view", "buy"][index % 2] for index in range(height)],
        "ts": [DAY - timedelta(hours=index) for index in range(height)],
        "price": [float(index) - 1 for index in range(height)],
    }
    frame = pl.DataFrame(cells, schema=SCHEMA.dtypes)
    return frame.with_columns(pl.Series(ROW, [f"{batch_id}.{index}" for index in range(height)], dtype=pl.String), pl.lit(None, dtype=RAW_TYPE).alias(RAW))


FULL = Batch("events", "b", rows("b", 6), DAY, SCHEMA.names)
BATCHES = {
    "full": FULL,
    "empty": replace(FULL, rows=rows("b", 0)),
    "one row": replace(FULL, rows=rows("b", 1)),
    "all null": replace(FULL, rows=FULL.rows.with_columns(pl.lit(None, dtype=dtype).alias(name) for name, dtype in SCHEMA.dtypes.items())),
    "unknown category": replace(FULL, rows=FULL.rows.with_columns(kind=pl.lit("?"))),
    "a column too many": replace(FULL, rows=FULL.rows.with_columns(more=pl.lit(1)), columns=(*SCHEMA.names, "more")),
    "a column too few": replace(FULL, rows=FULL.rows.drop("price"), columns=SCHEMA.names[:-1]),
    "some rows of it": replace(FULL, columns=None, whole=False),
}


@pytest.fixture(scope="session", params=["schema", "suite"])
def judge(request: pytest.FixtureRequest) -> Judge:
    """The suite holds each expectation once: every one is judged by its own verdict."""
    if request.param == "schema":
        return SchemaJudge(SCHEMA)
    steps = [Step(name=name, settings=settings) for name, settings in {**OWN, **GREAT}.items()]
    return Checker.build(SCHEMA, steps, scorers={"autoencoder": FakeScorer()})


@pytest.fixture(params=list(BATCHES))
def batch(request: pytest.FixtureRequest) -> Batch:
    return BATCHES[request.param]


@pytest.fixture(params=["some past", "no past"])
def snapshot(request: pytest.FixtureRequest) -> FakeSnapshot:
    return FakeSnapshot(rows("past", 4) if request.param == "some past" else None)
