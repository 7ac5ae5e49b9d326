"""XML feeds and spreadsheets: what becomes a row and a cell."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from sluice.config import Limits
from sluice.domain import ReadOptions
from sluice.errors import MissingExtra, SourceError, TooLarge
from sluice.sources import excel
from sluice.sources.content import format_of
from sluice.sources.infer import infer
from sluice.sources.table import Table, read_table

Read = Callable[..., Table]

RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Größe</title>
<item><g:id>1</g:id><title>Käse &amp; "Wein"</title><g:price>9.50 EUR</g:price>
  <g:shipping><g:country>DE</g:country><g:price>4 EUR</g:price></g:shipping><g:image>a,b</g:image><g:image>c</g:image></item>
<item><g:id>2</g:id><g:title>b</g:title><description><![CDATA[<p>x</p>]]></description><g:price/></item>
</channel></rss>"""


@pytest.fixture
def read_xml(tmp_path: Path) -> Read:
    def read_it(content: str | bytes, limits: Limits | None = None, **options: object) -> Table:
        (tmp_path / "a.xml").write_bytes(content.encode() if isinstance(content, str) else content)
        return read_table(tmp_path / "a.xml", limits or Limits(), ReadOptions(**options))  # type: ignore[arg-type]  # as each test has it

    return read_it


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "cp1252", "utf-16"])
@pytest.mark.parametrize("records", [None, "item"])
def test_the_items_of_a_feed_are_rows(read_xml: Read, encoding: str, records: str | None) -> None:
    rows = read_xml(RSS.format(encoding=encoding).encode(encoding), records=records).frame.rows(named=True)
    assert [row["id"] for row in rows] == ["1", "2"]
    assert [row["title"] for row in rows] == ['Käse & "Wein"', "b"]
    assert [row["price"] for row in rows] == ["9.50 EUR", None]
    assert json.loads(rows[0]["shipping"]) == {"country": "DE", "price": "4 EUR"}
    assert (json.loads(rows[0]["image"]), rows[1]["description"]) == (["a,b", "c"], "<p>x</p>")


def test_entries_attributes_and_links(read_xml: Read) -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>'
        '<entry id="7"><link href="https://example.org/7"/><price currency="EUR">5</price></entry>'
        '<entry id="8"><price currency="USD">6</price></entry></feed>'
    )
    assert read_xml(atom).frame.rows(named=True) == [
        {"id": "7", "link": "https://example.org/7", "price": "5", "price_currency": "EUR"},
        {"id": "8", "link": None, "price": "6", "price_currency": "USD"},
    ]
    assert read_xml("<products>" + '<product sku="1" price="2"/>' * 3 + "</products>").frame.rows() == [("1", "2")] * 3


def test_gb18030_by_its_declaration(read_xml: Read) -> None:
    text = '<?xml version="1.0" encoding="GB18030"?><r><p><n>红色</n></p><p><n>蓝色</n></p></r>'
    assert read_xml(text.encode("gb18030")).frame["n"].to_list() == ["红色", "蓝色"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('<!DOCTYPE r [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><r><p><n>&b;</n></p></r>', "defines entities"),
        ('<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/hostname">]><r><p><n>&a;</n></p></r>', "defines entities"),
        ("<r>\n<p><n>1</n></p>\n<p>", "line 3, character 4: is not XML, or is cut short"),
        ("plain text", "line 1, character 1: is not XML"),
        ("<r/>", "no element is repeated"),
        ("<a>" * 60 + "</a>" * 60, "nested too deeply"),
    ],
)
def test_xml_that_is_refused(read_xml: Read, content: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read_xml(content)


def test_limits_hold_for_xml(read_xml: Read) -> None:
    rows = "<r>" + "<p><a>1</a><b>2</b></p>" * 100 + "</r>"
    for limits, words in [(Limits(unpacked=100), "once unpacked"), (Limits(columns=1), "more than 1 columns")]:
        with pytest.raises(TooLarge, match=words):
            read_xml(rows, limits=limits)
    with pytest.raises(TooLarge, match="column a: a cell has 50 bytes"):
        read_xml(f"<r><p><a>{'x' * 50}</a></p></r>", limits=Limits(cell=40))


def write_book(path: Path, **sheets: Sequence[Sequence[object]]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    formats: dict[type, object] = {date: book.add_format({"num_format": "yyyy-mm-dd"}), datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})}
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(number, column, cell, *([formats[type(cell)]] if type(cell) in formats else []))
    book.close()
    return path


ROWS: list[list[object]] = [
    ["sku", "ean", "price", "day", "at", "sold", ""],
    ["0012", 4012345678901, 19.99, date(2026, 11, 28), datetime(2026, 11, 28, 9, 5, 3), True, ""],  # noqa: DTZ001  # as a spreadsheet has it
    ["0013", 4012345678902, 20, date(2026, 11, 29), datetime(2026, 11, 28), False, ""],  # noqa: DTZ001  # as a spreadsheet has it
]


