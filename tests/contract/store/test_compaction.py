"""Small files of a table are merged; no row changes, and every published version stays readable."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.domain import ROW
from sluice.errors import StoreError
from sluice.rules.small_files import MANY


def files(shop: Any, table: str = "clean") -> list[str]:
    handle = shop.store.lake.open(table, "events")
    assert handle is not None
    return list(handle.file_uris())


def publish(shop: Any, first: int, last: int) -> None:
    for number in range(first, last):
        shop.publish(f"b{number:02}", [f"b{number:02}.{number}"], [f"b{number:02}.x{number}"])


def published(shop: Any, snapshot: str | None = None) -> list[str]:
    return sorted(shop.store.snapshot(snapshot).published("events").collect()[ROW])


def test_a_table_of_many_small_files_is_merged_by_itself(shop: Any) -> None:
    publish(shop, 0, MANY - 1)
    assert len(files(shop)) == MANY - 1
    publish(shop, MANY - 1, MANY)
    assert (len(files(shop)), len(files(shop, "quarantine"))) == (1, 1)
    publish(shop, MANY, MANY + 3)
    assert len(files(shop)) == 4
    expected = [f"b{number:02}.{number}" for number in range(MANY + 3)]
    for number in range(1, MANY + 4):
        assert published(shop, str(number)) == expected[:number]
    assert shop.held() == [f"b{number:02}.x{number}" for number in range(MANY + 3)]


def test_the_command_merges_few_files_and_vacuum_deletes_none_that_a_published_version_needs(shop: Any) -> None:
    publish(shop, 0, 3)
    assert shop.store.compact("events") == {"repairs": 0, "quarantine": 3, "flags": 0, "repeats": 0, "clean": 3}
    assert shop.store.compact("events") == dict.fromkeys(("repairs", "quarantine", "flags", "repeats", "clean"), 0)
    assert len(files(shop)) == 1
    assert not any(deleted.files for deleted in shop.store.vacuum("events", shop.now).values())
    publish(shop, 3, 4)
    again = shop.reopen()
    assert sorted(again.snapshot().published("events").collect()[ROW]) == [f"b{number:02}.{number}" for number in range(4)]
    assert [len(published(shop, str(number))) for number in range(1, 5)] == [1, 2, 3, 4]


def test_the_merged_files_are_read_in_place_of_the_former_ones(shop: Any) -> None:
    publish(shop, 0, 3)
    former = shop.store.lake._pin("clean", "events", 3)  # which files are read is seen nowhere else
    shop.store.compact("events")
    merged = shop.store.lake._pin("clean", "events", 3)
    assert (len(former.files), len(merged.files)) == (3, 1)


def test_a_release_and_a_snapshot_follow_a_compaction(shop: Any) -> None:
    publish(shop, 0, 3)
    shop.store.compact("events")
    shop.publish("release-1", ["b01.x1"], kind="release")
    assert "b01.x1" in published(shop)
    assert shop.held() == ["b00.x0", "b02.x2"]
    shop.store.compact("events")
    assert len(files(shop)) == 1
    assert len(published(shop)) == 4


def test_a_failed_compaction_leaves_the_run_published(shop: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr("sluice.store.lake.merge_small_files", full)
    publish(shop, 0, MANY)
    assert len(published(shop)) == MANY
    assert "the small files of quarantine/events were not merged: the disk is full" in caplog.text
