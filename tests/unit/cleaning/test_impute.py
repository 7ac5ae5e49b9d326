"""`impute` fills missing cells with the typical value of their group, and with nothing where that is not known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cleaning.impute import Impute
from sluice.domain import Column, Message, Schema
from sluice.errors import InvalidValue
from sluice.testing import MemorySnapshot, make_batch

COLUMNS = (Column("id"), Column("kind"), Column("weight", "number"), Column("count", "integer"), Column("name", personal=True))
SCHEMA = Schema("items", key=("id",), columns=COLUMNS)


def impute(cells: dict[str, list[Any]], unparsed: dict[int, dict[str, str]] | None = None, **settings: Any) -> Any:
    rows = len(next(iter(cells.values())))
    filled: dict[str, list[Any]] = {"id": [f"i{row}" for row in range(rows)], **{column.name: [None] * rows for column in COLUMNS[1:]}, **cells}
    return Impute(SCHEMA, **settings).clean(make_batch(SCHEMA, filled, unparsed=unparsed or {}), [], MemorySnapshot())


@pytest.mark.parametrize(
    ("strategy", "column", "values", "expected"),
    [
        ("median", "weight", [1.0, 2.0, 10.0, 11.0, None], 6.0),
        ("mean", "weight", [1.0, 2.0, 6.0, None], 3.0),
        ("median", "count", [1, 2, None], 2),
        ("most_frequent", "weight", [2.0, 5.0, 5.0, 2.0, None], 2.0),
        ("most_frequent", "kind", ["mug", "sofa", "mug", None], "mug"),
    ],
)
def test_the_typical_value_is_written(strategy: str, column: str, values: list[Any], expected: object) -> None:
    cleaned = impute({column: values}, column=column, strategy=strategy, min_rows=2)
    assert cleaned.batch.rows[column].to_list() == [*values[:-1], expected]
    (message,) = cleaned.repairs["message"]
    assert Message.loads(message) == Message.of("imputed", strategy=strategy)


def test_the_confidence_is_the_share_of_equal_values() -> None:
    cleaned = impute({"kind": ["mug", "mug", "mug", "sofa", None]}, column="kind", strategy="most_frequent", min_rows=1)
    assert cleaned.repairs["confidence"].item() == 0.75


def test_a_group_with_few_known_values_stays_missing() -> None:
    cells: dict[str, list[Any]] = {"kind": ["mug"] * 4 + ["sofa", "sofa", None], "weight": [1.0, 1.0, 1.0, None, 40.0, None, None]}
    cleaned = impute(cells, column="weight", strategy="median", by=("kind",), min_rows=3)
    assert cleaned.batch.rows["weight"].to_list() == [1.0, 1.0, 1.0, 1.0, 40.0, None, None]


def test_a_text_that_did_not_cast_is_not_missing() -> None:
    cleaned = impute({"weight": [1.0, 1.0, None]}, {2: {"weight": "heavy"}}, column="weight", strategy="median", min_rows=1)
    assert cleaned.batch.rows["weight"].to_list() == [1.0, 1.0, None]


def test_a_constant_needs_no_known_value() -> None:
    cleaned = impute({"count": [None, 3]}, column="count", strategy="constant", value="0")
    assert cleaned.batch.rows["count"].to_list() == [0, 3]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"column": "weihgt", "strategy": "mean"}, "weihgt is not one of"),
        ({"column": "id", "strategy": "most_frequent"}, "id is a key or personal"),
        ({"column": "name", "strategy": "most_frequent"}, "name is a key or personal"),
        ({"column": "kind", "strategy": "median"}, "kind holds no numbers"),
        ({"column": "count", "strategy": "constant"}, "needs a value that is a integer"),
        ({"column": "count", "strategy": "constant", "value": "many"}, "needs a value that is a integer"),
        ({"column": "count", "strategy": "median", "value": "3"}, "and the others none"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        Impute(SCHEMA, **settings)


@pytest.mark.parametrize(
    ("declared", "constant", "filled"),
    [("boolean", "true", True), ("boolean", "False", False), ("timestamp", "2026-01-01 00:00:00", datetime(2026, 1, 1, tzinfo=UTC))],
)
def test_a_constant_is_of_the_type_of_its_column(declared: Any, constant: str, filled: object) -> None:
    schema = Schema("orders", columns=(Column("value", declared),))
    batch = make_batch(schema, {"value": [None]})
    assert Impute(schema, "value", "constant", value=constant).clean(batch, [], MemorySnapshot()).batch.rows["value"].to_list() == [filled]


def test_a_constant_that_is_no_boolean_is_refused() -> None:
    with pytest.raises(InvalidValue, match="boolean"):
        Impute(Schema("orders", columns=(Column("value", "boolean"),)), "value", "constant", value="maybe")
