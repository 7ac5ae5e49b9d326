"""JSON as programs write it: documents, lines, and numbers that JSON does not allow."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.config import Limits
from sluice.domain import RAW, Batch, ReadOptions
from sluice.errors import SourceError
from sluice.sources.json_document import records_of_document
from sluice.sources.table import Table, read_table

Read = Callable[..., Table]
PRODUCTS = [{"sku": 7, "title": 'A "big"\nmug', "tags": ["a", 1.50]}, {"sku": "x", "price": 12.9}]


@pytest.fixture
def read_json(tmp_path: Path) -> Read:
    def read_it(content: str | bytes, name: str = "a.json", **options: object) -> Table:
        (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return read_table(tmp_path / name, Limits(), ReadOptions(**options))  # type: ignore[arg-type]  # as each test has it

    return read_it


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    ("value", "records"),
    [
        (PRODUCTS, None),
        ({"products": PRODUCTS}, None),
        ({"page": 1, "errors": [], "data": {"tags": [{"a": 1}], "products": PRODUCTS}}, "data.products"),
        ({"page": {"n": 1}, "data": {"products": PRODUCTS, "few": [{"a": 1}]}}, None),
    ],
)
def test_the_array_of_a_document_is_read(read_json: Read, value: object, records: str | None, indent: int | None) -> None:
    table = read_json(json.dumps(value, indent=indent), records=records)
    assert table.columns == ("sku", "title", "tags", "price")
    assert table.frame["sku"].to_list() == ["7", "x"]
    assert table.frame["title"][0] == 'A "big"\nmug'
    assert table.frame["price"].to_list() == [None, "12.9"]
    assert json.loads(table.frame["tags"][0]) == ["a", 1.5]


def test_a_document_may_be_packed_and_in_another_encoding(read_json: Read) -> None:
    text = json.dumps([{"name": "Größe"}], ensure_ascii=False)
    assert read_json(gzip.compress(text.encode()), "a.json.gz").frame["name"].to_list() == ["Größe"]
    assert read_json(text.encode("utf-16"), encoding="utf-16").frame["name"].to_list() == ["Größe"]
    assert read_json(text.encode("utf-8-sig")).frame["name"].to_list() == ["Größe"]


def test_one_object_is_one_row_and_lines_stay_lines(read_json: Read) -> None:
    assert read_json('{\n "a": 1,\n "b": 2\n}').frame.rows() == [("1", "2")]
    assert read_json('{"a": 1}\n{"a": 2}\n').frame.rows() == [("1",), ("2",)]
    assert read_json('{"a": [{"b": 1}]}\n{"a": []}\n', "a.jsonl").frame.height == 2


def test_a_path_without_array_names_those_that_are_there(read_json: Read) -> None:
    with pytest.raises(SourceError, match=r"a.json: there is no array of objects below items; set `records:` to products"):
        read_json(json.dumps({"products": PRODUCTS}), records="items")


@pytest.mark.parametrize("token", ["NaN", "Infinity", "-Infinity", "1E400", "-1e999"])
def test_a_number_that_is_none_holds_a_cell_and_not_the_file(read: Callable[..., Batch], token: str) -> None:
    batch = read(f'{{"event_id": "1", "price": 2.5}}\n{{"event_id": 12345678901234567890123, "price": {token}, "quantity": 3.0}}\n'.encode(), "e.jsonl")
    assert batch.rows["event_id"].to_list() == ["1", "12345678901234567890123"]
    assert batch.rows["price"].to_list() == [2.5, None]
    assert batch.rows["quantity"].to_list() == [None, 3]
    assert batch.rows[RAW].to_list() == [None, [{"column": "price", "text": token}]]


def test_cells_beside_such_a_number_are_as_without_it(read_json: Read) -> None:
    line = '{"a": 1.0, "b": true, "c": null, "d": "x", "e": {"f": [1, "y"]}, "g": 0.5}'
    plain = read_json(line + "\n", "a.jsonl").frame
    odd = read_json(line + '\n{"z": NaN}\n', "a.jsonl").frame
    assert odd.row(0)[:6] == plain.row(0)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8))
def test_records_of_a_document_are_its_values(value: object) -> None:
    records = [{"v": value}, {"w": value}]
    for indent in (None, 1):
        assert [json.loads(line) for line in records_of_document(json.dumps(records, indent=indent), None)] == records
        assert [json.loads(line) for line in records_of_document(json.dumps({"a": {"b": records}}, indent=indent), "a.b")] == records


@pytest.mark.parametrize(
    ("name", "content", "options"),
    [
        ("a.json", b"", {}),  # as BigQuery exports a table without rows
        ("a.jsonl", b"\n", {}),
        ("a.json", b"\xef\xbb\xbf[]", {}),
        ("a.json", b"[\n]\n", {}),
        ("a.json", b'{"orders": []}', {"records": "orders"}),
        ("a.jsonl.gz", gzip.compress(b"", mtime=0), {}),
        ("a.csv", b"", {"header": False}),
    ],
)
def test_a_day_without_rows_is_a_batch_without_rows(tmp_path: Path, name: str, content: bytes, options: dict[str, object]) -> None:
    (tmp_path / name).write_bytes(content)
    table = read_table(tmp_path / name, Limits(), ReadOptions(**options), ["id", "at"])  # type: ignore[arg-type]  # as each test has it
    assert table.columns == ("id", "at")
    assert table.frame.schema == {"id": pl.String, "at": pl.String}
    assert table.frame.height == 0


@pytest.mark.parametrize(("name", "content", "options"), [("a.json", b"", {"records": "orders"}), ("a.csv", b"", {}), ("a.csv", b"\n", {})])
def test_a_blank_file_of_a_format_with_a_frame_is_broken(tmp_path: Path, name: str, content: bytes, options: dict[str, object]) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=name):
        read_table(tmp_path / name, Limits(), ReadOptions(**options), ["id", "at"])  # type: ignore[arg-type]  # as each test has it
