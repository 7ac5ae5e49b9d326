"""Cells are read as their column's format and unit declare, and nothing casts that would come back as something else."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.domain import Column
from sluice.domain.exact import exact_float
from sluice.sources.cast import as_text, to_type
from sluice.sources.cast_times import _added as added_by
from sluice.sources.cast_times import _tail_durations as parsed_durations

EVENING = datetime(2026, 7, 3, 20, 5, tzinfo=UTC)
TIMES: list[tuple[str | None, str, datetime | None]] = [
    ("mdy", "7/3/2026 20:05", EVENING),
    ("mdy", "7/3/26 8:05 PM", EVENING),
    ("dmy", "03.07.2026, 20:05:00", EVENING),
    ("dmy", "3/7/2026 20:05", EVENING),
    ("dmy", "2026-07-03T20:05:00Z", EVENING),
    ("mdy", "13/7/2026", None),
    ("dmy", "31/2/2026", None),
    ("mdy", "7/3/2026 13:05 PM", None),
    (None, "2026/07/03 20:05", EVENING),
    (None, "2026-7-3 8:05 pm", EVENING),
    (None, "2026年7月3日 下午8:05", EVENING),
    (None, "20260703200500", EVENING),
    (None, "20260703", EVENING.replace(hour=0, minute=0)),
    (None, "20261303", None),
    (None, "3/7/2026", None),
    ("epoch_s", "1783109100", EVENING),
    ("epoch_s", "1783109100.000001", EVENING.replace(microsecond=1)),
    ("epoch_ms", "1783109100000", EVENING),
    ("epoch_us", "1783109100000001", EVENING.replace(microsecond=1)),
    ("epoch_ns", "1783109100000001999", EVENING.replace(microsecond=1)),
    ("epoch_ms", "2026-07-03 20:05:00", EVENING),
    ("epoch_s", "1e400", None),
]
NUMBERS: list[tuple[str | None, str | None, str, float | None]] = [
    (None, None, "85,-", 85.0),
    (None, None, "1.375,-", 1375.0),
    (None, None, "12-", None),
    ("decimal_comma", None, "-1,299.-", -1299.0),
    (None, "SEK", "1 200,- kr", 1200.0),
    (None, "CNY", "￥84元", 84.0),
    ("decimal_comma", "EUR", "12,50 EUR €", 12.5),
    ("decimal_comma", None, "1.234,50", 1234.5),
    ("decimal_comma", None, "1.299", 1299.0),
    ("decimal_comma", None, "12.90", None),
    ("decimal_comma", None, "0.967", None),  # never 967
    ("decimal_comma", "kg", "-0.967 kg", None),
    ("decimal_comma", "kg", "0,967 kg", 0.967),
    ("decimal_comma", "kg", "10.967 kg", 10967.0),
    ("decimal_point", None, "0,967", None),
    ("decimal_comma", "EUR", "12,90 €", 12.9),
    ("decimal_comma", "EUR", "€ -5", -5.0),
    ("decimal_comma", "EUR", "12,90 USD", None),
    ("decimal_point", "CNY", "¥1,299", 1299.0),
    ("decimal_point", "CNY", "￥1,299.50", 1299.5),
    ("decimal_point", None, "1,2", None),
    (None, "EUR", "19.99 EUR", 19.99),
    (None, "g", "300 g", 300.0),
    (None, "g", "1.5 kg", None),
    (None, None, "1.2万", 12000.0),
    (None, None, "9007199254740993", None),
    (None, None, "9007199254740992", 9007199254740992.0),
    (None, None, "1e400", None),
    (None, None, "0.10000000000000001", 0.1),
    (None, None, "123456789012.25", 123456789012.25),
]


@pytest.mark.parametrize(("format_", "text", "value"), TIMES)
def test_times_are_read_as_declared(format_: Any, text: str, value: datetime | None) -> None:
    assert to_type(pl.Series([text]), Column("c", "timestamp", format=format_)).to_list() == [value]


@pytest.mark.parametrize(("format_", "unit", "text", "value"), NUMBERS)
def test_numbers_are_read_as_declared(format_: Any, unit: str | None, text: str, value: float | None) -> None:
    assert to_type(pl.Series([text]), Column("c", "number", unit=unit, format=format_)).to_list() == [value]


def test_a_date_has_no_time_of_day() -> None:
    texts = pl.Series(["22.04.2026", "2026-04-22", "22.04.2026 10:00", "22.04.2026 00:00"])
    assert to_type(texts, Column("c", "date", format="dmy")).to_list() == [date(2026, 4, 22), date(2026, 4, 22), None, None]


@pytest.mark.parametrize(
    ("cells", "type_", "values"),
    [
        (pl.Series(["1.50", "2.00"], dtype=pl.String).cast(pl.Decimal(10, 2)), "integer", [None, 2]),
        (pl.Series(["0.10", "2.00"], dtype=pl.String).cast(pl.Decimal(38, 18)), "number", [0.1, 2.0]),
        (pl.Series(["12345678901234567890.12"], dtype=pl.String).cast(pl.Decimal(38, 2)), "number", [None]),
        (pl.Series([2**64 - 1, 7], dtype=pl.UInt64), "number", [None, 7.0]),
        (pl.Series([2**64 - 1, 7], dtype=pl.UInt64), "string", ["18446744073709551615", "7"]),
        (pl.Series([2**100, 7], dtype=pl.Int128), "integer", [None, 7]),
        (pl.Series([1.0, float("nan"), 2.5]), "string", ["1", None, "2.5"]),
        (pl.Series(["5.00000000000000000001", "9007199254740993.0"]), "integer", [None, 2**53 + 1]),
        (pl.Series([b"ab", b"\xff"]), "string", ["ab", "ff"]),
        (pl.Series([time(8, 5)]), "string", ["08:05:00"]),
        (pl.Series([timedelta(hours=1)]), "string", ["PT1H"]),
        (pl.Series([[1, 2], None]), "string", ["[1,2]", None]),
    ],
)
def test_typed_cells_cast_only_to_the_same_value(cells: pl.Series, type_: Any, values: list[object]) -> None:
    assert to_type(cells, Column("c", type_)).to_list() == values


@settings(deadline=None)
@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30), min_size=1))
def test_a_number_that_casts_is_the_number_that_was_written(values: list[Decimal]) -> None:
    for value, number in zip(values, to_type(pl.Series([format(value, "f") for value in values]), Column("c", "number")).to_list(), strict=True):
        assert number is None or number == exact_float(value)
        assert number is None or abs(Decimal(number) - value) <= abs(value) * Decimal(2) ** -53


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_every_float_that_a_program_prints_is_read(values: list[float]) -> None:
    texts = pl.Series([repr(value) for value in values])
    assert to_type(texts, Column("c", "number")).to_list() == values
    assert to_type(as_text(pl.Series(values)), Column("c", "number")).to_list() == values


@settings(deadline=None)
@given(st.lists(st.integers(-(2**70), 2**70), min_size=1), st.sampled_from(["{}", "{}.0", "{}.00"]))
def test_an_integer_is_read_whole_or_not_at_all(values: list[int], form: str) -> None:
    numbers = to_type(pl.Series([form.format(value) for value in values]), Column("c", "integer")).to_list()
    assert numbers == [value if -(2**63) <= value < 2**63 else None for value in values]


@settings(deadline=None)
@given(
    st.lists(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2069, 1, 1), timezones=st.just(UTC)), min_size=1),  # noqa: DTZ001  # as hypothesis wants them
    st.sampled_from([("dmy", "%d/%m/%Y %H:%M:%S.%f"), ("dmy", "%d.%m.%Y %I:%M:%S.%f %p"), ("mdy", "%m/%d/%Y %I:%M:%S.%f %p"), (None, "%Y/%m/%d %H:%M:%S.%f")]),
)
def test_a_day_is_never_taken_for_a_month(times: list[datetime], form: tuple[Any, str]) -> None:
    format_, pattern = form
    assert to_type(pl.Series([moment.strftime(pattern) for moment in times]), Column("c", "timestamp", format=format_)).to_list() == times


@settings(deadline=None)
@given(st.lists(st.integers(0, 2**51), min_size=1), st.sampled_from([("epoch_s", 6), ("epoch_ms", 3), ("epoch_us", 0)]))
def test_counts_since_1970_are_exact(micros: list[int], unit: tuple[Any, int]) -> None:
    format_, digits = unit
    texts = pl.Series([f"{count // 10**digits}.{count % 10**digits:0{digits}}" if digits else str(count) for count in micros])
    expected = [datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=count) for count in micros]
    assert to_type(texts, Column("c", "timestamp", format=format_)).to_list() == expected


@given(tails=st.lists(st.text(" .019ZzUTC+:", max_size=12), min_size=1, max_size=20))
def test_a_fraction_is_added_by_its_digits_as_a_parser_would(tails: list[str]) -> None:
    distinct = pl.Series(sorted(set(tails)), dtype=pl.String)
    assert added_by(distinct).to_list() == parsed_durations(distinct).to_list()
