"""A key that was cut does not let a row replace another one that has nothing to do with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.schema import SchemaJudge
from cleaning.chain import Chain
from cleaning.reconcile import MOVED, OTHER_ROW, Reconcile
from sluice.domain import ROW, Column, Mode, OnChange, Outcome, Schema
from sluice.pipeline import evaluate
from sluice.ports import Steps
from sluice.testing import MemorySnapshot, make_batch, make_rows

Row = tuple[Any, ...]
NAMES = ("sku", "title", "brand", "price", "changed")
COLUMNS = (Column("sku"), Column("title"), Column("brand"), Column("price", "number"), Column("changed", "timestamp"))
SCHEMA = Schema("items", "upsert", ("sku",), COLUMNS)
DAY = datetime(2026, 3, 1, tzinfo=UTC)
PUBLISHED: list[Row] = [
    ("C1", "Oak lamp", "Aro", 20.0, DAY),
    ("C11", "Red mug", "Bexley", 4.0, DAY),
    ("D7", "Blue mug", "Bexley", 4.0, DAY),
    ("E8", "Gift card", None, 10.0, DAY),
    *((f"F{number}", f"Chair {number}", f"B{number % 7}", 50.0, DAY) for number in range(40)),
]


def cells(rows: list[Row]) -> dict[str, list[Any]]:
    return dict(zip(NAMES, map(list, zip(*rows, strict=True)), strict=True))


def judge(*rows: Row, schema: Schema = SCHEMA, waived: frozenset[str] = frozenset()) -> Outcome:
    snapshot = MemorySnapshot({"items": make_rows(schema, cells(PUBLISHED), batch_id="p")})
    batch = make_batch(schema, cells(list(rows)), batch_id="b")
    return evaluate(batch, Steps([SchemaJudge(schema)], Chain([]), Reconcile(schema)), snapshot, waived=waived)


def held(outcome: Outcome) -> list[str]:
    return outcome.split.bad.rows["sku"].to_list()


def replaced(outcome: Outcome) -> list[str]:
    return outcome.replaced[ROW].to_list()


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(("C1", "Red mug", "Bexley", 4.0, DAY), id="the same row with a cut key"),
        pytest.param(("C1", "Red mug", "Bexley", 4.5, DAY.replace(day=2)), id="its price changed as well"),
        pytest.param(("E8", "Red mug", "Bexley", 4.0, DAY.replace(day=2)), id="every cell but the time, with a key that has nothing in common"),
    ],
)
def test_a_row_with_the_cells_of_another_one_is_held_and_replaces_none(row: Row) -> None:
    outcome = judge(row)
    assert (held(outcome), replaced(outcome)) == ([row[0]], [])
    reasons = outcome.split.bad.rows["_reasons"].explode().struct.unnest()
    assert reasons.select("name", "code").rows() == [(MOVED, "moved_key_of")]
    assert '"p.1"' in reasons["params"].item()


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([("C1", "Oak lamp", "Aro", 25.0, DAY)], id="a price"),
        pytest.param([("C1", "Oak floor lamp", "Aro", 20.0, DAY)], id="a title that no row has"),
        pytest.param([("C1", "Red mug", "Aro", 20.0, DAY)], id="a title of another row, the brand stays"),
        pytest.param([("E8", "Red mug", "Bexley", 5.0, DAY)], id="title and brand of another row, and another price"),
        pytest.param([("D7", "Red mug", "Bexley", 4.0, DAY)], id="a title alone, with a key that has nothing in common"),
        pytest.param([("C1", "Red mug", "Bexley", 4.0, DAY), ("C11", "Red cup", "Bexley", 4.0, DAY)], id="the other row comes as well"),
        pytest.param([("C2", "Red mug", "Bexley", 4.0, DAY)], id="a new key"),
    ],
)
def test_what_a_shop_may_change_is_published(rows: list[Row]) -> None:
    outcome = judge(*rows)
    assert held(outcome) == []
    assert len(replaced(outcome)) == sum(row[0] != "C2" for row in rows)


def test_all_texts_must_be_those_of_the_other_row() -> None:
    schema = replace(SCHEMA, columns=(*COLUMNS, Column("picture")))
    published = {**cells(PUBLISHED), "picture": [f"{row[0]}.jpg" for row in PUBLISHED]}
    snapshot = MemorySnapshot({"items": make_rows(schema, published, batch_id="p")})
    for picture, result in {"C11.jpg": ["C1"], "new.jpg": []}.items():
        batch = make_batch(schema, {**cells([("C1", "Red mug", "Bexley", 9.0, DAY)]), "picture": [picture]}, batch_id="b")
        assert held(evaluate(batch, Steps([], Chain([]), Reconcile(schema)), snapshot)) == result


def test_a_row_with_no_text_of_the_one_that_it_replaces_is_reported_and_published() -> None:
    """The right row of the cut key was never published, so that nothing says for sure whose the cells are."""
    outcome = judge(("C1", "Glass vase", "Norr", 31.0, DAY), ("D7", "Blue mug, large", "Bexley", 4.5, DAY))
    assert (held(outcome), replaced(outcome)) == ([], ["p.0", "p.2"])
    assert outcome.flags.select(ROW, "rule", "expected").rows() == [("b.0", OTHER_ROW, "p.0")]


def test_a_catalog_that_is_translated_is_not_reported() -> None:
    assert judge(*((f"F{n}", f"Stuhl {n}", f"Marke {n % 7}", 50.0, DAY) for n in range(40))).flags.is_empty()


def test_a_steward_who_waives_the_rule_lets_the_row_replace_the_published_one() -> None:
    outcome = judge(("C1", "Red mug", "Bexley", 4.0, DAY), waived=frozenset({MOVED}))
    assert (held(outcome), replaced(outcome)) == ([], ["p.0"])


@pytest.mark.parametrize(
    ("mode", "on_change", "holds"),
    [("upsert", None, [MOVED]), ("append", "replace", [MOVED]), ("upsert", "hold", ["deduplicate:conflict"]), ("append", "keep", []), ("snapshot", None, [])],
)
def test_rows_that_replace_none_are_not_compared(mode: Mode, on_change: OnChange | None, holds: list[str]) -> None:
    verdicts = judge(("C1", "Red mug", "Bexley", 4.0, DAY), schema=replace(SCHEMA, mode=mode, on_change=on_change)).phases["cleaned"]
    assert [verdict.rule for verdict in verdicts if verdict.nature == "cleaner"] == holds


@pytest.mark.parametrize(
    ("one", "other", "cut"), [("0042", "42", True), ("A-1234", "A-12", True), ("1234", "34", True), ("12", "13", False), ("A1", "A1", False)]
)
def test_a_key_is_cut_at_one_end(one: str, other: str, cut: bool) -> None:
    rows = [(one, "Oak lamp", "Aro", 20.0, DAY), *([(other, "Red mug", "Bexley", 4.0, DAY)] if one != other else []), *PUBLISHED[4:]]
    snapshot = MemorySnapshot({"items": make_rows(SCHEMA, cells(rows), batch_id="p")})
    batch = make_batch(SCHEMA, cells([(one, "Red mug", "Bexley", 7.0, DAY)]), batch_id="b")
    assert bool(held(evaluate(batch, Steps([], Chain([]), Reconcile(SCHEMA)), snapshot))) is cut


def judge_table(schema: Schema, published: dict[str, list[Any]], now: dict[str, list[Any]]) -> list[Any]:
    snapshot = MemorySnapshot({"d": make_rows(schema, published, batch_id="p")})
    outcome = evaluate(make_batch(schema, now, batch_id="b"), Steps([], Chain([]), Reconcile(schema)), snapshot)
    return outcome.split.bad.rows[schema.key[0]].to_list()


def test_a_status_that_few_rows_have_identifies_none() -> None:
    schema = Schema("d", "upsert", ("order",), (Column("order", "integer"), Column("status"), Column("plan"), Column("total", "number")))
    orders = list(range(1, 601))
    published: dict[str, list[Any]] = {
        "order": orders,
        "status": ["refunded" if n == 12 else "paid" for n in orders],
        "plan": ["gold" if n == 12 else "basic" for n in orders],
    }
    now: dict[str, list[Any]] = {"order": [112, 312, 512, 120], "status": ["refunded"] * 4, "plan": ["gold"] * 4, "total": [19.0] * 4}
    assert judge_table(schema, {**published, "total": [19.0] * 600}, now) == []


def test_a_place_that_another_row_had_is_no_cell_of_it() -> None:
    schema = Schema("d", "upsert", ("item",), (Column("item", "integer"), Column("bin"), Column("count", "integer")))
    items = list(range(1, 101))
    assert judge_table(schema, {"item": items, "bin": [f"A-{n:03}" for n in items], "count": [5] * 100}, {"item": [5], "bin": ["A-015"], "count": [5]}) == []


def test_variants_are_identified_by_all_their_texts() -> None:
    schema = Schema("d", "upsert", ("sku",), (Column("sku"), Column("title"), Column("size"), Column("color"), Column("price", "number")))
    numbers = list(range(240))
    published: dict[str, list[Any]] = {
        "sku": [f"SKU-{n}" for n in numbers],
        "title": [f"Shirt {n // 12}" for n in numbers],
        "size": ["SML"[n % 3] for n in numbers],
        "color": [["red", "blue", "green", "sand"][n // 3 % 4] for n in numbers],
        "price": [10.0 + n // 12 for n in numbers],
    }
    cut = {name: [values[n] for n in (101, 110, 151)] for name, values in published.items()}
    cut["sku"] = ["SKU-10", "SKU-11", "SKU-15"]
    assert judge_table(schema, published, cut) == ["SKU-10", "SKU-11", "SKU-15"]
    assert judge_table(schema, {name: values[:20] for name, values in published.items()}, {**cut, "title": ["Shirt 1"] * 3}) == []


@given(prices=st.lists(st.floats(1, 100), min_size=1, max_size=5))
def test_rows_that_keep_their_texts_are_never_held(prices: list[float]) -> None:
    rows = [(*row[:3], price, DAY) for row, price in zip(PUBLISHED[:4], prices, strict=False)]
    assert held(judge(*rows)) == []
