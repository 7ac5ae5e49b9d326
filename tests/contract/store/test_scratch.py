"""Rows on their way leave nothing behind, even where a worker was killed meanwhile."""

from __future__ import annotations

from pathlib import Path

from sluice.store.lake import Lake
from sluice.store.staging import StagingArea


def test_what_a_killed_worker_left_is_deleted_when_the_batch_is_read_again(tmp_path: Path) -> None:
    staging = StagingArea(tmp_path / "stage", {}, Lake(str(tmp_path / "lake")))
    left, other = (tmp_path / "shared" / "events" / f".{batch}.1.rows" for batch in ("b1", "b2"))
    for folder in (left, other):
        folder.mkdir(parents=True)
        (folder / "0.arrow").write_bytes(b"rows")
    with staging.scratch("events", "b1", tmp_path / "shared") as folder:
        (folder / "0.arrow").write_bytes(b"rows")
        assert not left.exists()
    assert list((tmp_path / "shared" / "events").iterdir()) == [other]
