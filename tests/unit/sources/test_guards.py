"""What a system writes around cells is taken off, and words for an empty cell are empty, in the columns where they are declared."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sluice.config import Limits
from sluice.domain import Column, Guard, ReadOptions, Schema
from sluice.messages import render
from sluice.sources import FileSource
from sluice.sources.guards import take_off_guards, unescape_lines
from sluice.sources.infer import infer


@pytest.mark.parametrize(
    ("guard", "cell", "value"),
    [
        ("apostrophe", "'01234", "01234"),
        ("apostrophe", "'030 555-1", "030 555-1"),
        ("apostrophe", "'=1+1", "=1+1"),
        ("apostrophe", "'-5", "-5"),
        ("apostrophe", "'2026-11-27 10:00:00", "2026-11-27 10:00:00"),
        ("apostrophe", "'1.234,50", "1.234,50"),
        ("apostrophe", "'t Hart", "'t Hart"),
        ("apostrophe", "'90s poster", "'90s poster"),
        ("blank", " -5", "-5"),
        ("blank", " Lamp", " Lamp"),
        ("backtick", "`28.16", "28.16"),
        ("formula", '="00123"', "00123"),
        ("formula", "=1+1", "=1+1"),
        ("padding", "2026112722001\t", "2026112722001"),
        ("padding", "   ", None),
    ],
)
def test_a_guard_is_taken_off_where_it_is_one(guard: Guard, cell: str, value: str | None) -> None:
    assert take_off_guards(pl.DataFrame({"a": [cell]}), [guard])["a"].to_list() == [value]


@pytest.mark.parametrize(
    ("cells", "guard"),
    [
        (['="00012"', '="00013"', '="00014"', None], ("formula",)),
        (["'00012", "'-5", "'+49 30"], ("apostrophe",)),
        (["'90s poster", "Lamp", "Vase", "'t Hart"], ()),
        (["'2026-11-27T10:00:00Z", "'2026-11-28T10:00:00Z", "'2026-11-29T10:00:00Z"], ("apostrophe",)),
        (['="00012"', "00013", "00014", "00015", '="1"', '="2"', "00016"], ()),  # somebody typed them
        (["=1+1", "=2+2", "=3"], ()),
    ],
)
def test_guards_of_most_cells_of_a_column_are_declared_and_are_no_repairs(tmp_path: Path, cells: list[str | None], guard: tuple[Guard, ...]) -> None:
    (tmp_path / "landing").mkdir()
    quoted = ["" if cell is None else '"' + cell.replace('"', '""') + '"' for cell in cells]
    lines = [f"{text},{row}.5" for row, text in enumerate(quoted)]
    (tmp_path / "landing" / "stock.csv").write_text("\n".join(["sku,price", *lines]) + "\n", encoding="utf-8")
    (dataset,) = infer(tmp_path / "landing")
    assert dataset.options.guard == guard
    assert ("which is taken off as they are read" in render(dataset.note)) is bool(guard)
    source = FileSource(dataset.schema, "landing/stock.csv", tmp_path, Limits(), dataset.options)
    rows = source.read(next(source.arrivals())).rows["sku"].to_list()
    assert not guard or not any(isinstance(text, str) and text.startswith(("=", "'")) for text in rows)


@pytest.mark.parametrize(
    ("cells", "marked"),
    [
        ([f"'AB-{n}" for n in range(6)], True),
        ([*(f"'AB-{n}" for n in range(6)), "AB-7"], False),  # what most cells have is what somebody typed
        ([f"'AB-{n}'" for n in range(6)], False),
        (["'t Hart", "'s Gravesande", "'t Hooft", "'t Lam", "'t Mannetje", "'t Zand"], False),
        (["'AB-1"] * 6, False),
    ],
)
def test_an_apostrophe_before_each_text_of_a_column_is_taken_off(tmp_path: Path, cells: list[str], marked: bool) -> None:
    (tmp_path / "landing").mkdir()
    lines = [f'"{text}",{row}.5' for row, text in enumerate(cells)]
    (tmp_path / "landing" / "stock.csv").write_text("\n".join(["sku,price", *lines]) + "\n", encoding="utf-8")
    (dataset,) = infer(tmp_path / "landing")
    assert dataset.options.apostrophes == (("sku",) if marked else ())
    assert ("begins with an apostrophe" in render(dataset.note)) is marked
    source = FileSource(dataset.schema, "landing/stock.csv", tmp_path, Limits(), dataset.options)
    rows = source.read(next(source.arrivals())).rows["sku"].to_list()
    assert rows == [text.removeprefix("'") if marked else text for text in cells]


def test_no_guard_changes_no_cell() -> None:
    frame = pl.DataFrame({"a": ["'01234", " -5", "`1"], "n": [1, 2, 3]})
    assert take_off_guards(frame, []).equals(frame)


def test_words_for_nothing_are_empty_in_their_column_alone(tmp_path: Path) -> None:
    (tmp_path / "bill.csv").write_text("id,fee,note\n1, / ,/\n2,0.50,/\n", encoding="utf-8")
    schema = Schema("bill", columns=(Column("id"), Column("fee", "number", empty=("/",)), Column("note")))
    source = FileSource(schema, "bill.csv", tmp_path, Limits(), ReadOptions())
    batch = source.read(next(source.arrivals()))
    assert batch.rows.select("fee", "note").rows() == [(None, "/"), (0.5, "/")]
    assert batch.rows["_raw"].null_count() == 2


@pytest.mark.parametrize(("cell", "value"), [(r"Soap\nOlive", "Soap\nOlive"), (r"C:\\new", r"C:\new"), (r"a\tb, 30\,5", r"a\tb, 30\,5"), (None, None)])
def test_an_escaped_line_break_is_one_in_the_declared_columns_alone(cell: str | None, value: str | None) -> None:
    rows = pl.DataFrame({"text": [cell], "path": [cell]}, schema=dict.fromkeys(("text", "path"), pl.String))
    assert unescape_lines(rows, ["text", "absent"]).rows() == [(value, cell)]


def test_descriptions_of_woocommerce_are_read_with_their_line_breaks(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    lines = "".join(f'{n},simple,W-{n},Mug {n},"Blue.\\nHolds {n} cl.",C:\\new\\{n},9.50,1\n' for n in range(1, 41))
    (tmp_path / "landing/products.csv").write_text(f"ID,Type,SKU,Name,Description,Meta: path,Regular price,Published\n{lines}")
    (dataset,) = infer(tmp_path / "landing")
    assert (dataset.platform, dataset.options.escaped) == ("a WooCommerce product export", ("Description",))
    source = FileSource(dataset.schema, dataset.pattern, tmp_path, Limits(), dataset.options)
    rows = source.read(next(iter(source.arrivals()))).rows
    assert rows["Description"][0] == "Blue.\nHolds 1 cl."
    assert rows["Meta: path"][0] == r"C:\new\1"


def test_lists_of_woocommerce_are_json_where_a_value_has_a_comma(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    lines = "".join(f'{n},simple,W-{n},Mug {n},"Tees\\, long, Sale","a, b",9.50,1\n{n + 100},simple,W-{n + 100},Cup {n},,"a",9.50,1\n' for n in range(1, 21))
    (tmp_path / "landing/products.csv").write_text(f"ID,Type,SKU,Name,Categories,Tags,Regular price,Published\n{lines}")
    (dataset,) = infer(tmp_path / "landing")
    assert dataset.options.lists == ("Categories",)
    source = FileSource(dataset.schema, dataset.pattern, tmp_path, Limits(), dataset.options)
    rows = source.read(next(iter(source.arrivals()))).rows
    assert rows["Categories"].head(2).to_list() == ['["Tees, long","Sale"]', None]
    assert rows["Tags"][0] == "a, b"
