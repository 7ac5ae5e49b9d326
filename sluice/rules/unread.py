"""Find the files that could not be read, and that nothing has replaced since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from sluice.domain import Message, Run
from sluice.rules.tables import table_end

_NAMED_FILES = 3  # the newest ones


def unread_runs(runs: Sequence[Run], since: datetime, *, tables: bool = False) -> list[Run]:
    """Return the failed batches since a time after which nothing was published for the same period or from the same path.

    Args:
        runs: Runs of a dataset, the oldest first.
        since: Start of the training window.
        tables: Whether each batch replaces the table, as in mode snapshot: a file that is older than the published table is not missed.

    Example:
        >>> from datetime import UTC
        >>> at = datetime(2026, 3, 1, tzinfo=UTC)
        >>> failed, good = (Run(state, "orders", "ingest", 1, at, state) for state in ("failed", "published"))
        >>> [len(unread_runs(runs, at)) for runs in ([failed], [failed, good], [good, failed])]
        [1, 0, 1]
    """
    newest = table_end([run for run in runs if run.state == "published"]) if tables else None
    failed = [(position, run) for position, run in enumerate(runs) if run.state == "failed" and run.at >= since and not (newest and run.at < newest)]
    return [run for position, run in failed if not any(_replaces(other, run) for other in runs[position + 1 :])]


def _replaces(other: Run, failed: Run) -> bool:
    return other.kind == "ingest" and other.state == "published" and (other.at == failed.at or (bool(failed.uri) and other.uri == failed.uri))


def unread_notes(unread: Sequence[Run]) -> Iterator[Message]:
    """Yield a message for each of the newest unread files, and one for the number of the others."""
    for run in unread[-_NAMED_FILES:]:
        named = "file" in run.error.params  # the sentence begins with it
        yield Message.of("file_unread_named" if named else "file_unread", run=run.id, file=Path(run.uri).name or run.id, error=run.error)
    if len(unread) > _NAMED_FILES:
        yield Message.of("more_files_unread", files=len(unread) - _NAMED_FILES)
