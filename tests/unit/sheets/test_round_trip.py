"""What a person fills into a sheet of held rows comes back as written, whatever program has written the file meanwhile."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import fastexcel
import polars as pl
import pytest
import xlsxwriter

from sluice.config import Limits
from sluice.domain import RAW, RAW_TYPE, REASON_TYPE, REASONS, ROW, Column, CorrectedCell, Schema
from sluice.errors import UsageError
from sluice.messages import render
from sluice.sheets import workbook
from sluice.sheets.changed_cells import changed_cells
from sluice.sheets.corrections import SheetCorrections, read_corrections
from sluice.sheets.held import HeldSheet, SheetColumn, held_sheet
from sluice.sheets.write import SheetFormat, write_sheet

SCHEMA = Schema(
    "prices", columns=(Column("sku"), Column("price", "number"), Column("day", "date"), Column("at", "timestamp"), Column("line", "integer"), Column("file"))
)


def sheet_of(rows: int = 3, language: str = "en", batch: str = "b1") -> HeldSheet:
    """Rows of which the price is blamed; one has a text there, and a SKU that reads as a formula."""
    reasons = [[{"name": "cheap", "message": "the price is wrong", "columns": ["price", "sku"]}]] * rows
    frame = pl.DataFrame(
        {
            "sku": ["=1+1", *(f"00{number}" for number in range(1, rows))],
            "price": [None, *(number + 0.5 for number in range(1, rows))],
            "day": [date(2026, 3, 1)] * rows,
            "at": [datetime(2026, 3, 1, 10, 5, tzinfo=UTC)] * rows,
            "line": [2**60] * rows,
            "file": ["x"] * rows,
            ROW: [f"{batch}.{number}" for number in range(rows)],
        },
        schema_overrides={"price": pl.Float64},
    ).with_columns(
        pl.Series(RAW, [[{"column": "price", "text": "-free"}], *[None] * (rows - 1)], dtype=RAW_TYPE),
        pl.Series(REASONS, reasons, dtype=REASON_TYPE),
    )
    return held_sheet(frame, SCHEMA, {batch: "prices.csv"}, language)


def read(content: bytes) -> SheetCorrections:
    return read_corrections(content, SCHEMA, Limits())


def filled(header: Sequence[str], rows: Sequence[Mapping[str, object]]) -> bytes:
    """A spreadsheet as a program writes it: numbers and times are typed."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, header)
        for number, row in enumerate(rows, start=1):
            for name, value in row.items():
                form = book.add_format({"num_format": "yyyy-mm-dd hh:mm"}) if isinstance(value, date) else None
                page.write(number, header.index(name), value, form)
    return file.getvalue()


def test_the_sheet_says_what_is_wrong_and_where_and_leaves_a_blank_cell_beside_each_column_to_blame() -> None:
    headers = [column.header for column in sheet_of().columns]
    start = ["Row id", "Reason", "File (Sluice)", "Row of the file"]
    assert headers == [*start, "sku", "right value of sku", "price", "right value of price", "day", "at", "line", "file"]
    assert [column.text[0] for column in sheet_of().columns][:8] == ["b1.0", "the price is wrong", "prices.csv", "1", "=1+1", None, "-free", None]


@pytest.mark.parametrize("form", ["xlsx", "csv", "parquet"])
def test_a_sheet_that_nobody_filled_in_corrects_nothing(form: SheetFormat) -> None:
    with pytest.raises(UsageError, match="there is nothing to correct"):
        read(write_sheet(sheet_of(), form))


def test_no_text_of_a_file_becomes_a_formula() -> None:
    table = pl.read_csv(write_sheet(sheet_of(), "csv"), infer_schema=False)
    assert (table["sku"][0], table["price"][0], table["price"][1]) == ("'=1+1", "'-free", "1.5")
    book = fastexcel.read_excel(write_sheet(sheet_of(), "xlsx"))
    assert book.sheet_names == ["Held rows", "How to"]
    assert book.load_sheet(0, dtypes="string").to_polars()["sku"].to_list() == ["=1+1", "001", "002"]


def test_numbers_beyond_those_that_a_spreadsheet_holds_stay_text() -> None:
    assert fastexcel.read_excel(write_sheet(sheet_of(), "xlsx")).load_sheet(0, dtypes="string").to_polars()["line"][0] == str(2**60)


@pytest.mark.parametrize(
    ("value", "text"),
    [(7.0, "7"), (123456789012, "123456789012"), ("007", "007"), (2.5, "2.5"), (datetime(2026, 3, 1), "2026-03-01"), (True, "true"), (" 7 ", "7")],  # noqa: DTZ001  # as spreadsheets have it
)
def test_cells_come_back_as_the_text_that_a_person_meant(value: object, text: str) -> None:
    sheet = filled(["Row id", "right value of sku"], [{"Row id": "b1.0", "right value of sku": value}])
    assert read(sheet).cells == (CorrectedCell("b1.0", "sku", text),)


