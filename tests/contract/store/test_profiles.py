"""Profiles of columns are kept with the run that judged the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sluice.domain import BatchProfile, ColumnProfile, Lengths, Run
from sluice.store.lake_records import PublishedRun

PRICE = ColumnProfile("price", "number", 3, 1, 0, 2, 0.0, 2, None, "1.0", "2.0", "1.5", ("1.0",) * 15, (("1.0", 1), ("2.0", 1)))
ID = ColumnProfile("id", "string", 3, 0, 0, 5000, 0.016, 3, Lengths(1, 9, 4.5, (1.0,) * 15), top=(("a", 2),), top_exact=False, patterns=(("a", 3),))


class Summary:
    """Some profiles, as those of a summary of rows."""

    def __init__(self, *columns: ColumnProfile) -> None:
        self._columns = columns

    def merge(self, other: Summary) -> Summary:
        return other

    def columns(self) -> Sequence[ColumnProfile]:
        return self._columns


def publish(shop: Any, batch: str, *columns: ColumnProfile, dataset: str = "events") -> Run:
    """Publish a batch with profiles."""
    outcome = replace(shop.outcome(batch, [f"{batch}.0"], dataset=dataset), profile=Summary(*columns))
    with shop.store.lease(dataset) as lease:
        run: Run = shop.store.publish(lease, shop.store.stage(outcome))
        return run


def test_profiles_come_back_as_they_were_published_the_oldest_batch_first(shop: Any) -> None:
    first, second = publish(shop, "b1", PRICE, ID), publish(shop, "b2", replace(PRICE, nulls=3), ID)
    publish(shop, "b3", PRICE, dataset="stock")
    shop.publish("b4", ["b4.0"])  # without profiles
    expected = [BatchProfile("b1", first.at, (PRICE, ID)), BatchProfile("b2", second.at, (replace(PRICE, nulls=3), ID))]
    assert list(shop.store.profiles.batches("events")) == expected
    assert [batch.columns for batch in shop.store.profiles.batches("events", "id")] == [(ID,), (ID,)]
    assert [batch.run for batch in shop.store.profiles.batches("events", runs=["b2"])] == ["b2"]
    assert list(shop.store.profiles.ends("events")) == ["b1", "b2"]
    assert shop.store.profiles.batches("catalog") == []


def test_a_column_that_became_personal_shows_no_value(shop: Any) -> None:
    publish(shop, "b1", PRICE, ID)
    schema = shop.store.schemas["events"]
    columns = tuple(replace(column, personal=column.name == "id") for column in schema.columns)
    store = shop.reopen()
    store.schemas = {"events": replace(schema, columns=columns)}
    (batch,) = store.profiles.batches("events")
    assert batch.columns == (PRICE, replace(ID, top=(), patterns=()))


def test_records_in_the_lake_hold_the_profiles(shop: Any) -> None:
    publish(shop, "b1", PRICE, ID)
    (path,) = (Path(shop.store.lake.root) / "_runs" / "events").glob("*.json")
    published = PublishedRun.loads(path.read_text())
    assert [(one["column"], one["position"]) for one in published.profiles] == [("price", 0), ("id", 1)]
    assert PublishedRun.loads(published.dumps()).profiles == published.profiles


def test_a_batch_without_new_rows_has_no_profile(shop: Any) -> None:
    publish(shop, "b1", PRICE, ID)
    publish(shop, "b2", replace(PRICE, rows=0, nulls=0), replace(ID, rows=0))  # a file that came twice
    assert list(shop.store.profiles.ends("events")) == ["b1"]
    assert [batch.run for batch in shop.store.profiles.batches("events", "price")] == ["b1"]
    assert shop.store.profiles.batches("events", runs=["b2"]) == []
