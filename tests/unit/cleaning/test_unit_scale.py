"""Numbers off by a known factor are divided; numbers that changed are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cleaning.unit_scale import UnitScale
from sluice.domain import Batch, Column, Schema

SCHEMA = Schema("catalog", "snapshot", ("item",), (Column("item"), Column("price", "number"), Column("count", "integer")))


@pytest.mark.parametrize(
    ("price", "mended"),
    [
        (1999.0, 19.99),
        (0.1999, 19.99),
        (0.19990000000000002, 19.99),
        (13.99, 13.99),
        (19.99, 19.99),
        (59.97, 59.97),
        (1399.0, 1399.0),
        (-1999.0, -1999.0),
        (0.0, 0.0),
        (None, None),
    ],
)
def test_a_known_factor_is_taken_out(batch: Callable[..., Batch], snapshot: Callable[..., Any], price: float | None, mended: float | None) -> None:
    published = snapshot(SCHEMA, item=["a"], price=[19.99])
    cleaned = UnitScale(SCHEMA, "price", "item", factors=(100,)).clean(batch(SCHEMA, item=["a"], price=[price]), [], published)
    assert cleaned.batch.rows["price"].to_list() == [mended]


def test_a_column_whose_unit_changed_takes_new_rows_with_it(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    published = snapshot(SCHEMA, item=list("abcdef"), price=[100.0, 200.0, 300.0, 400.0, 500.0, 600.0])
    rows = batch(SCHEMA, item=[*"abcdef", "new"], price=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7])
    cleaned = UnitScale(SCHEMA, "price", "item").clean(rows, [], published)
    assert cleaned.batch.rows["price"].to_list() == [100.0, 200.0, 300.0, 400.0, 500.0, 600.0, 700.0]


def test_one_row_off_does_not_take_new_rows_with_it(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    published = snapshot(SCHEMA, item=list("abcdef"), price=[100.0] * 6)
    rows = batch(SCHEMA, item=[*"abcdef", "new"], price=[0.1] + [100.0] * 5 + [0.1])
    assert UnitScale(SCHEMA, "price", "item").clean(rows, [], published).batch.rows["price"].to_list() == [100.0] * 6 + [0.1]


def test_integers_are_divided_only_where_that_is_whole(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    published = snapshot(SCHEMA, item=["a", "b"], count=[7, 7])
    cleaned = UnitScale(SCHEMA, "count", "item", factors=(100,)).clean(batch(SCHEMA, item=["a", "b"], count=[700, 701]), [], published)
    assert cleaned.batch.rows["count"].to_list() == [7, 701]


@pytest.mark.parametrize("settings", [{"column": "item"}, {"key": "nope"}, {"factors": (1.01,)}, {"factors": (-10,)}, {"tolerance": 0}])
def test_settings_must_fit(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        UnitScale(SCHEMA, **{"column": "price", "key": "item", **settings})
