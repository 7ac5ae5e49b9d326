"""Leave out the files that could not be read and are gone: a person deleted them, or sent them again under another name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sluice.domain import Run


def without_gone(runs: Sequence[Run]) -> list[Run]:
    """Return the runs without those that failed and whose file is gone; where its folder is gone too, such as a disk that is not mounted, nobody knows.

    Args:
        runs: Runs of a dataset, the oldest first.
    """
    return [run for run in runs if run.state != "failed" or not _is_gone(run.uri)]


def _is_gone(uri: str) -> bool:
    path = Path(uri)
    return path.is_absolute() and path.parent.is_dir() and not path.exists()
