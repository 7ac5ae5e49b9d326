from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from checks.checker import Checker
from checks.suggest import suggest
from checks.suggestions import numbers
from sluice.config.inferred import Reference
from sluice.domain import Batch, Column, Mode, Schema
from sluice.messages import render

DAY = datetime(2026, 3, 10, tzinfo=UTC)
CATALOG = Schema("catalog", "snapshot", ("item_id",), (Column("item_id"), Column("price", "number")))


@pytest.fixture
def batch(schema: Schema, make_batch: Callable[..., Batch]) -> Batch:
    chance, count = random.Random(7), 2000
    items = [f"i{chance.randrange(50):03}" for _ in range(count)]
    return make_batch(
        event_id=[f"e{index:05}" for index in range(count)],
        user_id=[f"u{chance.randrange(300)}" for _ in range(count)],
        item_id=items,
        kind=[chance.choice(["view", "cart", "purchase"]) for _ in range(count)],
        ts=[DAY - timedelta(seconds=chance.randrange(80_000)) for _ in range(count)],
        price=[float(item[1:]) + 1 for item in items],
        quantity=[chance.randrange(1, 4) if chance.random() < 0.98 else None for _ in range(count)],
        ip=[f"10.0.0.{chance.randrange(200)}" for _ in range(count)],
    )


@pytest.fixture
def datasets(batch: Batch) -> dict[str, Any]:
    return {"catalog": (CATALOG, pl.DataFrame({"item_id": [f"i{index:03}" for index in range(50)], "price": [float(index) + 1 for index in range(50)]}))}


def test_finds_what_is_evident(schema: Schema, batch: Batch, datasets: dict[str, Any]) -> None:
    settings = {
        (suggestion.step.name, str(suggestion.step.settings.get("column", ""))): suggestion.step.settings
        for suggestion in suggest(schema, batch.rows, datasets)
    }
    assert settings["expect_column_values_to_be_unique", "event_id"]["severity"] == "critical"
    assert settings["expect_column_values_to_match_regex", "event_id"]["regex"] == r"^e\d+$"
    assert settings["expect_column_values_to_match_regex", "user_id"]["regex"] == r"^u\d+$"
    assert settings["expect_column_values_to_be_in_set", "kind"]["value_set"] == ["cart", "purchase", "view"]
    quantity = settings["expect_column_values_to_be_between", "quantity"]
    assert (quantity["on_fail"], quantity["min_value"], quantity["max_value"]) == ("flag", -3, 10)
    assert 0.9 < float(str(settings["expect_column_values_to_not_be_null", "quantity"]["mostly"])) < 0.99
    assert settings["expect_column_values_to_exist_in_dataset", "item_id"]["dataset"] == "catalog"
    assert settings["expect_column_values_to_match_reference", "price"]["key"] == "item_id"
    assert settings["expect_batch_to_be_fresh", "ts"]["max_age"] == "2d"
    assert ("expect_table_row_count_to_match_weekday", "") in settings
    assert ("expect_column_values_to_be_in_set", "ip") not in settings


def test_what_is_suggested_can_be_built_and_passes_on_its_own_data(schema: Schema, batch: Batch, datasets: dict[str, Any], make_snapshot: Any) -> None:
    suggested = suggest(schema, batch.rows, datasets)
    assert all(suggestion.reason for suggestion in suggested)
    verdicts = Checker.build(schema, [suggestion.step for suggestion in suggested]).judge(batch, make_snapshot(catalog=datasets["catalog"][1]))
    assert {suggestion.status for suggestion in verdicts} <= {"passed", "skipped"}


def test_rare_values_are_taken_for_mistakes(schema: Schema, batch: Batch) -> None:
    misspelt = batch.rows.with_columns(kind=pl.when(pl.int_range(pl.len()) == 5).then(pl.lit("veiw")).otherwise("kind"))
    sets = [suggestion.step.settings for suggestion in suggest(schema, misspelt, {}) if suggestion.step.name == "expect_column_values_to_be_in_set"]
    assert [(suggestion["column"], suggestion["value_set"], suggestion["severity"]) for suggestion in sets] == [("kind", ["cart", "purchase", "view"], "info")]


def test_other_modes_and_rhythms(schema: Schema, batch: Batch) -> None:
    names = {suggestion.step.name for suggestion in suggest(replace(schema, mode="snapshot", every=None), batch.rows, {})}
    assert "expect_column_values_to_be_unique" not in names
    assert "expect_table_row_count_to_be_between" in names


@pytest.mark.parametrize("cells", [{}, {"event_id": ["e1"]}, {"price": [1.0, None]}])
def test_little_data(schema: Schema, make_batch: Callable[..., Batch], cells: dict[str, Any], snapshot: Any) -> None:
    batch = make_batch(**cells)
    suggested = suggest(schema, batch.rows, {})
    assert bool(suggested) == (batch.rows.height > 0)
    Checker.build(schema, [suggestion.step for suggestion in suggested]).judge(batch, snapshot)


