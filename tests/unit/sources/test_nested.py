"""Values within nested columns are columns of their own, from every format, and lists become rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.schema import SchemaJudge
from sluice.app.config_scaffold import suggest_steps
from sluice.config import Limits, read
from sluice.domain import RAW, RUN, Batch, Column, ReadOptions, Run, Schema
from sluice.domain.nested_path import NestedPath, parse_path, quote_field
from sluice.errors import ConfigError, InvalidValue
from sluice.messages import render
from sluice.sources import FileSource
from sluice.sources.infer import infer
from sluice.sources.nested import extract
from sluice.sources.nested.documents import cell_text, follow, index_lists, parse_documents
from sluice.testing import MemorySnapshot

EVENTS: list[dict[str, object]] = [
    {
        "id": "e1",
        "event_params": [{"key": "session", "value": {"int_value": "17"}}, {"key": "page", "value": {"string_value": "https://a.example/1"}}],
        "context": {"ip": "192.0.2.1", "page": {"url": "https://a.example"}},
        "items": [{"item_id": "G001", "price": 9.5}, {"item_id": "G002", "price": 20.0}],
    },
    {"id": "e2", "event_params": [], "context": None, "items": []},
    {"id": "e3", "event_params": [{"key": "page", "value": {"int_value": "5"}}], "context": {"ip": None}, "items": [{"item_id": "G003", "price": 1}]},
]
COLUMNS = (
    Column("id"),
    Column("ip", personal=True, path=("context.ip",)),
    Column("page", path=("event_params[key=page].value.*",)),
    Column("item_id", path=("items[].item_id",)),
    Column("price", "number", path=("items[].price",)),
    Column("line", "integer", path=("items[#]",)),
)
ROWS = [
    ("e1", "192.0.2.1", "https://a.example/1", "G001", 9.5, 0),
    ("e1", "192.0.2.1", "https://a.example/1", "G002", 20.0, 1),
    ("e2", None, None, None, None, None),
    ("e3", None, "5", "G003", 1.0, 0),
]


def write_jsonl(path: Path) -> Path:
    path = path / "events.jsonl"
    path.write_text("".join(json.dumps(event) + "\n" for event in EVENTS), encoding="utf-8")
    return path


def write_parquet(path: Path) -> Path:
    path = path / "events.parquet"
    pl.DataFrame(EVENTS, infer_schema_length=None).write_parquet(path)
    return path


def write_csv(path: Path) -> Path:
    path = path / "events.csv"
    cells = [{name: value if isinstance(value, str) or value is None else json.dumps(value) for name, value in event.items()} for event in EVENTS]
    pl.DataFrame(cells).write_csv(path)
    return path


def read_batch(path: Path, columns: tuple[Column, ...] = COLUMNS, explode: str | None = "items") -> Batch:
    source = FileSource(Schema("events", columns=columns), path.name, path.parent, Limits(), ReadOptions(explode=explode))
    return source.read(next(source.arrivals()))


@pytest.mark.parametrize("write", [write_jsonl, write_parquet, write_csv])
def test_paths_are_columns_and_elements_are_rows_in_every_format(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    batch = read_batch(write(tmp_path))
    assert batch.rows.select(column.name for column in COLUMNS).rows() == ROWS
    assert batch.columns == ("id", "ip", "page", "item_id", "price", "line")
    assert batch.rows["_row_id"].n_unique() == len(ROWS)


def test_a_position_and_several_paths_reach_one_value(tmp_path: Path) -> None:
    columns = (Column("id"), Column("item", path=("items[1].item_id", "items[0].item_id")))
    assert read_batch(write_jsonl(tmp_path), columns, None).rows["item"].to_list() == ["G002", None, "G003"]


def test_broken_json_is_held_with_its_text_under_a_personal_column(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text('id,context\n1,"{""ip"": ""192.0.2.1"", ""lang"": ""de""}"\n2,"{""ip"": ""192.0"\n3,\n', encoding="utf-8")
    columns = (Column("id"), Column("lang", path=("context.lang",)), Column("ip", personal=True, path=("context.ip",)))
    batch = read_batch(path, columns, None)
    assert batch.rows["ip"].to_list() == ["192.0.2.1", None, None]
    assert batch.rows[RAW].to_list() == [None, [{"column": "ip", "text": '{"ip": "192.0'}], None]
    verdicts = {verdict.rule: verdict.failed for verdict in SchemaJudge(Schema("events", columns=columns)).judge(batch, MemorySnapshot())}
    assert (verdicts["cast:ip"], verdicts["cast:lang"]) == (1, 0)


def test_a_root_that_is_gone_is_a_missing_column(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text('{"id": "e1"}\n', encoding="utf-8")
    batch = read_batch(path)
    assert batch.columns == ("id",)
    assert batch.rows.select("id", "ip", "item_id").rows() == [("e1", None, None)]


def test_numbers_keep_their_digits_and_a_whole_float_is_the_same_id() -> None:
    (document,) = parse_documents(['{"price": 19.90, "id": 12345678901234567890, "code": 7.0, "none": NaN}']).values()
    schema = Schema("x", columns=tuple(Column(name, path=(f"c.{name}",)) for name in ("price", "id", "code", "none")))
    assert follow(document, ["id"]) == 12345678901234567890
    frame = pl.DataFrame({"c": ['{"price": 19.90, "id": 12345678901234567890, "code": 7.0, "none": NaN}']})
    assert extract(["c"], frame, schema.columns).frame.drop("c").rows() == [("19.90", "12345678901234567890", "7", None)]


@pytest.mark.parametrize("text", ["", ".ip", "a..b", "a[", "a[x]", "items[].x[]", "items[#].x", "a]b"])
def test_a_wrong_path_names_its_position(text: str) -> None:
    with pytest.raises(InvalidValue, match=r"path_(begins|goes)_nowhere"):
        parse_path(text)


@given(st.text(min_size=1), st.text(min_size=1))
def test_any_names_can_be_written_in_a_path(root: str, name: str) -> None:
    assert parse_path(f"{quote_field(root)}.{quote_field(name)}") == NestedPath(root, (name,))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_no_document_breaks_a_path(value: object) -> None:
    for path in ("a.b", "a[0].b", "a[key=b].*", "a.*.b"):
        cell = cell_text(follow({"a": value}, parse_path(f"c.{path}").steps))
        assert cell is None or cell


@pytest.mark.parametrize(
    ("source", "path", "message"),
    [
        ("files: a.jsonl", "items[].id", "needs `explode:`"),
        ("files: a.jsonl, explode: lines", "items[].id", "explode is lines"),
        ("files: a.jsonl, explode: 'items[]'", "items[].id", "explode names the list without brackets: items"),
        ("files: a.jsonl", "a..b", "is no path from position 2 on"),
    ],
)
def test_paths_that_cannot_be_read_are_mistakes_of_the_configuration(source: str, path: str, message: str) -> None:
    text = f"datasets: {{a: {{source: {{{source}}}, columns: {{id: {{path: '{path}'}}}}}}}}"
    with pytest.raises(ConfigError, match=r".*") as error:
        read(text.encode(), "sluice.yaml", {})
    assert message in str(error.value)


def test_init_proposes_a_column_for_each_value_and_rows_for_a_list_of_items(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    write_jsonl(tmp_path / "landing")
    (dataset,) = infer(tmp_path / "landing")
    assert {column.name: (column.type, column.path) for column, _ in dataset.columns} == {
        "id": ("string", ()),
        "session": ("string", ("event_params[key=session].value.*",)),
        "page": ("string", ("event_params[key=page].value.*",)),
        "context_ip": ("string", ("context.ip",)),
        "context_page_url": ("string", ("context.page.url",)),
        "item_id": ("string", ("items[].item_id",)),
        "price": ("number", ("items[].price",)),
        "items_position": ("integer", ("items[#]",)),
    }
    assert dataset.options.explode == "items"
    assert "one row for each element of items" in render(dataset.note)


def test_init_keeps_what_it_does_not_flatten_as_json_and_names_it(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    stock = {f"SKU-{number}": {"left": number} for number in range(100)}
    records = [
        {"id": sku, "stock": {sku: value}, "tags": ["a", "b"], "deep": {"a": {"b": {"c": {"d": 1}}}}, "notes": [{"text": "x"}]} for sku, value in stock.items()
    ]
    (tmp_path / "landing" / "items.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    (dataset,) = infer(tmp_path / "landing")
    assert {column.name: column.path for column, _ in dataset.columns} == {
        "id": (),
        "stock": (),
        "tags": (),
        "deep_a_b_c": ("deep.a.b.c",),
        "notes": ("notes",),
    }
    assert "lists kept as JSON text: notes" in render(dataset.note)


def test_init_names_elements_by_their_record_and_position(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    orders = [
        {
            "id": f"o{number}",
            "created_at": f"2026-11-{number % 28 + 1:02}T08:00:00Z",
            "lines": [{"sku": f"S{line}", "price": "9.50"} for line in range(number % 3)],
        }
        for number in range(1, 60)
    ]
    (tmp_path / "landing" / "orders.jsonl").write_text("".join(json.dumps(order) + "\n" for order in orders), encoding="utf-8")
    (dataset,) = infer(tmp_path / "landing")
    assert (dataset.key, dataset.blank_key) == (("id", "lines_position"), True)
    assert [column.name for column, _ in dataset.columns if column.required and column.name in dataset.key] == ["id"]


def test_the_position_is_part_of_the_key_even_where_each_record_has_one_element(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    orders = [{"id": f"o{number}", "total": number * 3.5, "items": [{"sku": f"S{number}", "price": "9.50"}]} for number in range(1, 60)]
    (tmp_path / "landing" / "orders.jsonl").write_text("".join(json.dumps(order) + "\n" for order in orders), encoding="utf-8")
    (dataset,) = infer(tmp_path / "landing")
    assert (dataset.key, dataset.blank_key) == (("id", "items_position"), True)
    assert [column.name for column, _ in dataset.columns if column.required and column.name in dataset.key] == ["id"]
    steps = [step for step, _ in suggest_steps([dataset], tmp_path).suite[dataset.dataset]]
    assert not [step for step in steps if step.settings.get("column") == "items_position"]
    assert ["id", "items_position"] in [step.settings.get("column_list") for step in steps]


def test_the_first_element_of_a_key_counts_and_numbers_select_by_their_text() -> None:
    documents = [[{"key": "a", "value": 1}, {"key": "a", "value": 2}, {"key": 7, "value": 3}, "a"], {"key": "a"}, None]
    assert index_lists(documents, "key") == [{"a": {"key": "a", "value": 1}, "7": {"key": 7, "value": 3}}, {}, {}]


def test_a_list_that_describes_an_item_leaves_one_row_for_each_item(tmp_path: Path) -> None:
    items = [{"sku": f"s{number}", "name": f"Lamp {number}", "categories": [{"id": "c1", "name": "Home"}] * (1 + number % 2)} for number in range(30)]
    (tmp_path / "products.json").write_text(json.dumps(items), encoding="utf-8")
    (dataset,) = infer(tmp_path)
    assert (dataset.options.explode, dataset.key, dataset.rows) == (None, ("sku",), 30)


SPARSE = Schema(
    "events",
    columns=(
        Column("id"),
        Column("coupon", path=("context.coupon_code",)),
        Column("page", path=("event_params[key=page_url].value",)),
        Column("sku", path=("items[].sku",)),
        Column("age", "integer", path=("context.age",)),
    ),
)


def read_events(folder: Path, name: str, *, coupon: str = "coupon_code", page: str = "page_url", sku: str = "sku", age: object = 30) -> Batch:
    """Read two hundred events, of which a tenth has a coupon."""
    lines = [
        {
            "id": f"e{number}",
            "context": {"age": age} | ({coupon: f"C{number}"} if number % 10 == 0 else {}),
            "event_params": [{"key": page, "value": f"/p/{number}"}],
            "items": [{sku: f"G{number}"}],
        }
        for number in range(200)
    ]
    (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines))
    source = FileSource(SPARSE, name, folder, Limits(), ReadOptions("jsonl", explode="items"))
    return source.read(next(source.arrivals()))


def test_a_field_that_is_renamed_within_a_sparse_nested_column_is_named(tmp_path: Path) -> None:
    before = read_events(tmp_path, "a.jsonl")
    assert before.similar == {} and before.columns is not None and "coupon" in before.columns
    run = Run(before.id, "events", "ingest", 1, before.at, "published", rows=200, good=200, decision="open")
    history = MemorySnapshot({"events": before.rows.with_columns(pl.lit(before.id).alias(RUN))}, [run])
    after = read_events(tmp_path, "b.jsonl", coupon="couponCode", page="page_url_full", sku="item_sku")
    assert after.similar == {"coupon": "couponCode", "page": "page_url_full", "sku": "item_sku"}
    verdicts = {verdict.rule: verdict for verdict in SchemaJudge(SPARSE).judge(after, history)}
    coupon, page = verdicts["column_present:coupon"], verdicts["column_present:page"]
    assert (coupon.status, coupon.severity, render(coupon.message)) == ("failed", "warning", "coupon is gone, couponCode is new: renamed?")
    assert (page.status, page.severity) == ("not_evaluated", "critical")
    assert not [verdict for verdict in SchemaJudge(SPARSE).judge(after, MemorySnapshot()) if verdict.rule == "column_present:coupon"]  # without history


def test_a_field_of_other_values_or_another_name_is_no_renamed_one(tmp_path: Path) -> None:
    assert read_events(tmp_path, "a.jsonl", coupon="voucher", page="referrer").similar == {}
    lines = [json.dumps({"id": "e", "context": {"user_age": "old"}}) + "\n" for _ in range(3)]
    (tmp_path / "b.jsonl").write_text("".join(lines))
    source = FileSource(SPARSE, "b.jsonl", tmp_path, Limits(), ReadOptions("jsonl", explode="items"))
    assert source.read(next(source.arrivals())).similar == {}
