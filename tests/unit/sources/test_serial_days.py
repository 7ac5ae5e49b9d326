"""Days that a spreadsheet counts since 1899-12-30 are read where name, range and regularity say that they are, and named where they do not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from sluice.domain import CellFormat, Column
from sluice.sources.cast import to_type
from sluice.sources.infer import infer
from sluice.sources.infer.types import infer_column

START = datetime(2026, 11, 1, 8, tzinfo=UTC)


def serial(moment: datetime, decimals: int) -> str:
    return f"{(moment - datetime(1899, 12, 30, tzinfo=UTC)) / timedelta(days=1):.{decimals}f}"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("45963.5", datetime(2025, 11, 2, 12, tzinfo=UTC)),
        ("45963,5", datetime(2025, 11, 2, 12, tzinfo=UTC)),
        ("45963", datetime(2025, 11, 2, tzinfo=UTC)),
        ("45963.60417", datetime(2025, 11, 2, 14, 30, tzinfo=UTC)),  # as a sheet shows it
        ("45963.604166666664", datetime(2025, 11, 2, 14, 30, tzinfo=UTC)),
        ("45963.604172453706", datetime(2025, 11, 2, 14, 30, 0, 500_000, tzinfo=UTC)),
        ("2025-11-02 14:30:00", datetime(2025, 11, 2, 14, 30, tzinfo=UTC)),  # a cell that is formatted as a date
        ("459", None),
    ],
)
def test_days_are_read_with_their_time(text: str, moment: datetime | None) -> None:
    assert to_type(pl.Series("at", [text]), Column("at", "timestamp", format="excel_serial")).to_list() == [moment]


def test_whole_days_are_dates_and_a_time_of_day_is_no_part_of_one() -> None:
    column = Column("day", "date", format="excel_serial")
    assert to_type(pl.Series("day", ["45963", "45963.0", "45963.5"]), column).to_list() == [date(2025, 11, 2), date(2025, 11, 2), None]
    assert to_type(pl.Series("day", [45963.0, None]), column).to_list() == [date(2025, 11, 2), None]


def test_a_day_without_a_zone_is_of_the_zone_of_its_column() -> None:
    column = Column("at", "timestamp", format="excel_serial", zone="Europe/Berlin")
    assert to_type(pl.Series("at", ["45963.5"]), column).to_list() == [datetime(2025, 11, 2, 11, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("order_date", [serial(START + timedelta(hours=5 * n, minutes=7), 10) for n in range(30)], ("timestamp", "excel_serial")),
        ("Bestelldatum", [str(46_327 + n) for n in range(30)], ("date", "excel_serial")),
        ("order_date", [*(str(46_327 + n) for n in range(20)), *(f"2026-11-{n:02}" for n in range(1, 11))], ("date", "excel_serial")),
        ("order_date", [str(46_327) for _ in range(30)], ("string", None)),  # one number says little
        ("order_date", [str(33_000 + 700 * n) for n in range(30)], ("string", None)),  # days of sixty years
        ("order_date", [f"{46_327 + n}.1234567{n}" for n in range(10, 40)], ("string", None)),  # no whole seconds
        ("amount", [str(46_327 + n) for n in range(30)], ("integer", None)),  # no name of a time
    ],
)
def test_they_are_declared_where_name_range_and_regularity_agree(name: str, cells: list[str], expected: tuple[str, CellFormat | None]) -> None:
    inference = infer_column(pl.Series(name, cells))
    if expected[1] is None:
        assert inference.column.format is None
        assert any("excel_serial" in check.text for check in inference.checks) is (name == "order_date")
    else:
        assert (inference.column.type, inference.column.format) == expected
        assert not inference.checks


def test_numbers_of_a_typed_file_are_days_too() -> None:
    inference = infer_column(pl.Series("created_at", [46_327.25 + n for n in range(30)]))
    assert (inference.column.type, inference.column.format) == ("timestamp", "excel_serial")


def test_one_day_that_is_the_day_of_its_file_is_a_date(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    rows = "".join(f"o{n},46327,{n}.5\n" for n in range(20))
    (tmp_path / "landing" / "orders-2026-11-01.csv").write_text(f"order_number,order_date,total\n{rows}", encoding="utf-8")
    (dataset,) = infer(tmp_path / "landing")
    column = next(column for column, _ in dataset.columns if column.name == "order_date")
    assert (column.type, column.format) == ("date", "excel_serial")