def test_a_code_of_the_same_name_is_referred_to_where_the_key_has_several_columns() -> None:
    skus = [f"S-{number:03}" for number in range(40)]
    lines = Schema("orders", columns=(Column("Name"), Column("Lineitem sku"), Column("Lineitem name")), key=("Name",))
    variants = Schema("products", key=("Handle", "Option1 Value"), columns=tuple(map(Column, ("Handle", "Option1 Value", "Variant SKU", "Title"))))
    rows = pl.DataFrame({"Handle": skus, "Option1 Value": skus, "Variant SKU": [*skus[:-1], None], "Title": skus})
    sold = pl.DataFrame({"Name": [f"#{number}" for number in range(80)], "Lineitem sku": skus[:-1] * 2 + skus[:2], "Lineitem name": skus * 2})
    settings = [entry.step.settings for entry in suggest(lines, sold, {"products": (variants, rows)}) if "exist_in_dataset" in entry.step.name]
    assert [(entry["column"], entry["reference_column"]) for entry in settings] == [("Lineitem sku", "Variant SKU")]


@pytest.mark.parametrize(
    ("column", "values", "dataset", "key", "mode", "expected"),
    [
        ("user_id", "{}", "events", "event_id", "append", None),
        ("campaign_id", "{}", "customers", "customer_id", "upsert", None),
        ("bought", "P-{}", "products", "product_id", "upsert", ("info", "flag")),
        ("product_id", "{}", "products", "product_id", "upsert", ("critical", None)),
        ("product_id", "{}", "products", "product_id", "snapshot", ("warning", "flag")),
        ("order_id", "{}", "orders", "order_id", "append", ("warning", "flag")),
    ],
)
def test_a_reference_holds_rows_only_where_its_name_fits_and_its_key_is_there_before_them(
    column: str, values: str, dataset: str, key: str, mode: Mode, expected: tuple[str, str | None] | None
) -> None:
    keys = [values.format(number) for number in range(200)]
    own = Schema("lines", key=("order_no",), columns=(Column("order_no"), Column(column)))
    rows = pl.DataFrame({"order_no": [f"#{number}" for number in range(200)], column: keys})
    others = {dataset: (Schema(dataset, mode, (key,), (Column(key),)), pl.DataFrame({key: keys}))}
    existing = [entry.step.settings for entry in suggest(own, rows, others) if "exist_in_dataset" in entry.step.name]
    assert [(settings["severity"], settings.get("on_fail")) for settings in existing] == ([expected] if expected else [])


def test_references_that_were_inferred_already_are_the_only_ones() -> None:
    keys = [f"P-{number}" for number in range(200)]
    lines = Schema("lines", columns=(Column("product_id"),))
    others = {"products": (Schema("products", key=("product_id",), columns=(Column("product_id"),)), pl.DataFrame({"product_id": keys}))}
    rows = pl.DataFrame({"product_id": keys})
    reference = Reference("product_id", "products", "product_id", 1.0)
    suites = [suggest(lines, rows, others, None, references) for references in ([], [reference])]
    assert [sum("exist_in_dataset" in entry.step.name for entry in suite) for suite in suites] == [0, 1]


@pytest.mark.parametrize(("days", "limited"), [(0, True), (4, False)])
def test_a_column_with_later_times_is_not_limited_to_the_past(schema: Schema, batch: Batch, days: int, *, limited: bool) -> None:
    rows = batch.rows.with_columns(pl.col("ts") + timedelta(days=days))  # such as the last day on which to ship an order
    names = {suggestion.step.name for suggestion in suggest(schema, rows, {}, DAY)}
    assert ("expect_column_values_to_not_be_in_future" in names) is limited


@pytest.mark.parametrize(
    ("cells", "mostly"),
    [([0.0] * 330 + [-5.0] * 16, 0.921), ([0.0] * 330 + [-5.0, -900.0], 0.998), ([4.0, 5.0] * 600 + [-99.0] * 8, 0.986)],
    ids=["a value that recurs", "garbage", "a sentinel"],
)
def test_a_range_allows_values_that_recur_outside_of_it(cells: list[float], mostly: float) -> None:
    (suggestion, *_) = numbers.suggest(Column("out_of_stock_qty", "number"), pl.Series("out_of_stock_qty", cells))
    settings: dict[str, Any] = dict(suggestion.step.settings)
    assert settings["mostly"] == mostly
    outside = sum(not settings["min_value"] <= cell <= settings["max_value"] for cell in cells)
    assert outside
    assert mostly == 0.998 or outside / len(cells) <= 1 - mostly


