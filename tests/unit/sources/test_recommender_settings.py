"""What a folder suggests to recommend."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from sluice.config import read
from sluice.config.inferred import InferredDataset
from sluice.config.write import write
from sluice.domain import Column, Mode, ReadOptions
from sluice.sources.infer.recommender_settings import suggest_recommender

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def inferred(name: str, rows: pl.DataFrame, key: str, time: str | None = None, mode: Mode = "snapshot") -> InferredDataset:
    columns = tuple((Column(cells.name, "timestamp" if cells.name == time else "number" if cells.dtype.is_numeric() else "string"), "") for cells in rows)
    return InferredDataset(name, f"{name}.csv", ReadOptions("csv"), rows.height, 1, columns, (key,), time, mode)


GOODS = pl.DataFrame(
    {
        "sku": [f"P{n:03}" for n in range(60)],
        "product_name": [f"Mug {n}" for n in range(60)],
        "short_description": [f"Holds {n} ml." for n in range(60)],
        "maker": [("Aro", "Bel")[n % 2] for n in range(60)],
        "price": [float(n) for n in range(60)],
        "picture_url": [("a", "b")[n % 2] for n in range(60)],
        "supplier_code": [("1", "2")[n % 2] for n in range(60)],
        "currency": ["EUR"] * 60,
    }
)
KINDS = ("page_view", "add_to_cart", "purchase", "review", "remove_from_cart")
CLICKS = pl.DataFrame(
    {
        "click_id": [str(n) for n in range(500)],
        "user_agent": ["Mozilla"] * 500,
        "customerId": [f"c{n % 9}" for n in range(500)],
        "sku": [f"P{n % 60:03}" for n in range(500)],
        "at": [NOON] * 500,
        "event": [KINDS[n % 5] for n in range(500)],
    }
)
ROWS = {"goods": GOODS, "clicks": CLICKS}
CLICKED = inferred("clicks", CLICKS, "click_id", "at", "append")
SOLD = inferred("goods", GOODS, "sku")


def test_users_items_kinds_and_what_describes_an_item_are_recognised() -> None:
    suggested = {name: value for name, value, _ in suggest_recommender([SOLD, CLICKED], ROWS)}
    assert suggested == {
        "events": "clicks",
        "items": "goods",
        "user": "customerId",
        "item": "sku",
        "time": "at",
        "kind": "event",
        "weights": {"page_view": 1, "add_to_cart": 3, "purchase": 5},
        "title": "product_name",
        "text": ["product_name", "short_description"],
        "attributes": ["maker", "price"],
    }


def test_what_is_left_out_is_told() -> None:
    whys = {name: why for name, _, why in suggest_recommender([SOLD, CLICKED], ROWS)}
    assert "remove_from_cart" in whys["weights"]
    assert "review" in whys["weights"]


def test_a_suggestion_is_a_configuration() -> None:
    config = read(write([SOLD, CLICKED], {}, recommender=suggest_recommender([SOLD, CLICKED], ROWS)).encode(), "sluice.yaml", {})
    assert config.recommender is not None
    assert (config.recommender.user, config.recommender.weights["purchase"]) == ("customerId", 5)
    assert config.recommender.attributes == ("maker", "price")


def test_kinds_that_say_nothing_known_leave_all_events_alike() -> None:
    rows = {**ROWS, "clicks": CLICKS.with_columns(event=pl.lit("x7"))}
    assert not {"kind", "weights"} & {name for name, _, _ in suggest_recommender([SOLD, CLICKED], rows)}


@pytest.mark.parametrize(
    "lacking",
    [
        inferred("clicks", CLICKS.drop("customerId"), "click_id", "at", "append"),
        inferred("clicks", CLICKS.drop("sku"), "click_id", "at", "append"),
        inferred("clicks", CLICKS, "click_id", None, "append"),
    ],
    ids=["no user", "no item", "no time"],
)
def test_nothing_is_suggested_where_nobody_met_anything(lacking: InferredDataset) -> None:
    assert suggest_recommender([SOLD, lacking], ROWS) == []
    text = write([SOLD, lacking], {})
    assert "docs/background/recommender.md" in text
    assert read(text.encode(), "sluice.yaml", {}).recommender is None


def test_who_met_an_item_is_no_item() -> None:
    viewers = pl.DataFrame({"customerId": [f"c{n}" for n in range(9)]})
    suggested = suggest_recommender([inferred("people", viewers, "customerId"), SOLD, CLICKED], {**ROWS, "people": viewers})
    assert ("items", "goods") in [(name, value) for name, value, _ in suggested]
