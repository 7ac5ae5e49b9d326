"""CSV as programs write it: what is read, and what is refused with its line."""

from __future__ import annotations

import bz2
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from sluice.config import Limits
from sluice.domain import ReadOptions
from sluice.errors import SourceError, TooLarge
from sluice.sources.csv_layout import read_layout
from sluice.sources.table import Table, read_table

ReadText = Callable[..., Table]


@pytest.fixture
def read_text(tmp_path: Path) -> ReadText:
    def read_it(content: bytes | str, name: str = "a.csv", names: tuple[str, ...] | None = None, limits: Limits | None = None, **options: object) -> Table:
        (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return read_table(tmp_path / name, limits or Limits(), ReadOptions(**options), names)  # type: ignore[arg-type]  # as each test has it

    return read_it


def test_quotes_inside_an_unquoted_field_are_literal(read_text: ReadText) -> None:
    table = read_text('sku,title,price\n1,5" mug,2\n2,"a ""big"", mug",3\n3,4" x 6" frame,9\n4,plain,7\n')
    assert table.frame["title"].to_list() == ['5" mug', 'a "big", mug', '4" x 6" frame', "plain"]


def test_quotes_behind_a_backslash_are_literal_where_nothing_else_fits(read_text: ReadText) -> None:
    table = read_text('sku,options\n1,"{\\"size\\": \\"5, 6\\"}"\n2,"C:\\"\n3,"a ""b"" c"\n')
    assert table.frame["options"].to_list() == ['{\\"size\\": \\"5, 6\\"}', "C:\\", 'a "b" c']


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        ("1;a\\\nb;x\n2;c;y\n", [("1", "a\nb", "x"), ("2", "c", "y")]),
        ("1;a\\\n\\\nb;x\n", [("1", "a\n\nb", "x")]),  # two in a row
        ("1;C:\\;D:\\\n2;c;y\n", [("1", "C:\\", "D:\\"), ("2", "c", "y")]),  # a record with all its fields
        ("1;a\\\\;x\n2;c;y\n", [("1", "a\\\\", "x"), ("2", "c", "y")]),  # the backslash itself is escaped
    ],
)
def test_a_line_break_behind_a_backslash_is_part_of_its_value_where_a_record_is_too_short(tmp_path: Path, lines: str, rows: list[tuple[str, ...]]) -> None:
    (tmp_path / "hits.csv").write_text("id;note;kind\n" + lines, encoding="utf-8")
    assert read_table(tmp_path / "hits.csv", Limits(), ReadOptions(separator=";")).frame.rows() == rows


def test_a_short_record_without_a_backslash_is_named_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "hits.csv").write_text("id;note;kind\n1;a\nb;x\n", encoding="utf-8")
    with pytest.raises(SourceError, match="line 2: 2 fields where the header has 3"):
        read_table(tmp_path / "hits.csv", Limits(), ReadOptions(separator=";"))