def test_the_cells_of_a_sheet_are_text(tmp_path: Path) -> None:
    table = read_table(write_book(tmp_path / "a.xlsx", Empty=[], Stock=ROWS), Limits())
    assert table.columns == ("sku", "ean", "price", "day", "at", "sold")
    assert table.frame.rows() == [
        ("0012", "4012345678901", "19.99", "2026-11-28", "2026-11-28 09:05:03", "true"),
        ("0013", "4012345678902", "20", "2026-11-29", "2026-11-28", "false"),
    ]


def test_a_sheet_with_the_ending_of_text_is_read_as_a_sheet(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", Stock=ROWS).rename(tmp_path / "a.csv")
    assert format_of(path) == "excel"
    assert read_table(path, Limits()).frame.rows() == read_table(path, Limits(), ReadOptions(format="excel")).frame.rows()
    with pytest.raises(SourceError, match="declare `format: excel`"):
        read_table(path, Limits(), ReadOptions(format="csv"))
    frame = pl.DataFrame({"sku": ["a"]})
    frame.write_parquet(tmp_path / "b.csv")
    assert read_table(tmp_path / "b.csv", Limits()).frame.rows() == [("a",)]


def test_the_largest_sheet_and_the_header_below_a_title_are_inferred(tmp_path: Path) -> None:
    write_book(tmp_path / "a.xlsx", Notes=[["Prices are net"]], Stock=[["Stock of 2026-11-28"], [], *ROWS])
    (inferred,) = infer(tmp_path)
    assert inferred.options == ReadOptions("excel", sheet="Stock", header="search")
    assert ([column.name for column, _ in inferred.columns], inferred.rows) == (["sku", "ean", "price", "day", "at", "sold"], 2)
    assert any("Notes" in check.text for check in inferred.checks)


def test_totals_and_notes_below_the_rows_of_a_sheet_are_its_footer(tmp_path: Path) -> None:
    items: list[list[object]] = [[f"A{n}", "x", 1.5 * n, n if n % 2 else ""] for n in range(2, 42)]
    rows: list[list[object]] = [["sku", "title", "price", "stock"], *items]
    path = write_book(tmp_path / "a.xlsx", Stock=[*rows, [], ["Summe", "", 1290], ["Prices are net"]])
    table = read_table(path, Limits(), ReadOptions(footer=True))
    assert (table.frame.height, table.frame["sku"][-1], table.footer) == (40, "A41", (43, 44))
    assert read_table(path, Limits()).frame.height == 42
    sparse = write_book(tmp_path / "b.xlsx", Stock=[*rows, *([f"B{n}"] for n in range(6))])  # too many for a footer
    assert read_table(sparse, Limits(), ReadOptions(footer=True)).frame.height == 46
    wide = write_book(tmp_path / "d.xlsx", Stock=[*([*row[:3], n, "x"] for n, row in enumerate(rows)), ["Summe", "", 3223.24, 3835.66, ""]])
    assert read_table(wide, Limits(), ReadOptions(footer=True)).frame.height == 40
    alone = write_book(tmp_path / "c.xlsx", Stock=[["sku", "price"], ["A1"]])  # nothing to compare with
    assert read_table(alone, Limits(), ReadOptions(footer=True)).frame.height == 1


@pytest.mark.parametrize(("last", "footer"), [(["Summe:", "", 1290], True), (["Prices are net"], False), (["A42"], False)])
def test_a_total_below_a_sheet_is_declared_and_any_other_short_row_is_reported(tmp_path: Path, last: list[object], footer: bool) -> None:
    items: list[list[object]] = [[f"A{n}", "x", 1.5 * n] for n in range(2, 42)]
    write_book(tmp_path / "a.xlsx", Stock=[["sku", "title", "price", "stock"], *[[*item, 3] for item in items], last])
    (inferred,) = infer(tmp_path)
    assert (inferred.options.footer, inferred.rows) == (footer, 40 if footer else 41)
    assert any("the last rows, 42 of a.xlsx" in check.text and "footer: true" in check.text for check in inferred.checks)


def test_sheets_and_limits_of_a_spreadsheet(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", Stock=ROWS)
    with pytest.raises(SourceError, match=r"has no sheet Stok \(did you mean Stock\?\); set `sheet:` to Stock|has no sheet Stok.*Stock"):
        read_table(path, Limits(), ReadOptions(sheet="Stok"))
    with pytest.raises(TooLarge, match="once unpacked"):
        read_table(path, Limits(unpacked=1000))
    (tmp_path / "b.xlsx").write_bytes(path.read_bytes()[:2000])
    with pytest.raises(SourceError):
        read_table(tmp_path / "b.xlsx", Limits())


def test_text_with_the_ending_of_a_spreadsheet_is_text(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_text("sku\tprice\n1\t2\n")
    assert read_table(tmp_path / "a.xls", Limits(), ReadOptions(separator="\t")).frame.rows() == [("1", "2")]


def test_the_extra_of_a_spreadsheet_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_book(tmp_path / "a.xlsx", Stock=ROWS)
    monkeypatch.setitem(__import__("sys").modules, "fastexcel", None)
    with pytest.raises(MissingExtra, match=r"pip install 'sluice\[excel\]'"):
        excel.sheet_names(path)