def between(values: list[float]) -> dict[str, Any] | None:
    suggestions = numbers.suggest(Column("balanceDue", "number"), pl.Series("balanceDue", values))
    return next((dict(one.step.settings) for one in suggestions if one.step.name == "expect_column_values_to_be_between"), None)


def test_a_column_that_is_mostly_one_value_gets_no_range_from_it() -> None:
    assert between([0.0] * 635 + [1000.0 * number for number in range(1, 17)]) is None


def test_its_other_values_give_the_range_where_they_are_enough() -> None:
    limits = between([0.0] * 2000 + [1000.0 + 50 * number for number in range(60)])
    assert limits is not None
    assert limits["min_value"] <= 0
    assert limits["max_value"] > 3950


def test_a_rare_wrong_value_in_a_constant_column_does_not_take_its_range() -> None:
    limits = between([4.9] * 400 + [49000.0])
    assert limits is not None
    assert limits["max_value"] < 49000


def limits_of(name: str, values: Sequence[float]) -> dict[str, Any]:
    whole = all(isinstance(value, int) for value in values)
    suggestions = numbers.suggest(Column(name, "integer" if whole else "number"), pl.Series(name, values))
    return next(dict(one.step.settings) for one in suggestions if one.step.name == "expect_column_values_to_be_between")


@pytest.mark.parametrize("number", [25, 70])
def test_prices_times_100_among_thousands_do_not_widen_their_range(number: int) -> None:
    chance = random.Random(1)
    prices = [round(chance.lognormvariate(3.2, 0.5), 2) for _ in range(3000)]
    wrong = [price * 100 if row < number else price for row, price in enumerate(prices)]
    right, limits = limits_of("price", prices), limits_of("price", wrong)
    assert limits["max_value"] < 2 * right["max_value"]
    assert limits["max_value"] > max(prices)
    outside = sum(price > limits["max_value"] for price in wrong)
    assert outside > 0.7 * number
    assert (outside > (1 - limits["mostly"]) * len(wrong)) == (number == 25)  # so many that differ are another kind of product


def test_more_than_a_few_values_far_from_the_others_are_allowed_for() -> None:
    """Nearly all parcels cost the same, and one in 25 is freight."""
    chance = random.Random(2)
    costs = [4.9 if row % 25 else round(chance.uniform(60, 400), 2) for row in range(2000)]
    limits = limits_of("shipping_cost", costs)
    assert sum(not limits["min_value"] <= cost <= limits["max_value"] for cost in costs) <= (1 - limits["mostly"]) * len(costs)


def test_a_long_tail_keeps_its_range() -> None:
    chance = random.Random(3)
    views = [int(chance.paretovariate(1.1)) for _ in range(3000)]
    assert sum(view > limits_of("page_views", views)["max_value"] for view in views) <= 0.002 * len(views)


def test_quantities_are_returned_in_no_larger_numbers_than_they_are_bought() -> None:
    limits = limits_of("quantity", [1, 1, 1, 2, 2, 3, 4, 6] * 100)
    assert (limits["min_value"], limits["max_value"]) == (-6, 45)
    returned = limits_of("quantity", [1, 1, 1, 2, 2, 3, 4, -6] * 100)
    assert returned["min_value"] <= -6 < 6 <= returned["max_value"]


def test_times_that_are_counts_of_another_unit_are_reported() -> None:
    schema = Schema("clicks", "append", (), (Column("time", "timestamp", format="epoch_ms"),), time="time")
    cells = [DAY + timedelta(seconds=index) for index in range(400)]
    early = [datetime(1970, 1, 21, 18, tzinfo=UTC)]

    def limits(times: list[datetime]) -> list[tuple[object, object]]:
        steps = [one.step for one in suggest(schema, pl.DataFrame({"time": times}), {})]
        return [(step.settings["min_value"], step.settings["on_fail"]) for step in steps if step.name == "expect_column_values_to_be_between"]

    assert limits([*cells, *early]) == [("1990-01-01", "flag")]
    assert limits(cells) == limits([*cells, *early * 40]) == []


@pytest.mark.parametrize(("cells", "holds"), [("x", True), ("y", False)])
def test_a_key_that_different_rows_share_holds_no_row(cells: str, *, holds: bool) -> None:
    schema = Schema("orders", "append", ("order_id",), (Column("order_id"), Column("note")))
    rows = pl.DataFrame({"order_id": [*map(str, range(60)), "7"], "note": [*["x"] * 60, cells]})
    unique = [entry for entry in suggest(schema, rows, {}) if "unique" in entry.step.name]
    assert [entry.holds for entry in unique] == [holds, holds]
    assert [bool(entry.doubt) for entry in unique] == [not holds, False]
    assert "1 of 61 rows" in render(unique[0].reason)
