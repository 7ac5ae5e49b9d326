"""What a column determines is filled and mended; what may be a change is a Candidate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cleaning.functional_dependency import FunctionalDependency
from sluice.domain import Batch, Cleaned, Column, Schema

SCHEMA = Schema("catalog", "snapshot", ("item",), (Column("item"), Column("brand"), Column("line"), Column("size", "number")))


def by_item(batch: Batch, snapshot: Any, **settings: Any) -> Cleaned:
    return FunctionalDependency(SCHEMA, "item", "brand", **settings).clean(batch, [], snapshot)


@pytest.mark.parametrize(
    ("brand", "mended", "message"),
    [
        (None, "Nordwind", "missing; filled from the rows with the same item"),
        ("Nordwnid", "Nordwind", "a typo of the value that its item determines"),
        ("Sundial", "Sundial", "differs from the value that its item determines"),
    ],
)
def test_the_past_tells_the_brand_of_an_item(batch: Callable[..., Batch], snapshot: Callable[..., Any], brand: str | None, mended: str, message: str) -> None:
    published = snapshot(SCHEMA, item=list("abcd"), brand=["Nordwind", "Nordwind", "Sundial", "Sundial"])
    cleaned = by_item(batch(SCHEMA, item=list("abcd"), brand=[brand, "Nordwind", "Sundial", "Sundial"]), published)
    assert cleaned.batch.rows["brand"].to_list()[0] == mended
    assert cleaned.repairs.select("message", "applied").rows() == [(message, brand != mended)]


def test_the_batch_itself_tells_the_category_of_a_line(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    rows = batch(SCHEMA, item=[str(number) for number in range(40)], line=["x"] * 40, brand=["Mugs"] * 37 + [None, "Mgus", "Plates"])
    cleaned = FunctionalDependency(SCHEMA, "line", "brand").clean(rows, [], snapshot())
    assert cleaned.batch.rows["brand"].to_list() == ["Mugs"] * 40


def test_two_rows_that_contradict_each_other_tell_nothing(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    rows = batch(SCHEMA, item=["a", "b"], line=["x", "x"], brand=["Nordwind", "Nordwint"])
    assert FunctionalDependency(SCHEMA, "line", "brand").clean(rows, [], snapshot()).repairs.is_empty()


def test_a_dependency_that_does_not_hold_mends_nothing(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    product_lines = [line for line in "vwxyz" for _ in range(20)]
    rows = batch(SCHEMA, item=[str(number) for number in range(100)], line=product_lines, brand=(["A"] * 12 + ["B"] * 8) * 5)
    assert not FunctionalDependency(SCHEMA, "line", "brand").clean(rows, [], snapshot()).repairs["applied"].any()


def test_a_new_item_with_a_typo_is_read_by_the_vocabulary(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    published = snapshot(SCHEMA, item=[str(number) for number in range(20)], brand=["Nordwind"] * 10 + ["Sundial"] * 10)
    rows = batch(SCHEMA, item=["new", "newer", "newest"], brand=["Nordwimd", "Morgenrot", "Nordwind 2"])
    assert by_item(rows, published).batch.rows["brand"].to_list() == ["Nordwind", "Morgenrot", "Nordwind 2"]
    assert by_item(rows, published, correct_typos=False).batch.rows["brand"].to_list()[0] == "Nordwimd"


def test_numbers_are_filled_too(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    rows = batch(SCHEMA, line=["x"] * 6, size=[1.0] * 5 + [None])
    assert FunctionalDependency(SCHEMA, "line", "size").clean(rows, [], snapshot()).batch.rows["size"].to_list() == [1.0] * 6


def test_the_past_is_asked_once(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    published = snapshot(SCHEMA, item=["a"], brand=["Nordwind"])
    by_item(batch(SCHEMA, item=["a"], brand=[None]), published)
    assert published.reads == ["catalog"]


def test_by_and_column_must_be_two_declared_columns() -> None:
    for by, column in (("item", "item"), ("nope", "brand")):
        with pytest.raises(ValueError, match="two declared columns"):
            FunctionalDependency(SCHEMA, by, column)
