"""Which rows that waited for a dataset were judged again is recorded, whatever process did it."""

from __future__ import annotations

from typing import Any


def test_a_replay_is_due_from_a_run_with_rows_until_it_is_finished(shop: Any) -> None:
    assert not shop.store.replays.is_due("events")
    shop.publish("b1", ["b1.0"])
    assert shop.store.replays.is_due("events")
    assert not shop.store.replays.is_due("catalog")
    shop.store.replays.finish("events", shop.store.replays.newest("events"))
    assert not shop.store.replays.is_due("events")
    shop.publish("b2", ["b2.0"])
    store = shop.reopen()
    assert store.replays.is_due("events")
    store.replays.finish("events", store.replays.newest("events"))
    assert not shop.store.replays.is_due("events")


def test_what_a_run_published_while_rows_were_judged_again_stays_due(shop: Any) -> None:
    shop.publish("b1", ["b1.0"])
    begun = shop.store.replays.newest("events")
    shop.publish("b2", ["b2.0"])
    shop.store.replays.finish("events", begun)
    assert shop.store.replays.is_due("events")


def test_a_run_without_published_rows_makes_no_replay_due(shop: Any) -> None:
    shop.publish("b1", [], ["b1.0"])
    shop.publish("audit-1", [], [], kind="audit")
    assert not shop.store.replays.is_due("events")
