from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from checks.schema import SchemaJudge
from sluice.domain import Batch, Column, Message, Schema, Verdict
from sluice.messages import render

ITEMS = Schema(
    "catalog",
    "snapshot",
    ("item_id",),
    (Column("item_id", required=True), Column("title"), Column("price", "number"), Column("updated", "timestamp")),
    "updated",
)


def by_rule(schema: Schema, batch: Batch, snapshot: Any) -> dict[str, Verdict]:
    return {verdict.rule: verdict for verdict in SchemaJudge(schema).judge(batch, snapshot)}


def test_a_complete_file_passes(make_batch: Callable[..., Batch], snapshot: Any) -> None:
    verdicts = by_rule(ITEMS, make_batch(of=ITEMS, item_id=["a", "b"], price=[1.0, None]), snapshot)
    assert list(verdicts) == ["column_present:item_id", "columns_known", "cast:price", "cast:updated", "key_present", "key_unique"]
    assert {rule: verdict.status for rule, verdict in verdicts.items() if verdict.status != "passed"} == {"cast:updated": "skipped"}
    assert (verdicts["cast:price"].rows, verdicts["key_unique"].rows) == (1, 2)


def test_missing_and_unknown_columns(make_batch: Callable[..., Batch], snapshot: Any) -> None:
    verdicts = by_rule(ITEMS, make_batch(of=ITEMS, columns=("title", "updated", "colour"), title=["x"]), snapshot)
    gone, optional, unknown = verdicts["column_present:item_id"], verdicts["column_present:price"], verdicts["columns_known"]
    assert (gone.status, gone.severity, gone.on_fail) == ("failed", "critical", "block")
    assert (optional.status, optional.severity, optional.on_fail) == ("failed", "warning", "flag")
    assert (unknown.status, unknown.severity, unknown.on_fail, render(unknown.message)) == (
        "failed",
        "info",
        "flag",
        "the file has 1 column that is not declared: colour",
    )
    assert "column_present:title" not in verdicts


def test_a_column_under_a_new_name_and_one_in_other_letters_are_said(make_batch: Callable[..., Batch], snapshot: Any) -> None:
    file = replace(make_batch(of=ITEMS, columns=("item_id", "title", "unit_price", "updated"), item_id=["a"]), similar={"price": "unit_price"})
    verdicts = by_rule(ITEMS, replace(file, matched={"title": " Title"}), snapshot)
    assert render(verdicts["column_present:price"].message) == "price is gone, unit_price is new: renamed?"
    matched = verdicts["column_matched:title"]
    assert (matched.severity, matched.status) == ("info", "failed")
    assert render(matched.message) == "the column  Title of the file is read as title: its name differs in case or blanks alone"


def test_rows_from_no_file(make_batch: Callable[..., Batch], snapshot: Any) -> None:
    verdicts = by_rule(ITEMS, replace(make_batch(of=ITEMS, item_id=["a"]), columns=None), snapshot)
    assert (verdicts["column_present:item_id"].status, verdicts["columns_known"].status) == ("skipped", "skipped")


def test_cells_that_did_not_cast(make_batch: Callable[..., Batch], snapshot: Any) -> None:
    raw = [None, [{"column": "price", "text": "12,50 €"}], [{"column": "updated", "text": "soon"}, {"column": "price", "text": "x"}]]
    verdicts = by_rule(ITEMS, make_batch(of=ITEMS, item_id=["a", "b", "c"], price=[1.0, None, None], _raw=raw), snapshot)
    price, at = verdicts["cast:price"], verdicts["cast:updated"]
    assert price.failing is not None
    assert at.failing is not None
    assert price.failing.to_list() == [False, True, True]
    assert (price.rows, price.failed, price.status, price.severity, price.on_fail) == (3, 2, "failed", "critical", "repair")
    assert at.failing.to_list() == [False, False, True]
    assert "12,50" not in render(price.message) + render(price.observed)


