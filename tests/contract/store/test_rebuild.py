"""A rebuild casts and renames what is stored: every row stays in exactly one place, and earlier snapshots read as before."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice.domain import RAW_TYPE, REASONS, REPAIRS, ROW, RUN, STATE, Column, Request, Run, Schema
from sluice.errors import RebuildNeeded
from sluice.store import SqlStore, open_store
from sluice.store.row_states import row_states
from sluice.worker.rebuilding import rebuilt

NOW = datetime(2026, 3, 15, 6, tzinfo=UTC)
RENAMED = Schema("events", "append", ("id",), (Column("id"), Column("unit_price", "integer", was="price"), Column("ts", "timestamp")), "ts")
KEYED_BY_NUMBER = Schema("events", "upsert", ("id",), (Column("id", "integer"), Column("price", "number"), Column("ts", "date")), "ts")
OTHER_KEY = Schema("events", "append", ("price",), (Column("id"), Column("price", "string"), Column("ts", "timestamp")))
DECLARATIONS = {"renamed": RENAMED, "keyed": KEYED_BY_NUMBER, "other_key": OTHER_KEY}


@pytest.fixture
def declare(url: str, tmp_path: Path) -> Any:
    """Opens the same shop under another declaration of its events."""
    opened: list[SqlStore] = []

    def redeclare(schema: Schema, url: str = url, folder: Path = tmp_path) -> SqlStore:
        opened.append(open_store(url, str(folder / "lake"), schemas={"events": schema}, policies={}, clock=lambda: NOW))
        return opened[-1]

    yield redeclare
    for store in opened:
        store.close()


def rebuild(store: SqlStore, name: str = "rebuild") -> Run:
    """Do what the worker and the job do."""
    with store.lease("events") as lease:
        outcome = rebuilt(store.schemas["events"], store.layout_changes("events"), store.snapshot(), name, NOW)
        return store.publish(lease, store.stage(outcome))


def states(store: SqlStore) -> dict[str, str]:
    """The state of each row; a row with two of them is an error."""
    rows = row_states(store, "events")
    assert rows[ROW].is_unique().all(), rows.filter(~rows[ROW].is_unique())
    return dict(rows.select(ROW, STATE).iter_rows())


def test_published_and_held_rows_take_the_new_name_and_type(shop: Any, declare: Any) -> None:
    repairs = pl.DataFrame([{"repair_id": "b0.1/price/1", ROW: "b0.1", "column": "price", "old": "2", "new": "1", "applied": True}], schema=REPAIRS)
    shop.publish("b0", ["b0.1", "b0.2"], ["b0.3"], price=7.0, repairs=repairs)
    shop.publish("b1", ["b1.4"], price=1.5)
    store = declare(RENAMED)

    changes = store.layout_changes("events")
    assert (changes.renamed, changes.retyped) == ({"unit_price": "price"}, {"unit_price": ("number", "integer")})
    with pytest.raises(RebuildNeeded, match="sluice rebuild events"):
        store.require_layout("events")

    run = rebuild(store)

    assert (run.kind, run.rows, run.good, run.bad) == ("rebuild", 3, 2, 1)
    published = store.snapshot().published("events").sort(ROW).collect()
    assert published.select(ROW, "unit_price", RUN).rows() == [("b0.1", 7, "b0"), ("b0.2", 7, "b0")]
    assert "price" not in store.snapshot().stored("clean", "events").collect_schema()
    held = store.quarantine.held("events").sort(ROW)
    assert held.select(ROW, RUN).rows() == [("b0.3", "b0"), ("b1.4", "rebuild")]
    assert [[reason["name"] for reason in row] for row in held[REASONS]] == [["not_null:price"], ["cast:unit_price"]]
    assert held[REASONS][0][0]["columns"] == ["unit_price"]
    assert held["_raw"].to_list() == [None, [{"column": "unit_price", "text": "1.5"}]]
    assert store.quarantine.repairs("events")["column"].to_list() == ["unit_price"]
    assert not store.layout_changes("events")
    earlier = store.snapshot("2").published("events").sort(ROW).collect()
    assert earlier["unit_price"].to_list() == [7.0, 7.0, 1.5]


def test_of_rows_with_one_new_key_the_newest_stays(shop: Any, declare: Any) -> None:
    shop.publish("b0", ["b0.1", "b0.2"], ids=["7", "8"], day=1)
    shop.publish("b1", ["b1.1", "b1.2"], ids=["007", "x"], day=2)
    store = declare(KEYED_BY_NUMBER)
    assert store.layout_changes("events").mode == ("append", "upsert")

    rebuild(store)

    assert states(store) == {"b0.1": "held", "b0.2": "published", "b1.1": "published", "b1.2": "held"}
    reasons = {row[ROW]: [reason["name"] for reason in row[REASONS]] for row in store.quarantine.held("events").to_dicts()}
    assert reasons == {"b0.1": ["key_unique"], "b1.2": ["cast:id", "key_present"]}


def test_a_text_that_did_not_cast_is_tried_again(shop: Any, declare: Any) -> None:
    outcome = shop.outcome("b0", ["b0.1"], ["b0.2"])
    raw = pl.Series("_raw", [[{"column": "price", "text": "ab"}]], dtype=RAW_TYPE)
    bad = outcome.split.bad.rows.with_columns(raw)
    object.__setattr__(outcome.split.bad, "rows", bad)
    with shop.store.lease("events") as lease:
        shop.store.publish(lease, shop.store.stage(outcome))
    store = declare(OTHER_KEY)

    rebuild(store)

    held = store.quarantine.held("events")
    assert held.select(ROW, "price", "_raw").rows() == [("b0.2", "ab", None)]


def test_a_run_of_another_layout_is_not_promised(shop: Any, declare: Any) -> None:
    shop.publish("b0", ["b0.1"])
    store = declare(Schema("events", "upsert", ("id",), shop.store.schemas["events"].columns, "ts"))
    with store.lease("events") as lease, pytest.raises(RebuildNeeded, match="mode: stored rows have append, declared is upsert"):
        store.publish(lease, store.stage(shop.outcome("b1", ["b1.1"])))
    assert [run.id for run in store.runs.of("events")] == ["b0"]
    assert not declare(Schema("events", "append", ("id",), (*shop.store.schemas["events"].columns, Column("new")), "ts")).layout_changes("events")


_NUMBERS = itertools.count()
STEPS = st.lists(st.tuples(st.sampled_from(["ingest", "ingest", "release", "reject", "undo"]), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=5)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS, target=st.sampled_from(sorted(DECLARATIONS)), price=st.sampled_from([1.0, 2.5]))
def test_no_row_is_lost_or_doubled(
    template: Path, tmp_path: Path, open_shop: Callable[[str, Path], Any], steps: list[tuple[str, int, int]], target: str, price: float
) -> None:
    folder = tmp_path / str(next(_NUMBERS))
    folder.mkdir()
    shutil.copy(template, folder / "sluice.db")
    url = f"sqlite:///{folder / 'sluice.db'}"
    shop = open_shop(url, folder)
    for number, (step, first, second) in enumerate(steps):
        act(shop, step, number, first, second, price)
    before = states(shop.store)
    store = open_store(url, str(folder / "lake"), schemas={"events": DECLARATIONS[target]}, policies={}, clock=lambda: NOW)

    if not store.layout_changes("events"):
        assert not before
        return
    rebuild(store)

    after = states(store)
    assert after.keys() == before.keys()
    moved = {row: (before[row], after[row]) for row in after if before[row] != after[row]}
    assert set(moved.values()) <= {("published", "held")}
    assert not store.layout_changes("events")
    store.close()


def act(shop: Any, step: str, number: int, first: int, second: int, price: float) -> None:
    """Ingest new rows, or release, reject or undo some of those that are there."""
    if step == "ingest":
        rows = [f"b{number}.{row}" for row in range(first + second)]
        shop.publish(f"b{number}", rows[:first], rows[first:], price=price)
        return
    present = shop.clean() if step == "undo" else shop.held()
    if step == "reject":
        with shop.store.lease("events") as lease:
            shop.store.quarantine.reject(lease, Request(f"q{number}", "reject", "events", "Ada", "wrong", shop.now), present[:first])
    elif present:
        shop.publish(f"b{number}", present[:first], present[first : first + second], kind=step, price=price)
