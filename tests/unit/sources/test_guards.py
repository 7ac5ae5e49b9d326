"""What a system writes around cells is taken off, and words for an empty cell are empty, in the columns where they are declared."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sluice.config import Limits
from sluice.domain import Column, Guard, ReadOptions, Schema
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
