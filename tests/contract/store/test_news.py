"""What the news of a dataset is told from: held rows counted by the log, rejected rows, the rule that holds most, and the looks of people."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sluice.domain import MAX_SHRINK, Message, Request, Verdict
from sluice.messages import render
from sluice.store.dashboard_queries import QuarantineFilter, count_rows
from sluice.store.today_queries import held_count, main_reason, rejected_rows


def spoken(rule: str, failed: int) -> Verdict:
    return Verdict(rule, "expectation", "validity", "critical", "quarantine", "failed", rows=10, failed=failed, message=f"{rule} holds")


def test_held_rows_are_counted_without_being_read(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], ["b1.1", "b1.2"], verdicts=[spoken("price", 1), spoken("item", 2)])
    shop.publish("b11", ["b11.0"], ["b11.1"])
    assert held_count(shop.store, "events") == count_rows(shop.store, QuarantineFilter("events")) == 3
    with shop.store.lease("events") as lease:
        shop.store.quarantine.reject(lease, Request("q1", "reject", "events", "Ada", "wrong", shop.now), ["b1.1", "b11.1"])
    assert held_count(shop.store, "events") == count_rows(shop.store, QuarantineFilter("events")) == 1
    assert rejected_rows(shop.store.database, "events", ["b1", "b11", "b2"]) == {"b1": 1, "b11": 1, "b2": 0}


def test_the_rule_that_holds_most_rows_is_named(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], ["b1.1", "b1.2"], verdicts=[spoken("price", 1), spoken("item", 2)])
    reason = main_reason(shop.store.database, shop.store.runs.get("b1"))
    assert reason is not None
    assert (reason.rule, reason.rows) == ("item", 2)


def test_of_a_table_that_is_held_as_a_whole_it_is_told_what_it_lost(shop: Any) -> None:
    expected, losses = Message.of("snapshot_may_shrink", limit=0.5), Message.of("snapshot_cells", share=1.0, column="price", filled=0.0, before=1.0)
    shrunk = Verdict(MAX_SHRINK, "schema", "volume", "critical", "block", "failed", failed=1, columns=("price",), message=expected, observed=losses)
    short = replace(shrunk, rule="row_count", message=Message.text("the number of rows is at least 50"), observed=Message.text("3 rows"))
    problems = []
    for name, verdict in (("b1", shrunk), ("b2", short)):
        shop.publish(name, [], [f"{name}.1"], verdicts=[verdict])
        reason = main_reason(shop.store.database, shop.store.runs.get(name))
        problems.append(render(reason.problem) if reason else "")
    assert problems == [
        "price is filled in 0.0% of the rows, before in 100.0%: 100.0% lost",
        "3 rows; expected: the number of rows is at least 50",
    ]


def test_looks_are_remembered_by_person(shop: Any) -> None:
    shop.store.looks.look("ann", shop.now)
    later = shop.now + timedelta(hours=5)
    assert shop.store.looks.look("ann", later).since == shop.now
    assert shop.store.looks.look("bo", later).since is None
