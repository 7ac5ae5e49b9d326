"""Right values are cast to their columns; what a spreadsheet made of a code becomes the code again."""

from __future__ import annotations

import polars as pl
import pytest

from sluice.domain import ROW, Column, CorrectedCell, Schema
from sluice.sources.cast_corrections import cast_corrections

SCHEMA = Schema(
    "items",
    columns=(Column("sku"), Column("price", "number"), Column("stock", "integer"), Column("day", "date"), Column("at", "timestamp"), Column("on", "boolean")),
)
GERMAN = Schema("items", columns=(Column("price", "number", format="decimal_comma"),))


def cast(column: str, text: str | None, held: str = "x") -> object:
    """The value of one cell, or the code of the reason for which it is left out."""
    values, left = cast_corrections([CorrectedCell("b.0", column, text)], pl.DataFrame({ROW: ["b.0"], "sku": [held]}), SCHEMA)
    return left[0].reason.code if left else values[column]["_new"].item()


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("sku", "7.0", "7"),
        ("sku", "007", "007"),
        ("sku", "007.0", "007.0"),
        ("sku", "1.50", "1.50"),
        ("sku", None, None),
        ("stock", "12.0", 12),
        ("stock", "12.5", "correction_uncast"),
        ("price", "2.50", 2.5),
        ("price", "cheap", "correction_uncast"),
        ("price", "0.0000001", 1e-7),
        ("on", "true", True),
        ("sku", "1.23457E+11", "correction_digits_lost"),
        ("price", "1.23457E+11", "correction_digits_lost"),
        ("sku", "1234567890123450000", "correction_digits_lost"),
        ("sku", "123456789012345678", "123456789012345678"),
        ("sku", "-1234567890123450000", "correction_digits_lost"),
        ("sku", "•••", "correction_masked"),
        ("price", "•••", "correction_masked"),
        ("nose", "1", "correction_column_unknown"),
    ],
)
def test_a_value_is_cast_or_left_out_with_the_reason(column: str, text: str | None, value: object) -> None:
    assert cast(column, text) == value


def test_dates_and_times_come_back_as_a_spreadsheet_stores_them() -> None:
    assert str(cast("day", "2026-03-01")) == "2026-03-01"
    assert str(cast("day", "2026-03-01 10:00:00")) == "correction_uncast"
    assert str(cast("at", "2026-03-01")) == "2026-03-01 00:00:00+00:00"
    assert str(cast("at", "2026-03-01 10:05:07.250")) == "2026-03-01 10:05:07.250000+00:00"


@pytest.mark.parametrize(("text", "value"), [("1.234", 1.234), ("12.9", 12.9), ("1.234,50", 1234.5), ("12,90", 12.9), ("1234", 1234.0), ("-0.5", -0.5)])
def test_the_number_of_a_cell_is_read_by_its_point_where_the_file_writes_commas(text: str, value: float) -> None:
    values, left = cast_corrections([CorrectedCell("b.0", "price", text)], pl.DataFrame({ROW: ["b.0"], "price": [1.0]}), GERMAN)
    assert (values["price"]["_new"].to_list(), left) == ([value], [])


def test_codes_keep_their_decimal_where_others_of_the_column_have_one() -> None:
    assert cast("sku", "7.0", held="8.0") == "7.0"


def test_a_row_with_one_value_that_does_not_cast_is_left_out_whole() -> None:
    cells = [CorrectedCell("b.0", "price", "dear"), CorrectedCell("b.0", "stock", "1"), CorrectedCell("b.1", "stock", "2")]
    values, left = cast_corrections(cells, pl.DataFrame({ROW: ["b.0", "b.1"]}), SCHEMA)
    assert ({name: frame[ROW].to_list() for name, frame in values.items()}, left[0].rows) == ({"stock": ["b.1"]}, ("b.0",))
