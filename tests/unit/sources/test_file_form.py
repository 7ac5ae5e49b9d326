"""What `sluice init` infers about the form of files."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from sluice.config import Limits
from sluice.config.inferred import InferredDataset
from sluice.config.source_models import FileSource
from sluice.domain import ReadOptions
from sluice.errors import SourceError
from sluice.sources.infer import infer
from sluice.sources.table import read_table

TEXTS = {
    "cp1252": [
        "titre;prix\nCafé crème;3,5\nThé à la menthe;4\n",
        "Artikel;Preis\nGröße M;3\nKäse;1,20\n",
        "nome;preço\nMaçã;2\nPão;3\n",
        "a;b\n5 €;x\nTrue® wool;y\n",
    ],
    "gb18030": ["id,name\n1,红色\n2,蓝色连衣裙\n", "id,name\n1,苹果手机壳\n", "订单编号,收货人\n1,张三\n"],
    "big5": ["id,name\n1,紅色\n2,台灣高山茶\n", "訂單編號,收貨人\n1,張三\n"],
    "cp932": ["id,name\n1,お茶\n2,コーヒー\n", "注文番号,名前\n1,山田太郎\n"],
    "cp949": ["id,name\n1,커피\n2,녹차\n", "주문번호,이름\n1,김철수\n"],
    "cp1250": ["nazwa;cena;ilość\nŁódź;1;2\n"],
    "cp1251": ["цена,название\n1,Кофе\n", "id,name\n1,Кофе растворимый\n2,Чай зелёный\n"],
    "cp1254": ["ürün adı;fiyat\nÇay;3\n"],  # noqa: RUF001  # as it is spelled
    "utf-16": ["id,name\n1,Größe\n2,红色\n"],
    "utf-8": ["id,name\n1,Größe\n2,红色\n", "id,name\n1,plain\n"],
}


def infer_one(folder: Path, content: bytes, name: str = "a.csv") -> InferredDataset:
    (folder / name).write_bytes(content)
    (inferred,) = infer(folder)
    return inferred


@pytest.mark.parametrize("odd", [1, 20, 39])
def test_lines_of_two_encodings_are_both_read(tmp_path: Path, odd: int) -> None:
    """One name that was pasted from elsewhere, or a file that two systems append to."""
    rows = [f"{row};Größe {row}\n".encode("cp1252" if row < odd else "utf-8") for row in range(40)]
    inferred = infer_one(tmp_path, b"sku;name\n" + b"".join(rows))
    assert inferred.options.encoding == "utf-8, cp1252"
    assert any("some lines are UTF-8" in check.text for check in inferred.checks)
    settings = FileSource.model_validate({"files": "a.csv", "encoding": ["utf-8", "cp1252"]})
    assert settings.encoding == inferred.options.encoding


def test_an_encoding_that_no_line_tells_stands_alone() -> None:
    with pytest.raises(ValidationError, match="utf-16 cannot be told line by line"):
        FileSource.model_validate({"files": "a.csv", "encoding": ["utf-8", "utf-16"]})


@pytest.mark.parametrize(("encoding", "text"), [(encoding, text) for encoding, texts in TEXTS.items() for text in texts])
def test_the_encoding_of_a_text(tmp_path: Path, encoding: str, text: str) -> None:
    inferred = infer_one(tmp_path, text.encode(encoding))
    assert inferred.options.encoding == encoding
    asks = any("encoding" in check.text for check in inferred.checks)
    assert asks == (not encoding.startswith("utf"))


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["a.csv", "feed.txt", "part-00000", "a.tab"])
def test_the_separator_of_any_ending(tmp_path: Path, mark: str, name: str) -> None:
    rows = [
        mark.join(row)
        for row in (("id", "title", "price"), ("1", "a, b; c" if mark not in ",;" else "a b", "12.90"), ("2", "d | e" if mark != "|" else "d", "3.00"))
    ]
    inferred = infer_one(tmp_path, "\n".join(rows).encode(), name)
    assert [column.name for column, _ in inferred.columns] == ["id", "title", "price"]


def test_decimal_commas_do_not_separate(tmp_path: Path) -> None:
    inferred = infer_one(tmp_path, b"sku;price\n" + b"".join(b"%d;12,90\n" % n for n in range(50)))
    assert inferred.options.separator == ";"


@pytest.mark.parametrize(("mark", "inner"), [(";", ","), ("\t", ","), (",", ";"), (",", "|")])
def test_lists_within_a_cell_do_not_separate(tmp_path: Path, mark: str, inner: str) -> None:
    rows = [("item_id", "price", "words"), *((str(row), str(row % 15), inner.join(str(row + word) for word in range(7))) for row in range(200))]
    inferred = infer_one(tmp_path, "".join(mark.join(row) + "\n" for row in rows).encode())
    assert [column.name for column, _ in inferred.columns] == ["item_id", "price", "words"]


def test_a_file_without_header_gets_names_and_a_check(tmp_path: Path) -> None:
    inferred = infer_one(tmp_path, b"2,210,fav,1764230000\n3,211,pv,1764230001\n4,212,pv,1764230002\n")
    assert (inferred.options.header, inferred.options.names, inferred.rows) == (False, ("c1", "c2", "c3", "c4"), 3)
    assert [check.risk for check in inferred.checks if "header" in check.text] == ["rows"]


def test_an_escaped_separator_in_the_first_row_makes_no_column(tmp_path: Path) -> None:
    rows = [f"{1_764_230_000 + number},{number},{'red' + chr(92) + ',lamp' if number == 0 else 'mug'}\n" for number in range(20)]
    inferred = infer_one(tmp_path, "".join(rows).encode())
    assert (inferred.options.names, inferred.rows) == (("c1", "c2", "c3"), 20)


def test_a_first_row_without_some_values_is_no_header(tmp_path: Path) -> None:
    rows = [f"e{number},{'' if number % 3 == 0 else number * 7},{1_764_230_000 + number}\n" for number in range(20)]
    assert infer_one(tmp_path, "".join(rows).encode()).options.header is False


@pytest.mark.parametrize(
    "text",
    ["id,name\n1,a\n2,b\n", "country,2021,2022\nDE,1,2\nFR,3,4\n", "a,b\nx,y\nz,w\n", "name,size\nx,\ny,\n", ",price\n0,1.5\n1,2.5\n", ",name\n0,a\n1,b\n"],
)
def test_a_header_is_no_row(tmp_path: Path, text: str) -> None:
    assert infer_one(tmp_path, text.encode()).options.header is True


def test_a_header_below_notices_and_totals_below_the_rows(tmp_path: Path) -> None:
    rows = "".join(f"2026-11-{day:02d},A{day},{day}.50\n" for day in range(1, 29))
    text = f"Bill of a shop\nAccount:,[someone]\n\n----------\nTime,Order,Amount\n{rows}Total,28\n"
    inferred = infer_one(tmp_path, text.encode())
    assert inferred.options == ReadOptions("csv", header="search", footer=True)
    assert ([column.name for column, _ in inferred.columns], inferred.rows) == (["Time", "Order", "Amount"], 28)


@pytest.mark.parametrize("end", ["B1;red; blue;3\n" * 60, "B1;red; blue;3\n", "Summe;5050\n" * 6])
def test_rows_with_an_error_at_the_end_are_no_footer(tmp_path: Path, end: str) -> None:
    (tmp_path / "a.csv").write_text("sku;title;price\n" + "".join(f"A{n};x;{n}\n" for n in range(2, 102)) + end)
    with pytest.raises(SourceError, match=r"a\.csv: line 102: "):
        infer(tmp_path)


def test_the_lines_of_a_footer_are_named(tmp_path: Path) -> None:
    inferred = infer_one(tmp_path, b"sku;price\n" + b"".join(b"A%d;%d\n" % (n, n) for n in range(2, 102)) + b"Total\n")
    assert (inferred.options.footer, inferred.rows) == (True, 100)
    assert any("line 102 of a.csv" in check.text for check in inferred.checks)


@pytest.mark.parametrize("end", ["Total,,,123\n", ",Summe:,,123\n", "Subtotal,,,100\nTotal,,,123\n", "合计,,,\n"])
def test_a_total_with_all_separators_is_a_footer(tmp_path: Path, end: str) -> None:
    rows = "".join(f"A{n},Cup,{n % 3 or ''},{n}.50\n" for n in range(2, 42))
    inferred = infer_one(tmp_path, f"sku,title,stock,price\n{rows}{end}".encode())
    assert (inferred.options.footer, inferred.rows, inferred.key) == (True, 40, ("sku",))
    (check,) = [check for check in inferred.checks if "footer" in check.text]
    assert f"{', '.join(str(42 + line) for line in range(end.count(chr(10))))} of a.csv" in check.text
    table = read_table(tmp_path / "a.csv", Limits(), inferred.options)
    assert (table.frame.height, len(table.footer)) == (40, end.count("\n"))


@pytest.mark.parametrize("end", ["Total,Soap,,4.50\n", "A99,Total,,\n", "Total,Soap\n"])
def test_a_row_whose_words_mean_a_total_elsewhere_stays_a_row_or_an_error(tmp_path: Path, end: str) -> None:
    rows = "".join(f"A{n},Cup,,{n}.50\n" for n in range(2, 42))
    inferred = infer_one(tmp_path, f"sku,title,stock,price\n{rows}{end}".encode())
    assert (inferred.options.footer, inferred.rows) == ((True, 40) if end.count(",") < 3 else (False, 41))


def test_a_comment_line_above_the_header_is_none(tmp_path: Path) -> None:
    text = b"# Required | the id,# Required | the title\nid,title\n1,a\n2,b\n"
    assert infer_one(tmp_path, text).options.header == "search"


def test_the_array_of_a_document_is_named(tmp_path: Path) -> None:
    inferred = infer_one(tmp_path, b'{"page": {"n": 1},\n "data": {"products": [{"sku": "a"}, {"sku": "b"}], "few": [{"x": 1}]}}', "a.json")
    assert (inferred.options.records, inferred.rows, [column.name for column, _ in inferred.columns]) == ("data.products", 2, ["sku"])
    assert any("data.few" in check.text for check in inferred.checks)
    assert infer_one(tmp_path, b'[{"sku": "a"}]', "a.json").options == ReadOptions("json")


def test_a_text_that_is_no_table_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "README.txt").write_text("These files come every day.\nAsk us if one is missing.\n")
    (tmp_path / "image.bin").write_bytes(bytes(range(256)))
    assert infer_one(tmp_path, b"id,name\n1,a\n").dataset == "a"
