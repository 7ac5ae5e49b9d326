"""The published row whose key a held row has is found by its id, whatever became of the one that the reason names."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sluice.domain import OTHER, REASON_TYPE, REASONS, REPEATS, ROW, STATE
from sluice.store import dashboard_queries
from sluice.store.conflicts import published_rival


def hold(shop: Any, row: str, other: str) -> None:
    """Hold a row for the reason that another one has its key."""
    reason = {"name": "deduplicate:conflict", "code": "conflicting_key_of", "params": json.dumps({"columns": ["id"], "row": other}), "columns": ["id"]}
    outcome = shop.outcome(row.partition(".")[0], [], [row])
    bad = outcome.split.bad
    rows = bad.rows.with_columns(pl.Series(REASONS, [[reason]], dtype=REASON_TYPE))
    with shop.store.lease("events") as lease:
        shop.store.publish(lease, shop.store.stage(replace(outcome, split=replace(outcome.split, bad=replace(bad, rows=rows)))))


def rival(shop: Any, row: str) -> pl.DataFrame | None:
    return published_rival(shop.store.snapshot(), "events", shop.store.quarantine.held("events", rows=[row]))


def test_the_row_that_the_reason_names_is_returned(shop: Any) -> None:
    shop.publish("b1", ["b1.0", "b1.1"], price=1.5)
    hold(shop, "b2.0", "b1.1")
    published = rival(shop, "b2.0")
    assert published is not None
    assert (published[ROW].item(), published["price"].item()) == ("b1.1", 1.5)
    quarantined = dashboard_queries.quarantined_row(shop.store, "events", "b2.0")
    assert quarantined is not None
    assert quarantined.rival is not None
    assert quarantined.rival.equals(published)


def test_the_row_that_stands_in_its_place_since_is_returned(shop: Any) -> None:
    shop.publish("b1", ["b1.0"])
    hold(shop, "b2.0", "b1.0")
    replaced = pl.DataFrame({ROW: ["b1.0"], STATE: ["superseded"], OTHER: ["b3.0"]}, schema=REPEATS)
    with shop.store.lease("events") as lease:
        shop.store.publish(lease, shop.store.stage(replace(shop.outcome("b3", ["b3.0"], price=3.0), replaced=replaced)))
    published = rival(shop, "b2.0")
    assert published is not None
    assert published[ROW].item() == "b3.0"


def test_a_row_of_which_no_other_is_published_has_none(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], ["b1.1"])
    hold(shop, "b2.0", "b1.1")
    assert (rival(shop, "b1.1"), rival(shop, "b2.0")) == (None, None)


def test_files_that_cannot_hold_the_row_are_not_read(shop: Any) -> None:
    for day in range(1, 7):
        shop.publish(f"b{day}", [f"b{day}.0", f"b{day}.1"])
    hold(shop, "b9.0", "b3.1")
    held = shop.store.quarantine.held("events", rows=["b9.0"])
    for file in (Path(shop.store.lake.root) / "clean" / "events").glob("*.parquet"):
        if pl.read_parquet(file, columns=[ROW])[ROW].to_list() != ["b3.0", "b3.1"]:
            file.unlink()
    published = published_rival(shop.store.snapshot(), "events", held)
    assert published is not None
    assert published[ROW].item() == "b3.1"
    with pytest.raises(FileNotFoundError):
        shop.store.snapshot().published("events").collect()