def test_a_separator_behind_a_backslash_is_part_of_its_value(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("red\\;lamp;2\n4;5\\\\\n6;7\n", encoding="utf-8")
    table = read_table(tmp_path / "a.csv", Limits(), ReadOptions(separator=";", header=False, names=("a", "b")))
    assert table.frame.rows() == [("red;lamp", "2"), ("4", "5\\\\"), ("6", "7")]


def test_a_quote_with_a_separator_behind_it_is_refused_with_its_line(read_text: ReadText) -> None:
    with pytest.raises(SourceError, match="line 3: 4 fields where the header has 3, and a quote inside a field"):
        read_text('a,b,c\n1,2,3\n1,x "y, z" w,3\n')


@pytest.mark.parametrize("rows", [b"1,2,\n3,4,\n", b"1,2,,\n3,4\n", b"1,2,\r\n3,4,\r\n"])
def test_blank_fields_beyond_the_header_are_left_out(read_text: ReadText, rows: bytes) -> None:
    assert read_text(b"a,b\n" + rows).frame.rows() == [("1", "2"), ("3", "4")]


@pytest.mark.parametrize("options", [{}, {"header": "search"}])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_records_of_separators_alone_are_no_rows(read_text: ReadText, options: dict[str, object], end: str) -> None:
    lines = ["sku,title,price", "1,mug,2", ",,", ",,3", "", *[",,"] * 40]
    table = read_text(end.join(lines), names=("sku", "title"), **options)
    assert table.frame.rows() == [("1", "mug"), (None, None)]  # the second has a price, which is not declared


def test_a_blank_record_across_two_chunks_is_no_row() -> None:
    text = b"a,b,c\n1,2,3\n,,\r\n\n4,5,\n"
    whole, bytewise = (read_layout(chunks, "a.csv", ",", Limits()) for chunks in ([text], [text[i : i + 1] for i in range(len(text))]))
    assert whole == bytewise
    assert whole.blank == (1, 2)


def test_an_empty_last_column_without_name_is_dropped(read_text: ReadText) -> None:
    table = read_text("a,b,\n1,2,\n3,4,\n")
    assert (table.columns, table.frame.columns) == (("a", "b"), ["a", "b"])


def test_columns_without_name_and_of_the_same_name_get_one(read_text: ReadText) -> None:
    table = read_text(",Phone, Name ,Phone\n0,1,x,2\n")
    assert table.columns == ("column_1", "Phone", "Name", "Phone_2")
    assert table.frame.row(0) == ("0", "1", "x", "2")
    assert read_text("a,\n1,2\n").frame.rows() == [("1", "2")]


def test_blanks_around_a_declared_name_are_left_out(read_text: ReadText) -> None:
    table = read_text(" SKU ,title, Price\n1,x,2\n", names=("SKU", "price"))
    assert (table.columns, table.frame.rows(named=True)) == (("SKU", "title", " Price"), [{"SKU": "1"}])


def test_a_file_without_header_has_the_declared_names(read_text: ReadText) -> None:
    rows = "2,210,fav\n3,211,pv\n"
    assert read_text(rows, header=False).frame.rows(named=True)[0] == {"c1": "2", "c2": "210", "c3": "fav"}
    table = read_text(rows.replace("\n3", "\n\n3"), header=False, separator=",")
    assert table.frame["c3"].to_list() == ["fav", "pv"]


BILL = "Bill of a shop\nAccount:,[someone]\n\n----------\nTime,Order,Amount\n2026-11-27,A1,9.50\n2026-11-28,A2,3.00\nTotal,2\n"


def test_the_header_below_a_notice_is_the_row_with_the_declared_names(read_text: ReadText) -> None:
    table = read_text(BILL, header="search", footer=True, names=("Order", "Amount"))
    assert table.columns == ("Time", "Order", "Amount")
    assert table.frame.rows() == [("A1", "9.50"), ("A2", "3.00")]


def test_totals_at_the_end_are_named_unless_they_are_declared(read_text: ReadText) -> None:
    with pytest.raises(SourceError, match=r"line 8: 2 fields where the header has 3; .*`footer: true`"):
        read_text(BILL, header="search", names=("Order", "Amount"))
    with pytest.raises(SourceError, match="line 7: 1 fields"):
        read_text(BILL.replace("2026-11-28,A2,3.00\n", "cut\n2026-11-28,A2,3.00\n"), header="search", footer=True, names=("Order",))


def test_a_footer_is_a_few_short_records_at_the_end(read_text: ReadText) -> None:
    rows = "sku;title;price\n" + "".join(f"A{n};x;{n}\n" for n in range(2, 102))
    table = read_text(rows + "Summe;5050\nStand 28.11.\n", separator=";", footer=True)
    assert (table.frame.height, table.footer) == (100, (102, 103))
    with pytest.raises(SourceError, match=r"line 102: 2 fields where the header has 3; .*`footer` leaves out at most 10 records"):
        read_text(rows + "Summe;5050\n" * 6, separator=";", footer=True)
    notes = "----\nReceived: 0\nPending: 0\nPaid: 39\nOpen: 0\nFees: 0\nExported by the shop\n"
    assert read_text(rows + notes, separator=";", footer=True).footer == tuple(range(102, 109))
    for wide in (1, 60):  # a separator inside a text: rows, and no totals
        with pytest.raises(SourceError, match=r"line 102: 4 fields where the header has 3; .*`footer`"):
            read_text(rows + "B1;red; blue;3\n" * wide, separator=";", footer=True)


def test_a_notice_above_the_header_names_the_setting(read_text: ReadText) -> None:
    with pytest.raises(SourceError, match=r"line 2: 2 fields where the header has 1; .*`header: search`"):
        read_text("Bill\nAccount:,x\n")


def test_a_file_without_the_declared_header_is_refused(read_text: ReadText) -> None:
    with pytest.raises(SourceError, match="none of the first 2 lines holds the declared columns"):
        read_text("x,y\n1,2\n", header="search", names=("Order", "Amount"))


ENCODED = {
    "cp1252": "sku;name\n1;Größe 5 €\n2;Käse\n",
    "latin-1": "sku;name\n1;Größe\n2;Käse\n",
    "gb18030": "sku;name\n1;订单编号\n2;收货人姓名地址\n",
    "big5": "sku;name\n1;訂單編號\n2;收貨人姓名\n",
    "cp932": "sku;name\n1;注文番号\n2;お届け先ソ\n",
    "shift_jis": "sku;name\n1;注文番号\n2;表\n",
    "cp949": "sku;name\n1;주문번호\n2;받는사람\n",
    "utf-16": "sku;name\n1;Größe\n2;订单\n",
    "utf-16-le": "sku;name\n1;Größe\n2;订单\n",
}


@pytest.mark.parametrize(("encoding", "text"), ENCODED.items())
def test_text_of_a_declared_encoding_is_read(read_text: ReadText, encoding: str, text: str) -> None:
    rows = [tuple(line.split(";")) for line in text.splitlines()[1:]]
    assert read_text(text.encode(encoding), encoding=encoding, separator=";").frame.rows() == rows
    assert read_text(text.encode("utf-8-sig"), encoding=encoding, separator=";").frame.rows() == rows


def test_text_of_another_encoding_is_refused_with_byte_and_line(read_text: ReadText) -> None:
    with pytest.raises(SourceError, match=r"line 2: byte 6 is not gb18030; set `encoding:`"):
        read_text(b"a,b\nx,\xff\xff\n", encoding="gb18030")
    with pytest.raises(SourceError, match=r"is UTF-8, and not cp1252; leave out `encoding:`"):
        read_text("a,b\nx,Größe\n", encoding="cp1252")


MIXED = b"sku;name\n" + "1;Größe\n".encode() + "2;Größe\n".encode("cp1252") + b"3;plain\n" + "4;Zoë".encode()


def test_each_line_is_read_in_the_first_encoding_that_can_read_it(read_text: ReadText) -> None:
    rows = [("1", "Größe"), ("2", "Größe"), ("3", "plain"), ("4", "Zoë")]
    assert read_text(MIXED, encoding="utf-8, cp1252", separator=";").frame.rows() == rows
    assert read_text(MIXED.replace("4;Zoë".encode(), "4;Zoë\n".encode("utf-8-sig")), encoding="utf-8, cp1252", separator=";").frame.height == 4
    with pytest.raises(SourceError, match=r"line 3: byte 19 is not utf-8, ascii"):
        read_text(MIXED, encoding="utf-8, ascii", separator=";")


def test_json_lines_of_several_encodings_are_read(read_text: ReadText) -> None:
    lines = b"".join(f'{{"a": "Zoë {row}"}}\n'.encode(("utf-8", "cp1252")[row % 2]) for row in range(4))
    assert read_text(lines, "a.jsonl", encoding="utf-8, cp1252").frame["a"].to_list() == [f"Zoë {row}" for row in range(4)]


def zipped(*contents: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"{number}.csv", content)
    return buffer.getvalue()


@pytest.mark.parametrize(("ending", "pack"), [("zst", zstandard.compress), ("bz2", bz2.compress), ("xz", lzma.compress), ("zip", zipped)])
def test_compressed_text_is_read(read_text: ReadText, ending: str, pack: Callable[[bytes], bytes]) -> None:
    content = b"a,b\n" + b"".join(b"%d,x\n" % n for n in range(100_000))
    table = read_text(pack(content), f"a.csv.{ending}")
    assert (table.frame.height, table.frame.row(-1)) == (100_000, ("99999", "x"))
    with pytest.raises(TooLarge, match="once unpacked"):
        read_text(pack(content), f"a.csv.{ending}", limits=Limits(unpacked=10_000))


def test_an_archive_of_several_files_is_refused(read_text: ReadText) -> None:
    with pytest.raises(SourceError, match="is an archive of 2 files"):
        read_text(zipped(b"a\n1\n", b"a\n2\n"), "a.csv.zip")