def test_csv_comes_back_with_any_separator_and_in_the_encodings_of_unicode() -> None:
    text = "Row id;right value of price\nb1.0;2,5\n"
    for content in (text.encode(), text.encode("utf-16"), text.replace(";", "\t").encode("utf-8-sig")):
        assert read(content).cells == (CorrectedCell("b1.0", "price", "2,5"),)
    with pytest.raises(UsageError, match="UTF-8"):
        read("Row id;right value of sku\nb1.0;Müller\n".encode("cp1252"))


def test_a_sheet_in_chinese_is_read_as_one_in_english_whatever_the_order_of_its_columns() -> None:
    sheet = sheet_of(language="zh")
    table = pl.read_csv(write_sheet(sheet, "csv"), infer_schema=False).with_columns(pl.lit("9").alias("price 的正确值"))
    assert [column.header for column in sheet.columns][:2] == ["行编号", "原因"]
    assert len(read(table.select(reversed(table.columns)).write_csv().encode()).cells) == 3


def test_row_ids_that_read_as_numbers_survive_a_spreadsheet() -> None:
    table = pl.read_csv(write_sheet(sheet_of(11, batch="123456789012"), "csv"), infer_schema=False)
    assert table["Row id"][10] == "#123456789012.10"
    table = table.with_columns(pl.lit("9").alias("right value of price"))
    assert read(table.write_csv().encode()).rows[10] == "123456789012.10"


def test_a_word_empties_a_cell_and_an_apostrophe_before_a_formula_is_no_part_of_a_value() -> None:
    content = b"Row id,right value of sku,right value of price\nb1.0,'=A,(Empty)\n"
    assert read(content).cells == (CorrectedCell("b1.0", "sku", "=A"), CorrectedCell("b1.0", "price", None))


def test_what_is_not_taken_over_is_named() -> None:
    content = b"Row id,comment,right value of price\nb1.0,,1\nb1.0,,2\n,,3\nb1.1,,4\nb1.1,,4\nb1.2,,\n"
    corrections = read(content)
    assert corrections.cells == (CorrectedCell("b1.1", "price", "4"),)
    assert [(group.reason.code, group.rows) for group in corrections.left] == [("sheet_row_blank", ("row 4 of the sheet",)), ("sheet_row_twice", ("b1.0",))]
    assert [render(note) for note in corrections.notes] == [
        "right values of 1 row: 1",
        "1 row has no right value, and stays as it is",
        "not read, since no column is called so: comment",
    ]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"Row id,right value of prise\nb1.0,1\n", "names no column of prices; did you mean price"),
        (b"id,right value of price\nb1.0,1\n", "no column is called 'Row id'"),
        (b"Row id,right value of price,Right value of  price\nb1.0,1,2\n", "is there twice"),
        (b"PK\x03\x04 no archive", "that can be read"),
    ],
)
def test_a_sheet_that_cannot_be_understood_is_refused(content: bytes, error: str) -> None:
    with pytest.raises(UsageError, match=error):
        read(content)


def test_rows_above_the_header_are_left_out() -> None:
    assert read(b"please return by Friday,\n,\nRow id,right value of price\nb1.0,1\n").cells == (CorrectedCell("b1.0", "price", "1"),)


def test_cells_that_were_overwritten_are_told_and_those_that_a_spreadsheet_reformatted_are_not() -> None:
    table = pl.read_csv(write_sheet(sheet_of(), "csv"), infer_schema=False).with_columns(
        pl.Series("sku", ["'=1+1", "1", "other"]), pl.Series("price", ["-free", "1.50", "2,5"]), pl.lit("9").alias("right value of price"), day=pl.lit("3/1/26")
    )
    notes = [render(note) for note in changed_cells(read(table.write_csv().encode()).arrived, sheet_of())]
    assert notes == [
        "in 1 row, the cell of sku itself was changed, which is not read: only 'right value of sku' is",
        "in 1 row, the cell of price itself was changed, which is not read: only 'right value of price' is",
    ]


def test_more_rows_than_a_spreadsheet_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 2)
    with pytest.raises(UsageError, match="3 rows do not fit"):
        write_sheet(sheet_of(), "xlsx")


@pytest.mark.parametrize(
    ("exported", "arrived", "changed"),
    [
        ("4006381333931", "4006381333948", True),
        ("1000001", "1000009", True),
        ("100000", "100000.9", True),
        ("4006381333931", "4.00638E+12", False),
        ("0.333333333", "0.333333", False),
        ("007", "7", False),
    ],
)
def test_digits_that_differ_are_named_but_for_what_a_spreadsheet_rounds(exported: str, arrived: str, changed: bool) -> None:  # a case
    columns = (SheetColumn("Row id", pl.Series(["b.0"])), SheetColumn("ean", pl.Series([exported]), column=Column("ean")))
    notes = list(changed_cells(pl.DataFrame({"row": ["b.0"], "ean": [arrived]}), HeldSheet("items", columns, "en")))
    assert bool(notes) == changed
