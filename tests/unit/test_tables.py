"""Which table of a snapshot dataset is published, and which came before it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sluice.domain import Run
from sluice.rules import batches_before, earlier_batches, published_tables, table_end


def run(name: str, day: int, *, kind: Any = "ingest", good: int = 1, uri: str = "file.csv") -> Run:
    return Run(name, "items", kind, 1, datetime(2026, 3, day, tzinfo=UTC), "published", rows=1, good=good, uri=uri)


def test_a_table_is_published_by_its_file_or_by_the_release_of_all_its_rows() -> None:
    runs = [run("b1", 1), run("b2", 2, good=0), run("release-1", 1, kind="release", uri=""), run("release-2", 2, kind="release")]
    assert [table.id for table in published_tables(runs)] == ["b1", "release-2"]
    end = table_end(runs)
    assert end is not None
    assert end.day == 2
    assert table_end(runs[1:3]) is None
    assert batches_before(runs) == {"b1"}
    assert batches_before([]) == frozenset()


def test_tables_before_a_rebuild_may_have_been_of_another_mode() -> None:
    runs = [run("b1", 1), run("b2", 2), run("rebuild-1", 3, kind="rebuild"), run("b0", 1)]
    assert batches_before(runs[:2]) == {"b1"}
    assert batches_before(runs) == frozenset()


def test_a_table_comes_after_those_of_its_time_that_arrived_before_it() -> None:
    runs = [run("b1", 1), run("b3", 3), run("b2", 2), run("b2-corrected", 2)]
    assert earlier_batches(runs, "new", datetime(2026, 3, 2, tzinfo=UTC)) == {"b1", "b2", "b2-corrected"}
    assert earlier_batches(runs, "b2", datetime(2026, 3, 2, tzinfo=UTC)) == {"b1"}
