"""Cells are set from what another dataset says, where the batch agrees with it elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cleaning.lookup import Lookup
from sluice.domain import Batch, Column, Schema
from sluice.testing import MemorySnapshot, make_rows

EVENTS = Schema("events", columns=(Column("item"), Column("currency")))
CATALOG = Schema("catalog", "snapshot", ("item",), (Column("item"), Column("currency")))


@pytest.mark.parametrize(("when", "expected"), [("differs", ["EUR", "EUR", "USD", "GBP"]), ("missing", ["EUR", "EUR", "EUR", "GBP"])])
def test_missing_and_differing_cells(batch: Callable[..., Batch], snapshot: Callable[..., Any], when: Any, expected: list[str]) -> None:
    published = snapshot(CATALOG, item=["a", "b"], currency=["EUR", "USD"])
    rows = batch(EVENTS, item=["a", "a", "b", "c"], currency=["EUR", None, "EUR", "GBP"])
    cleaned = Lookup(EVENTS, "currency", "catalog", "item", when=when).clean(rows, [], published)
    assert cleaned.batch.rows["currency"].to_list() == expected
    assert published.reads == ["catalog"]


def test_a_reference_that_the_batch_contradicts_often_is_not_followed(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    published = snapshot(CATALOG, item=["a"], currency=["EUR"])
    rows = batch(EVENTS, item=["a"] * 60, currency=["EUR"] * 20 + ["USD"] * 40)
    cleaned = Lookup(EVENTS, "currency", "catalog", "item").clean(rows, [], published)
    assert cleaned.batch.rows["currency"].to_list() == rows.rows["currency"].to_list()
    assert cleaned.repairs["applied"].to_list() == [False] * 40


def test_a_key_that_the_past_disagrees_on_is_a_candidate(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    published = snapshot(CATALOG, item=["a", "a"], currency=["USD", "EUR"])
    cleaned = Lookup(EVENTS, "currency", "catalog", "item").clean(batch(EVENTS, item=["a"], currency=[None]), [], published)
    assert cleaned.repairs.select("new", "applied").rows() == [("EUR", False)]


def many(wrong: Callable[[int], bool], batch: Callable[..., Batch]) -> Batch:
    """Return 40 items with ten events each, some of which have another currency."""
    return batch(EVENTS, item=[f"i{event % 40}" for event in range(400)], currency=["USD" if wrong(event) else "EUR" for event in range(400)])


@pytest.mark.parametrize("has_past", [True, False])
def test_a_third_of_the_rows_is_corrected_where_other_rows_of_their_keys_and_the_past_agree_with_the_reference(
    batch: Callable[..., Batch], has_past: bool
) -> None:
    catalog = make_rows(CATALOG, {"item": [f"i{item}" for item in range(40)], "currency": ["EUR"] * 40})
    past = {"events": make_rows(EVENTS, {"item": [f"i{event % 40}" for event in range(400)], "currency": ["EUR"] * 400})} if has_past else {}
    rows = many(lambda event: event // 40 in (0, 4, 9), batch)
    cleaned = Lookup(EVENTS, "currency", "catalog", "item").clean(rows, [], MemorySnapshot({"catalog": catalog, **past}))
    assert cleaned.repairs["applied"].to_list() == [has_past] * 120


def test_a_reference_that_whole_keys_contradict_may_be_out_of_date(batch: Callable[..., Batch]) -> None:
    catalog = make_rows(CATALOG, {"item": [f"i{item}" for item in range(40)], "currency": ["EUR"] * 40})
    past = make_rows(EVENTS, {"item": [f"i{event % 40}" for event in range(400)], "currency": ["EUR"] * 400})
    rows = many(lambda event: event % 40 < 12, batch)
    cleaned = Lookup(EVENTS, "currency", "catalog", "item").clean(rows, [], MemorySnapshot({"catalog": catalog, "events": past}))
    assert cleaned.repairs["applied"].to_list() == [False] * 120
