"""The log of exposures outlives the process, and entries leave it in the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sluice.domain.exposures import ShownList
from sluice.store.exposures import ExposureLog
from tests.contract.store.conftest import NOW

DAY = timedelta(days=1)


def test_another_process_reads_what_was_shown_one_row_for_each_item(shop: Any) -> None:
    log = ExposureLog(shop.store.database, lambda: NOW)
    log.add([ShownList("a", NOW, "ann", "home", 3, ("mug", "cup")), ShownList("b", NOW, None, "mail", 4, ("bowl",))])
    log.add([])
    log = shop.reopen().exposures
    rows = log.since(NOW)
    assert rows.drop("number").rows() == [("a", NOW, "ann", "mug", 3), ("a", NOW, "ann", "cup", 3), ("b", NOW, None, "bowl", 4)]
    assert rows["number"].is_sorted()
    assert log.since(NOW, without_places=["home"])["item"].to_list() == ["bowl"]
    assert log.since(NOW + DAY).is_empty()


def test_what_is_older_than_the_retention_leaves(shop: Any) -> None:
    log = ExposureLog(shop.store.database, lambda: NOW)
    log.add([ShownList("old", NOW - 2 * DAY, "ann", "", 3, ("mug",)), ShownList("new", NOW, "ann", "", 3, ("cup",))])
    assert log.expire(DAY, dry_run=True) == log.expire(DAY) == 1
    assert log.since(NOW - 9 * DAY)["list"].to_list() == ["new"]


def test_ids_that_a_database_does_not_store_as_they_are_are_stored_as_near_as_can_be(shop: Any) -> None:
    log = ExposureLog(shop.store.database, lambda: NOW)
    log.add([ShownList("a", NOW, "a\x00b\ud800", "x" * 200, 3, ("y" * 400,))])
    assert log.since(NOW).select("user", "item").rows() == [("a b?", "y" * 300)]
