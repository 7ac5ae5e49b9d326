"""What a column determines is filled and mended; what may be a change is a Candidate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cleaning.functional_dependency import FunctionalDependency
from sluice.domain import Batch, Cleaned, Column, Message, Schema

SCHEMA = Schema("catalog", "snapshot", ("item",), (Column("item"), Column("brand"), Column("line"), Column("size", "number")))


def by_item(batch: Batch, snapshot: Any, **settings: Any) -> Cleaned:
    return FunctionalDependency(SCHEMA, "item", "brand", **settings).clean(batch, [], snapshot)


@pytest.mark.parametrize(
    ("brand", "mended", "message"),
    [
        (None, "Nordwind", "filled_by_determinant"),
        ("Nordwnid", "Nordwind", "typo_of_determined"),
        ("Sundial", "Sundial", "differs_from_determined"),
    ],
)
def test_the_past_tells_the_brand_of_an_item(batch: Callable[..., Batch], snapshot: Callable[..., Any], brand: str | None, mended: str, message: str) -> None:
    published = snapshot(SCHEMA, item=list("abcd"), brand=["Nordwind", "Nordwind", "Sundial", "Sundial"])
    cleaned = by_item(batch(SCHEMA, item=list("abcd"), brand=[brand, "Nordwind", "Sundial", "Sundial"]), published)
    assert cleaned.batch.rows["brand"].to_list()[0] == mended
    ((text, applied),) = cleaned.repairs.select("message", "applied").rows()
    assert (Message.loads(text), applied) == (Message.of(message, columns=("item",)), brand != mended)


def test_the_batch_itself_tells_the_category_of_a_line(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    rows = batch(SCHEMA, item=[str(number) for number in range(40)], line=["x"] * 40, brand=["Mugs"] * 37 + [None, "Mgus", "Plates"])
    cleaned = FunctionalDependency(SCHEMA, "line", "brand").clean(rows, [], snapshot())
    assert cleaned.batch.rows["brand"].to_list() == [*["Mugs"] * 39, "Plates"]


def test_two_rows_that_contradict_each_other_tell_nothing(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    rows = batch(SCHEMA, item=["a", "b"], line=["x", "x"], brand=["Nordwind", "Nordwint"])
    assert FunctionalDependency(SCHEMA, "line", "brand").clean(rows, [], snapshot()).repairs.is_empty()


def test_a_dependency_that_does_not_hold_mends_nothing(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    product_lines = [line for line in "vwxyz" for _ in range(20)]
    rows = batch(SCHEMA, item=[str(number) for number in range(100)], line=product_lines, brand=(["A"] * 12 + ["B"] * 8) * 5)
    assert not FunctionalDependency(SCHEMA, "line", "brand").clean(rows, [], snapshot()).repairs["applied"].any()


def test_a_group_that_changes_as_a_whole_is_no_typo_of_its_past(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    published = snapshot(SCHEMA, item=list("ab") * 30, brand=["Nordwind", "Sundial"] * 30)
    renamed = by_item(batch(SCHEMA, item=["a"] * 4 + ["b"], brand=["Nordwint"] * 4 + ["Sundail"]), published)
    assert renamed.batch.rows["brand"].to_list() == ["Nordwint"] * 4 + ["Sundial"]
    assert renamed.repairs.filter(~renamed.repairs["applied"]).height == 4, "each is a Candidate"


def test_a_new_item_with_a_typo_is_read_by_the_vocabulary(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    published = snapshot(SCHEMA, item=[str(number) for number in range(20)], brand=["Nordwind"] * 10 + ["Sundial"] * 10)
    rows = batch(SCHEMA, item=["new", "newer", "newest", "other"], brand=["Nordwimd", "Morgenrot", "Nordwind 2", "Mundial"])
    assert by_item(rows, published).batch.rows["brand"].to_list() == ["Nordwind", "Morgenrot", "Nordwind 2", "Mundial"]
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


def shop_rows(batch: Callable[..., Batch], **cells: list[Any]) -> Batch:
    """Thirty rows of three groups of ten, with the last cells of each column replaced."""
    names = [name for name in ("a", "b", "c") for _ in range(10)]
    values = {
        "line": names,
        "item": [f"i{name}" for name in names],
        "brand": [{"a": "Anchor Brewing", "b": "Maui Brewing", "c": "Blue Point"}[name] for name in names],
    }
    return batch(SCHEMA, **{name: column + cells.get(name, []) for name, column in values.items()})


def test_the_majority_of_its_own_group_is_no_typo_of_a_frequent_value(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    rows = shop_rows(batch, line=["d", "e", "e"], item=["id", "ie", "ie"], brand=["Ancher Brewing", "Mauii Brewing", "Mauii Brewing"])
    assert not FunctionalDependency(SCHEMA, "line", "brand").clean(rows, [], snapshot()).repairs["applied"].any()


def test_all_determinants_that_say_anything_must_agree(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    rows = shop_rows(batch, line=["a", "a"], item=["ia", "ib"], brand=["Anchxr Brewing", None])
    cleaned = FunctionalDependency(SCHEMA, "line", "brand", confirmed_by=("item",)).clean(rows, [], snapshot())
    assert cleaned.batch.rows["brand"].to_list()[-2:] == ["Anchor Brewing", None]
    alone = FunctionalDependency(SCHEMA, "line", "brand").clean(rows, [], snapshot())
    assert alone.batch.rows["brand"].to_list()[-2:] == ["Anchor Brewing", "Anchor Brewing"]


def test_of_codes_only_one_that_lacks_the_form_is_corrected(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    schema = Schema("places", "snapshot", ("id",), (Column("id"), Column("city"), Column("zip")))
    cells = {"id": [str(row) for row in range(62)], "city": ["Boaz"] * 31 + ["Cullman"] * 31, "zip": ["35957"] * 30 + ["35x57"] + ["35055"] * 30 + ["35056"]}
    cleaned = FunctionalDependency(schema, "city", "zip", fill=False).clean(batch(schema, **cells), [], snapshot())
    assert cleaned.batch.rows["zip"].to_list() == ["35957"] * 31 + ["35055"] * 30 + ["35056"]
    assert {Message.loads(message).code for message in cleaned.repairs.filter("applied")["message"]} == {"malformed_code"}


def test_links_and_free_text_are_never_corrected(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    schema = Schema("feed", "snapshot", ("id",), (Column("id"), Column("line"), Column("link")))
    links = ["https://shop.example/mug-birch"] * 20 + ["https://shop.example/rug-birch"]
    rows = batch(schema, id=[str(row) for row in range(21)], line=["x"] * 21, link=links)
    assert FunctionalDependency(schema, "line", "link").clean(rows, [], snapshot()).batch.rows["link"].to_list() == links
