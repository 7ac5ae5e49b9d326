"""Columns that a file names otherwise than the schema: matched where only case or blanks differ, else named as similar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
import pytest

from sluice.config import Limits
from sluice.domain import Column, Schema
from sluice.sources import FileSource
from sluice.sources.header import Header, match_header
from sluice.sources.table import Table

SCHEMA = Schema("items", columns=(Column("item_id"), Column("title"), Column("price", "number")))


def reader(file: pl.DataFrame) -> Callable[[Sequence[str]], Table]:
    return lambda names: Table(tuple(file.columns), file.select(name for name in file.columns if name in names))


def match(file: pl.DataFrame, schema: Schema = SCHEMA) -> Header:
    return match_header(reader(file)(schema.names), schema.columns, schema.names, reader(file))


@pytest.mark.parametrize("name", ["Price", " price ", "PRICE\u00a0"])
def test_a_name_in_other_letters_is_read(name: str) -> None:
    header = match(pl.DataFrame({"item_id": ["a"], "title": ["Cup"], name: ["1.5"]}))
    assert header.matched == {"price": name}
    assert header.table.columns == ("item_id", "title", "price")
    assert header.table.frame["price"].to_list() == ["1.5"]


def test_two_names_of_the_same_letters_are_not_chosen_between() -> None:
    header = match(pl.DataFrame({"item_id": ["a"], "Title": ["Cup"], "TITLE": ["Mug"], "price": ["1.5"]}))
    assert header.matched == {}


@pytest.mark.parametrize(
    ("file", "similar"),
    [
        ({"item_id": ["a"], "title": ["Cup"], "unit_price": ["1.5"]}, {"price": "unit_price"}),
        ({"item_id": ["a"], "title": ["Cup"], "unitPrice": ["1.5"]}, {"price": "unitPrice"}),
        ({"item_id": ["a"], "title": ["Cup"], "amount": ["1.5"]}, {"price": "amount"}),  # in the place of the lost one, and numbers
        ({"item_id": ["a"], "title": ["Cup"], "price_currency": ["EUR"]}, {}),  # no numbers
        ({"item_id": ["a"], "colour": ["red"], "title": ["Cup"], "amount": ["1.5"]}, {}),  # neither name nor place
        ({"item_id": ["a"], "colour": ["red"], "price": ["1.5"]}, {"title": "colour"}),  # the only one lost, the only new one, in its place
        ({"item_id": ["a"], "price": ["1.5"], "colour": ["red"]}, {}),  # in another place any text is a text
    ],
)
def test_a_lost_column_is_compared_with_new_ones(file: dict[str, list[str]], similar: dict[str, str]) -> None:
    header = match(pl.DataFrame(file))
    assert (header.similar, header.matched) == (similar, {})


def test_a_complete_file_is_read_once() -> None:
    file = pl.DataFrame({"item_id": ["a"], "title": ["Cup"], "price": ["1.5"], "colour": ["red"]})

    def refuse(names: Sequence[str]) -> Table:
        raise AssertionError(names)

    assert match_header(reader(file)(SCHEMA.names), SCHEMA.columns, SCHEMA.names, refuse).table.frame.width == 3


def test_a_source_reads_what_it_matched(tmp_path: Path) -> None:
    (tmp_path / "items.jsonl").write_text('{"ITEM_ID": "a", " Title ": "Cup", "unit_price": 1.5}\n', encoding="utf-8")
    source = FileSource(SCHEMA, "*.jsonl", tmp_path, Limits())
    (arrival,) = source.arrivals()
    batch = source.read(arrival)
    assert batch.rows.select(SCHEMA.names).rows() == [("a", "Cup", None)]
    assert (set(batch.matched), batch.similar) == ({"item_id", "title"}, {"price": "unit_price"})
