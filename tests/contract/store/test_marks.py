"""Up to where tables were read: recorded with the run that publishes the rows, and followed by one batch alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sluice.domain import Arrival, Mark, Message, Run
from sluice.errors import Outdated

FIRST = Mark.after("", 1, "10", ["a"])
SECOND = Mark.after(FIRST.id, 2, "20", ["b", "c"])


def publish(shop: Any, batch: str, mark: Mark) -> Run:
    outcome = shop.outcome(batch, [f"{batch}.0"])
    marked = replace(outcome, split=replace(outcome.split, good=replace(outcome.split.good, mark=mark)))
    with shop.store.lease("events") as lease:
        run: Run = shop.store.publish(lease, shop.store.stage(marked, uri=f"landing/{batch}.parquet"))
        return run


def test_the_mark_moves_with_the_rows(shop: Any) -> None:
    assert shop.store.marks.newest("events") is None
    assert publish(shop, "b1", FIRST).mark == FIRST
    assert publish(shop, "b2", SECOND).mark == SECOND
    shop.publish("b3", ["b3.0"])
    assert shop.reopen().marks.newest("events") == SECOND
    assert shop.store.marks.newest("stock") is None


def test_earlier_marks_keep_no_digests(shop: Any) -> None:
    third = Mark.after(SECOND.id, 3, "30", ["d"])
    runs = [publish(shop, name, mark) for name, mark in (("b1", FIRST), ("b2", SECOND), ("b3", third))]
    stored = {run.id: run.mark for run in shop.reopen().snapshot().runs("events")}
    assert stored == {runs[0].id: replace(FIRST, digests=()), runs[1].id: SECOND, runs[2].id: third}
    assert shop.store.marks.newest("events") == third
    assert not shop.store.marks.may_follow("events", Mark.after(FIRST.id, 2, "20", ["b", "c"]))


@pytest.mark.parametrize("other", [Mark.after("", 1, "15", ["x"]), Mark.after(FIRST.id, 2, "25", ["x"]), Mark.after("nowhere", 3, "30", ["x"])])
def test_rows_that_another_machine_has_read_are_not_published(shop: Any, other: Mark) -> None:
    publish(shop, "b1", FIRST)
    publish(shop, "b2", SECOND)
    with pytest.raises(Outdated, match="another machine has read these rows"):
        publish(shop, "x", other)
    arrival = Arrival("events", "x", "landing/x.parquet", "digest", 10, shop.now, other)
    with shop.store.lease("events") as lease, pytest.raises(Outdated):
        shop.store.record_failure(lease, arrival, Message.text("damaged"))
    assert shop.clean() == ["b1.0", "b2.0"]
    assert not shop.store.marks.may_follow("events", other)


def test_a_batch_that_is_set_aside_moves_the_mark_and_can_be_read_again(shop: Any) -> None:
    arrival = Arrival("events", "b1", "landing/b1.parquet", "digest", 10, shop.now, FIRST)
    with shop.store.lease("events") as lease:
        shop.store.record_failure(lease, arrival, Message.text("damaged"))
    publish(shop, "b2", SECOND)
    publish(shop, "b1", FIRST)
    assert shop.store.marks.newest("events") == SECOND
    assert shop.clean() == ["b1.0", "b2.0"]


def test_a_database_that_is_restored_learns_the_marks_from_the_lake(shop: Any) -> None:
    publish(shop, "b1", FIRST)
    with shop.store.database.write() as connection:
        for table in ("verdicts", "runs"):
            connection.exec_driver_sql(f"DELETE FROM {table}")  # a constant
        connection.exec_driver_sql("UPDATE counters SET value = 0")
    again = shop.reopen()
    again.catch_up()
    assert again.marks.newest("events") == FIRST
