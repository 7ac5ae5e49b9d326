"""What is remembered of the quarantine and of the runs equals what a store that is opened anew reads."""

from __future__ import annotations

from typing import Any

import polars as pl

from sluice.domain import ROW, Request
from sluice.store import SqlStore
from sluice.store.dashboard_queries import QuarantineFilter, count_rows, decidable_rows, held_by_column, held_by_rule, held_by_run, quarantine_page
from sluice.store.dispositions import settled_rows

STATES = ("held", "released", "rejected", "copy", "superseded")


def answers(store: SqlStore) -> list[object]:
    """What a page asks of the quarantine, in every state, and the runs of the newest snapshot."""
    selections = [QuarantineFilter("events", state, rule) for state in STATES for rule in (None, "unique:id")]  # type: ignore[arg-type]  # they are states
    pages = [quarantine_page(store, selection, 1)[ROW].to_list() for selection in selections]
    return [
        pages,
        [count_rows(store, chosen) for chosen in selections],
        [held_by_rule(store, chosen) for chosen in selections],
        store.snapshot().runs("events"),
    ]


def as_opened_anew(shop: Any) -> list[object]:
    """Return the answers of a store that has read before, once they equal those of another one."""
    remembered, fresh = answers(shop.store), shop.reopen()
    try:
        assert remembered == answers(fresh)
    finally:
        fresh.close()
    return remembered


def test_every_change_of_the_quarantine_is_seen_by_a_store_that_read_before(shop: Any) -> None:
    assert as_opened_anew(shop)[0] == [[] for _ in range(10)]
    shop.publish("b1", ["b1.0"], ["b1.1", "b1.2", "b1.10"])
    assert as_opened_anew(shop)[0][0] == ["b1.1", "b1.2", "b1.10"]  # type: ignore[index]  # pages of the first selection
    shop.publish("b2", [], ["b2.0", "b2.1"], rule="unique:id")
    as_opened_anew(shop)
    request = Request("r1", "reject", "events", "Ada", "no", shop.now, ("b1.2", "b2.1"))
    with shop.store.lease("events") as lease:
        shop.store.quarantine.reject(lease, request, request.rows)
    as_opened_anew(shop)
    shop.publish("replay-1", ["b1.1"], ["b1.10"], kind="replay", rule="unique:id")
    as_opened_anew(shop)
    shop.publish("undo-1", [], ["b1.1"], kind="undo")
    pages = as_opened_anew(shop)[0]
    assert sorted(pages[0]) == ["b1.1", "b1.10", "b2.0"] == shop.held()  # type: ignore[index]  # pages of the first selection
    assert sorted(pages[4]) == ["b1.2", "b2.1"]  # type: ignore[index]  # those that are rejected


def test_settled_rows_are_the_same_whether_they_are_looked_up_or_all_read(shop: Any) -> None:
    ids = [f"b1.{number}" for number in range(1203)]
    shop.publish("b1", [], ids)
    request = Request("r1", "reject", "events", "Ada", "no", shop.now, tuple(ids[::2]))
    with shop.store.lease("events") as lease:
        shop.store.quarantine.reject(lease, request, request.rows)
    shop.publish("replay-1", [ids[1]], [], kind="replay")
    with shop.store.database.read() as connection:
        looked_up, whole = settled_rows(connection, "events", ids), settled_rows(connection, "events")
        assert settled_rows(connection, "catalog").is_empty()
    assert looked_up.sort(ROW).equals(whole.sort(ROW))
    assert whole.filter(pl.col("state") == "released")[ROW].to_list() == [ids[1]]
    assert sorted(shop.held()) == sorted(ids[3::2])


def test_rows_are_selected_by_run_and_by_column(shop: Any) -> None:
    shop.publish("b1", [], ["b1.0", "b1.1"])
    shop.publish("b2", [], ["b2.0"], rule="unique:id")
    everything = QuarantineFilter("events")
    assert held_by_run(shop.store, everything) == {"b1": 2, "b2": 1}
    assert held_by_run(shop.store, QuarantineFilter("events", rule="unique:id", run="b1")) == {"b2": 1}  # the other filters count, not its own
    assert decidable_rows(shop.store, QuarantineFilter("events", run="b1"), 10) == ["b1.0", "b1.1"]
    assert decidable_rows(shop.store, QuarantineFilter("events", run="b1"), 1) == ["b1.0"]
    assert decidable_rows(shop.store, QuarantineFilter("events", rule="unique:id", run="b1"), 10) == []
    (column, rows), *_ = held_by_column(shop.store, everything).items()
    assert rows == count_rows(shop.store, QuarantineFilter("events", column=column))
    assert count_rows(shop.store, QuarantineFilter("events", column="no such column")) == 0
