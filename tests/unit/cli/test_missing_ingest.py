"""`sluice serve` says when its schedule has no job that reads files."""

from __future__ import annotations

from sluice.cli.daemon import describe_missing_ingest
from sluice.config.models import Schedule


def test_a_schedule_that_reads_no_files_is_named_with_what_to_write() -> None:
    assert describe_missing_ingest(Schedule().crons).startswith("no job reads files: write `ingest:")


def test_a_schedule_that_reads_files_needs_no_line() -> None:
    assert describe_missing_ingest(Schedule(ingest="15 * * * *").crons) == ""
