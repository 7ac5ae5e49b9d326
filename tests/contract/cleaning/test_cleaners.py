"""What every cleaner, and the chain of all of them, must keep."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cleaning import CLEANERS
from cleaning.chain import Chain
from sluice.domain import ACTION, EVIDENCE, RAW, REPAIRS, ROW, Batch, Cleaned, Schema
from sluice.messages import render
from sluice.ports import Cleaner
from sluice.rules import revert

AT = datetime(2026, 3, 2, tzinfo=UTC)
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def held_of(cleaned: Cleaned) -> list[Any]:
    return [(verdict.rule, verdict.status, None if verdict.failing is None else verdict.failing.to_list()) for verdict in cleaned.held]


def keeps_its_word(batch: Batch, cleaned: Cleaned) -> None:
    """Rows and their order stay; every change of a declared cell is an applied repair, and the other way round."""
    rows, repairs = cleaned.batch.rows, cleaned.repairs
    assert rows[ROW].to_list() == batch.rows[ROW].to_list()
    assert rows.select(batch.rows.columns).schema == batch.rows.schema
    assert repairs.schema == REPAIRS
    assert repairs["confidence"].is_between(0, 1).all()
    applied = repairs.filter("applied")
    for name in set(batch.rows.columns) - {ROW, RAW, ACTION}:
        changed = rows.filter(rows[name].ne_missing(batch.rows[name]))[ROW].to_list()
        assert set(changed) <= set(applied.filter(pl.col("column") == name)[ROW])
    for verdict in cleaned.held:
        assert verdict.failing is None or len(verdict.failing) == rows.height
        assert verdict.evidence is None or verdict.evidence.schema == EVIDENCE


def test_cleaning_a_shop(cleaner: Cleaner, shop: Batch, snapshot: Any) -> None:
    cleaned = cleaner.clean(shop, [], snapshot)
    keeps_its_word(shop, cleaned)
    assert cleaned.repairs["applied"].any() or any(verdict.failed for verdict in cleaned.held)


def test_the_same_input_gives_the_same_output(cleaner: Cleaner, shop: Batch, snapshot: Any) -> None:
    first, second = cleaner.clean(shop, [], snapshot), cleaner.clean(shop, [], snapshot)
    assert_frame_equal(first.batch.rows, second.batch.rows)
    assert_frame_equal(first.repairs, second.repairs)
    assert held_of(first) == held_of(second)


def test_an_empty_past(cleaner: Cleaner, shop: Batch, snapshot: Any) -> None:
    keeps_its_word(shop, cleaner.clean(shop, [], replace(snapshot, tables={})))


@pytest.mark.parametrize("count", [0, 1])
def test_few_rows(cleaner: Cleaner, shop: Batch, snapshot: Any, count: int) -> None:
    sample = replace(shop, rows=shop.rows.head(count))
    keeps_its_word(sample, cleaner.clean(sample, [], snapshot))


def test_rows_without_any_value(cleaner: Cleaner, shop: Batch, snapshot: Any) -> None:
    empty = replace(shop, rows=shop.rows.with_columns(pl.when(pl.lit(value=False)).then(pl.exclude(ROW)).name.keep()))
    cleaned = cleaner.clean(empty, [], snapshot)
    keeps_its_word(empty, cleaned)
    assert cleaned.repairs.filter("applied").is_empty()


def test_an_unknown_category(cleaner: Cleaner, shop: Batch, snapshot: Any) -> None:
    strange = replace(shop, rows=shop.rows.with_columns(pl.lit("never seen").alias("item")))
    keeps_its_word(strange, cleaner.clean(strange, [], snapshot))


def test_a_column_too_many(cleaner: Cleaner, shop: Batch, snapshot: Any) -> None:
    more = replace(shop, rows=shop.rows.with_columns(pl.lit(" x ").alias("extra")))
    cleaned = cleaner.clean(more, [], snapshot)
    keeps_its_word(more, cleaned)
    assert cleaned.batch.rows["extra"].unique().to_list() == [" x "]


@pytest.mark.parametrize("gone", ["id", "session", "item", "brand", "line", "ts", "received", "price"])
def test_a_column_too_few(cleaner: Cleaner, shop: Batch, snapshot: Any, gone: str) -> None:
    fewer = replace(shop, rows=shop.rows.drop(gone))
    keeps_its_word(fewer, cleaner.clean(fewer, [], snapshot))


@QUICK
@given(data=st.data())
def test_cleaning_what_was_cleaned_changes_nothing(cleaner: Cleaner, snapshot: Any, any_rows: st.SearchStrategy[pl.DataFrame], data: st.DataObject) -> None:
    batch = Batch("events", "b", data.draw(any_rows), AT)
    once = cleaner.clean(batch, [], snapshot)
    twice = cleaner.clean(once.batch, [], snapshot)
    assert twice.repairs.filter("applied").is_empty()
    assert_frame_equal(twice.batch.rows, once.batch.rows)


@QUICK
@given(data=st.data())
def test_undoing_the_repairs_restores_the_batch(
    chain: Chain, snapshot: Any, any_rows: st.SearchStrategy[pl.DataFrame], data: st.DataObject, schema: Schema
) -> None:
    batch = Batch("events", "b", data.draw(any_rows), AT)
    cleaned = chain.clean(batch, [], snapshot)
    keeps_its_word(batch, cleaned)
    assert cleaned.repairs["repair_id"].is_unique().all()
    back = revert(cleaned.batch.rows.drop(ACTION), cleaned.repairs.filter("applied"), schema)
    by_column = pl.col(RAW).list.sort()  # the order of the texts beside a row means nothing
    assert_frame_equal(back.with_columns(by_column), batch.rows.with_columns(by_column))


def test_the_actions_of_the_chain(chain: Chain, shop: Batch, snapshot: Any) -> None:
    cleaned = chain.clean(shop, [], snapshot)
    actions = dict(cleaned.batch.rows.select(ROW, ACTION).iter_rows())
    assert actions["b.13"] == "order_unknown"
    repaired = set(cleaned.repairs.filter("applied")[ROW]) - {"b.13"}
    assert {row for row, action in actions.items() if action == "repaired"} == repaired
    assert set(actions.values()) == {"keep", "repaired", "order_unknown"}


def test_an_empty_chain_keeps(shop: Batch, snapshot: Any) -> None:
    cleaned = Chain().clean(shop, [], snapshot)
    assert cleaned.batch.rows[ACTION].unique().to_list() == ["keep"]
    assert cleaned.repairs.is_empty()
    assert_frame_equal(cleaned.batch.rows.drop(ACTION), shop.rows)


def test_what_a_row_was_once_called_is_remembered(shop: Batch, snapshot: Any) -> None:
    before = replace(shop, rows=shop.rows.head(3).with_columns(pl.Series(ACTION, ["order_unknown", "repaired", "keep"])))
    assert Chain().clean(before, [], snapshot).batch.rows[ACTION].to_list() == ["order_unknown", "repaired", "keep"]


def test_no_repair_or_verdict_tells_a_cells_value(chain: Chain, shop: Batch, snapshot: Any) -> None:
    cleaned = chain.clean(shop, [], snapshot)
    texts = [*cleaned.repairs["message"], *(render(verdict.message) + render(verdict.observed) for verdict in cleaned.held)]
    values = {value for name in ("brand", "line", "session", "item") for value in shop.rows[name].drop_nulls()}
    assert not [text for text in texts if any(value in text.split() for value in values)]


def test_the_table_of_cleaners_imports_none_of_them() -> None:
    result = subprocess.run(
        [sys.executable, "-c", "import sys, cleaning; print([name for name in sys.modules if name.startswith(('cleaning.', 'ftfy', 'rapidfuzz', 'polars'))])"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == "[]"
    assert set(CLEANERS) == {
        "parse",
        "normalize_text",
        "clock_skew",
        "deduplicate",
        "lookup",
        "unit_scale",
        "functional_dependency",
        "swapped_columns",
        "source_vote",
        "map_values",
        "record_linkage",
        "standardize",
        "session_user",
        "convert_currency",
        "impute",
        "cell_errors",
    }
