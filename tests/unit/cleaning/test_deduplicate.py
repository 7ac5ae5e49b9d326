"""What arrived twice is held, naming the row that it repeats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaning.deduplicate import Deduplicate
from sluice.domain import ROW, Batch, Cleaned, Column, Schema

T = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCHEMA = Schema("events", key=("id",), time="ts", columns=(Column("id"), Column("user"), Column("item"), Column("ts", "timestamp")))
CLEANER = Deduplicate(SCHEMA, subset=("user", "item"))


def originals_of(cleaned: Cleaned) -> Mapping[str, Mapping[str, str]]:
    """By rule: the held rows and the row that each repeats."""
    events = {}
    for verdict in cleaned.held:
        assert verdict.failing is not None
        assert verdict.evidence is not None
        assert verdict.failing.sum() == verdict.failed == verdict.evidence.height
        assert set(cleaned.batch.rows.filter(verdict.failing)[ROW]) == set(verdict.evidence[ROW])
        events[verdict.rule.removeprefix("deduplicate:")] = dict(verdict.evidence.select(ROW, "expected").rows())
    return events


def at(*seconds: float) -> list[datetime]:
    return [T + timedelta(seconds=second) for second in seconds]


def test_the_first_by_time_then_position_is_kept(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    rows = batch(SCHEMA, id=["a", "a", "b", "b"], user=["u"] * 4, item=["i", "i", "j", "j"], ts=at(5, 0, 100, 100))
    assert originals_of(CLEANER.clean(rows, [], snapshot())) == {"key": {"b.0": "b.1", "b.3": "b.2"}, "conflict": {}, "near": {}}


def test_the_same_key_with_other_content_is_no_copy(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    rows = batch(SCHEMA, id=["a", "a"], user=["u", "u"], item=["i", "other"], ts=at(0, 0))
    assert originals_of(CLEANER.clean(rows, [], snapshot())) == {"key": {}, "conflict": {"b.1": "b.0"}, "near": {}}


def test_without_same_all_columns_but_the_time_tell_a_copy(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    rows = batch(SCHEMA, id=["a", "a", "b", "b"], user=["u", "u", "u", None], item=["i"] * 4, ts=at(0, 9, 0, 0))
    assert originals_of(Deduplicate(SCHEMA).clean(rows, [], snapshot())) == {"key": {"b.1": "b.0"}, "conflict": {"b.3": "b.2"}}


def test_near_repeats_are_measured_from_the_row_that_was_kept(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    rows = batch(SCHEMA, id=list("abcde"), user=["u"] * 5, item=["i"] * 5, ts=at(0, 2, 4, 6, 30))
    assert originals_of(CLEANER.clean(rows, [], snapshot()))["near"] == {"b.1": "b.0", "b.3": "b.2"}


def test_published_rows_count_as_seen(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    before = snapshot(SCHEMA, id=["a", "x", "y"], user=["u", "u", "v"], item=["i", "j", "k"], ts=at(-3600, -1, 60))
    rows = batch(SCHEMA, id=["a", "b", "c", "d"], user=["u", "u", "v", "v"], item=["i", "j", "k", "l"], ts=at(0, 1, 59, 60))
    assert originals_of(CLEANER.clean(rows, [], before)) == {"key": {"b.0": "p.0"}, "conflict": {}, "near": {"b.1": "p.1", "b.2": "p.2"}}


def test_a_repeat_is_told_once_however_often_its_key_was_published(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    before = snapshot(SCHEMA, id=["a", "a", "x"], user=["u"] * 3, item=["i"] * 3, ts=at(-60, -50, -40))
    rows = batch(SCHEMA, id=["a", "b", "a"], user=["u"] * 3, item=["i"] * 3, ts=at(0, 100, 200))
    assert originals_of(CLEANER.clean(rows, [], before))["key"] == {"b.0": "p.0", "b.2": "p.0"}


def test_keys_are_looked_up_no_further_back_than_the_window(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    before = snapshot(SCHEMA, id=["a"], user=["u"], item=["i"], ts=[T - timedelta(days=40)])
    assert originals_of(CLEANER.clean(batch(SCHEMA, id=["a"], user=["u"], item=["i"], ts=[T]), [], before))["key"] == {}


def test_a_snapshot_is_compared_with_itself_alone(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    schema = Schema("catalog", "snapshot", ("id",), (Column("id"), Column("title")))
    before = snapshot(schema, id=["a"], title=["t"])
    assert originals_of(Deduplicate(schema).clean(batch(schema, id=["a", "b", "b"], title=["t"] * 3), [], before))["key"] == {"b.2": "b.1"}


def test_a_published_batch_does_not_repeat_itself(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    rows = batch(SCHEMA, id=["a", "b"], user=["u", "u"], item=["i", "i"], ts=at(0, 60))
    before = snapshot(SCHEMA, id=["a", "b"], user=["u", "u"], item=["i", "i"], ts=at(0, 60))
    same = before.tables["events"].with_columns(pl.col(ROW).str.replace("p", "b"))
    before.tables = {"events": same}
    assert originals_of(CLEANER.clean(rows, [], before)) == {"key": {}, "conflict": {}, "near": {}}


def test_nulls_are_neither_keys_nor_the_same(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    rows = batch(SCHEMA, id=[None, None], user=[None, None], item=["i", "i"], ts=at(0, 0))
    assert originals_of(CLEANER.clean(rows, [], snapshot())) == {"key": {}, "conflict": {}, "near": {}}


def test_a_missing_column_is_not_evaluated(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    rows = batch(SCHEMA, id=["a"], user=["u"], item=["i"], ts=at(0))
    cleaned = CLEANER.clean(Batch("events", "b", rows.rows.drop("id", "user"), rows.at), [], snapshot())
    assert [verdict.status for verdict in cleaned.held] == ["not_evaluated"] * 3


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1), st.integers(0, 12)), max_size=12))
def test_every_held_row_repeats_one_that_is_kept(snapshot: Callable[..., Any], events: list[tuple[int, int, int]]) -> None:
    rows = pl.DataFrame(
        {
            "id": [f"k{key}" for key, _, _ in events],
            "user": ["u"] * len(events),
            "item": [f"i{item}" for _, item, _ in events],
            "ts": at(*[second for _, _, second in events]),
            ROW: [f"b.{place}" for place in range(len(events))],
        },
        schema={**SCHEMA.dtypes, ROW: pl.String},
    )
    verdicts = originals_of(CLEANER.clean(Batch("events", "b", rows, T), [], snapshot()))
    held = {row for second in verdicts.values() for row in second}
    keys = rows.filter(~pl.col(ROW).is_in(sorted(held)))
    assert keys["id"].is_unique().all()
    for item in keys["item"].unique():
        gaps = keys.filter(pl.col("item") == item)["ts"].sort().diff().drop_nulls()
        assert (gaps > timedelta(seconds=3)).all()
    assert not held & set(verdicts["near"].values())


def test_settings_must_fit_the_schema() -> None:
    with pytest.raises(ValueError, match="nope is not one of id, user, item, ts"):
        Deduplicate(SCHEMA, subset=("nope",))
    with pytest.raises(ValueError, match="name the columns of a key"):
        Deduplicate(Schema("d", columns=(Column("a"),)))


def test_the_time_may_be_a_part_of_the_key(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    schema = Schema("events", key=("user", "ts"), time="ts", columns=(Column("user"), Column("item"), Column("ts", "timestamp")))
    rows = batch(schema, user=["u", "u", "v"], item=["i", "i", "i"], ts=at(0, 0, 0))
    assert originals_of(Deduplicate(schema).clean(rows, [], snapshot())) == {"key": {"b.1": "b.0"}, "conflict": {}}


def test_a_blank_part_of_the_key_is_a_value_where_it_is_allowed(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    columns = (Column("id"), Column("line", "integer"), Column("item"))
    cells: dict[str, list[Any]] = {"id": ["a", "a", None, None], "line": [None, None, None, None], "item": ["i"] * 4}
    strict, lenient = (Schema("lines", key=("id", "line"), columns=columns, blank_key=blank) for blank in (False, True))
    assert originals_of(Deduplicate(strict).clean(batch(strict, **cells), [], snapshot()))["key"] == {}
    assert originals_of(Deduplicate(lenient).clean(batch(lenient, **cells), [], snapshot()))["key"] == {"b.1": "b.0"}
