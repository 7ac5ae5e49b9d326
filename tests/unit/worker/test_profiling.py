"""The profile of a batch is that of its parts, merged; its counts are those of the rows, its estimates within their stated error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.domain import QUANTILES, ROW, Column, ColumnProfile, Schema, decode, encode
from sluice.partitions import PartLog
from sluice.testing import make_rows
from sluice.worker.profiling.limits import LIMITS, Limits, least_hashes
from sluice.worker.profiling.rows import RowsSummary
from sluice.worker.spark.messages import PartAnswer, decode_answer, encode_answer

AT = datetime(2026, 3, 14, tzinfo=UTC)
COLUMNS = (
    Column("sku"),
    Column("email", personal=True),
    Column("price", "number"),
    Column("amount", "integer"),
    Column("age", "integer", personal=True),
    Column("sold", "boolean"),
    Column("day", "date"),
    Column("ts", "timestamp"),
)
SCHEMA = Schema("d", columns=COLUMNS)
SMALL = Limits(sample=5, counted=3, hashes=4, text=6, top=3, patterns=2)
CELLS = {
    "sku": st.none() | st.sampled_from(["", "SKU-001", "SKU-002", "lamp", "red lamp", "红茶", "SKU-003 and more"]),
    "email": st.none() | st.sampled_from(["ann@mail.example", "bob@mail.example", "eve@mail.example", "x", "y"]),
    "price": st.none() | st.sampled_from([0.1, 0.2, 0.3, 1e300, -1e300, 5e-324, -0.0, math.pi, math.inf, math.nan]),
    "amount": st.none() | st.integers(-(2**62), 2**62),
    "age": st.none() | st.integers(0, 99),
    "sold": st.none() | st.booleans(),
    "day": st.none() | st.dates(date(2020, 1, 1), date(2027, 1, 1)),
    "ts": st.none() | st.integers(-3000, 400_000).map(lambda minutes: AT - timedelta(minutes=minutes)),
}


def rows_of(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    return make_rows(SCHEMA, {name: [row[name] for row in rows] for name in SCHEMA.names})


def profile(cells: Sequence[object], column: Column, limits: Limits = LIMITS) -> ColumnProfile:
    rows = make_rows(Schema("d", columns=(column,)), {column.name: cells})
    return RowsSummary.of(rows, (column,), limits).columns()[0]


@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(st.fixed_dictionaries(CELLS), max_size=30), parts=st.sampled_from([1, 3, 17]), limits=st.sampled_from([SMALL, LIMITS]), seed=st.integers(0, 5)
)
def test_merged_profiles_of_parts_are_the_profile_of_the_whole(rows: list[dict[str, Any]], parts: int, limits: Limits, seed: int) -> None:
    whole = rows_of(rows)
    number = whole[ROW].hash(seed) % parts
    summaries = [RowsSummary.of(whole.filter(number == part), COLUMNS, limits) for part in range(parts)]
    expected = RowsSummary.of(whole, COLUMNS, limits)
    for merged in (reduce(RowsSummary.merge, summaries), reduce(lambda first, second: second.merge(first), summaries)):
        assert repr(merged.columns()) == repr(expected.columns())  # as text: NaN differs from itself
        assert merged.sample.equals(expected.sample)


@settings(max_examples=20, deadline=None)
@given(rows=st.lists(st.fixed_dictionaries(CELLS), max_size=12))
def test_a_summary_and_a_profile_come_back_as_they_were_sent_and_stored(rows: list[dict[str, Any]]) -> None:
    summary = RowsSummary.of(rows_of(rows), COLUMNS, SMALL)
    received = decode_answer(encode_answer(PartAnswer(0, PartLog((), ()), profile=summary))).profile
    assert received is not None
    assert repr(received.columns()) == repr(summary.columns())
    for one in summary.columns():
        counts, values = (decode(encode(part)) for part in (one.counts(), one.values()))
        assert repr(ColumnProfile.of(one.column, one.type, counts, values)) == repr(one)


@settings(max_examples=30, deadline=None)
@given(rows=st.lists(st.fixed_dictionaries(CELLS), min_size=1, max_size=30))
def test_counts_of_few_rows_are_those_of_the_rows(rows: list[dict[str, Any]]) -> None:
    for one in RowsSummary.of(rows_of(rows), COLUMNS).columns():
        cells = [row[one.column] for row in rows if row[one.column] is not None]
        assert (one.rows, one.nulls, one.distinct_error) == (len(rows), len(rows) - len(cells), 0.0)
        assert one.distinct == rows_of(rows)[one.column].drop_nulls().n_unique()
        if one.column in ("sku", "email"):
            assert one.empty == cells.count("")
            assert one.lengths == (None if not cells else one.lengths)
            assert not cells or (one.lengths and (one.lengths.least, one.lengths.greatest) == (min(map(len, cells)), max(map(len, cells))))
        if one.column == "amount" and cells:
            assert (one.least, one.greatest) == (str(min(cells)), str(max(cells)))
            ordered = sorted(cells)
            assert one.quantiles == tuple(str(ordered[max(math.ceil(share * len(cells)), 1) - 1]) for share in QUANTILES)


@settings(max_examples=30, deadline=None)
@given(rows=st.lists(st.fixed_dictionaries(CELLS), max_size=20))
def test_no_value_of_a_personal_column_is_in_a_summary_or_profile(rows: list[dict[str, Any]]) -> None:
    summary = RowsSummary.of(rows_of(rows), COLUMNS)
    for one in summary.columns():
        if one.column in ("email", "age"):
            assert one == one.masked()
    sent = encode(summary)
    frames = [pl.read_ipc_stream(frame) for frame in sent.frames]
    assert not any("@mail" in str(frame.to_dicts()) for frame in frames)
    assert "@mail" not in sent.text


def test_a_profile_says_what_a_column_is_like() -> None:
    texts = profile(["SKU-042", "SKU-043", "SKU-042", "SKU-042", "SKU-043", "", None], Column("sku"))
    assert texts.top == (("SKU-042", 3), ("SKU-043", 2), ("", 1))
    assert texts.patterns == (("AAA-999", 5), ("", 1))
    assert (texts.filled, texts.distinct, texts.sampled, texts.top_exact) == (6, 3, 6, True)
    days = profile([date(2026, 3, 1), date(2026, 3, 4)], Column("day", "date"))
    assert (days.least, days.mean, days.greatest) == ("2026-03-01", "2026-03-02", "2026-03-04")
    numbers = profile([0.1, 0.2, 0.3, math.nan], Column("price", "number"))
    assert (numbers.least, numbers.mean, numbers.greatest, numbers.quantiles[QUANTILES.index(0.5)]) == ("0.1", "0.2", "0.3", "0.2")
    assert profile([], Column("price", "number")).quantiles == ()
    assert profile([None], Column("sku")).lengths is None


def test_estimates_of_many_rows_are_within_their_error() -> None:
    limits = Limits(sample=2000, counted=50, hashes=1000)
    numbers = [float(place * 7919 % 20_000) for place in range(20_000)]
    one = profile(numbers, Column("price", "number"), limits)
    assert 0 < one.distinct_error < 0.04
    assert abs(one.distinct / 20_000 - 1) < 4 * one.distinct_error
    assert (one.sampled, one.top_exact, one.top) == (2000, False, ())
    assert (one.least, one.greatest, one.mean) == ("0.0", "19999.0", "9999.5")
    within = math.sqrt(math.log(2 / 1e-6) / (2 * one.sampled))  # Dvoretzky, Kiefer and Wolfowitz, by Massart
    for share, quantile in zip(QUANTILES, one.quantiles, strict=True):
        assert abs(float(quantile) / 20_000 - share) < within


def test_what_people_wrote_once_is_no_top_value() -> None:
    reviews = [f"I love it, and so does number {number}" for number in range(20)]
    assert profile(reviews, Column("review")).top == ()
    assert profile([*reviews, "no text"] + ["no text"] * 2, Column("review")).top == (("no text", 3),)


def test_frequent_values_among_many_are_estimated() -> None:
    cells = ["often"] * 6000 + [f"once {place}" for place in range(6000)]
    one = profile(cells, Column("title"), Limits(sample=1000, counted=50, hashes=200))
    ((value, count),) = one.top
    assert (value, one.top_exact) == ("often", False)
    assert abs(count - 6000) < 6000 * 0.2


@pytest.mark.parametrize("count", [1, 5, 400, 5000])
def test_the_least_hashes_are_found_however_often_a_value_is_there(count: int) -> None:
    hashes = pl.Series(range(3000), dtype=pl.Int64).hash()
    often = pl.concat([hashes, pl.repeat(hashes[7], 50_000, dtype=pl.UInt64, eager=True)])
    assert least_hashes(often, count).to_list() == sorted(hashes.to_list())[:count]
