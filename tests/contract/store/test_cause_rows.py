"""Which rows are compared to find the likely cause of failing ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sluice.store import cause_rows
from sluice.store.cause_rows import FILE, compared_batches, judged_rows


def published(shop: Any) -> Any:
    shop.publish("b1", ["b1.0", "b1.1"])
    shop.publish("b2", ["b2.0"], ["b2.1", "b2.2"])
    return shop.store.snapshot()


def test_published_and_held_rows_of_the_last_batches_are_compared_by_their_file(shop: Any) -> None:
    snapshot = published(shop)
    batches = compared_batches(snapshot.runs("events"), "b2")
    rule = str(snapshot.quarantine("events").collect()["_reasons"].to_list()[0][0]["name"])
    rows, failing = judged_rows(snapshot, shop.store.schemas["events"], rule, batches)
    assert [run.id for run in batches] == ["b2", "b1"]
    assert (rows.height, failing.sum()) == (5, 2)
    assert rows.filter(failing)[FILE].n_unique() == 1
    assert not judged_rows(snapshot, shop.store.schemas["events"], "another_rule", batches)[1].any()


def test_batches_before_the_newest_failure_are_read_while_they_are_not_too_many_rows(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = published(shop).runs("events")
    assert [run.id for run in compared_batches(runs, "b1")] == ["b1"]
    monkeypatch.setattr(cause_rows, "MAX_ROWS", 4)
    assert [run.id for run in compared_batches(runs, "b2")] == ["b2"]
    assert compared_batches([replace(run, kind="audit") for run in runs], "b2") == []
