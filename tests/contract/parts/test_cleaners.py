"""Cleaners that take their evidence from all rows repair the same cells where the rows come in parts."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.checker import Checker
from checks.schema import SchemaJudge
from cleaning.chain import Chain
from cleaning.convert_currency import ConvertCurrency
from cleaning.deduplicate import Deduplicate
from cleaning.functional_dependency import FunctionalDependency
from cleaning.impute import Impute
from cleaning.lookup import Lookup
from cleaning.normalize_text import NormalizeText
from cleaning.parse import Parse
from cleaning.reconcile import Reconcile
from cleaning.standardize import Standardize
from cleaning.swapped_columns import SwappedColumns
from cleaning.unit_scale import UnitScale
from sluice.config import Step
from sluice.domain import Column, Schema
from sluice.partitions import InTurn
from sluice.ports import Steps
from sluice.testing import AT, MemorySnapshot, make_batch, make_rows
from tests.contract.parts.comparing import ENGINES, assert_same_in_parts

COLUMNS = (Column("id"), Column("line"), Column("brand"), Column("size", "number"), Column("price", "number"), Column("currency"))
SCHEMA = Schema("items", "append", ("id",), COLUMNS)
RULES = [
    Step(name="expect_column_values_to_not_be_null", settings={"column": "brand", "severity": "warning"}),
    Step(name="expect_column_mean_to_be_between", settings={"column": "price", "max_value": 50}),
]
CLEANERS = Chain(
    [
        Parse(SCHEMA),
        NormalizeText(SCHEMA),
        Lookup(SCHEMA, "currency", "catalog", "line"),
        Lookup(SCHEMA, "price", "catalog", "line", when="missing"),
        UnitScale(SCHEMA, "price", "line", "catalog"),
        SwappedColumns(SCHEMA, ("line", "brand")),
        FunctionalDependency(SCHEMA, "line", "brand", confirmed_by=("size",)),
        FunctionalDependency(SCHEMA, "brand", "size", correct_typos=False),
        Standardize(SCHEMA, "currency", "country"),
        ConvertCurrency(SCHEMA, "price", "currency", "EUR", "rates"),
        Impute(SCHEMA, "price", "mean", min_rows=3),
        Impute(SCHEMA, "brand", "most_frequent", by=("line",), min_rows=2),
        Deduplicate(SCHEMA),
    ]
)
STEPS = Steps([SchemaJudge(SCHEMA), Checker.build(SCHEMA, RULES)], CLEANERS, Reconcile(SCHEMA))
CATALOG = pl.DataFrame({"line": ["Amber Bay", "Amber Bay", "Low Tide"], "price": [12.5, 12.5, 8.0], "currency": ["EUR", "EUR", "USD"]})
RATES = pl.DataFrame({"currency": ["USD"], "rate": [0.9], "date": [AT.date()]})

ITEM = st.fixed_dictionaries(
    {
        "line": st.sampled_from(["Amber Bay", "Amber Bay", "Low Tide", "Nordwind", None]),
        "brand": st.sampled_from(["Nordwind", "Nordwind", "Nordwnid", "Tarn", "Amber Bay", None]),
        "size": st.sampled_from([0.0, -0.0, 1.5, None]),
        "price": st.sampled_from([12.5, 1250.0, 800.0, 8.0, None, "12,5"]),
        "currency": st.sampled_from(["EUR", "EUR", "USD", "Germany", None]),
    }
)
RIGHT_ITEM = {"line": "Amber Bay", "brand": "Nordwind", "size": 1.5, "price": 12.5, "currency": "EUR"}


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    items=st.lists(ITEM, min_size=4, max_size=12),
    right_items=st.sampled_from([0, 12, 25]),
    published=st.booleans(),
    parts=st.sampled_from([1, 3, 3, 7]),
    engine=ENGINES,
)
def test_parts_are_cleaned_as_the_whole_batch(items: list[dict[str, Any]], right_items: int, published: bool, parts: int, engine: type[InTurn]) -> None:
    rows = [*items, *[RIGHT_ITEM] * right_items]
    texts = {place: {"price": row["price"]} for place, row in enumerate(rows) if isinstance(row["price"], str)}
    cells = {name: [None if isinstance(row[name], str) and name == "price" else row[name] for row in rows] for name in RIGHT_ITEM}
    batch = make_batch(SCHEMA, {"id": [f"r{place}" for place in range(len(rows))], **cells}, batch_id="new", unparsed=texts)
    before = {"items": make_rows(SCHEMA, {name: [value] * 3 for name, value in {"id": "x", **RIGHT_ITEM}.items()}, batch_id="old")} if published else {}
    assert_same_in_parts(batch, MemorySnapshot({"catalog": CATALOG, "rates": RATES, **before}), STEPS, parts, engine)
