"""The life of a row, and the search that leads to it, on both databases."""

from __future__ import annotations

from typing import Any

from sluice.domain import Request
from sluice.messages import render
from sluice.store.find import find
from sluice.store.row_life import row_life


def told_steps(shop: Any, row: str) -> list[tuple[str, str]]:
    life = row_life(shop.store, row)
    return [] if life is None else [(step.stage, render(step.message)) for step in life.steps]


def test_a_published_row_came_from_a_file_and_is_published(shop: Any) -> None:
    shop.publish("b1", ["b1.0", "b1.1"], ["b1.2"])
    stages = told_steps(shop, "b1.1")
    assert [stage for stage, _ in stages] == ["arrived", "published"]
    assert stages[0][1].startswith("row 2 of ")
    assert "b1" in stages[1][1]


def test_a_held_row_says_the_reason_it_is_held_for_and_who_rejected_it(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], ["b1.1"])
    assert [stage for stage, _ in told_steps(shop, "b1.1")] == ["arrived", "held"]
    with shop.store.lease("events") as lease:
        shop.store.quarantine.reject(lease, Request("q1", "reject", "events", "Ada", "wrong", shop.now), ["b1.1"])
    stages = told_steps(shop, "b1.1")
    assert stages[-1] == ("settled", "rejected by Ada: wrong")
    life = row_life(shop.store, "b1.1")
    assert life is not None
    assert life.state == "rejected"


def test_a_row_that_never_was_has_no_life(shop: Any) -> None:
    shop.publish("b1", ["b1.0"])
    assert [row_life(shop.store, row) for row in ("b1.7", "b2.0", "", "b1")] == [None] * 4


def test_a_value_a_row_and_a_run_are_found_where_they_are(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], ["b1.1"])
    rows = shop.store.snapshot().published("events").collect()
    places = [(match.place, match.row, match.column) for match in find(shop.store, str(rows["id"][0])).matches]
    assert places == [("published", "b1.0", "id")]
    held = shop.store.quarantine.held("events")
    assert [(match.place, match.row) for match in find(shop.store, str(held["id"][0])).matches] == [("held", "b1.1")]
    assert [(match.place, match.row) for match in find(shop.store, "b1.1").matches] == [("held", "b1.1")]
    assert [(match.place, match.run, match.column) for match in find(shop.store, "b1").matches][:1] == [("run", "b1", "run")]
    assert find(shop.store, "  ").total == find(shop.store, "nowhere").total == 0