def test_keys_in_a_snapshot_keep_the_first(make_batch: Callable[..., Batch], snapshot: Any) -> None:
    verdicts = by_rule(ITEMS, make_batch(of=ITEMS, item_id=["a", None, "a", "b", None, "a"]), snapshot)
    absent, unique = verdicts["key_present"], verdicts["key_unique"]
    assert absent.failing is not None
    assert unique.failing is not None
    assert unique.evidence is not None
    assert absent.failing.to_list() == [False, True, False, False, True, False]
    assert unique.failing.to_list() == [False, False, True, False, False, True]
    assert unique.rows == 4
    assert unique.evidence["expected"].to_list() == ["b.0", "b.0"]
    assert render(Message.loads(unique.evidence["message"][0])) == "the key (item_id) is that of row b.0 of the batch"


def test_keys_in_an_upsert_keep_the_newest(make_batch: Callable[..., Batch], snapshot: Any) -> None:
    schema = replace(ITEMS, mode="upsert")
    times = [datetime(2026, 3, day, tzinfo=UTC) for day in (2, 3, 1)]
    unique = by_rule(schema, make_batch(of=schema, item_id=["a", "a", "a"], updated=times), snapshot)["key_unique"]
    assert unique.failing is not None
    assert unique.failing.to_list() == [True, False, True]
    tied = by_rule(schema, make_batch(of=schema, item_id=["a", "a"]), snapshot)["key_unique"]
    assert tied.failing is not None
    assert tied.failing.to_list() == [True, False]


def test_events_that_come_again_are_a_cleaners(schema: Schema, make_batch: Callable[..., Batch], snapshot: Any) -> None:
    assert "key_unique" not in by_rule(schema, make_batch(event_id=["a", "a"]), snapshot)


def test_a_blank_part_of_a_key_can_be_valid(make_batch: Callable[..., Batch], snapshot: Any) -> None:
    columns = (Column("sku"), Column("store"))
    batch = make_batch(of=Schema("views", columns=columns), sku=["a", "a", "a", None], store=[None, "de", None, None])
    strict = by_rule(Schema("views", "snapshot", ("sku", "store"), columns), batch, snapshot)
    assert strict["key_present"].failing is not None
    assert strict["key_present"].failing.to_list() == [True, False, True, True]
    lenient = by_rule(Schema("views", "snapshot", ("sku", "store"), columns, blank_key=True), batch, snapshot)
    assert lenient["key_present"].failing is not None
    assert lenient["key_unique"].failing is not None
    assert lenient["key_present"].failing.to_list() == [False, False, False, True]
    assert lenient["key_unique"].failing.to_list() == [False, False, True, False]


def test_a_held_number_names_its_unit_and_what_to_do(make_batch: Callable[..., Batch], snapshot: Any) -> None:
    schema = replace(ITEMS, columns=(Column("item_id"), Column("price", "number", unit="EUR")))
    texts = ["19.99 USD", "$5", "kr 10", "n/a", "12 kg", "1 €", "-3.50 CHF"]
    raw = [[{"column": "price", "text": text}] for text in texts]
    batch = make_batch(of=schema, item_id=list("abcdefg"), _raw=raw)
    price = by_rule(schema, batch, snapshot)["cast:price"]
    assert price.evidence is not None
    units = dict(zip(price.evidence["_row_id"], (Message.loads(text).params["unit"] for text in price.evidence["message"]), strict=True))
    assert [units.get(row) for row in batch.rows["_row_id"]] == ["USD", "$", "kr", None, "kg", None, "CHF"]
    assert render(price.message) == "price is not of type number, or not in its unit EUR: values in $, CHF, USD, kg, kr"
    advice = "price is in USD, but its unit is EUR: convert it where the file is written, or declare `unit: USD` where all values are"
    assert render(Message.loads(price.evidence["message"][0])) == advice


def test_a_held_number_names_the_unit_that_could_be_declared(make_batch: Callable[..., Batch], snapshot: Any) -> None:
    price = by_rule(ITEMS, make_batch(of=ITEMS, item_id=["a"], _raw=[[{"column": "price", "text": "19.99 usd"}]]), snapshot)["cast:price"]
    assert price.evidence is not None
    assert render(Message.loads(price.evidence["message"][0])) == "price is in USD, but no unit is declared: declare `unit: USD` where all values are"
